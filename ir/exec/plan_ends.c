/* Plan: where signals come in and go out: input as spikes, and the readout. */
#include "ir/exec/plan_internal.h"

#include "ir/base/arena.h"
#include "snn/descriptor.h"

static const struct plan_arg the_clock = {PLAN_ARG_CLOCK, 0};

/* The two halves of the graph's seed; 0 where it has none. */
static void split_seed(const struct plan_builder *b, int32_t *low, int32_t *high) {
  const struct ir_attr *seed = ir_graph_attr(b->graph, IR_A_SEED);
  uint64_t bits = seed ? (uint64_t)seed->u.i : 0;

  *low = (int32_t)(uint32_t)bits;
  *high = (int32_t)(uint32_t)(bits >> 32);
}

/* ---- the input as spikes ---- */

static const int32_t *encode_desc(struct plan_builder *b, const struct ir_node *n) {
  struct plan_shape s = plan_shape_of(&n->type);
  struct plan_steps step = plan_input_steps(n);
  struct snn_encode d = {.height = s.height,
                         .width = s.width,
                         .channels = s.channels,
                         .step_y = step.y,
                         .step_x = step.x,
                         .step_c = step.c,
                         .steps = (int32_t)b->plan->steps};

  split_seed(b, &d.seed_low, &d.seed_high);
  return arena_memdup(b->arena, &d, sizeof d);
}

/* How an input becomes spikes: what is kept of it, and the kernels that fill that when it is set
 * and read it in every step. */
struct encoder {
  enum plan_takes takes;
  struct plan_buffer kept;
  const char *suffix;
  enum plan_kernel_tag fill, send;
  bool is_timed, is_random;
};

static struct encoder encoder_of(enum ir_word code, size_t n) {
  if (code == IR_W_CODE_POISSON)
    return (struct encoder){PLAN_TAKES_UNIT,
                            {.kind = PLAN_INPUT, .n = n},
                            "_x",
                            PLAN_KEEP_INPUT,
                            PLAN_POISSON,
                            true,
                            true};
  if (code == IR_W_CODE_LATENCY)
    return (struct encoder){PLAN_TAKES_UNIT,
                            {.kind = PLAN_COUNT, .n = n},
                            "_times",
                            PLAN_LATENCY_TIMES,
                            PLAN_LATENCY,
                            true,
                            false};
  return (struct encoder){PLAN_TAKES_EVENTS,
                          {.kind = PLAN_EVENTS, .n = (n + 31) / 32},
                          "_pending",
                          PLAN_N_KERNELS,
                          PLAN_TAKE_EVENTS,
                          false,
                          false};
}

/* A constant current needs no call: the projections read the input itself. */
bool plan_add_encode(struct plan_builder *b, ir_id id) {
  const struct ir_node *n = ir_node(b->graph, id);
  struct encoder e = encoder_of(ir_attr_word(n, IR_A_CODE, IR_W_CODE_CURRENT),
                                plan_neurons(plan_shape_of(&n->type)));
  struct plan_op op = {.desc = encode_desc(b, n), .node = id};
  struct plan_arg kept, spikes;

  if (n->type.dtype == IR_CURRENT)
    return true;
  if (ir_n_of(b->graph, IR_ENCODE) > 1)
    return plan_fail(b, n, "is one of %zu; an input that becomes spikes has one",
                     ir_n_of(b->graph, IR_ENCODE));
  b->plan->takes = e.takes;
  b->plan->is_random |= e.is_random;
  op.layer = plan_add_layer(b, id, 0);
  kept = plan_add_buffer(b, op.layer, e.kept, e.suffix);
  if (!plan_add_spikes(b, id, op.layer, &spikes))
    return false;
  if (e.fill != PLAN_N_KERNELS) {
    op.kernel = e.fill;
    op.phase = PLAN_SET_INPUT;
    op.arg[0] = (struct plan_arg){PLAN_ARG_INPUT, 0};
    op.arg[1] = kept;
    plan_add_op(b, op);
  }
  op.kernel = e.send;
  op.phase = PLAN_STEP;
  op.counter = PLAN_N_SPIKES;
  op.arg[0] = kept;
  op.arg[1] = e.is_timed ? the_clock : spikes;
  op.arg[2] = e.is_timed ? spikes : (struct plan_arg){PLAN_ARG_NULL, 0};
  plan_add_op(b, op);
  return true;
}

