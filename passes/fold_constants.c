/* passes/fold_constants.c -- evaluates what depends on constants alone and drops what does nothing.
 *
 *   %w0 = const {value=..} : f32[8, 1, 5, 5]
 *   %w = reshape %w0 {shape=[8, 25]} : ..             %w = const {value=..} : f32[8, 25]
 *   %a = dense %x, %w : f32[1, 8]              ->     %a = dense %x, %w : f32[1, 8]
 *   %b = clip %a {min=0x0p+0} : f32[1, 8]             %b = relu %a : f32[1, 8]
 *   %c = relu %b : f32[1, 8]                          %y = output %b : f32[1, 8]
 *   %y = output %c : f32[1, 8]
 *
 * Differences become sums, quotients products, maxima with a number clips. Adds the rounding of the
 * evaluation itself, once instead of at each run, and that of 1 / c. */
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

/* Operand k is a constant of nothing but v. */
static bool is_all_const(struct rewrite *r, const struct ir_node *n, size_t k, float v) {
  const struct ir_tensor *t = ir_const_in(r->g, n, k);
  int64_t count = t ? ir_type_count(&t->type) : 0;

  if (!t || t->type.dtype != IR_F32)
    return false;
  for (int64_t i = 0; i < count; i++)
    if (((const float *)t->data)[i] != v)
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
    return is_all_const(r, n, 1, 0);
  case IR_MUL:
    return is_all_const(r, n, 1, 1);
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
static bool order_operands(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  bool is_symmetric = n.op == IR_ADD || n.op == IR_MUL || n.op == IR_MAX || n.op == IR_MIN;

  if (!is_symmetric || !ir_const_in(r->g, &n, 0) || ir_const_in(r->g, &n, 1))
    return false;
  n.in = (const ir_id[]){n.in[1], n.in[0]};
  rewrite_replace(r, id, &n);
  return true;
}

/* x - c is x + -c, x / c is x times 1 / c: the passes that follow know sums and products. */
static bool name_sum(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  const struct ir_tensor *c = n.op == IR_SUB || n.op == IR_DIV ? ir_const_in(r->g, &n, 1) : NULL;
  struct ir_node inverse = {
      .op = n.op == IR_SUB ? IR_NEG : IR_RECIPROCAL, .in = &n.in[1], .n_in = 1};
  struct ir_tensor t;

  if (!c || c->type.dtype != IR_F32)
    return false;
  inverse.type = c->type;
  t = rewrite_evaluate(r, &inverse);
  if (!is_finite_tensor(&t))
    return false;
  n.op = n.op == IR_SUB ? IR_ADD : IR_MUL;
  n.in = (const ir_id[]){n.in[0], rewrite_const(r, n.in[1], t)};
  rewrite_replace(r, id, &n);
  return true;
}

/* -x is x times -1, and c - x is -x + c. */
static bool name_negative(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  bool is_neg = n.op == IR_NEG;
  struct ir_node product = {.op = IR_MUL, .n_in = 2, .loc = n.loc};
  double minus = -1;
  ir_id in[2];

  if (!is_neg && (n.op != IR_SUB || n.type.dtype != IR_F32 || !ir_const_in(r->g, &n, 0)))
    return false;
  in[0] = n.in[is_neg ? 0 : 1];
  in[1] = rewrite_append_const(r, NULL, rewrite_tensor(r, ir_type_make(IR_F32, 0, NULL), &minus),
                               n.loc);
  product.in = in;
  if (is_neg) {
    product.name = NULL;
    rewrite_replace(r, id, &product);
    return true;
  }
  n.op = IR_ADD;
  n.in = (const ir_id[]){rewrite_append(r, &product), n.in[0]};
  rewrite_replace(r, id, &n);
  return true;
}

/* The larger or smaller of x and one number is a clip. */
static bool name_clip(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  const struct ir_tensor *c = n.op == IR_MAX || n.op == IR_MIN ? ir_const_in(r->g, &n, 1) : NULL;
  struct ir_attr bound;

  if (!c || c->type.dtype != IR_F32 || ir_type_count(&c->type) != 1 ||
      !ir_type_equal(&n.type, &ir_node(r->g, n.in[0])->type))
    return false;
  bound = ir_float(n.op == IR_MAX ? IR_A_MIN : IR_A_MAX, (double)*ir_f32_of(*c));
  n.op = IR_CLIP;
  n.n_in = 1;
  n.attr = &bound;
  n.n_attr = 1;
  rewrite_replace(r, id, &n);
  return true;
}

bool pass_fold_constants(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {evaluate,      order_operands, name_sum, name_negative,
                                        drop_identity, name_clip,      name_relu};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
