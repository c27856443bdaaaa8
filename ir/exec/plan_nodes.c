/* Plan: populations, pools and concatenations. */
#include "ir/exec/plan_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "runtime/kernels/fire_online.h"
#include "snn/descriptor.h"

/* ---- parts ---- */

void plan_add_op(struct plan_builder *b, struct plan_op op) {
  b->plan->layer[op.layer].const_bytes += 4 * plan_kernel(op.kernel)->n_fields;
  for (size_t k = 0; k < PLAN_MAX_ARGS; k++)
    b->plan->has_clock |= op.arg[k].kind == PLAN_ARG_CLOCK;
  b->plan->op[b->plan->n_ops++] = op;
}

struct plan_arg plan_add_buffer(struct plan_builder *b, size_t layer, struct plan_buffer buffer,
                                const char *suffix) {
  struct plan *p = b->plan;

  buffer.name = arena_printf(b->arena, "%s%s", p->layer[layer].name, suffix);
  buffer.layer = layer;
  p->buffer[p->n_buffers] = buffer;
  return (struct plan_arg){PLAN_ARG_BUFFER, p->n_buffers++};
}

struct plan_arg plan_add_table_of(struct plan_builder *b, size_t layer, struct plan_tensor table,
                                  const char *suffix) {
  struct plan *p = b->plan;

  table.name = arena_printf(b->arena, "%s%s", p->layer[layer].name, suffix);
  p->layer[layer].const_bytes += ir_dtype_size(table.dtype) * table.n;
  p->tensor[p->n_tensors] = table;
  return (struct plan_arg){PLAN_ARG_TENSOR, p->n_tensors++};
}

struct plan_arg plan_add_tensor(struct plan_builder *b, size_t layer, const char *suffix,
                                const float *data, size_t n) {
  return plan_add_table_of(b, layer, (struct plan_tensor){.data = data, .n = n, .dtype = IR_F32},
                           suffix);
}

struct plan_arg plan_add_table(struct plan_builder *b, const struct plan_target *t,
                               enum ir_attr_key key, int32_t *step) {
  const struct ir_tensor *from = ir_attr_tensor(t->node, key);
  size_t channels = (size_t)t->shape.channels, size = ir_dtype_size(from->type.dtype);
  struct plan_tensor table = {
      .data = from->data, .n = (size_t)ir_type_count(&from->type), .dtype = from->type.dtype};
  char *repeated;

  *step = table.n > channels ? t->shape.channels : 0;
  if (table.n < channels) {
    repeated = arena_alloc(b->arena, channels, size);
    for (size_t c = 0; c < channels; c++)
      memcpy(repeated + c * size, from->data, size);
    table.data = repeated;
    table.n = channels;
  }
  return plan_add_table_of(b, t->layer, table, arena_printf(b->arena, "_%s", ir_attr_name(key)));
}

size_t plan_add_layer(struct plan_builder *b, ir_id id, size_t neurons) {
  const struct ir_node *n = ir_node(b->graph, id);
  struct plan *p = b->plan;
  size_t units = plan_neurons(plan_shape_of(&n->type));

  p->layer[p->n_layers] =
      (struct plan_layer){.name = ir_attr_text(n, IR_A_LAYER, n->name),
                          .node = id,
                          .out = id,
                          .neurons = neurons,
                          .n_outputs = units,
                          .n_channels = (size_t)plan_shape_of(&n->type).channels,
                          .is_signed = n->type.dtype == IR_SIGNED,
                          .levels = (size_t)ir_turn_levels(
                              p->model, (int64_t)(p->turn_steps ? p->turn_steps : p->steps)),
                          .is_readout = n->op == IR_READOUT};
  b->layer[id.idx] = p->n_layers;
  return p->n_layers++;
}

