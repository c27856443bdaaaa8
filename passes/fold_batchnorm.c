/* passes/fold_batchnorm.c -- merges each batchnorm into the conv or dense before it, or, where it
 * follows a nonlinearity or the input, into the one behind it.
 *
 *   %c = conv %x, %w : f32[1, 8, 26, 26]
 *   %n = batchnorm %c, %gamma, %beta, %mean, %var : ..    ->   %c = conv %x, %w2, %c.bias : ..
 *   %r = relu %n : f32[1, 8, 26, 26]                           %r = relu %c : f32[1, 8, 26, 26]
 *
 * It looks through reshapes that keep the channels and through pools that commute with it, never
 * across a nonlinearity, and leaves a batchnorm whose conv has other users. Where the next conv has
 * padding, whose zeros the batchnorm does not shift, the bias differs at the border:
 *
 *   %n = batchnorm %r, .. : f32[1, 8, 26, 26]              %c = conv %r, %w2 {pad} : ..
 *   %c = conv %n, %w {pad} : ..                       ->   %a = add %c, %c.shift : ..
 *
 * Computed in double; each weight is rounded once more. */
#include "passes/passes.h"

#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/affine.h"
#include "passes/rewrite.h"

static bool merge_batchnorm(struct rewrite *r, ir_id id) {
  return affine_merge(r, id, IR_BATCHNORM);
}

static bool batchnorm_to_map(struct rewrite *r, ir_id id) {
  return affine_to_map(r, id, IR_BATCHNORM);
}

bool pass_fold_batchnorm(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {merge_batchnorm};

  static rewrite_rule *const last[] = {batchnorm_to_map};
  size_t n_rules = sizeof rules / sizeof rules[0];

  /* Constants for each element merge with less: after everything else. */
  return rewrite_run(c, *g, rules, n_rules) && rewrite_run(c, *g, last, 1) &&
         rewrite_run(c, *g, rules, n_rules);
}
