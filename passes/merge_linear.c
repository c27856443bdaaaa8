/* passes/merge_linear.c -- one linear layer where two follow each other with nothing between them:
 * dense behind dense, and conv, average pool or dense behind conv.
 *
 *   %c = conv %x, %w : f32[1, 6, 24, 24]
 *   %y = avgpool %c {kernel=[2, 2], stride=[2, 2]} : ..
 * ->
 *   %c = conv %x, %w2 {stride=[2, 2]} : f32[1, 6, 12, 12]
 *
 * where %w2 is the mean of four copies of %w that lie one element apart: 6x6 for 5x5. Merged where
 * the result takes hardly more multiplications than both did, and not many times their weights;
 * where it would, a 1x1 conv goes behind its pool. Computed in double, rounded once. */
#include "passes/passes.h"

#include "ir/exec/analog.h"
#include "passes/linear.h"

static const double MAX_GROWTH = 16; /* times as many weights as both layers had */
static const double MAX_RISE = 0.02; /* more multiplications, in those of the network */

/* A narrow layer between two wide ones is cheaper apart than together: worth a rise that the
 * network does not feel. */
static bool is_cheap(struct rewrite *r, const struct linear_cost *cost) {
  double rise = cost->macs - cost->macs_apart, macs, ops;

  if (rise > 0) {
    exec_analog_cost(r->g, &macs, &ops);
    if (rise > MAX_RISE * macs)
      return false;
  }
  return cost->weights <= MAX_GROWTH * cost->weights_apart;
}

static bool merge_two(struct rewrite *r, ir_id id) {
  return linear_merge(r, id, is_cheap);
}

static bool is_padded(const struct ir_window *w) {
  for (size_t i = 0; i < w->n_axes; i++)
    if (w->pad_begin[i] || w->pad_end[i])
      return true;
  return false;
}

/* avgpool(conv 1x1) where one layer would take too much: the mean first. */
static bool pool_first(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id);
  struct ir_window w = {0}, pool = {0};
  struct rewrite_linear l;

  if ((n->op != IR_AVGPOOL && n->op != IR_GLOBAL_AVGPOOL) ||
      !rewrite_match_linear(r, n->in[0], &l) || !rewrite_has_one_user(r, n->in[0]) ||
      l.node->op != IR_CONV)
    return false;
  w = ir_window_of(r->g, l.node);
  if (n->op == IR_AVGPOOL)
    pool = ir_window_of(r->g, n);
  for (size_t i = 0; i < w.n_axes; i++)
    if (w.kernel[i] != 1 || w.stride[i] != 1)
      return false;
  if (is_padded(&w) || is_padded(&pool))
    return false;
  rewrite_swap(r, id);
  return true;
}

bool pass_merge_linear(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {merge_two, pool_first};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
