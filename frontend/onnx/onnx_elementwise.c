/* Operators that compute each element of the result from one element of each operand; which node
 * they become stands in the table of operators. */
#include <float.h>
#include <math.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/comp.h"

/* ONNX's names of the numbers that functions have. */
static const struct {
  const char *name;
  enum ir_attr_key key;
} numbers[] = {{"alpha", IR_A_ALPHA},
               {"lambd", IR_A_ALPHA},
               {"beta", IR_A_BETA},
               {"gamma", IR_A_BETA},
               {"bias", IR_A_BETA}};

ir_id onnx_build_unary(struct onnx_node *n) {
  struct ir_attr attr[sizeof numbers / sizeof *numbers];
  size_t n_attr = 0;
  ir_id in = onnx_real_in(n, 0);

  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (onnx_has_attr(n, numbers[i].name))
      attr[n_attr++] = ir_float(numbers[i].key, onnx_attr_float(n, numbers[i].name, 0));
  for (size_t i = 0; i < n_attr; i++)
    if (!isfinite(attr[i].u.f))
      onnx_fail(n, "%s is %g; it must be finite", ir_attr_name(attr[i].key), attr[i].u.f);
  return onnx_emit_real(
      n,
      (struct ir_node){.op = n->op->analog, .in = &in, .n_in = 1, .attr = attr, .n_attr = n_attr});
}

/* Operand 2 as it stands below operand 1 from `axis` on. */
static ir_id align(struct onnx_node *n, ir_id b, size_t axis) {
  const struct ir_type *a = onnx_type(n, 0), *old = onnx_type(n, 1);
  size_t rank = a->rank - axis;
  int64_t dims[IR_MAX_RANK];

  if (old->rank > rank)
    onnx_fail(n, "operand 2 is %s; from axis %zu on operand 1, %s, has too few axes for it",
              ir_type_text(n->im->c->scratch, old), axis, ir_type_text(n->im->c->scratch, a));
  for (size_t i = 0; i < rank; i++)
    dims[i] = i < old->rank ? old->dims[i] : 1;
  return onnx_emit_reshape(n, onnx_name(n, "in"), b, dims, rank);
}

/* Opset 6: with broadcast and axis, B's axes start at that axis of A. */
ir_id onnx_build_binary(struct onnx_node *n) {
  ir_id in[2];

  onnx_ins(n, 2, in);
  if (n->im->opset < 7 && onnx_attr_int(n, "broadcast", 0) && onnx_has_attr(n, "axis"))
    in[1] = align(n, in[1], onnx_axis(n, onnx_attr_int(n, "axis", 0), onnx_type(n, 0)->rank));
  return onnx_emit_binary(n, NULL, n->op->analog, in[0], in[1]);
}

/* Until opset 6 the slopes are those of the channels. */
ir_id onnx_build_prelu(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0), *slope = onnx_type(n, 1);
  ir_id in[2];

  onnx_ins(n, 2, in);
  if (n->im->opset < 7 && slope->rank == 1 && slope->dims[0] > 1 && x->rank > 1)
    in[1] = align(n, in[1], 1);
  return onnx_emit_binary(n, NULL, IR_PRELU, in[0], in[1]);
}

/* Sum, Mean, Max, Min of any number of operands: a chain; a mean is divided at its end. */
ir_id onnx_build_nary(struct onnx_node *n) {
  size_t n_in = n->proto->n_input;
  bool is_mean = n->op->analog == IR_DIV;
  enum ir_op op = is_mean ? IR_ADD : n->op->analog;
  struct ir_tensor count;
  ir_id x = onnx_in(n, 0);

  for (size_t k = 1; k < n_in && !n->is_bad; k++)
    x = onnx_emit_binary(n, k + 1 < n_in || is_mean ? onnx_name(n, "part") : NULL, op, x,
                         onnx_in(n, k));
  if (!is_mean || n_in == 1 || n->is_bad ||
      !onnx_new_tensor(n, ir_type_make(IR_F32, 0, NULL), &count))
    return x;
  *ir_f32_of(count) = (float)n_in;
  return onnx_emit_binary(n, NULL, IR_DIV, x, onnx_emit_const(n, onnx_name(n, "count"), count));
}

/* A bound at the end of float's range is none. */
ir_id onnx_build_clip(struct onnx_node *n) {
  double min = -INFINITY, max = INFINITY;
  struct ir_attr attr[2];
  size_t n_attr = 0;
  ir_id in = onnx_real_in(n, 0);

  onnx_number(n, "min", 1, &min);
  onnx_number(n, "max", 2, &max);
  if (isnan(min) || isnan(max))
    onnx_fail(n, "min is %g and max %g; both must be numbers", min, max);
  if (min > -(double)FLT_MAX)
    attr[n_attr++] = ir_float(IR_A_MIN, min);
  if (max < (double)FLT_MAX)
    attr[n_attr++] = ir_float(IR_A_MAX, max);
  if (n_attr == 0)
    return onnx_in(n, 0);
  if (min == 0 && n_attr == 1)
    return onnx_emit_real(n, (struct ir_node){.op = IR_RELU, .in = &in, .n_in = 1});
  return onnx_emit_real(
      n, (struct ir_node){.op = IR_CLIP, .in = &in, .n_in = 1, .attr = attr, .n_attr = n_attr});
}
