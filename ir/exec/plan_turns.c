/* Plan: networks whose populations send one after another, each in a turn of its own.
 *
 * Of a target whose spikes arrive in the steps first .. end - 1:
 *   model=pattern  before each step the membrane is doubled, so that bits add up most significant
 *                  first; at the start of each turn what is there is divided by what the turn
 *                  multiplies it with
 *   model=ttfs     spikes add to a current, which is added to the membrane in the later steps of
 *                  the turn
 * Membranes begin with bias, constant current and v_init x threshold. */
#include "ir/exec/plan_internal.h"

#include "ir/base/arena.h"
#include "snn/descriptor.h"

static const struct plan_arg the_clock = {PLAN_ARG_CLOCK, 0};

/* ---- who sends when ---- */

/* All populations have one model, and turns of the same steps; or none has any. */
static bool check_same(struct plan_builder *b, const struct ir_node *n, bool is_first) {
  enum ir_word model = ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF);
  struct ir_turn turn = ir_turn_of(n);
  struct plan *p = b->plan;

  if (is_first) {
    p->model = model;
    p->turn_steps = (size_t)turn.steps;
  }
  if ((size_t)turn.steps != p->turn_steps || (turn.steps > 0 && model != p->model) ||
      (model == IR_W_MODEL_TTFS_DYN) != plan_is_timed(b->plan))
    return plan_fail(b, n,
                     "has model=%s and a turn of %lld steps, one before it model=%s and %zu; all "
                     "populations of a network send in the same way",
                     ir_word_text(model), (long long)turn.steps, ir_word_text(p->model),
                     p->turn_steps);
  if ((turn.steps > 0 || plan_is_timed(b->plan)) && plan_has_rest(n))
    return plan_fail(b, n, "leak and refractory go with model=if and if_online");
  if (turn.steps > 0 && turn.first % turn.steps != 0)
    return plan_fail(b, n, "its turn begins at step %lld; turns follow each other every %lld",
                     (long long)turn.first, (long long)turn.steps);
  if (turn.first + turn.steps > (int64_t)p->steps)
    return plan_fail(b, n, "its turn ends after step %lld; the network has %zu",
                     (long long)(turn.first + turn.steps), p->steps);
  return true;
}

/* What node n passes on has arrived with its operands. */
static struct plan_arrival pass_on(const struct plan_builder *b, const struct ir_node *n) {
  struct plan_arrival a = {INT32_MAX, 0};

  for (size_t k = 0; k < n->n_in; k++) {
    struct plan_arrival in = b->arrival[n->in[k].idx];
    if (in.end == 0)
      continue;
    a.first = in.first < a.first ? in.first : a.first;
    a.end = in.end > a.end ? in.end : a.end;
  }
  return a;
}

/* A population sends when all has arrived, a readout is read then. */
static bool check_arrived(struct plan_builder *b, const struct ir_node *n, int64_t by) {
  struct plan_arrival a = pass_on(b, n);

  if (a.end <= by)
    return true;
  return plan_fail(b, n, "what it reads arrives up to step %d; it is complete only after step %lld",
                   (int)a.end, (long long)by);
}

/* The first layer has all of its input at once, and the answer is complete in the end. */
static bool check_end(const struct plan_builder *b, const struct ir_node *n) {
  if (n->op == IR_ENCODE && n->type.dtype != IR_CURRENT)
    return plan_fail(b, n, "where neurons send one number, code is current");
  if (n->op == IR_SPIKE_MAXPOOL && ir_attr_word(n, IR_A_POOL, IR_W_POOL_COUNT) != IR_W_POOL_COUNT)
    return plan_fail(b, n, "where neurons send one number, pool is count");
  if (n->op == IR_READOUT &&
      ir_attr_word(n, IR_A_READOUT, IR_W_READOUT_MEMBRANE) != IR_W_READOUT_MEMBRANE)
    return plan_fail(b, n, "where neurons send one number, readout is membrane");
  return true;
}

bool plan_find_turns(struct plan_builder *b) {
  size_t n_nodes = ir_n_nodes(b->graph);
  bool is_first = true;

  b->arrival = ARENA_NEW(b->arena, struct plan_arrival, n_nodes + 1);
  b->plan->model = IR_W_MODEL_IF;
  for (size_t i = 1; i <= n_nodes; i++) {
    const struct ir_node *n = ir_node(b->graph, ir_id_at(i));
    struct ir_turn turn;
    if (n->op != IR_POPULATION) {
      b->arrival[i] = pass_on(b, n);
      if (n->op == IR_READOUT && !check_arrived(b, n, (int64_t)b->plan->steps))
        return false;
      continue;
    }
    turn = ir_turn_of(n);
    if (!check_same(b, n, is_first))
      return false;
    is_first = false;
    if (turn.steps > 0 && !check_arrived(b, n, turn.first))
      return false;
    b->arrival[i] = (struct plan_arrival){(int32_t)turn.first, (int32_t)(turn.first + turn.steps)};
  }
  for (size_t i = 1; i <= n_nodes && (b->plan->turn_steps > 0 || plan_is_timed(b->plan)); i++)
    if (!check_end(b, ir_node(b->graph, ir_id_at(i))))
      return false;
  return true;
}

/* ---- calls ---- */

