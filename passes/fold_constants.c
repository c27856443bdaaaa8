/* passes/fold_constants.c -- evaluates what depends on constants alone and drops what does nothing.
 *
 *   %w0 = const {value=..} : f32[8, 1, 5, 5]
 *   %w = reshape %w0 {shape=[8, 25]} : ..             %w = const {value=..} : f32[8, 25]
 *   %a = dense %x, %w : f32[1, 8]              ->     %a = dense %x, %w : f32[1, 8]
 *   %b = clip %a {min=0x0p+0} : f32[1, 8]             %b = relu %a : f32[1, 8]
 *   %c = relu %b : f32[1, 8]                          %y = output %b : f32[1, 8]
 *   %y = output %c : f32[1, 8]
 *
 * Adds the rounding of the evaluation itself, once instead of at each run. */
#include "passes/passes.h"

#include <math.h>

#include "ir/comp.h"
#include "ir/exec/fold.h"
#include "ir/ir.h"
#include "passes/rewrite.h"

static bool is_finite_tensor(const struct ir_tensor *t) {
  int64_t n = ir_type_count(&t->type);

  for (int64_t i = 0; i < n && t->type.dtype == IR_F32; i++)
    if (!isfinite(((const float *)t->data)[i]))
      return false;
  return true;
}

static bool evaluate(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id);
  struct ir_tensor t;
  struct ir_attr value;

  if (n->n_in == 0 || n->op == IR_OUTPUT)
    return false;
  for (size_t k = 0; k < n->n_in; k++)
    if (!ir_const_in(r->g, n, k))
      return false;
  if (!exec_fold(r->g, n, &t) || !is_finite_tensor(&t))
    return false;
  value = ir_tensor_attr(IR_A_VALUE, t);
  rewrite_replace(r, id,
                  &(struct ir_node){.op = IR_CONST, .attr = &value, .n_attr = 1, .loc = n->loc});
  return true;
}

static bool is_zero_const(struct rewrite *r, const struct ir_node *n, size_t k) {
  const struct ir_tensor *t = ir_const_in(r->g, n, k);
  int64_t count = t ? ir_type_count(&t->type) : 0;

  if (!t || t->type.dtype != IR_F32)
    return false;
  for (int64_t i = 0; i < count; i++)
    if (((const float *)t->data)[i] != 0)
      return false;
  return true;
}

/* A window of one element at every element. */
static bool is_pool_of_one(struct rewrite *r, const struct ir_node *n) {
  struct ir_window w = ir_window_of(r->g, n);

  for (size_t i = 0; i < w.n_axes; i++)
    if (w.kernel[i] != 1 || w.stride[i] != 1 || w.pad_begin[i] || w.pad_end[i])
      return false;
  return true;
}

static bool has_no_bounds(const struct ir_node *n) {
  return ir_attr_float(n, IR_A_MIN, -INFINITY) == -INFINITY &&
         ir_attr_float(n, IR_A_MAX, INFINITY) == INFINITY;
}

/* The node passes its first operand on as it is, provided that the types are the same. */
static bool does_nothing(struct rewrite *r, const struct ir_node *n) {
  switch ((int)n->op) {
  case IR_ADD:
    return is_zero_const(r, n, 1);
  case IR_CAST:
  case IR_GLOBAL_AVGPOOL:
    return true;
  case IR_RELU:
    return rewrite_is_nonnegative(r, n->in[0]);
  case IR_CLIP:
    return has_no_bounds(n);
  case IR_MAXPOOL:
  case IR_AVGPOOL:
    return is_pool_of_one(r, n);
  default:
    return false;
  }
}

static bool drop_identity(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id);

  if (!does_nothing(r, n) || !ir_type_equal(&n->type, &ir_node(r->g, n->in[0])->type))
    return false;
  rewrite_drop(r, id);
  return true;
}

/* clip from 0 upwards is relu. */
static bool name_relu(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);

  if (n.op != IR_CLIP || ir_attr_float(&n, IR_A_MIN, -1) != 0 ||
      ir_attr_float(&n, IR_A_MAX, INFINITY) != INFINITY)
    return false;
  n.op = IR_RELU;
  n.attr = ir_attr(&n, IR_A_SCALE);
  n.n_attr = n.attr ? 1 : 0;
  rewrite_replace(r, id, &n);
  return true;
}

/* The passes that follow look for a constant in second place. */
static bool order_add(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);

  if (n.op != IR_ADD || !ir_const_in(r->g, &n, 0) || ir_const_in(r->g, &n, 1))
    return false;
  n.in = (const ir_id[]){n.in[1], n.in[0]};
  rewrite_replace(r, id, &n);
  return true;
}

bool pass_fold_constants(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {evaluate, order_add, drop_identity, name_relu};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
