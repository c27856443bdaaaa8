#include "ir/exec/analog_internal.h"

#include <string.h>

#include "ir/exec/gemm.h"

void analog_dense(const struct analog_call *c) {
  const struct ir_type *weight = &c->in[1].type;
  int64_t n_out = weight->dims[0], n_in = weight->dims[1];
  int64_t rows = ir_type_count(&c->node->type) / n_out;
  float *y = c->out;
  bool has_bias = c->node->n_in == 3;

  for (int64_t r = 0; has_bias && r < rows; r++)
    memcpy(y + r * n_out, c->in[2].data, (size_t)n_out * sizeof *y);
  gemm(&(struct gemm){.m = rows,
                      .n = n_out,
                      .k = n_in,
                      .a = c->in[0].data,
                      .b = c->in[1].data,
                      .c = y,
                      .ldb = n_in,
                      .ldc = n_out,
                      .b_is_transposed = true,
                      .add = has_bias});
}

/* An operand of matmul as a stack of matrices: a vector is a row on the left, a column on the right
 * (ONNX MatMul, as numpy.matmul). */
static struct ir_type matrix_type(const struct ir_type *t, bool is_left) {
  struct ir_type m = *t;

  if (t->rank == 1) {
    m.rank = 2;
    m.dims[0] = is_left ? 1 : t->dims[0];
    m.dims[1] = is_left ? t->dims[0] : 1;
  }
  return m;
}

void analog_matmul(const struct analog_call *c) {
  struct ir_type a = matrix_type(&c->in[0].type, true);
  struct ir_type b = matrix_type(&c->in[1].type, false);
  const struct ir_type *taller = a.rank > b.rank ? &a : &b;
  size_t n_batch = taller->rank - 2u;
  int64_t m = a.dims[a.rank - 2], k = a.dims[a.rank - 1], n = b.dims[b.rank - 1];
  int64_t batch[IR_MAX_RANK], size_a = m * k, size_b = k * n;
  struct analog_walk w = {.rank = n_batch, .dims = batch};
  float *y = c->out;

  /* Stacks of scalars, so to say: the walk counts in matrices. */
  a.rank = (uint8_t)(a.rank - 2);
  b.rank = (uint8_t)(b.rank - 2);
  analog_broadcast_strides(&a, n_batch, w.stride[0]);
  analog_broadcast_strides(&b, n_batch, w.stride[1]);
  for (size_t i = 0; i < n_batch; i++) {
    int64_t da = i + a.rank < n_batch ? 1 : a.dims[i + a.rank - n_batch];
    int64_t db = i + b.rank < n_batch ? 1 : b.dims[i + b.rank - n_batch];
    batch[i] = da > db ? da : db;
  }
  do {
    gemm(&(struct gemm){.m = m,
                        .n = n,
                        .k = k,
                        .a = (const float *)c->in[0].data + w.offset[0] * size_a,
                        .b = (const float *)c->in[1].data + w.offset[1] * size_b,
                        .c = y,
                        .ldb = n,
                        .ldc = n});
    y += m * n;
  } while (analog_walk_next(&w));
}