static const int32_t *turn_desc(struct plan_builder *b, const struct plan_target *t,
                                struct plan_arrival a) {
  struct snn_turn d = {plan_pixels(t->shape),
                       t->shape.channels,
                       a.first,
                       a.end,
                       (int32_t)b->plan->turn_steps,
                       b->plan->model == IR_W_MODEL_PATTERN};

  return arena_memdup(b->arena, &d, sizeof d);
}

static bool has_current(const struct plan_builder *b, const struct plan_target *t) {
  for (size_t k = 0; k < t->node->n_in; k++)
    if (plan_is_current(b, t->node->in[k]))
      return true;
  return false;
}

/* bias + v_init x threshold, per channel or per neuron; NULL: nothing of both. *step as of
 * plan_add_table. */
static struct plan_arg add_first_table(struct plan_builder *b, const struct plan_target *t,
                                       int32_t *step) {
  const struct ir_tensor *bias = ir_attr_tensor(t->node, IR_A_BIAS);
  const struct ir_tensor *threshold = ir_attr_tensor(t->node, IR_A_THRESHOLD);
  size_t channels = (size_t)t->shape.channels;
  size_t n_bias = bias ? (size_t)ir_type_count(&bias->type) : 0;
  size_t n_threshold = threshold ? (size_t)ir_type_count(&threshold->type) : 0;
  double v_init = ir_attr_float(t->node, IR_A_V_INIT, 0);
  size_t n = n_bias > channels ? n_bias : channels;
  float *first;

  *step = n > channels ? t->shape.channels : 0;
  if (n_bias == 0 && v_init == 0)
    return (struct plan_arg){PLAN_ARG_NULL, 0};
  first = ARENA_NEW(b->arena, float, n);
  for (size_t i = 0; i < n; i++) {
    double rest = n_threshold ? v_init * (double)ir_f32_of(*threshold)[i % n_threshold] : 0;
    first[i] = (float)((n_bias ? (double)ir_f32_of(*bias)[i % n_bias] : 0) + rest);
  }
  return plan_add_tensor(b, t->layer, "_first", first, n);
}

static void add_first(struct plan_builder *b, struct plan_target *t) {
  bool is_driven = has_current(b, t);
  int32_t step;
  struct plan_arg first = add_first_table(b, t, &step);

  if (is_driven)
    t->drive = t->v;
  if (is_driven || first.kind != PLAN_ARG_NULL)
    plan_add_op(b, (struct plan_op){.kernel = PLAN_FILL,
                                    .phase = is_driven ? PLAN_SET_INPUT : PLAN_RESET,
                                    .layer = t->layer,
                                    .desc = plan_map_desc(b, t->shape, step),
                                    .arg = {first, t->v},
                                    .node = b->plan->layer[t->layer].node});
  if (is_driven || ir_attr(t->node, IR_A_BIAS))
    b->plan->layer[t->layer].n_biased_once = plan_neurons(t->shape);
}

void plan_add_turn_target(struct plan_builder *b, struct plan_target *t) {
  struct plan_arrival a = pass_on(b, t->node);
  bool is_binary = b->plan->model == IR_W_MODEL_PATTERN;
  struct plan_op op = {.kernel = is_binary ? PLAN_DOUBLE : PLAN_RAMP,
                       .phase = PLAN_STEP,
                       .counter = PLAN_N_BIAS_OPS,
                       .layer = t->layer,
                       .node = b->plan->layer[t->layer].node};

  t->drive = (struct plan_arg){PLAN_ARG_NULL, 0};
  add_first(b, t);
  if (a.end == 0)
    return;
  if (!is_binary)
    t->direct = plan_add_buffer(
        b, t->layer, (struct plan_buffer){.kind = PLAN_CURRENT, .n = plan_neurons(t->shape)}, "_i");
  op.desc = turn_desc(b, t, a);
  op.arg[0] = the_clock;
  op.arg[1] = t->direct;
  if (!is_binary)
    op.arg[2] = t->v;
  plan_add_op(b, op);
}

struct plan_arg plan_turn_worth(struct plan_builder *b, size_t layer, ir_id node) {
  const struct plan_target nothing = {.shape = {0, 0, 0}};

  if (b->worth.kind != PLAN_ARG_NULL)
    return b->worth;
  b->worth = plan_add_buffer(b, layer, (struct plan_buffer){.kind = PLAN_COUNT, .n = 1}, "_worth");
  plan_add_op(b, (struct plan_op){.kernel = PLAN_WORTH,
                                  .phase = PLAN_STEP,
                                  .layer = layer,
                                  .desc = turn_desc(b, &nothing, (struct plan_arrival){0, 0}),
                                  .arg = {the_clock, b->worth},
                                  .node = node});
  return b->worth;
}

struct plan_op plan_turn_fire(struct plan_builder *b, const struct plan_target *t,
                              struct plan_arg threshold, struct plan_arg spikes) {
  struct ir_turn p = ir_turn_of(t->node);
  struct plan_arrival sends = {(int32_t)p.first, (int32_t)(p.first + p.steps)};

  return (struct plan_op){.kernel = PLAN_FIRE_TURN,
                          .phase = PLAN_STEP,
                          .layer = t->layer,
                          .desc = turn_desc(b, t, sends),
                          .arg = {the_clock, t->v, threshold, spikes},
                          .node = b->plan->layer[t->layer].node};
}
