#include "ir/exec/reach.h"

#include <math.h>

#include "ir/exec/plan_internal.h"

ir_id reach_projection(const struct ir_graph *g, ir_id operand) {
  return ir_node(g, operand)->op == IR_CURRENT_MAXPOOL ? ir_node(g, operand)->in[0] : operand;
}

struct reach reach_of(const struct ir_graph *g, const struct ir_node *p) {
  const struct ir_tensor *w = ir_attr_tensor(p, IR_A_WEIGHT);
  struct reach r = {.node = p,
                    .weight = w,
                    .n = ir_type_count(&w->type),
                    .channels = plan_shape_of(&p->type).channels,
                    .taps = 1};

  r.run = r.channels;
  r.sources_per_group = r.n; /* one group */
  r.per_source = r.channels;
  if (p->op == IR_PROJECT_CONV) {
    r.run = w->type.dims[3];
    r.per_source = w->type.dims[1] * w->type.dims[2] * r.run;
    r.sources_per_group = w->type.dims[0] / ir_attr_int(p, IR_A_GROUP, 1);
  } else if (p->op == IR_PROJECT_AVGPOOL) {
    struct ir_window window = ir_window_of(g, p);
    r.taps = window.kernel[0] * window.kernel[1];
  }
  return r;
}

int64_t reach_channel(const struct reach *r, int64_t i) {
  if (r->n == 1 && r->node->op != IR_PROJECT_CONV && r->node->op != IR_PROJECT_DENSE)
    return r->channels == 1 ? 0 : -1;
  return i / r->per_source / r->sources_per_group * r->run + i % r->run;
}

int64_t reach_source(const struct reach *r, int64_t i) {
  return r->node->op == IR_PROJECT_CONV || r->node->op == IR_PROJECT_DENSE ? i / r->per_source
                                                                           : i % r->channels;
}

double reach_weight(const struct reach *r, int64_t i) {
  return r->weight->type.dtype == IR_F32 ? (double)ir_f32_of(*r->weight)[i]
                                         : (double)ir_int_at(r->weight, i);
}

/* Where each neuron has a weight of its own, the furthest of a channel. */
static double furthest_of(const struct reach *r, int64_t channel) {
  double most = 0;

  for (int64_t i = channel; i < r->n; i += r->channels)
    most = fmax(most, fabs(reach_weight(r, i)));
  return most;
}

void reach_add(const struct reach *r, double factor, double *sum) {
  bool is_one_each = r->node->op == IR_PROJECT_ONE_TO_ONE;

  for (int64_t c = 0; is_one_each && r->n > 1 && c < r->channels; c++)
    sum[c] += furthest_of(r, c) * factor;
  for (int64_t i = 0; i < r->n && !(is_one_each && r->n > 1); i++) {
    int64_t channel = reach_channel(r, i);
    double most = fabs(reach_weight(r, i)) * (double)r->taps * factor;

    for (int64_t c = channel < 0 ? 0 : channel; c < (channel < 0 ? r->channels : channel + 1); c++)
      sum[c] += most;
  }
}
