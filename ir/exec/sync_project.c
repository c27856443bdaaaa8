/* Synchronous networks: the synapses of a projection as tables and a kernel. */
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/exec/sync_internal.h"
#include "ir/ir.h"

/* A ring has as many slots as the longest delay has steps. */
enum { MAX_DELAY = 1000000 };

/* Synapses by source, in two passes: how many each source has, then each at its place. */
struct synapses {
  const struct sync *sync;
  const struct ir_node *node;
  int64_t n_sources, n_targets, n;
  const float *weight;
  const int32_t *delay;
  bool has_one_delay;
  int32_t *start; /* [n_sources + 1] */
  int32_t *next;  /* [n_sources]; first pass: how many */
  int32_t *synapse;
  float *w;
};

/* ---- which synapses there are ---- */

/* One synapse; `k` is the index of its weight, and of its delay. */
static void add(struct synapses *y, int64_t source, int64_t target, int64_t k) {
  int32_t at = y->next[source]++;

  if (!y->w) {
    y->n++;
    return;
  }
  y->synapse[2 * at] = (int32_t)target;
  y->synapse[2 * at + 1] = !y->delay ? 0 : y->delay[y->has_one_delay ? 0 : k];
  y->w[at] = y->weight[k];
}

static void each_dense(struct synapses *y) {
  for (int64_t target = 0; target < y->n_targets; target++)
    for (int64_t source = 0; source < y->n_sources; source++)
      add(y, source, target, target * y->n_sources + source);
}

static void each_one_to_one(struct synapses *y) {
  int64_t n = ir_type_count(&ir_attr_tensor(y->node, IR_A_WEIGHT)->type);
  int64_t channels = y->node->type.dims[0];
  int64_t run = n == y->n_sources ? 1 : n == channels ? y->n_sources / channels : y->n_sources;

  for (int64_t i = 0; i < y->n_sources; i++)
    add(y, i, i, i / run);
}

static void each_sparse(struct synapses *y) {
  const struct ir_tensor *index = ir_attr_tensor(y->node, IR_A_INDEX);
  const int32_t *pair = index->data;

  for (int64_t k = 0; k < index->type.dims[0]; k++)
    add(y, pair[2 * k], pair[2 * k + 1], k);
}

/* The synapses of target (o, oy, ox); weight[o, c, ky, kx]. */
static void each_tap(struct synapses *y, const struct ir_window *w, const struct ir_type *from,
                     const int64_t at[3]) {
  const struct ir_type *to = &y->node->type;
  int64_t channels = from->dims[0] / w->group;
  int64_t first = at[0] / (to->dims[0] / w->group) * channels;
  int64_t target = (at[0] * to->dims[1] + at[1]) * to->dims[2] + at[2];

  for (int64_t c = 0; c < channels; c++)
    for (int64_t ky = 0; ky < w->kernel[0]; ky++)
      for (int64_t kx = 0; kx < w->kernel[1]; kx++) {
        int64_t iy = at[1] * w->stride[0] + ky * w->dilation[0] - w->pad_begin[0];
        int64_t ix = at[2] * w->stride[1] + kx * w->dilation[1] - w->pad_begin[1];
        if (iy >= 0 && iy < from->dims[1] && ix >= 0 && ix < from->dims[2])
          add(y, ((first + c) * from->dims[1] + iy) * from->dims[2] + ix, target,
              ((at[0] * channels + c) * w->kernel[0] + ky) * w->kernel[1] + kx);
      }
}

static void each_conv(struct synapses *y) {
  const struct ir_graph *g = y->sync->graph;
  const struct ir_type *to = &y->node->type;
  struct ir_window w = ir_window_of(g, y->node);
  int64_t at[3];

  for (at[0] = 0; at[0] < to->dims[0]; at[0]++)
    for (at[1] = 0; at[1] < to->dims[1]; at[1]++)
      for (at[2] = 0; at[2] < to->dims[2]; at[2]++)
        each_tap(y, &w, &ir_node(g, y->node->in[0])->type, at);
}

/* ---- tables ---- */

static bool make_sparse(struct sync *s, struct sync_link *l, const struct ir_node *n,
                        void (*each)(struct synapses *)) {
  const struct ir_tensor *delay = ir_attr_tensor(n, IR_A_DELAY);
  struct snn_sparse *d = ARENA_NEW(s->arena, struct snn_sparse, 1);
  struct synapses y = {.sync = s, .node = n, .n_sources = (int64_t)l->from->seen.n};

  y.n_targets = (int64_t)l->to->seen.n;
  y.weight = ir_attr_tensor(n, IR_A_WEIGHT)->data;
  y.delay = delay ? delay->data : NULL;
  y.has_one_delay = delay && ir_type_count(&delay->type) == 1;
  y.start = ARENA_NEW(s->arena, int32_t, (size_t)y.n_sources + 1);
  y.next = ARENA_NEW(s->arena, int32_t, (size_t)y.n_sources);
  each(&y);
  if (y.n > INT32_MAX)
    return sync_refuse(s, n,
                       arena_printf(s->arena, "it has %lld synapses; at most %d can be simulated",
                                    (long long)y.n, INT32_MAX));
  for (int64_t i = 0; i < y.n_sources; i++) {
    y.start[i + 1] = y.start[i] + y.next[i];
    y.next[i] = y.start[i];
  }
  y.synapse = ARENA_NEW(s->arena, int32_t, 2 * (size_t)y.n);
  y.w = ARENA_NEW(s->arena, float, (size_t)y.n);
  each(&y);
  *d = (struct snn_sparse){(int32_t)y.n_sources, (int32_t)y.n_targets, l->to->slots};
  l->call = (struct sync_call){
      s->kernels[PLAN_SPARSE_SCATTER], d, {&s->slot, NULL, y.start, y.synapse, y.w, NULL}};
  l->spikes_at = 1;
  l->target_at = 5;
  l->delay = -1;
  return true;
}