bool plan_add_spikes(struct plan_builder *b, ir_id id, size_t layer, struct plan_arg *arg) {
  const struct ir_node *n = ir_node(b->graph, id);
  size_t words = (size_t)ir_type_spike_words(&n->type);
  int64_t at = ir_attr_int(n, IR_A_SPIKES_AT, -1);

  if (at < 0)
    return plan_fail(b, n, "has no spikes_at; pass place-memory gives it");
  *arg = plan_add_buffer(
      b, layer, (struct plan_buffer){.kind = PLAN_SPIKES, .n = words, .at = (size_t)at}, "_spikes");
  b->spikes[id.idx] = arg->index;
  return true;
}

/* ---- populations ---- */

const int32_t *plan_map_desc(struct plan_builder *b, struct plan_shape s, int32_t step) {
  struct snn_map m = {plan_pixels(s), s.channels, step};

  return arena_memdup(b->arena, &m, sizeof m);
}

/* What is added in every step: a current that starts as the bias, the bias alone, or nothing. */
static void add_drive(struct plan_builder *b, struct plan_target *t, int32_t *step) {
  struct plan_arg bias = {PLAN_ARG_NULL, 0};
  bool has_current = false;

  *step = 0;
  if (ir_attr(t->node, IR_A_BIAS))
    bias = plan_add_table(b, t, IR_A_BIAS, step);
  for (size_t k = 0; k < t->node->n_in; k++)
    has_current |= plan_is_current(b, t->node->in[k]);
  t->drive = bias;
  if (has_current || plan_is_timed(b->plan)) {
    t->drive = plan_add_buffer(
        b, t->layer, (struct plan_buffer){.kind = PLAN_CURRENT, .n = plan_neurons(t->shape)}, "_i");
    plan_add_op(b, (struct plan_op){.kernel = PLAN_FILL,
                                    .phase = has_current ? PLAN_SET_INPUT : PLAN_RESET,
                                    .layer = t->layer,
                                    .desc = plan_map_desc(b, t->shape, *step),
                                    .arg = {bias, t->drive},
                                    .node = b->plan->layer[t->layer].node});
    *step = t->shape.channels;
  }
  if (t->drive.kind != PLAN_ARG_NULL)
    b->plan->layer[t->layer].n_biased = plan_neurons(t->shape);
}

static bool reads_signed(const struct plan_builder *b, const struct plan_op *op) {
  ir_id from = ir_node(b->graph, op->node)->in[0];

  return op->phase == PLAN_STEP && ir_node(b->graph, from)->type.dtype == IR_SIGNED;
}

static void add_negate(struct plan_builder *b, const struct plan_target *t) {
  plan_add_op(b, (struct plan_op){.kernel = PLAN_NEGATE,
                                  .phase = PLAN_STEP,
                                  .layer = t->layer,
                                  .desc = plan_map_desc(b, t->shape, 0),
                                  .arg = {t->v},
                                  .node = b->plan->layer[t->layer].node});
}

/* Spikes of -1: the projections from op `first` on once more, while membranes are negated. */
static void add_negatives(struct plan_builder *b, const struct plan_target *t, size_t first) {
  size_t end = b->plan->n_ops;
  bool is_negated = false;

  for (size_t i = first; i < end; i++) {
    struct plan_op op = b->plan->op[i];
    if (!reads_signed(b, &op))
      continue;
    if (!is_negated)
      add_negate(b, t);
    is_negated = true;
    op.arg[0].kind = PLAN_ARG_NEGATIVE;
    plan_add_op(b, op);
  }
  if (is_negated)
    add_negate(b, t);
}

