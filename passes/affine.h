/* passes/affine.h -- rules about y = scale x + shift with one scale and shift per channel: an added
 * constant (scale 1), a factor (shift 0) or a batchnorm. What can be said of all is said here once;
 * fold-affine applies it to the first two, fold-batchnorm to the last.
 *
 * All are exact but for rounding, and none reaches across a nonlinearity. */
#ifndef PASSES_AFFINE_H
#define PASSES_AFFINE_H

#include "passes/rewrite.h"

/* Merges the affine nodes of this op (IR_ADD, IR_MUL or IR_BATCHNORM) with what is around node
 * `id`, which is such a node, a pool behind one, or a conv or dense behind one. True: something has
 * changed. */
bool affine_merge(struct rewrite *r, ir_id id, enum ir_op op);

/* For what affine_merge leaves: conv(affine(x)), where the conv reads zeros around it or each pixel
 * has its own shift, becomes add(conv'(x), one constant for each element). */
bool affine_to_map(struct rewrite *r, ir_id id, enum ir_op op);

#endif
