/* passes/relu_before_maxpool.c -- moves each relu or clip ahead of the max-pool, concat or reshape
 * that it follows, to the layer whose sums it cuts off.
 *
 *   %p = maxpool %c {kernel=[2, 2], stride=[2, 2]} : ..         %r = relu %c : ..
 *   %r = relu %p : f32[1, 8, 13, 13]                      ->    %p = maxpool %r {..} : ..
 *
 * Both grow with their operand, so the largest of a window is the same element before and after:
 * exact. A spiking neuron needs its relu where the sum is made. */
#include "passes/passes.h"

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/rewrite.h"

/* relu(concat(a, b)): a relu for each operand. */
static void spread(struct rewrite *r, ir_id id) {
  struct ir_node relu = *ir_node(r->g, id);
  ir_id concat_id = relu.in[0];
  struct ir_node concat = *ir_node(r->g, concat_id);
  ir_id *in = ARENA_NEW(r->comp->scratch, ir_id, concat.n_in);

  for (size_t k = 0; k < concat.n_in; k++) {
    relu.in = &concat.in[k];
    in[k] = rewrite_append(r, &relu);
  }
  concat.in = in;
  rewrite_replace(r, concat_id, &concat);
  rewrite_drop(r, id);
}

static bool move_relu(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *in;

  if ((n->op != IR_RELU && n->op != IR_CLIP) || !rewrite_has_one_user(r, n->in[0]))
    return false;
  in = ir_node(r->g, n->in[0]);
  if (in->op == IR_CONCAT) {
    spread(r, id);
    return true;
  }
  if (in->op != IR_MAXPOOL && in->op != IR_RESHAPE)
    return false;
  if (ir_node(r->g, in->in[0])->op == IR_INPUT)
    return false; /* nothing is summed there */
  rewrite_swap(r, id);
  return true;
}

bool pass_relu_before_maxpool(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {move_relu};

  return rewrite_run(c, *g, rules, 1);
}
