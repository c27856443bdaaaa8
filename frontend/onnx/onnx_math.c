/* Products, batchnorm and softmax. */
#include <math.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/comp.h"

/* Constant operand k times `scale`, rows and columns exchanged where `flip`. */
struct matrix_use {
  size_t k;
  bool flip;
  double scale;
};

static ir_id emit_matrix(struct onnx_node *n, struct matrix_use use) {
  const struct ir_tensor *t = onnx_const(n, use.k);
  struct ir_type type;
  struct ir_tensor new_t;
  const float *from;
  int64_t rows, columns;

  if (!t || (!use.flip && use.scale == 1))
    return onnx_in(n, use.k);
  type = t->type;
  if (type.dtype != IR_F32) {
    onnx_fail(n, "operand %zu is %s; it must be of a floating type", use.k + 1,
              ir_type_text(n->im->c->scratch, &type));
    return (ir_id){0};
  }
  columns = use.flip ? type.dims[1] : ir_type_count(&type);
  rows = use.flip ? type.dims[0] : 1;
  if (use.flip)
    type.dims[0] = columns, type.dims[1] = rows;
  if (!onnx_new_tensor(n, type, &new_t))
    return (ir_id){0};
  from = t->data;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++)
      ir_f32_of(new_t)[c * rows + r] = (float)(use.scale * (double)from[r * columns + c]);
  return onnx_emit_const(n, onnx_ir_name(n->im, onnx_in_name(n, use.k)), new_t);
}

/* x times a constant matrix of O columns (rows, where transposed); bias may be none. */
static ir_id emit_dense(struct onnx_node *n, const char *name, ir_id x, ir_id weight, ir_id bias) {
  ir_id in[3] = {x, weight, bias};

  return onnx_emit(
      n,
      (struct ir_node){.op = IR_DENSE, .name = name, .in = in, .n_in = ir_is_none(bias) ? 2 : 3});
}

/* ---- Gemm: alpha A' B' + beta C ---- */

struct gemm {
  double alpha, beta;
  bool trans_a, trans_b;
  bool has_c;
};

/* C as a vector of n_out, or none where it varies along the rows or is no constant. */
static ir_id emit_bias(struct onnx_node *n, const struct gemm *m, int64_t n_out) {
  const struct ir_tensor *c = onnx_const(n, 2);
  struct ir_tensor bias;
  int64_t count;

  if (!c || c->type.dtype != IR_F32)
    return (ir_id){0};
  count = ir_type_count(&c->type);
  if (count != 1 && (count != n_out || c->type.dims[c->type.rank - 1] != n_out))
    return (ir_id){0};
  if (m->beta == 1 && c->type.rank == 1 && count == n_out)
    return onnx_in(n, 2);
  if (!onnx_new_tensor(n, ir_type_make(IR_F32, 1, &n_out), &bias))
    return (ir_id){0};
  for (int64_t i = 0; i < n_out; i++)
    ir_f32_of(bias)[i] = (float)(m->beta * (double)((const float *)c->data)[count == 1 ? 0 : i]);
  return onnx_emit_const(n, onnx_ir_name(n->im, onnx_in_name(n, 2)), bias);
}

static ir_id gemm_product(struct onnx_node *n, const struct gemm *m, const char *name, ir_id bias) {
  static const int64_t swap[2] = {1, 0};
  const char *flipped = onnx_name(n, "transpose");
  ir_id a = onnx_in(n, 0), b;

  if (m->trans_a)
    a = onnx_emit_transpose(n, flipped, a, swap);
  if (onnx_const(n, 1)) {
    b = emit_matrix(n, (struct matrix_use){1, !m->trans_b, m->alpha});
    return emit_dense(n, name, a, b, bias);
  }
  if (m->alpha != 1)
    onnx_fail(n, "alpha is %g; with an operand B that is not constant only 1 is supported",
              m->alpha);
  b = onnx_in(n, 1);
  if (m->trans_b)
    b = onnx_emit_transpose(n, flipped, b, swap);
  return onnx_emit_binary(n, name, IR_MATMUL, a, b);
}