/* One row of weights per source, which kernels/dense_scatter.h adds as a whole. */
static void make_dense(struct sync *s, struct sync_link *l, const struct ir_node *n) {
  const float *weight = ir_attr_tensor(n, IR_A_WEIGHT)->data;
  size_t sources = l->from->seen.n, targets = l->to->seen.n;
  struct snn_dense *d = ARENA_NEW(s->arena, struct snn_dense, 1);
  float *rows = ARENA_NEW(s->arena, float, sources *targets);

  for (size_t o = 0; o < targets; o++)
    for (size_t i = 0; i < sources; i++)
      rows[i * targets + o] = weight[o * sources + i];
  *d = (struct snn_dense){.in_height = 1,
                          .in_width = 1,
                          .in_channels = (int32_t)sources,
                          .out_channels = (int32_t)targets};
  l->call = (struct sync_call){s->kernels[PLAN_DENSE_SCATTER], d, {NULL, rows, NULL}};
  l->target_at = 2;
}

static void make_all_but_self(struct sync *s, struct sync_link *l, const struct ir_node *n) {
  float *w = arena_memdup(s->arena, ir_attr_tensor(n, IR_A_WEIGHT)->data, sizeof *w);

  l->call = (struct sync_call){s->kernels[PLAN_ALL_BUT_SELF], &l->to->neurons, {NULL, w, NULL}};
  l->target_at = 2;
}

/* ---- what can be run ---- */

/* Why not; NULL: it can. */
static const char *why_not(const struct sync *s, const struct ir_node *n) {
  const struct ir_tensor *delay = ir_attr_tensor(n, IR_A_DELAY);

  if (n->op != IR_PROJECT_DENSE && n->op != IR_PROJECT_ONE_TO_ONE && n->op != IR_PROJECT_SPARSE &&
      n->op != IR_PROJECT_ALL_BUT_SELF && n->op != IR_PROJECT_CONV)
    return arena_printf(s->arena,
                        "%s does not lead from one population to another; project_dense, "
                        "project_conv, project_one_to_one, project_all_but_self and project_sparse "
                        "do",
                        ir_op_name(n->op));
  if (ir_attr_word(n, IR_A_RULE, IR_W_RULE_NONE) != IR_W_RULE_NONE)
    return arena_printf(s->arena,
                        "it learns by %s, which is not simulated yet; without learn (rule) its "
                        "weights stay as they are",
                        ir_word_text(ir_attr_word(n, IR_A_RULE, IR_W_RULE_NONE)));
  if (ir_attr_word(n, IR_A_RECEPTOR, IR_W_RECEPTOR_CURRENT) != IR_W_RECEPTOR_CURRENT)
    return arena_printf(s->arena,
                        "it is %s, a conductance, which is not simulated yet; without that word "
                        "(receptor) its weight goes to the membrane, by its sign",
                        ir_attr_word(n, IR_A_RECEPTOR, IR_W_RECEPTOR_CURRENT) == IR_W_RECEPTOR_EXC
                            ? "excitatory"
                            : "inhibitory");
  if (ir_attr_float(n, IR_A_TAU, 0) > 0)
    return arena_printf(s->arena,
                        "tau is %g steps; filters of synapses are not simulated yet, without tau a "
                        "spike acts in one step",
                        ir_attr_float(n, IR_A_TAU, 0));
  if (ir_attr_word(n, IR_A_ORDER, IR_W_ORDER_OIHW) != IR_W_ORDER_OIHW)
    return "order is kernel, as layers have it; between populations order is oihw";
  for (int64_t i = 0; delay && i < ir_type_count(&delay->type); i++)
    if (((const int32_t *)delay->data)[i] > MAX_DELAY)
      return arena_printf(s->arena, "delay[%lld] is %d; at most %d steps can be simulated",
                          (long long)i, (int)((const int32_t *)delay->data)[i], MAX_DELAY);
  return NULL;
}

bool sync_check_projection(const struct sync *s, const struct ir_node *n, int32_t *longest) {
  const struct ir_tensor *delay = ir_attr_tensor(n, IR_A_DELAY);
  const char *why = why_not(s, n);

  for (int64_t i = 0; !why && delay && i < ir_type_count(&delay->type); i++)
    if (((const int32_t *)delay->data)[i] > *longest)
      *longest = ((const int32_t *)delay->data)[i];
  return !why || sync_refuse(s, n, why);
}

bool sync_make_link(struct sync *s, struct sync_link *l, const struct ir_node *n) {
  const struct ir_tensor *delay = ir_attr_tensor(n, IR_A_DELAY);
  bool has_one_delay = !delay || ir_type_count(&delay->type) == 1;

  l->delay = delay ? *(const int32_t *)delay->data : 0;
  if (n->op == IR_PROJECT_CONV)
    return make_sparse(s, l, n, each_conv);
  if (n->op == IR_PROJECT_ONE_TO_ONE)
    return make_sparse(s, l, n, each_one_to_one);
  if (n->op == IR_PROJECT_SPARSE)
    return make_sparse(s, l, n, each_sparse);
  if (n->op == IR_PROJECT_DENSE && !has_one_delay)
    return make_sparse(s, l, n, each_dense);
  if (n->op == IR_PROJECT_DENSE)
    make_dense(s, l, n);
  else
    make_all_but_self(s, l, n);
  return true;
}
