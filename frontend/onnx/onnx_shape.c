/* Shapes, constants, and what only moves elements. All shapes are known here, so that shape
 * arithmetic becomes constants as it is read. */
#include <inttypes.h>
#include <string.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/comp.h"

ir_id onnx_build_same(struct onnx_node *n) {
  return onnx_in(n, 0);
}

/* Nothing is dropped; until opset 6 the mask is of the type of the values. */
static ir_id emit_mask(struct onnx_node *n) {
  struct ir_type type = *onnx_type(n, 0);
  struct ir_tensor mask;

  type.dtype = IR_BOOL;
  if (!onnx_new_tensor(n, type, &mask))
    return (ir_id){0};
  memset((void *)(uintptr_t)mask.data, 1, (size_t)ir_type_count(&type));
  return onnx_emit_const(n, onnx_name(n, "mask"), mask);
}

ir_id onnx_build_dropout(struct onnx_node *n) {
  double is_training = 0;

  if (onnx_number(n, "training_mode", 2, &is_training) && is_training != 0)
    onnx_fail(n, "training_mode is set; export the model for inference");
  if (onnx_is_wanted(n, 1))
    onnx_set_result(n, 1, emit_mask(n));
  return onnx_in(n, 0);
}

/* ---- constants ---- */

static struct ir_tensor number_list(struct onnx_node *n, enum ir_dtype dtype, size_t count,
                                    const void *data) {
  struct ir_tensor t = {.type = {.dtype = dtype, .rank = 1, .dims = {(int64_t)count}}};

  t.data = arena_memdup(n->im->c->arena, data, count * ir_dtype_size(dtype));
  return t;
}

static struct ir_tensor scalar(struct ir_tensor t) {
  t.type.rank = 0;
  return t;
}

static bool read_tensor_attr(struct onnx_node *n, const char *name, struct ir_tensor *t) {
  const Onnx__TensorProto *proto = onnx_attr_tensor(n, name);

  if (!proto)
    return onnx_fail(n, "attribute %s holds no tensor", name);
  if (!onnx_tensor_read(n->im, proto, n->loc, t))
    n->is_bad = true;
  return !n->is_bad;
}

ir_id onnx_build_constant(struct onnx_node *n) {
  struct ir_tensor t = {0};
  struct onnx_ints ints = onnx_attr_ints(n, "value_ints");
  size_t n_floats;
  const float *floats = onnx_attr_floats(n, "value_floats", &n_floats);

  if (n->proto->n_attribute != 1) {
    onnx_fail(n,
              "has %zu attributes; one of value, value_float, value_floats, value_int and "
              "value_ints is allowed",
              n->proto->n_attribute);
  } else if (onnx_has_attr(n, "value")) {
    read_tensor_attr(n, "value", &t);
  } else if (onnx_has_attr(n, "value_float")) {
    float x = (float)onnx_attr_float(n, "value_float", 0);
    t = scalar(number_list(n, IR_F32, 1, &x));
  } else if (onnx_has_attr(n, "value_int")) {
    int64_t x = onnx_attr_int(n, "value_int", 0);
    t = scalar(number_list(n, IR_I64, 1, &x));
  } else if (onnx_has_attr(n, "value_floats")) {
    t = number_list(n, IR_F32, n_floats, floats);
  } else if (onnx_has_attr(n, "value_ints")) {
    t = number_list(n, IR_I64, ints.n, ints.v);
  } else {
    onnx_fail(n, "holds %s; numbers that are not sparse are supported",
              onnx_str(n->proto->attribute[0]->name));
  }
  return onnx_set_const(n, t);
}

ir_id onnx_build_constant_of_shape(struct onnx_node *n) {
  struct onnx_ints shape = onnx_list(n, "shape", 0);
  struct ir_tensor value = {.type = {.dtype = IR_F32}, .data = &(float){0}}, t = {0};
  size_t size_bytes;
  int64_t count;

  if (n->is_bad || (onnx_has_attr(n, "value") && !read_tensor_attr(n, "value", &value)))
    return (ir_id){0};
  if (ir_type_count(&value.type) != 1)
    onnx_fail(n, "value is %s; one element is allowed",
              ir_type_text(n->im->c->scratch, &value.type));
  if (shape.n > IR_MAX_RANK || !onnx_count(shape.v, shape.n, &count))
    onnx_fail(n,
              "the shape has a negative dimension, more than %d of them, or more than 2^31 - 1 "
              "elements",
              IR_MAX_RANK);
  if (n->is_bad || !onnx_new_tensor(n, ir_type_make(value.type.dtype, shape.n, shape.v), &t))
    return (ir_id){0};
  size_bytes = ir_dtype_size(value.type.dtype);
  for (int64_t i = 0; i < count; i++)
    memcpy((uint8_t *)(uintptr_t)t.data + (size_t)i * size_bytes, value.data, size_bytes);
  return onnx_set_const(n, t);
}

