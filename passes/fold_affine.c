/* passes/fold_affine.c -- products with constant matrices become dense layers, added constants the
 * bias of the conv or dense beside them, and factors its weights.
 *
 *   %m = matmul %x, %w : f32[1, 10]
 *   %a = add %m, %c : f32[1, 10]               ->     %m = dense %x, %w2, %c2 : f32[1, 10]
 *   %b = add %a, %d : f32[1, 10]                      %y = output %m : f32[1, 10]
 *   %y = output %b : f32[1, 10]
 *
 * where %w2 is %w transposed and %c2 = %c + %d. Sums are rounded once, where they were twice. A
 * constant that a conv reads with zeros around it, or that differs from pixel to pixel, is
 * convolved itself and added behind. */
#include "passes/passes.h"

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/affine.h"
#include "passes/rewrite.h"

static bool matmul_to_dense(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  const struct ir_tensor *w = n.op == IR_MATMUL ? ir_const_in(r->g, &n, 1) : NULL;
  struct ir_attr perm = ir_ints(IR_A_PERM, (const int64_t[]){1, 0}, 2);
  struct ir_node transpose = {
      .op = IR_TRANSPOSE, .in = &n.in[1], .n_in = 1, .attr = &perm, .n_attr = 1, .loc = n.loc};

  if (!w || w->type.rank != 2)
    return false;
  n.op = IR_DENSE;
  n.in = (const ir_id[]){n.in[0], rewrite_const(r, n.in[1], rewrite_evaluate(r, &transpose))};
  rewrite_replace(r, id, &n);
  return true;
}

/* add(add(x, c), d), mul(mul(x, c), d) */
static bool merge_constants(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *in = rewrite_operand(r, n, 0, n->op);
  ir_id constants[2];
  struct ir_node both = {.op = n->op, .in = constants, .n_in = 2};

  if ((n->op != IR_ADD && n->op != IR_MUL) || !in || !ir_const_in(r->g, n, 1) ||
      !ir_const_in(r->g, in, 1) || !rewrite_has_one_user(r, n->in[0]))
    return false;
  constants[0] = in->in[1];
  constants[1] = n->in[1];
  if (!rewrite_set_const(r, id, 1, rewrite_evaluate(r, &both)))
    return false;
  rewrite_set_operand(r, id, in->in[0]);
  return true;
}

static bool merge_bias(struct rewrite *r, ir_id id) {
  return affine_merge(r, id, IR_ADD);
}

static bool bias_to_map(struct rewrite *r, ir_id id) {
  return affine_to_map(r, id, IR_ADD);
}

static bool merge_factor(struct rewrite *r, ir_id id) {
  return affine_merge(r, id, IR_MUL);
}

bool pass_fold_affine(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {matmul_to_dense, merge_constants, merge_bias, merge_factor};
  static rewrite_rule *const last[] = {bias_to_map};
  size_t n_rules = sizeof rules / sizeof rules[0];

  /* Constants for each element merge with less: after everything else. */
  return rewrite_run(c, *g, rules, n_rules) && rewrite_run(c, *g, last, 1) &&
         rewrite_run(c, *g, rules, n_rules);
}