ir_id onnx_build_gemm(struct onnx_node *n) {
  struct gemm m = {onnx_attr_float(n, "alpha", 1), onnx_attr_float(n, "beta", 1),
                   onnx_attr_int(n, "transA", 0) != 0, onnx_attr_int(n, "transB", 0) != 0, false};
  const struct ir_type *a = onnx_type(n, 0), *b = onnx_type(n, 1);
  ir_id bias = {0}, product, c;

  m.has_c = onnx_has_in(n, 2) && m.beta != 0;
  if (n->is_bad || (a->rank != 2 || b->rank != 2)) {
    onnx_fail(n, "its operands are %s and %s; both need two axes",
              ir_type_text(n->im->c->scratch, a), ir_type_text(n->im->c->scratch, b));
    return (ir_id){0};
  }
  if (!isfinite(m.alpha) || !isfinite(m.beta))
    onnx_fail(n, "alpha is %g and beta %g; both must be finite", m.alpha, m.beta);
  if (m.has_c && onnx_const(n, 1))
    bias = emit_bias(n, &m, b->dims[m.trans_b ? 0 : 1]);
  if (!m.has_c || !ir_is_none(bias))
    return gemm_product(n, &m, NULL, bias);
  if (m.beta != 1 && !onnx_const(n, 2))
    onnx_fail(n, "beta is %g; with an operand C that is not constant only 1 is supported", m.beta);
  product = gemm_product(n, &m, onnx_name(n, "product"), bias);
  c = emit_matrix(n, (struct matrix_use){2, false, m.beta});
  return onnx_emit_binary(n, NULL, IR_ADD, product, c);
}

ir_id onnx_build_matmul(struct onnx_node *n) {
  bool is_dense = onnx_const(n, 1) && onnx_type(n, 1)->rank == 2;
  ir_id a = onnx_in(n, 0), b;

  b = is_dense ? emit_matrix(n, (struct matrix_use){1, true, 1}) : onnx_in(n, 1);
  if (is_dense)
    return emit_dense(n, NULL, a, b, (ir_id){0});
  return onnx_emit_binary(n, NULL, IR_MATMUL, a, b);
}

/* An old Keras exporter hands [channels, 1] over: what it means is clear, though ONNX wants the
 * channels on the second axis. */
static ir_id channels_second(struct onnx_node *n, ir_id x) {
  const struct ir_type *type = onnx_type(n, 0), *gamma = onnx_type(n, 1);

  if (type->rank != 2 || gamma->rank != 1 || type->dims[1] != 1 || type->dims[0] != gamma->dims[0])
    return x;
  return onnx_emit_reshape(n, onnx_name(n, "in"), x, (const int64_t[]){1, type->dims[0]}, 2);
}

ir_id onnx_build_batchnorm(struct onnx_node *n) {
  struct ir_attr epsilon = ir_float(IR_A_EPSILON, onnx_attr_float(n, "epsilon", (double)1e-5f));
  const struct ir_type *type = onnx_type(n, 0);
  ir_id in[5], result;

  if (onnx_attr_int(n, "spatial", 1) == 0)
    onnx_fail(n, "spatial is 0; statistics per channel (1) are supported");
  if (onnx_attr_int(n, "training_mode", 0) != 0)
    onnx_fail(n, "training_mode is set; export the model for inference");
  onnx_ins(n, 5, in);
  in[0] = channels_second(n, in[0]);
  result = onnx_emit(
      n, (struct ir_node){.op = IR_BATCHNORM, .in = in, .n_in = 5, .attr = &epsilon, .n_attr = 1});
  return onnx_emit_reshape(n, onnx_name(n, "out"), result, type->dims, type->rank);
}

/* Before opset 13 all axes from `axis` on count as one. */
ir_id onnx_build_softmax(struct onnx_node *n) {
  struct ir_type type = *onnx_type(n, 0);
  size_t axis = onnx_axis(n, onnx_attr_int(n, "axis", n->im->opset < 13 ? 1 : -1), type.rank);
  int64_t flat[2] = {1, 1};
  struct ir_attr attr;
  ir_id x = onnx_in(n, 0);
  bool is_joint = false;

  if (n->is_bad)
    return (ir_id){0};
  for (size_t i = 0; i < type.rank; i++) {
    flat[i >= axis] *= type.dims[i];
    is_joint = is_joint || (i > axis && type.dims[i] != 1 && n->im->opset < 13);
  }
  attr = ir_int(IR_A_AXIS, is_joint ? 1 : (int64_t)axis);
  if (is_joint)
    x = onnx_emit_reshape(n, onnx_name(n, "in"), x, flat, 2);
  x = onnx_emit(
      n, (struct ir_node){.op = n->op->analog, .in = &x, .n_in = 1, .attr = &attr, .n_attr = 1});
  return is_joint ? onnx_emit_reshape(n, onnx_name(n, "out"), x, type.dims, type.rank) : x;
}
