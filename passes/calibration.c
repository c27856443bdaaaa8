#include "passes/calibration.h"

#include <math.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/options.h"
#include "passes/analysis/ranges.h"
#include "passes/overflow.h"

void calibration_channels(const struct ir_type *t, size_t *n_channels, size_t *n_each) {
  int64_t n = ir_type_count(t);
  int64_t channels = n;

  if (t->rank >= 3)
    channels = t->dims[1];
  *n_channels = (size_t)channels;
  *n_each = channels > 0 ? (size_t)(n / channels) : 0;
}

static bool may_spike(enum ir_op op) {
  return op == IR_RELU || op == IR_CLIP || op == IR_AVGPOOL || op == IR_GLOBAL_AVGPOOL ||
         op == IR_ADD;
}

struct calibration calibration_new(struct arena *scratch, const struct ir_graph *g) {
  size_t n_nodes = ir_n_nodes(g);
  const bool *is_nonnegative = ranges_nonnegative(g, scratch);
  struct calibration cal = {0, ARENA_NEW(scratch, struct calibration_value, n_nodes + 1)};

  for (size_t i = 1; i <= n_nodes; i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    struct calibration_value *v = &cal.value[cal.n];
    if (!is_nonnegative[i] || !may_spike(n->op))
      continue;
    v->id = ir_id_at(i);
    calibration_channels(&n->type, &v->n_channels, &v->n_each);
    v->channel = ARENA_NEW(scratch, float, v->n_channels);
    cal.n++;
  }
  return cal;
}

static bool set_scale(struct comp *c, struct ir_graph *g, const struct calibration_value *v) {
  const struct ir_node *n = ir_node(g, v->id);
  struct arena *a = ir_graph_arena(g);
  int64_t dims[1] = {(int64_t)v->n_channels};
  struct ir_tensor t = ir_tensor_new(a, ir_type_make(IR_F32, 1, dims));
  float *scale = ir_f32_of(t);
  float most = n->op == IR_CLIP ? (float)ir_attr_float(n, IR_A_MAX, INFINITY) : INFINITY;
  float layer = v->layer;

  if (!overflow_check(c, n, "values", v->channel, v->n_channels) ||
      !overflow_check(c, n, "values", &layer, 1))
    return false;
  if (!(layer > 0)) {
    diag_warning(c->diag, n->loc,
                 "%s never is above 0 during calibration; its neurons will be silent, threshold 1",
                 diag_quote(c->diag, n->name));
    layer = 1;
  }
  for (size_t i = 0; i < v->n_channels; i++) {
    bool is_own = c->opt->scope == SCOPE_CHANNEL && v->channel[i] > 0;
    scale[i] = is_own ? v->channel[i] : layer;
    if (most > 0 && scale[i] > most)
      scale[i] = most;
  }
  ir_set_attr(g, v->id, ir_tensor_attr(IR_A_SCALE, t));
  return true;
}

bool calibration_apply(struct comp *c, struct ir_graph *g, const struct calibration *cal) {
  for (size_t i = 0; i < cal->n; i++)
    if (!set_scale(c, g, &cal->value[i]))
      return false;
  return true;
}
