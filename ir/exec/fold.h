/* ir/exec/fold.h -- evaluates one node whose operands are all constants.
 *
 * Serves shape arithmetic at import (integers) and constant folding (f32). */
#ifndef IR_EXEC_FOLD_H
#define IR_EXEC_FOLD_H

#include <stdbool.h>

#include "ir/ir.h"

/* True when every operand is a const node and the op can be evaluated on its element type; then
 * *out is the result, in the graph's arena. `n` need not be in the graph, but its type must be
 * known (ir_infer_type). False, without a message, also for a gather whose index is out of range.
 */
bool exec_fold(struct ir_graph *g, const struct ir_node *n, struct ir_tensor *out);

#endif
