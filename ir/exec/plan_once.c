/* Plan: neurons that spike once, model=ttfs_dyn.
 *
 * A spike adds its weight to a current, which is added to the membrane in that step and all later
 * ones. The threshold of a neuron is higher by the sum of |weight| of the sources that may still
 * spike: every node has a bitmap of those, and in each step their |weights| are added up anew. */
#include "ir/exec/plan_internal.h"

#include <math.h>

#include "ir/base/arena.h"
#include "snn/descriptor.h"

void plan_begin_more(struct plan_builder *b, struct plan_target *t) {
  bool hears_spikes = false;

  for (size_t k = 0; k < t->node->n_in; k++)
    hears_spikes |= !plan_is_current(b, t->node->in[k]);
  if (t->node->op != IR_POPULATION || !hears_spikes)
    return;
  t->more = plan_add_buffer(b, t->layer,
                            (struct plan_buffer){.kind = PLAN_CURRENT, .n = plan_neurons(t->shape)},
                            "_more");
  plan_add_op(b, (struct plan_op){.kernel = PLAN_FILL,
                                  .phase = PLAN_STEP,
                                  .layer = t->layer,
                                  .desc = plan_map_desc(b, t->shape, 0),
                                  .arg = {{PLAN_ARG_NULL, 0}, t->more},
                                  .node = b->plan->layer[t->layer].node});
}

static struct plan_arg magnitude_of(struct plan_builder *b, size_t layer, struct plan_arg weight) {
  const struct plan_tensor *w = &b->plan->tensor[weight.index];
  float *magnitude = ARENA_NEW(b->arena, float, w->n);

  for (size_t i = 0; i < w->n; i++)
    magnitude[i] = fabsf(((const float *)w->data)[i]);
  return plan_add_tensor(b, layer, "_magnitude", magnitude, w->n);
}

void plan_add_more(struct plan_builder *b, const struct plan_target *t) {
  struct plan_op op = b->plan->op[b->plan->n_ops - 1];
  ir_id from = plan_behind_views(b->graph, ir_node(b->graph, op.node)->in[0]);

  op.arg[0].index = b->pending[from.idx];
  op.arg[1] = magnitude_of(b, t->layer, op.arg[1]);
  op.arg[2] = t->more;
  plan_add_op(b, op);
}

/* The bitmap of node `id`, made where it is asked for first. */
static struct plan_arg pending_of(struct plan_builder *b, ir_id id, size_t layer) {
  struct plan_buffer bits = {.kind = PLAN_PENDING,
                             .n = (size_t)ir_type_spike_words(&ir_node(b->graph, id)->type)};

  if (b->pending[id.idx] == SIZE_MAX)
    b->pending[id.idx] = plan_add_buffer(b, layer, bits, "_pending").index;
  return (struct plan_arg){PLAN_ARG_BUFFER, b->pending[id.idx]};
}

void plan_add_pending(struct plan_builder *b, ir_id id, const struct plan_target *t) {
  plan_add_op(b, (struct plan_op){.kernel = PLAN_PENDING_NEURONS,
                                  .phase = PLAN_STEP,
                                  .layer = t->layer,
                                  .desc = plan_map_desc(b, t->shape, 0),
                                  .arg = {t->v, t->drive, pending_of(b, id, t->layer)},
                                  .node = id});
}

void plan_pool_pending(struct plan_builder *b, ir_id id, ir_id from, const struct plan_op *pool) {
  plan_add_op(b, (struct plan_op){.kernel = PLAN_PENDING_POOL,
                                  .phase = PLAN_STEP,
                                  .layer = pool->layer,
                                  .desc = pool->desc,
                                  .arg = {pending_of(b, from, pool->layer), pool->arg[1],
                                          pending_of(b, id, pool->layer)},
                                  .node = id});
}

void plan_concat_pending(struct plan_builder *b, ir_id id, ir_id from, struct plan_op concat) {
  concat.arg[0] = pending_of(b, from, concat.layer);
  concat.arg[1] = pending_of(b, id, concat.layer);
  plan_add_op(b, concat);
}