int64_t onnx_clamp_index(int64_t i, int64_t size, int64_t low, int64_t high) {
  if (i < 0)
    i = i < -size ? low : i + size;
  return i < low ? low : i > high ? high : i;
}

ir_id onnx_build_shape(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0);
  int64_t rank = x->rank;
  int64_t start = onnx_clamp_index(onnx_attr_int(n, "start", 0), rank, 0, rank);
  int64_t end = onnx_clamp_index(onnx_attr_int(n, "end", rank), rank, 0, rank);

  return onnx_set_const(
      n, number_list(n, IR_I64, end > start ? (size_t)(end - start) : 0, x->dims + start));
}

/* ---- types ---- */

/* Unsigned integers of 16 bits and more are read into wider types, which wrap elsewhere. */
static bool is_cast_to(int64_t to) {
  return to != ONNX__TENSOR_PROTO__DATA_TYPE__UINT16 &&
         to != ONNX__TENSOR_PROTO__DATA_TYPE__UINT32 && to != ONNX__TENSOR_PROTO__DATA_TYPE__UINT64;
}

ir_id onnx_build_cast(struct onnx_node *n) {
  int64_t to = onnx_attr_int(n, "to", 0);
  int32_t known = to >= 0 && to <= INT32_MAX ? (int32_t)to : 0;
  enum ir_dtype dtype = IR_F32;

  if (!onnx_dtype(known, &dtype) || !is_cast_to(to))
    onnx_fail(n,
              "casts to type %" PRId64 " (%s); floating types, INT8 to INT64, UINT8 and BOOL are "
              "supported",
              to, onnx_dtype_name(known));
  return onnx_emit_cast(n, NULL, onnx_in(n, 0), dtype);
}

/* ---- shapes ---- */

ir_id onnx_build_flatten(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0);
  int64_t axis = onnx_attr_int(n, "axis", 1), dims[2] = {1, 1};

  if (axis != x->rank) /* one past the last is allowed here */
    axis = (int64_t)onnx_axis(n, axis, x->rank);
  for (size_t i = 0; i < x->rank; i++)
    dims[(int64_t)i >= axis] *= x->dims[i];
  return onnx_emit_reshape(n, NULL, onnx_in(n, 0), dims, 2);
}

/* 0 copies a dimension (unless allowzero), one -1 takes what is left. */
static bool resolve_shape(struct onnx_node *n, struct onnx_ints asked, int64_t *dims) {
  const struct ir_type *x = onnx_type(n, 0);
  bool allow_zero = onnx_attr_int(n, "allowzero", 0) != 0;
  int64_t known = 1, open = -1;

  for (size_t i = 0; i < asked.n; i++) {
    dims[i] = asked.v[i];
    if (dims[i] == 0 && !allow_zero && i < x->rank)
      dims[i] = x->dims[i];
    if (dims[i] == -1 && open < 0) {
      open = (int64_t)i;
      continue;
    }
    if (dims[i] < 1 || dims[i] > INT32_MAX / known)
      return onnx_fail(n,
                       "shape[%zu] is %" PRId64 "; sizes of 1 and more, 0 where the input has "
                       "that axis, and one -1 are allowed, for %" PRId64 " elements",
                       i, asked.v[i], ir_type_count(x));
    known *= dims[i];
  }
  if (open >= 0)
    dims[open] = ir_type_count(x) / known;
  if (open >= 0 && dims[open] * known != ir_type_count(x))
    return onnx_fail(n,
                     "shape[%" PRId64 "] is -1, but the %" PRId64 " elements of %s cannot be "
                     "divided by the other sizes, %" PRId64,
                     open, ir_type_count(x), ir_type_text(n->im->c->scratch, x), known);
  return !n->is_bad;
}

