/* Quantized operators, as the real numbers that their integers stand for: scale (q - zero). */
#include "frontend/onnx/onnx_internal.h"
#include "ir/comp.h"

/* Integers and what they mean; zero may be none, for 0. */
struct meaning {
  ir_id x, scale, zero;
  int64_t axis; /* of x: has a scale and zero for each index, where there are several */
};

/* count values, all v. */
static ir_id emit_all(struct onnx_node *n, const char *part, struct ir_type type, int64_t v) {
  int64_t count = ir_type_count(&type);
  struct ir_tensor t;

  if (!onnx_new_tensor(n, type, &t))
    return (ir_id){0};
  for (int64_t i = 0; i < count; i++)
    if (type.dtype == IR_F32)
      ir_f32_of(t)[i] = (float)v;
    else
      ir_put_int((void *)(uintptr_t)t.data, type.dtype, i, v);
  return onnx_emit_const(n, onnx_name(n, part), t);
}

static ir_id emit_quant(struct onnx_node *n, const char *name, enum ir_op op, struct meaning m) {
  ir_id in[3] = {m.x, m.scale, m.zero};
  struct ir_attr axis = ir_int(IR_A_AXIS, m.axis);
  struct ir_type type;

  if (ir_is_none(m.x) || ir_is_none(m.scale))
    return (ir_id){0};
  type = ir_node(n->im->g, m.scale)->type;
  if (ir_is_none(m.zero)) {
    type.dtype = op == IR_QUANTIZE ? IR_U8 : ir_node(n->im->g, m.x)->type.dtype;
    in[2] = emit_all(n, "zero", type, 0);
  }
  return onnx_emit(n, (struct ir_node){.op = op,
                                       .name = name,
                                       .in = in,
                                       .n_in = 3,
                                       .attr = &axis,
                                       .n_attr = ir_type_count(&type) > 1 ? 1 : 0});
}

/* Operands k, k + 1, k + 2: integers, scale, zero. */
static ir_id read_real(struct onnx_node *n, size_t k, const char *part, int64_t axis) {
  struct meaning m = {onnx_in(n, k), onnx_in(n, k + 1), onnx_in(n, k + 2), axis};

  return emit_quant(n, onnx_name(n, part), IR_DEQUANTIZE, m);
}

/* QuantizeLinear and DequantizeLinear. */
ir_id onnx_build_quantize(struct onnx_node *n) {
  size_t rank = onnx_type(n, 0)->rank;
  struct meaning m = {onnx_in(n, 0), onnx_in(n, 1), onnx_in(n, 2), 0};

  if (ir_type_count(onnx_type(n, 1)) > 1)
    m.axis = (int64_t)onnx_axis(n, onnx_attr_int(n, "axis", 1), rank);
  if (n->op->analog == IR_QUANTIZE)
    m.x = onnx_emit_cast(n, onnx_name(n, "real"), m.x, IR_F32);
  return emit_quant(n, NULL, n->op->analog, m);
}

/* y in the integers of operands k (scale) and k + 1 (zero). */
static ir_id quantize_result(struct onnx_node *n, ir_id y, size_t k) {
  struct meaning m = {y, onnx_in(n, k), onnx_in(n, k + 1), 0};

  return emit_quant(n, NULL, IR_QUANTIZE, m);
}

/* x xs xz w ws wz ys yz bias: the bias has the scale of the products. */
ir_id onnx_build_qlinear_conv(struct onnx_node *n) {
  ir_id in[3] = {read_real(n, 0, "x", 1), read_real(n, 3, "w", 0), {0}};
  struct meaning bias = {onnx_in(n, 8), {0}, {0}, 0};

  if (onnx_has_in(n, 8)) {
    bias.scale = onnx_emit_binary(n, onnx_name(n, "scale"), IR_MUL, onnx_in(n, 1), onnx_in(n, 4));
    in[2] = emit_quant(n, onnx_name(n, "bias"), IR_DEQUANTIZE, bias);
    if (ir_is_none(in[2]))
      return in[2];
  }
  return quantize_result(n, onnx_emit_conv(n, onnx_name(n, "y"), in), 6);
}

/* a as az b bs bz ys yz: scales of a by row, of b by column. */
ir_id onnx_build_qlinear_matmul(struct onnx_node *n) {
  size_t rank_a = onnx_type(n, 0)->rank, rank_b = onnx_type(n, 3)->rank;
  ir_id a = read_real(n, 0, "a", rank_a > 1 ? (int64_t)rank_a - 2 : 0);
  ir_id b = read_real(n, 3, "b", rank_b > 0 ? (int64_t)rank_b - 1 : 0);

  return quantize_result(n, onnx_emit_binary(n, onnx_name(n, "y"), IR_MATMUL, a, b), 6);
}

/* Operand k less the zero that is operand k_zero, as real numbers. */
static ir_id read_shifted(struct onnx_node *n, size_t k, size_t k_zero, int64_t axis) {
  struct ir_type type = {.dtype = IR_F32};
  struct meaning m = {onnx_in(n, k), {0}, onnx_in(n, k_zero), axis};

  if (onnx_has_in(n, k_zero)) {
    type = *onnx_type(n, k_zero);
    type.dtype = IR_F32;
  }
  m.scale = emit_all(n, "one", type, 1);
  return emit_quant(n, onnx_name(n, "real"), IR_DEQUANTIZE, m);
}

ir_id onnx_build_conv_integer(struct onnx_node *n) {
  ir_id in[3] = {read_shifted(n, 0, 2, 1), read_shifted(n, 1, 3, 0), {0}};

  return onnx_emit_cast(n, NULL, onnx_emit_conv(n, onnx_name(n, "y"), in), IR_I32);
}

ir_id onnx_build_matmul_integer(struct onnx_node *n) {
  size_t rank_a = onnx_type(n, 0)->rank, rank_b = onnx_type(n, 1)->rank;
  ir_id a = read_shifted(n, 0, 2, rank_a > 1 ? (int64_t)rank_a - 2 : 0);
  ir_id b = read_shifted(n, 1, 3, rank_b > 0 ? (int64_t)rank_b - 1 : 0);

  return onnx_emit_cast(n, NULL, onnx_emit_binary(n, onnx_name(n, "y"), IR_MATMUL, a, b), IR_I32);
}
