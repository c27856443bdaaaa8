/* layout-weights: weights into the order that the kernels read (ir/exec/plan.h).
 *
 *   %p = project_conv %x {weight[O,C/group,KY,KX], order=oihw}
 *     -> %p = project_conv %x {weight[C,KY,KX,O/group], order=kernel}, both window axes reversed
 *   %p = project_dense %v {weight[O,I], order=oihw}
 *     -> %p = project_dense %v {weight[I,O], order=kernel}, rows in channels-last order
 *
 * Only moves weights: no number changes. */
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "passes/passes.h"

static struct ir_tensor conv_weight(struct arena *a, const struct ir_tensor *w, size_t group) {
  const int64_t *d = w->type.dims;
  size_t n_out = (size_t)d[0], n_in = (size_t)d[1], taps = (size_t)(d[2] * d[3]);
  size_t per_group = n_out / group;
  int64_t dims[4] = {(int64_t)(n_in * group), d[2], d[3], (int64_t)per_group};
  struct ir_tensor out = ir_tensor_new(a, ir_type_make(IR_F32, 4, dims));
  const float *from = ir_f32_of(*w);

  for (size_t o = 0; o < n_out; o++)
    for (size_t i = 0; i < n_in; i++) {
      size_t c = o / per_group * n_in + i;
      for (size_t t = 0; t < taps; t++)
        ir_f32_of(out)[(c * taps + taps - 1 - t) * per_group + o % per_group] =
            from[(o * n_in + i) * taps + t];
    }
  return out;
}

/* Channels and pixels of what lies behind the views: a flat population is one pixel. */
static void source_shape(const struct ir_graph *g, const struct ir_node *p, size_t *n_channels,
                         size_t *n_pixels) {
  const struct ir_node *source = ir_node(g, p->in[0]);

  while (source->op == IR_VIEW)
    source = ir_node(g, source->in[0]);
  *n_channels = (size_t)source->type.dims[0];
  *n_pixels = (size_t)ir_type_count(&source->type) / *n_channels;
}

static struct ir_tensor dense_weight(const struct ir_graph *g, const struct ir_node *p,
                                     const struct ir_tensor *w) {
  size_t n_out = (size_t)w->type.dims[0], n_in = (size_t)ir_type_count(&w->type) / n_out;
  int64_t dims[2] = {(int64_t)n_in, (int64_t)n_out};
  struct ir_tensor out = ir_tensor_new(ir_graph_arena(g), ir_type_make(IR_F32, 2, dims));
  size_t n_channels, n_pixels;

  source_shape(g, p, &n_channels, &n_pixels);
  for (size_t o = 0; o < n_out; o++)
    for (size_t i = 0; i < n_in; i++) {
      size_t c = i / n_pixels, pixel = i % n_pixels;
      ir_f32_of(out)[(pixel * n_channels + c) * n_out + o] = ir_f32_of(*w)[o * n_in + i];
    }
  return out;
}

bool pass_layout_weights(struct comp *c, struct ir_graph **g) {
  if (ir_facts(*g) & IR_FACT_QUANTIZED)
    return diag_error(c->diag, loc_file(c->opt->model),
                      "the weights are integers, laid out already");
  for (size_t i = 1; i <= ir_n_nodes(*g); i++) {
    const struct ir_node *n = ir_node(*g, ir_id_at(i));
    const struct ir_tensor *w = ir_attr_tensor(n, IR_A_WEIGHT);
    size_t group = (size_t)ir_attr_int(n, IR_A_GROUP, 1);
    struct ir_tensor out;
    if ((n->op != IR_PROJECT_CONV && n->op != IR_PROJECT_DENSE) ||
        ir_attr_word(n, IR_A_ORDER, IR_W_ORDER_OIHW) == IR_W_ORDER_KERNEL)
      continue;
    out = n->op == IR_PROJECT_CONV ? conv_weight(ir_graph_arena(*g), w, group)
                                   : dense_weight(*g, n, w);
    ir_set_attr(*g, ir_id_at(i), ir_tensor_attr(IR_A_WEIGHT, out));
    ir_set_attr(*g, ir_id_at(i), ir_word(IR_A_ORDER, IR_W_ORDER_KERNEL));
  }
  return true;
}