ir_id onnx_build_reshape(struct onnx_node *n) {
  struct onnx_ints asked = onnx_list(n, "shape", 1);
  int64_t dims[IR_MAX_RANK];

  if (!n->is_bad && !asked.v)
    onnx_fail(n, "operand 2, the shape, is missing");
  if (asked.n > IR_MAX_RANK)
    onnx_fail(n, "the shape has %zu dimensions; up to %d are supported", asked.n, IR_MAX_RANK);
  if (n->is_bad || !resolve_shape(n, asked, dims))
    return (ir_id){0};
  return onnx_emit_reshape(n, NULL, onnx_in(n, 0), dims, asked.n);
}

/* Axes of operand 1 or attribute `axes` as bits, for a tensor of `rank`. */
static unsigned axis_bits(struct onnx_node *n, struct onnx_ints axes, size_t rank) {
  unsigned bits = 0;

  for (size_t i = 0; i < axes.n && !n->is_bad; i++) {
    unsigned bit = 1u << onnx_axis(n, axes.v[i], rank);
    if (bits & bit)
      onnx_fail(n, "axes names axis %" PRId64 " twice", axes.v[i]);
    bits |= bit;
  }
  return bits;
}

ir_id onnx_build_squeeze(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0);
  struct onnx_ints axes = onnx_list(n, "axes", 1);
  unsigned bits = axis_bits(n, axes, x->rank);
  int64_t dims[IR_MAX_RANK];
  size_t rank = 0;

  for (size_t i = 0; i < x->rank; i++) {
    bool is_dropped = axes.v ? bits >> i & 1 : x->dims[i] == 1;
    if (is_dropped && x->dims[i] != 1)
      onnx_fail(n, "axis %zu has size %" PRId64 "; only axes of size 1 can be squeezed", i,
                x->dims[i]);
    if (!is_dropped)
      dims[rank++] = x->dims[i];
  }
  return onnx_emit_reshape(n, NULL, onnx_in(n, 0), dims, rank);
}

ir_id onnx_build_unsqueeze(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0);
  struct onnx_ints axes = onnx_list(n, "axes", 1);
  size_t rank = x->rank + axes.n, from = 0;
  int64_t dims[IR_MAX_RANK];
  unsigned bits;

  if (rank > IR_MAX_RANK) {
    onnx_fail(n, "the result has %zu dimensions; up to %d are supported", rank, IR_MAX_RANK);
    return (ir_id){0};
  }
  bits = axis_bits(n, axes, rank);
  for (size_t i = 0; i < rank && !n->is_bad; i++)
    dims[i] = bits >> i & 1 ? 1 : x->dims[from++];
  return n->is_bad ? (ir_id){0} : onnx_emit_reshape(n, NULL, onnx_in(n, 0), dims, rank);
}

/* ---- moves ---- */

ir_id onnx_build_transpose(struct onnx_node *n) {
  size_t rank = onnx_type(n, 0)->rank;
  struct onnx_ints perm = onnx_attr_ints(n, "perm");
  int64_t axes[IR_MAX_RANK];

  if (perm.v && perm.n != rank) {
    onnx_fail(n, "perm has %zu values; the operand has %zu axes", perm.n, rank);
    return (ir_id){0};
  }
  for (size_t i = 0; i < rank; i++)
    axes[i] = perm.v ? perm.v[i] : (int64_t)(rank - 1 - i);
  return onnx_emit_transpose(n, NULL, onnx_in(n, 0), axes);
}

/* Empty lists, which shape arithmetic may leave, add nothing. */
ir_id onnx_build_concat(struct onnx_node *n) {
  ir_id *in = ARENA_NEW(n->im->c->scratch, ir_id, n->proto->n_input);
  size_t rank = onnx_type(n, 0)->rank, n_in = 0;
  struct ir_attr axis;

  if (!onnx_has_attr(n, "axis"))
    onnx_fail(n, "attribute axis is missing");
  for (size_t k = 0; k < n->proto->n_input && !n->is_bad; k++) {
    const struct ir_tensor *t = onnx_const(n, k);
    if (!t || ir_type_count(&t->type) > 0)
      in[n_in++] = onnx_in(n, k);
  }
  axis = ir_int(IR_A_AXIS, (int64_t)onnx_axis(n, onnx_attr_int(n, "axis", 0), rank));
  if (n_in == 1)
    return in[0];
  return onnx_emit(
      n, (struct ir_node){.op = IR_CONCAT, .in = in, .n_in = n_in, .attr = &axis, .n_attr = 1});
}
