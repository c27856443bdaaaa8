/* ir/exec/analog.h -- runs an analog graph: im2col and a matrix product, one sample after the
 * other.
 *
 * Exact enough to judge (float32; sums in the order of ir/exec/gemm.h, the same on every
 * processor). One exec_analog serves one thread; several may share a graph. */
#ifndef IR_EXEC_ANALOG_H
#define IR_EXEC_ANALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/ir.h"

struct exec_analog;

/* All memory is taken from `a` here; the run allocates nothing. The graph is verified and analog,
 * and all its values but constants are f32. */
struct exec_analog *exec_analog_new(struct arena *a, const struct ir_graph *g);

/* Sets the k-th input (copied), in the order of its type. */
void exec_analog_set_input(struct exec_analog *e, size_t k, const float *x);
void exec_analog_run(struct exec_analog *e);

/* Runs node `first` and those behind it on what the last run left of those before; ir_id_at(1) is
 * all of them. `hook` is shown each value as soon as it is computed, and may change it before it is
 * used. */
typedef void exec_analog_hook(void *ctx, ir_id id, float *value);
void exec_analog_run_from(struct exec_analog *e, ir_id first, exec_analog_hook *hook, void *ctx);

/* The value of a node after the last run; valid until the next. Every node keeps its own memory. */
const float *exec_analog_value(const struct exec_analog *e, ir_id id);
/* The operand of the k-th output node. */
const float *exec_analog_output(const struct exec_analog *e, size_t k);

/* Multiply-accumulates and bias additions of one run, padded borders counted (design: ann_macs,
 * ann_ops). */
void exec_analog_cost(const struct ir_graph *g, double *macs, double *ops);
/* Of one node. */
void exec_node_cost(const struct ir_graph *g, const struct ir_node *n, double *macs, double *ops);

/* Index of the largest of n values; ties go to the lowest index; NaN never wins. */
size_t exec_argmax(const float *y, size_t n);

#endif