bool plan_add_target(struct plan_builder *b, ir_id id, struct plan_target *t, int32_t *step) {
  const struct ir_node *n = ir_node(b->graph, id);
  size_t first;

  *t = (struct plan_target){.node = n};
  /* a readout is flat, the currents into it may be maps */
  t->shape = plan_shape_of(n->n_in > 0 ? &ir_node(b->graph, n->in[0])->type : &n->type);
  t->layer = plan_add_layer(b, id, plan_neurons(t->shape));
  t->v = plan_add_buffer(
      b, t->layer, (struct plan_buffer){.kind = PLAN_MEMBRANE, .n = plan_neurons(t->shape)}, "_v");
  t->direct = t->v;
  *step = 0;
  if (b->plan->turn_steps > 0)
    plan_add_turn_target(b, t);
  else
    add_drive(b, t, step);
  if (plan_is_timed(b->plan)) {
    t->direct = t->drive;
    plan_begin_more(b, t);
  }
  first = b->plan->n_ops;
  for (size_t k = 0; k < n->n_in; k++) {
    struct plan_arg online;
    if (!plan_find_online(b, n->in[k], &online))
      return false;
    t->into = t->direct;
    if (online.kind != PLAN_ARG_NULL)
      plan_begin_online(b, t);
    if (!plan_add_projection(b, t, n->in[k]))
      return false;
    if (online.kind != PLAN_ARG_NULL)
      plan_end_online(b, t, n->in[k], online);
    if (t->more.kind != PLAN_ARG_NULL && !plan_is_current(b, n->in[k]))
      plan_add_more(b, t);
  }
  add_negatives(b, t, first);
  return true;
}

/* First membranes: v_init of the threshold, rounded where it is an integer; a reset leaves 0 where
 * there is no call. */
static void add_v_init(struct plan_builder *b, const struct plan_target *t,
                       const struct plan_tensor *threshold) {
  double v_init = ir_attr_float(t->node, IR_A_V_INIT, 0);
  struct plan_tensor first = *threshold;
  float *real = ARENA_NEW(b->arena, float, first.n);
  int32_t *integer = ARENA_NEW(b->arena, int32_t, first.n);
  bool is_real = first.dtype == IR_F32;

  if (v_init == 0)
    return;
  for (size_t c = 0; c < first.n; c++)
    if (is_real)
      real[c] = (float)(v_init * (double)((const float *)threshold->data)[c]);
    else
      integer[c] = (int32_t)floor(v_init * ((const int32_t *)threshold->data)[c] + 0.5);
  first.data = is_real ? (const void *)real : integer;
  plan_add_op(b, (struct plan_op){.kernel = PLAN_FILL,
                                  .phase = PLAN_RESET,
                                  .layer = t->layer,
                                  .desc = plan_map_desc(b, t->shape, 0),
                                  .arg = {plan_add_table_of(b, t->layer, first, "_v_init"), t->v},
                                  .node = b->plan->layer[t->layer].node});
}

/* The pool that alone uses population `id`, or none: both are one layer. */
static ir_id fused_pool(const struct plan_builder *b, ir_id id) {
  ir_id user = ir_only_user(b->graph, id);

  if (ir_is_none(user) || ir_node(b->graph, user)->op != IR_SPIKE_MAXPOOL)
    return (ir_id){0};
  return user;
}

/* What the units of node `id` have sent so far. */
static struct plan_arg add_sent(struct plan_builder *b, ir_id id, size_t layer) {
  size_t n = plan_neurons(plan_shape_of(&ir_node(b->graph, id)->type));
  struct plan_arg sent =
      plan_add_buffer(b, layer, (struct plan_buffer){.kind = PLAN_COUNT, .n = n}, "_sent");

  b->sent[id.idx] = sent.index;
  return sent;
}

void plan_add_drive_map(struct plan_builder *b, const struct plan_target *t, int32_t step) {
  if (t->drive.kind != PLAN_ARG_NULL)
    plan_add_op(b, (struct plan_op){.kernel = PLAN_ADD_MAP,
                                    .phase = PLAN_STEP,
                                    .layer = t->layer,
                                    .desc = plan_map_desc(b, t->shape, step),
                                    .arg = {t->drive, t->v},
                                    .node = b->plan->layer[t->layer].node});
}

