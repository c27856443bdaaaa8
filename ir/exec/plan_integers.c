/* Plan: networks of integers: what they can run, and that no sum leaves 32 bits. */
#include "ir/exec/plan_internal.h"

#include <math.h>

#include "ir/base/arena.h"
#include "ir/exec/reach.h"

/* Where weights are integers so is what they meet. */
static bool check_number(struct plan_builder *b, const struct ir_node *n, enum ir_attr_key key) {
  const struct ir_tensor *t = ir_attr_tensor(n, key);
  bool is_integer = b->plan->weight_type != IR_F32;

  if (!t || is_integer == (t->type.dtype != IR_F32))
    return true;
  return plan_fail(b, n, "%s is %s in a network with weights of %s", ir_attr_name(key),
                   ir_dtype_name(t->type.dtype), ir_dtype_name(b->plan->weight_type));
}

static bool check_integer_node(const struct plan_builder *b, const struct ir_node *n) {
  enum ir_word model = ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF);
  enum ir_word code = ir_attr_word(n, IR_A_CODE, IR_W_CODE_CURRENT);

  if (n->op == IR_POPULATION &&
      ((model != IR_W_MODEL_IF && model != IR_W_MODEL_IF_SIGNED) || plan_has_rest(n) ||
       ir_attr_word(n, IR_A_RESET, IR_W_RESET_SUBTRACT) == IR_W_RESET_MODULO))
    return plan_fail(b, n,
                     "a network of integers runs model=if with reset=subtract or zero, and "
                     "if_signed, without leak and refractory");
  if (n->op == IR_ENCODE && code != IR_W_CODE_CURRENT && code != IR_W_CODE_EVENTS)
    return plan_fail(b, n, "code is %s; a network of integers takes code=current and events",
                     ir_word_text(code));
  if (n->op == IR_READOUT &&
      ir_attr_word(n, IR_A_READOUT, IR_W_READOUT_MEMBRANE) == IR_W_READOUT_SOFTMAX)
    return plan_fail(b, n, "readout is softmax; a network of integers has membrane or count");
  return true;
}

/* That of the first weights, or i8 where i16 and i8 are mixed. */
static void find_weight_type(struct plan_builder *b) {
  struct plan *p = b->plan;
  bool is_first = true;

  p->weight_type = IR_F32;
  for (size_t i = 1; i <= ir_n_nodes(b->graph); i++) {
    const struct ir_tensor *w = ir_attr_tensor(ir_node(b->graph, ir_id_at(i)), IR_A_WEIGHT);
    if (!w)
      continue;
    p->is_mixed = p->is_mixed || (!is_first && w->type.dtype != p->weight_type);
    if (is_first || w->type.dtype == IR_I8)
      p->weight_type = w->type.dtype;
    is_first = false;
  }
}

bool plan_find_numbers(struct plan_builder *b) {
  struct plan *p = b->plan;

  find_weight_type(b);
  p->input_unit = p->output_unit = 1;
  for (size_t i = 1; i <= ir_n_nodes(b->graph); i++) {
    const struct ir_node *n = ir_node(b->graph, ir_id_at(i));
    const struct ir_tensor *unit = ir_attr_tensor(n, IR_A_UNIT);
    if (!check_number(b, n, IR_A_WEIGHT) || !check_number(b, n, IR_A_THRESHOLD) ||
        !check_number(b, n, IR_A_BIAS) || (p->weight_type != IR_F32 && !check_integer_node(b, n)))
      return false;
    if (unit && n->op == IR_READOUT)
      p->output_unit = (double)ir_f32_of(*unit)[0];
    if (unit && n->op == IR_ENCODE)
      p->input_unit = (double)ir_f32_of(*unit)[0];
    if (n->op == IR_ENCODE && p->weight_type != IR_F32)
      p->takes = ir_attr_word(n, IR_A_STORED, IR_W_STORED_BYTES) == IR_W_STORED_BYTES
                     ? PLAN_TAKES_BYTES
                     : PLAN_TAKES_MULTIPLES;
  }
  return true;
}

/* ---- sums ---- */

/* The largest |value| of channel c of a table with one for all, for each channel or each neuron. */
static double most_of(const struct ir_tensor *t, size_t c, size_t channels) {
  int64_t n = t ? ir_type_count(&t->type) : 0;
  double most = 0;

  for (int64_t i = n == 1 ? 0 : (int64_t)c; i < n; i += (int64_t)channels)
    most = fmax(most, fabs((double)ir_int_at(t, i)));
  return most;
}

/* A step moves a membrane by its weights and its bias at most; it starts at its first value, and a
 * threshold is subtracted or added for a look at what a spike would leave. */
static bool prove_reach(const struct plan_builder *b, ir_id id) {
  const struct ir_node *n = ir_node(b->graph, id);
  struct plan_layer *layer = &b->plan->layer[b->layer[id.idx]];
  const struct ir_type *type = n->n_in > 0 ? &ir_node(b->graph, n->in[0])->type : &n->type;
  size_t channels = (size_t)plan_shape_of(type).channels;
  double *step = ARENA_NEW(b->arena, double, channels);
  double largest = b->plan->takes == PLAN_TAKES_BYTES ? UINT8_MAX : INT16_MAX;

  for (size_t k = 0; k < n->n_in; k++) {
    struct reach r = reach_of(b->graph, ir_node(b->graph, reach_projection(b->graph, n->in[k])));
    reach_add(&r, plan_is_current(b, n->in[k]) ? largest : 1, step);
  }
  for (size_t c = 0; c < channels; c++) {
    double threshold = most_of(ir_attr_tensor(n, IR_A_THRESHOLD), c, channels), all;
    step[c] += most_of(ir_attr_tensor(n, IR_A_BIAS), c, channels);
    all =
        (double)b->plan->steps * step[c] + (2 + fabs(ir_attr_float(n, IR_A_V_INIT, 0))) * threshold;
    if (all > INT32_MAX)
      return plan_fail(b, n,
                       "membranes of channel %zu may leave 32 bits in %zu steps; fewer steps or "
                       "--quantize float would be right",
                       c, b->plan->steps);
    layer->step_reach = fmax(layer->step_reach, step[c]);
    layer->membrane_reach = fmax(layer->membrane_reach, all);
  }
  return true;
}

bool plan_prove_reach(const struct plan_builder *b) {
  for (size_t i = 1; b->plan->weight_type != IR_F32 && i <= ir_n_nodes(b->graph); i++) {
    const struct ir_node *n = ir_node(b->graph, ir_id_at(i));
    bool adds_up = n->op == IR_POPULATION ||
                   (n->op == IR_READOUT &&
                    ir_attr_word(n, IR_A_READOUT, IR_W_READOUT_MEMBRANE) != IR_W_READOUT_COUNT);
    if (adds_up && !prove_reach(b, ir_id_at(i)))
      return false;
  }
  return true;
}
