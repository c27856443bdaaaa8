/* passes/fold_batchnorm.c -- merges each batchnorm into the conv or dense before it, or, where it
 * follows a nonlinearity or the input, into the one behind it.
 *
 *   %c = conv %x, %w : f32[1, 8, 26, 26]
 *   %n = batchnorm %c, %gamma, %beta, %mean, %var : ..    ->   %c = conv %x, %w2, %c.bias : ..
 *   %r = relu %n : f32[1, 8, 26, 26]                           %r = relu %c : f32[1, 8, 26, 26]
 *
 * It looks through reshapes that keep the channels and through pools that commute with it, never
 * across a nonlinearity, and leaves a batchnorm whose conv has other users, or whose next conv has
 * padding. Computed in double; each weight is rounded once more. */
#include "passes/passes.h"

#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/affine.h"
#include "passes/rewrite.h"

static bool merge_batchnorm(struct rewrite *r, ir_id id) {
  return affine_merge(r, id, IR_BATCHNORM);
}

bool pass_fold_batchnorm(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {merge_batchnorm};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