/* What model=if_online keeps; see kernels/fire_online.h. */
static struct plan_arg add_online(struct plan_builder *b, ir_id id, size_t layer) {
  struct plan_arg online = plan_add_buffer(
      b, layer, (struct plan_buffer){.kind = PLAN_MEMBRANE, .n = SNN_ONLINE_SIZE}, "_online");

  b->online[id.idx] = online.index;
  return online;
}

/* The neurons' kernel: that of if takes the drive along, the others find it added, and so does if
 * where a neuron loses or forgets what came. */
static void add_fire(struct plan_builder *b, struct plan_target *t, int32_t drive_step,
                     struct plan_arg threshold, struct plan_arg spikes) {
  bool to_zero = ir_attr_word(t->node, IR_A_RESET, IR_W_RESET_SUBTRACT) == IR_W_RESET_ZERO;
  enum ir_word model = ir_attr_word(t->node, IR_A_MODEL, IR_W_MODEL_IF);
  struct snn_fire fire = {plan_pixels(t->shape), t->shape.channels, drive_step, to_zero};
  ir_id id = b->plan->layer[t->layer].node;
  struct plan_op op = {.kernel = PLAN_FIRE,
                       .phase = PLAN_STEP,
                       .counter = ir_is_none(fused_pool(b, id)) ? PLAN_N_SPIKES : PLAN_UNCOUNTED,
                       .layer = t->layer,
                       .arg = {t->v, t->drive, threshold, spikes},
                       .node = id};

  if (b->plan->turn_steps > 0) {
    enum plan_counter counter = op.counter;
    op = plan_turn_fire(b, t, threshold, spikes);
    op.counter = counter;
    plan_add_op(b, op);
    return;
  }
  if (model != IR_W_MODEL_IF || plan_has_rest(t->node)) {
    plan_add_drive_map(b, t, drive_step);
    plan_add_before_fire(b, t, &b->plan->tensor[threshold.index]);
    op.arg[1] = (struct plan_arg){PLAN_ARG_NULL, 0};
  }
  op.desc = arena_memdup(b->arena, &fire, sizeof fire);
  if (model == IR_W_MODEL_IF_SIGNED || model == IR_W_MODEL_IF_ONLINE) {
    op.arg[1] = threshold;
    op.arg[2] = add_sent(b, id, t->layer);
  }
  if (model == IR_W_MODEL_IF_SIGNED) {
    op.kernel = PLAN_FIRE_SIGNED;
    op.desc = plan_map_desc(b, t->shape, 0);
  } else if (model == IR_W_MODEL_TTFS_DYN) {
    op.kernel = PLAN_FIRE_ONCE;
    op.desc = plan_map_desc(b, t->shape, 0);
    op.arg[1] = t->more;
  } else if (model == IR_W_MODEL_IF_ONLINE) {
    op.kernel = PLAN_FIRE_ONLINE;
    op.arg[3] = add_online(b, id, t->layer);
    op.arg[4] = spikes;
  }
  plan_add_op(b, op);
  plan_add_after_fire(b, t, threshold, spikes);
  if (plan_is_timed(b->plan))
    plan_add_pending(b, id, t);
}

static bool check_model(const struct plan_builder *b, const struct ir_node *n) {
  enum ir_word reset = ir_attr_word(n, IR_A_RESET, IR_W_RESET_SUBTRACT);
  enum ir_word model = ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF);

  if (model != IR_W_MODEL_IF && model != IR_W_MODEL_IF_SIGNED && model != IR_W_MODEL_IF_ONLINE &&
      model != IR_W_MODEL_TTFS_DYN && b->plan->turn_steps == 0)
    return plan_fail(b, n,
                     "model is %s; a layered network runs model=if, if_signed, if_online, pattern, "
                     "ttfs and ttfs_dyn",
                     ir_word_text(model));
  if (model == IR_W_MODEL_IF_SIGNED && plan_has_rest(n))
    return plan_fail(b, n, "leak and refractory go with model=if and if_online");
  if (model == IR_W_MODEL_IF_SIGNED && reset != IR_W_RESET_SUBTRACT)
    return plan_fail(b, n, "reset is %s; model=if_signed has reset=subtract", ir_word_text(reset));
  if (model != IR_W_MODEL_IF && reset == IR_W_RESET_MODULO)
    return plan_fail(b, n, "reset is modulo, which goes with model=if; model is %s",
                     ir_word_text(model));
  return true;
}

