/* ir/exec/analog_internal.h -- one analog node made ready to run: its operands, its result, its
 * window. The executor (analog.c) and constant folding (fold.c) compute with these same kernels.
 *
 * Kernels trust the graph: types were inferred, so shapes fit each other and no dimension is 0. */
#ifndef IR_EXEC_ANALOG_INTERNAL_H
#define IR_EXEC_ANALOG_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

struct arena;

struct analog_call {
  const struct ir_node *node;
  const struct ir_tensor *in; /* values of the operands, node->n_in of them             */
  void *out;                  /* as many bytes as node->type says                       */
  float *scratch;             /* analog_scratch_floats() of them                        */
  struct ir_window window;    /* conv and pools: always three axes, missing ones first  */
};

typedef void analog_fn(const struct analog_call *c);

/* Takes `in` over (the data may still be missing, the types not). False, when no kernel computes
 * this op on these element types. `out` and `scratch` are left to the caller. */
bool analog_call_init(struct analog_call *c, const struct ir_graph *g, const struct ir_node *n,
                      const struct ir_tensor *in);
size_t analog_scratch_floats(const struct analog_call *c);
void analog_call_run(const struct analog_call *c);
/* Bytes that a value of this type takes. */
size_t analog_type_bytes(const struct ir_type *t);

/* ---- kernels, one per op ---- */

/* analog_window.c */
analog_fn analog_conv, analog_maxpool, analog_maxpool_index, analog_avgpool, analog_global_avgpool;
size_t analog_conv_scratch(const struct analog_call *c);
/* analog_linear.c */
analog_fn analog_dense, analog_matmul;
analog_fn analog_conv_transpose;
/* analog_elementwise.c */
analog_fn analog_binary, analog_unary, analog_relu, analog_clip;
/* analog_math.c */
analog_fn analog_batchnorm, analog_softmax, analog_log_softmax, analog_reduce_sum,
    analog_reduce_extreme, analog_argmax;
size_t analog_reduce_scratch(const struct analog_call *c);
/* analog_number.c */
analog_fn analog_cast, analog_quantize, analog_dequantize;
/* analog_move.c */
analog_fn analog_reshape, analog_transpose, analog_concat, analog_padding, analog_slice,
    analog_gather, analog_gather_elements, analog_gather_nd;

/* ---- shared by the kernels ---- */

/* Walks a box in row-major order, with the offsets that two strided operands have at each place:
 *   do use(w.offset[0], w.offset[1]); while (analog_walk_next(&w));
 * A kernel that handles the last axis in a loop of its own leaves it out of `rank`. */
struct analog_walk {
  size_t rank;
  const int64_t *dims;
  int64_t stride[2][IR_MAX_RANK]; /* 0 repeats the operand along an axis */
  int64_t at[IR_MAX_RANK];
  int64_t offset[2];
};
bool analog_walk_next(struct analog_walk *w); /* false: back at the first place */

/* Elements between neighbours of each axis; of `t` as an operand broadcast to `rank` axes. */
void analog_broadcast_strides(const struct ir_type *t, size_t rank, int64_t *stride);
/* Product of dims[from .. to - 1]. */
int64_t analog_product(const int64_t *dims, size_t from, size_t to);

#endif