/* ---- the readout ---- */

/* The answer is the membranes. */
static void answer_by_membrane(struct plan_builder *b, const struct plan_target *t,
                               struct plan_op op) {
  struct snn_readout readout = {plan_pixels(t->shape), t->shape.channels,
                                ir_attr(t->node, IR_A_MIN) != NULL};

  op.kernel = PLAN_READ_OUTPUT;
  op.desc = arena_memdup(b->arena, &readout, sizeof readout);
  op.arg[0] = t->v;
  plan_add_op(b, op);
}

/* The answer is what `sent` says; `op` reads it. */
static void answer_by_sent(struct plan_builder *b, struct plan_op op, struct plan_shape shape,
                           struct plan_arg sent) {
  b->plan->answers_in_spikes = true;
  op.kernel = PLAN_READ_SENT;
  op.desc = plan_map_desc(b, shape, 0);
  op.arg[0] = sent;
  plan_add_op(b, op);
}

static struct plan_arg add_output_sent(struct plan_builder *b, size_t layer,
                                       struct plan_shape shape) {
  return plan_add_buffer(
      b, layer, (struct plan_buffer){.kind = PLAN_COUNT, .n = plan_neurons(shape)}, "_sent");
}

static void answer_by_softmax(struct plan_builder *b, const struct plan_target *t,
                              struct plan_op op) {
  struct plan_arg sent = add_output_sent(b, t->layer, t->shape);
  struct snn_softmax softmax = {.neurons = (int32_t)plan_neurons(t->shape)};

  split_seed(b, &softmax.seed_low, &softmax.seed_high);
  plan_add_op(b, (struct plan_op){.kernel = PLAN_SOFTMAX,
                                  .phase = PLAN_STEP,
                                  .layer = t->layer,
                                  .desc = arena_memdup(b->arena, &softmax, sizeof softmax),
                                  .arg = {t->v, the_clock, sent},
                                  .node = op.node});
  b->plan->is_random = true;
  answer_by_sent(b, op, t->shape, sent);
}

/* Neurons that send signed spikes know what they have sent. */
static bool answer_by_count(struct plan_builder *b, const struct ir_node *n, struct plan_op op) {
  ir_id from = plan_behind_views(b->graph, n->in[0]);
  const struct ir_node *source = ir_node(b->graph, from);
  struct plan_shape shape = plan_shape_of(&source->type);
  struct plan_arg sent;

  if (source->op != IR_POPULATION)
    return plan_fail(b, n, "reads %s; readout=count reads a population", ir_op_name(source->op));
  op.layer = plan_add_layer(b, op.node, 0);
  b->plan->output_size = plan_neurons(shape);
  if (source->type.dtype == IR_SIGNED) {
    sent = (struct plan_arg){PLAN_ARG_BUFFER, b->sent[from.idx]};
  } else {
    sent = add_output_sent(b, op.layer, shape);
    plan_add_op(b, (struct plan_op){.kernel = PLAN_COUNT_SENT,
                                    .phase = PLAN_STEP,
                                    .layer = op.layer,
                                    .desc = plan_map_desc(b, shape, 0),
                                    .arg = {{PLAN_ARG_BUFFER, b->spikes[from.idx]}, sent},
                                    .node = op.node});
  }
  answer_by_sent(b, op, shape, sent);
  return true;
}

bool plan_add_readout(struct plan_builder *b, ir_id id) {
  const struct ir_node *n = ir_node(b->graph, id);
  enum ir_word how = ir_attr_word(n, IR_A_READOUT, IR_W_READOUT_MEMBRANE);
  struct plan_op op = {.phase = PLAN_OUTPUT, .arg = {{0}, {PLAN_ARG_OUTPUT, 0}}, .node = id};
  struct plan_target t;
  int32_t step;

  b->plan->early_exit = (float)ir_attr_float(n, IR_A_EARLY_EXIT, 0);
  if (how == IR_W_READOUT_COUNT)
    return answer_by_count(b, n, op);
  if (!plan_add_target(b, id, &t, &step))
    return false;
  b->plan->output_size = plan_neurons(t.shape);
  if (b->plan->turn_steps == 0)
    plan_add_drive_map(b, &t, step);
  op.layer = t.layer;
  if (how == IR_W_READOUT_MEMBRANE)
    answer_by_membrane(b, &t, op);
  else
    answer_by_softmax(b, &t, op);
  return true;
}