static bool add_population(struct plan_builder *b, ir_id id) {
  const struct ir_node *n = ir_node(b->graph, id);
  struct plan_arg threshold, spikes;
  int32_t drive_step, threshold_step;
  struct plan_target t;

  if (!check_model(b, n) || !plan_add_target(b, id, &t, &drive_step))
    return false;
  threshold = plan_add_table(b, &t, IR_A_THRESHOLD, &threshold_step);
  if (threshold_step != 0)
    return plan_fail(b, n, "has a threshold for each neuron; kernels have one per channel");
  if (b->plan->turn_steps == 0)
    add_v_init(b, &t, &b->plan->tensor[threshold.index]);
  if (!plan_add_spikes(b, id, t.layer, &spikes))
    return false;
  add_fire(b, &t, drive_step, threshold, spikes);
  return true;
}

/* ---- pools and concatenations ---- */

/* The kernel of a pool: an unsigned one counts its inputs itself, a signed one looks at what they
 * have sent, which is counted here where no neuron or pool did. */
static struct plan_op pool_of(struct plan_builder *b, ir_id id, ir_id from, size_t layer) {
  struct plan_shape in = plan_shape_of(&ir_node(b->graph, from)->type);
  struct plan_shape out = plan_shape_of(&ir_node(b->graph, id)->type);
  struct plan_arg source = {PLAN_ARG_BUFFER, b->spikes[from.idx]};
  struct plan_buffer counts = {.kind = PLAN_COUNT, .n = plan_neurons(in) + plan_neurons(out)};
  struct plan_op op = {.kernel = PLAN_MAXPOOL,
                       .phase = PLAN_STEP,
                       .counter = PLAN_N_POOL_OPS,
                       .layer = layer,
                       .desc = plan_window_desc(b, ir_node(b->graph, id), in, out),
                       .arg = {source},
                       .node = id};

  if (b->plan->turn_steps > 0) {
    op.kernel = PLAN_MAXPOOL_TURN;
    op.arg[1] = source;
    op.arg[0] = plan_turn_worth(b, layer, id);
    op.arg[2] = plan_add_buffer(b, layer, counts, "_counts");
    return op;
  }
  if (ir_node(b->graph, id)->type.dtype != IR_SIGNED) {
    if (ir_attr_word(ir_node(b->graph, id), IR_A_POOL, IR_W_POOL_COUNT) == IR_W_POOL_WINNER) {
      op.kernel = PLAN_MAXPOOL_WINNER;
      counts.n = plan_neurons(in);
    }
    op.arg[1] = plan_add_buffer(b, layer, counts, "_counts");
    return op;
  }
  op.kernel = PLAN_MAXPOOL_SIGNED;
  op.arg[1] = (struct plan_arg){PLAN_ARG_BUFFER, b->sent[from.idx]};
  if (ir_node(b->graph, from)->op == IR_SPIKE_CONCAT) {
    op.arg[1] = add_sent(b, from, layer);
    plan_add_op(b, (struct plan_op){.kernel = PLAN_COUNT_SIGNED,
                                    .phase = PLAN_STEP,
                                    .layer = layer,
                                    .desc = plan_map_desc(b, in, 0),
                                    .arg = {source, op.arg[1]},
                                    .node = id});
  }
  op.arg[2] = add_sent(b, id, layer);
  return op;
}

