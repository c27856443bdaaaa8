/* Plan: what neurons of snn_toolbox do besides: thresholds that follow rates, leak, rest. */
#include "ir/exec/plan_internal.h"

#include "ir/base/arena.h"
#include "snn/descriptor.h"

/* ---- spikes whose size changes ---- */

static bool is_online(const struct ir_node *n) {
  return n->op == IR_POPULATION &&
         ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF) == IR_W_MODEL_IF_ONLINE;
}

/* The population, input or concatenation whose spikes `id` hands on. */
static ir_id behind_pools(const struct ir_graph *g, ir_id id) {
  id = plan_behind_views(g, id);
  while (ir_node(g, id)->op == IR_SPIKE_MAXPOOL)
    id = plan_behind_views(g, ir_node(g, id)->in[0]);
  return id;
}

static bool has_online(const struct ir_graph *g, ir_id id) {
  const struct ir_node *n = ir_node(g, behind_pools(g, id));
  bool has = is_online(n);

  for (size_t k = 0; n->op == IR_SPIKE_CONCAT && k < n->n_in; k++)
    has = has || has_online(g, n->in[k]);
  return has;
}

bool plan_find_online(const struct plan_builder *b, ir_id projection, struct plan_arg *online) {
  ir_id from = behind_pools(b->graph, ir_node(b->graph, projection)->in[0]);
  const struct ir_node *n = ir_node(b->graph, from);

  *online = (struct plan_arg){PLAN_ARG_NULL, 0};
  if (is_online(n))
    *online = (struct plan_arg){PLAN_ARG_BUFFER, b->online[from.idx]};
  else if (n->op == IR_SPIKE_CONCAT && has_online(b->graph, from))
    return plan_fail(b, n,
                     "joins spikes of model=if_online, each with a size of its own; a layer "
                     "of weights for each part, added up, has the same result");
  return true;
}

void plan_begin_online(struct plan_builder *b, struct plan_target *t) {
  if (t->sum.kind == PLAN_ARG_NULL)
    t->sum = plan_add_buffer(
        b, t->layer, (struct plan_buffer){.kind = PLAN_MEMBRANE, .n = plan_neurons(t->shape)},
        "_sum");
  t->into = t->sum;
}

void plan_end_online(struct plan_builder *b, struct plan_target *t, ir_id projection,
                     struct plan_arg online) {
  t->into = t->v;
  plan_add_op(b, (struct plan_op){.kernel = PLAN_ADD_ONLINE,
                                  .phase = PLAN_STEP,
                                  .layer = t->layer,
                                  .desc = plan_map_desc(b, t->shape, 0),
                                  .arg = {t->sum, online, t->v},
                                  .node = projection});
}

/* ---- leak and rest ---- */

bool plan_has_rest(const struct ir_node *n) {
  return ir_attr_float(n, IR_A_LEAK, 0) > 0 || ir_attr_int(n, IR_A_REFRACTORY, 0) > 0;
}

static void add_leak(struct plan_builder *b, const struct plan_target *t,
                     const struct plan_tensor *threshold) {
  double leak = ir_attr_float(t->node, IR_A_LEAK, 0);
  float *loss = ARENA_NEW(b->arena, float, threshold->n);

  if (leak == 0)
    return;
  for (size_t c = 0; c < threshold->n; c++)
    loss[c] = (float)(leak * (double)((const float *)threshold->data)[c]);
  plan_add_op(
      b, (struct plan_op){.kernel = PLAN_LEAK,
                          .phase = PLAN_STEP,
                          .layer = t->layer,
                          .desc = plan_map_desc(b, t->shape, 0),
                          .arg = {plan_add_tensor(b, t->layer, "_leak", loss, threshold->n), t->v},
                          .node = b->plan->layer[t->layer].node});
}

void plan_add_before_fire(struct plan_builder *b, struct plan_target *t,
                          const struct plan_tensor *threshold) {
  size_t n = plan_neurons(t->shape);

  if (ir_attr_int(t->node, IR_A_REFRACTORY, 0) > 0) {
    b->plan->has_rest = true;
    t->before = plan_add_buffer(b, t->layer, (struct plan_buffer){.kind = PLAN_MEMBRANE, .n = n},
                                "_before");
    t->left =
        plan_add_buffer(b, t->layer, (struct plan_buffer){.kind = PLAN_COUNT, .n = n}, "_left");
    plan_add_op(b, (struct plan_op){.kernel = PLAN_HOLD,
                                    .phase = PLAN_STEP,
                                    .layer = t->layer,
                                    .desc = plan_map_desc(b, t->shape, 0),
                                    .arg = {t->before, t->left, t->v},
                                    .node = b->plan->layer[t->layer].node});
  }
  add_leak(b, t, threshold);
}

void plan_add_after_fire(struct plan_builder *b, const struct plan_target *t,
                         struct plan_arg threshold, struct plan_arg spikes) {
  int64_t refractory = ir_attr_int(t->node, IR_A_REFRACTORY, 0);
  struct snn_rest rest = {plan_pixels(t->shape), t->shape.channels, (int32_t)refractory};

  if (ir_attr_word(t->node, IR_A_RESET, IR_W_RESET_SUBTRACT) == IR_W_RESET_MODULO)
    plan_add_op(b, (struct plan_op){.kernel = PLAN_MODULO,
                                    .phase = PLAN_STEP,
                                    .layer = t->layer,
                                    .desc = plan_map_desc(b, t->shape, 0),
                                    .arg = {threshold, t->v},
                                    .node = b->plan->layer[t->layer].node});
  if (refractory > 0)
    plan_add_op(b, (struct plan_op){.kernel = PLAN_REST,
                                    .phase = PLAN_STEP,
                                    .layer = t->layer,
                                    .desc = arena_memdup(b->arena, &rest, sizeof rest),
                                    .arg = {spikes, t->v, t->before, t->left},
                                    .node = b->plan->layer[t->layer].node});
}
