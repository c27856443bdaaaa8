/* average-maxpool: each max-pool becomes an average-pool (--maxpool average).
 *
 *   %p = maxpool %r {kernel, stride, pad}   ->   %p = avgpool %r {kernel, stride, pad, count_pad=1}
 *
 * Another network, which costs accuracy where windows hold different values; it comes before
 * calibration, so that scales fit it. Padding counts as 0, so that all windows weigh alike. */
#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/passes.h"

enum { N_KEPT = 3 };
static const enum ir_attr_key kept[N_KEPT] = {IR_A_KERNEL, IR_A_STRIDE, IR_A_PAD};

static bool replace(struct comp *c, struct ir_graph *g, ir_id id) {
  struct ir_node n = *ir_node(g, id);
  struct ir_window w = ir_window_of(g, &n);
  struct ir_attr attr[N_KEPT + 1];
  bool has_pad = false;

  for (size_t k = 0; k < w.n_axes; k++) {
    if (w.dilation[k] != 1)
      return diag_error(c->diag, n.loc,
                        "max-pool with dilation cannot become an average; use --maxpool gate");
    has_pad = has_pad || w.pad_begin[k] > 0 || w.pad_end[k] > 0;
  }
  n.n_attr = 0;
  for (size_t k = 0; k < N_KEPT; k++)
    if (ir_attr(ir_node(g, id), kept[k]))
      attr[n.n_attr++] = *ir_attr(ir_node(g, id), kept[k]);
  if (has_pad)
    attr[n.n_attr++] = ir_int(IR_A_COUNT_PAD, 1);
  n.op = IR_AVGPOOL;
  n.attr = attr;
  return ir_replace(g, c->diag, id, &n);
}

bool pass_average_maxpool(struct comp *c, struct ir_graph **g) {
  for (size_t i = 1; i <= ir_n_nodes(*g); i++)
    if (ir_node(*g, ir_id_at(i))->op == IR_MAXPOOL && !replace(c, *g, ir_id_at(i)))
      return false;
  return true;
}