static bool add_maxpool(struct plan_builder *b, ir_id id) {
  ir_id from = plan_behind_views(b->graph, ir_node(b->graph, id)->in[0]);
  struct plan_shape out = plan_shape_of(&ir_node(b->graph, id)->type);
  bool is_fused = ir_node(b->graph, from)->op == IR_POPULATION && fused_pool(b, from).idx == id.idx;
  struct plan_arg spikes;
  struct plan_op op;
  size_t layer;

  if (is_fused) {
    layer = b->layer[id.idx] = b->layer[from.idx];
    b->plan->layer[layer].out = id;
    b->plan->layer[layer].n_outputs = plan_neurons(out);
  } else {
    layer = plan_add_layer(b, id, 0);
  }
  op = pool_of(b, id, from, layer);
  if (!plan_add_spikes(b, id, layer, &spikes))
    return false;
  op.arg[plan_kernel(op.kernel)->n_args - 1] = spikes;
  plan_add_op(b, op);
  if (plan_is_timed(b->plan))
    plan_pool_pending(b, id, from, &op);
  if (b->plan->layer[layer].is_signed)
    out.height *= 2; /* both bitmaps */
  plan_add_op(b, (struct plan_op){.kernel = PLAN_COUNT_SPIKES,
                                  .phase = PLAN_STEP,
                                  .counter = PLAN_N_SPIKES,
                                  .layer = layer,
                                  .desc = plan_map_desc(b, out, 0),
                                  .arg = {spikes},
                                  .node = id});
  return true;
}

/* A concatenation counts nothing: its spikes were counted where they were sent. Its bitmap is
 * booked on the layer of its first operand. */
static bool add_concat(struct plan_builder *b, ir_id id) {
  const struct ir_node *n = ir_node(b->graph, id);
  struct plan_shape out = plan_shape_of(&n->type);
  struct snn_concat d = {plan_pixels(out), 0, out.channels, 0};
  size_t layer = b->layer[plan_behind_views(b->graph, n->in[0]).idx];
  struct plan_op op = {.kernel = PLAN_CONCAT, .phase = PLAN_STEP, .layer = layer, .node = id};
  struct plan_arg spikes;

  b->layer[id.idx] = layer;
  if (!plan_add_spikes(b, id, layer, &spikes))
    return false;
  for (size_t k = 0; k < n->n_in; k++) {
    ir_id from = plan_behind_views(b->graph, n->in[k]);
    struct plan_shape in = plan_shape_of(&ir_node(b->graph, from)->type);
    if (plan_pixels(in) != d.pixels)
      return plan_fail(b, n,
                       "operand %zu is a view of a map; flat "
                       "operands must be flat populations",
                       k);
    d.first += d.in_channels;
    d.in_channels = in.channels;
    op.desc = arena_memdup(b->arena, &d, sizeof d);
    op.arg[0] = (struct plan_arg){PLAN_ARG_BUFFER, b->spikes[from.idx]};
    op.arg[1] = spikes;
    plan_add_op(b, op);
    if (plan_is_timed(b->plan))
      plan_concat_pending(b, id, from, op);
    if (n->type.dtype != IR_SIGNED)
      continue;
    op.arg[0].kind = op.arg[1].kind = PLAN_ARG_NEGATIVE;
    plan_add_op(b, op);
  }
  return true;
}

bool plan_add_node(struct plan_builder *b, ir_id id) {
  /* Projections belong to their targets; views, input and output need no call. */
  static bool (*const adders[IR_N_OPS])(struct plan_builder *, ir_id) = {
      [IR_ENCODE] = plan_add_encode,   [IR_POPULATION] = add_population,
      [IR_READOUT] = plan_add_readout, [IR_SPIKE_MAXPOOL] = add_maxpool,
      [IR_SPIKE_CONCAT] = add_concat,
  };
  enum ir_op op = ir_node(b->graph, id)->op;

  return !adders[op] || adders[op](b, id);
}
