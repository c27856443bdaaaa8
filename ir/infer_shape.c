#include "ir/ir_internal.h"

bool ir_want_numbers(const struct ir_infer *f) {
  for (size_t k = 0; k < f->n->n_in; k++)
    if (ir_dtype_size(ir_operand_type(f, k)->dtype) == 0)
      return ir_fail(f, "operand %zu is %s; an analog op takes numbers", k + 1,
                     ir_show(f, ir_operand_type(f, k)));
  return true;
}

bool ir_check_axis(const struct ir_infer *f, const struct ir_type *t) {
  int64_t axis = ir_attr_int(f->n, IR_A_AXIS, 0);
  if (axis < 0 || axis >= t->rank)
    return ir_fail(f, "axis is %lld; the operand is %s, so it must be at least 0 and less than %u",
                   (long long)axis, ir_show(f, t), (unsigned)t->rank);
  return true;
}

/* An INTS attribute as the dims of a type. */
static bool take_shape(const struct ir_infer *f, struct ir_type *t) {
  const struct ir_attr *a = ir_attr(f->n, IR_A_SHAPE);
  if (a->u.ints.n > IR_MAX_RANK)
    return ir_fail(f, "shape has %zu axes; at most %d are supported", a->u.ints.n, IR_MAX_RANK);
  *t = ir_type_make(t->dtype, a->u.ints.n, a->u.ints.v);
  if (ir_count_checked(t) < 0)
    return ir_fail(f,
                   "the shape is %s; each size must be at least 1, all together at most 2147483647",
                   ir_show(f, t));
  return true;
}

bool ir_infer_reshape(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  struct ir_type t = {.dtype = x->dtype};
  if (!ir_want_numbers(f) || !take_shape(f, &t))
    return false;
  if (ir_type_count(&t) != ir_type_count(x))
    return ir_fail(f, "the operand is %s with %lld elements, the shape asked for is %s with %lld",
                   ir_show(f, x), (long long)ir_type_count(x), ir_show(f, &t),
                   (long long)ir_type_count(&t));
  f->n->type = t;
  return true;
}

bool ir_infer_transpose(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  const struct ir_attr *a = ir_attr(f->n, IR_A_PERM);
  struct ir_type t = *x;
  unsigned seen = 0;
  if (!ir_want_numbers(f))
    return false;
  if (a->u.ints.n != x->rank)
    return ir_fail(f, "perm has %zu values, the operand %s has %u axes", a->u.ints.n, ir_show(f, x),
                   (unsigned)x->rank);
  for (size_t i = 0; i < x->rank; i++) {
    int64_t axis = a->u.ints.v[i];
    if (axis < 0 || axis >= x->rank || (seen & 1u << axis))
      return ir_fail(f, "perm[%zu] is %lld; each of 0 to %d must be there once", i, (long long)axis,
                     x->rank - 1);
    seen |= 1u << axis;
    t.dims[i] = x->dims[axis];
  }
  f->n->type = t;
  return true;
}

bool ir_infer_concat(const struct ir_infer *f) {
  struct ir_type t = *ir_operand_type(f, 0);
  if (!ir_want_numbers(f) || !ir_check_axis(f, &t))
    return false;
  size_t axis = (size_t)ir_attr_int(f->n, IR_A_AXIS, 0);
  for (size_t k = 1; k < f->n->n_in; k++) {
    struct ir_type other = *ir_operand_type(f, k);
    int64_t size = axis < other.rank ? other.dims[axis] : 0;
    other.dims[axis] = t.dims[axis];
    if (!ir_type_equal(&other, &t))
      return ir_fail(
          f, "operand 1 is %s, operand %zu is %s; all sizes but that of axis %zu must agree",
          ir_show(f, ir_operand_type(f, 0)), k + 1, ir_show(f, ir_operand_type(f, k)), axis);
    t.dims[axis] += size; /* at most 1024 x 2^31 */
  }
  f->n->type = t;
  return true;
}

/* One axis of a padding. Negative numbers crop. */
static bool pad_axis(const struct ir_infer *f, int64_t size, int64_t begin, int64_t end,
                     int64_t *out) {
  enum ir_word mode = ir_attr_word(f->n, IR_A_MODE, IR_W_MODE_CONSTANT);
  if (begin < -INT32_MAX || begin > INT32_MAX || end < -INT32_MAX || end > INT32_MAX)
    return ir_fail(f, "pads %lld and %lld; each must lie within +-2147483647", (long long)begin,
                   (long long)end);
  if (mode == IR_W_MODE_REFLECT && (begin >= size || end >= size))
    return ir_fail(f, "pads %lld and %lld; a reflection of %lld elements has at most %lld",
                   (long long)begin, (long long)end, (long long)size, (long long)(size - 1));
  if (begin + size < 1 || end + size < 1 || begin + end + size < 1)
    return ir_fail(f, "pads %lld and %lld leave nothing of %lld elements", (long long)begin,
                   (long long)end, (long long)size);
  *out = size + begin + end;
  return true;
}

bool ir_infer_padding(const struct ir_infer *f) {
  const struct ir_attr *a = ir_attr(f->n, IR_A_PADS);
  struct ir_type t = *ir_operand_type(f, 0);
  if (!ir_want_numbers(f))
    return false;
  if (a->u.ints.n != 2u * t.rank)
    return ir_fail(f, "pads has %zu values; for %s it takes %u", a->u.ints.n, ir_show(f, &t),
                   2u * t.rank);
  for (size_t i = 0; i < t.rank; i++)
    if (!pad_axis(f, t.dims[i], a->u.ints.v[i], a->u.ints.v[t.rank + i], &t.dims[i]))
      return false;
  f->n->type = t;
  return true;
}

/* True when elements start, start + step, .. (count of them) all lie in 0 .. size-1. */
static bool is_inside(int64_t start, int64_t step, int64_t count, int64_t size) {
  if (start < 0 || start >= size || step == 0)
    return false;
  if (count == 1)
    return true;
  if (step < -size || step > size) /* from here on the product cannot overflow */
    return false;
  int64_t last = start + (count - 1) * step;
  return last >= 0 && last < size;
}

bool ir_infer_slice(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  const struct ir_attr *starts = ir_attr(f->n, IR_A_STARTS), *steps = ir_attr(f->n, IR_A_STEPS_OF);
  struct ir_type t = {.dtype = x->dtype};
  if (!ir_want_numbers(f) || !take_shape(f, &t))
    return false;
  if (starts->u.ints.n != x->rank || steps->u.ints.n != x->rank || t.rank != x->rank)
    return ir_fail(
        f, "starts, steps_of and shape have %zu, %zu and %u values; for %s each takes %u",
        starts->u.ints.n, steps->u.ints.n, (unsigned)t.rank, ir_show(f, x), (unsigned)x->rank);
  for (size_t i = 0; i < x->rank; i++)
    if (!is_inside(starts->u.ints.v[i], steps->u.ints.v[i], t.dims[i], x->dims[i]))
      return ir_fail(f, "axis %zu: %lld elements from %lld in steps of %lld; the operand has %lld",
                     i, (long long)t.dims[i], (long long)starts->u.ints.v[i],
                     (long long)steps->u.ints.v[i], (long long)x->dims[i]);
  f->n->type = t;
  return true;
}

static bool want_indices(const struct ir_infer *f) {
  const struct ir_type *index = ir_operand_type(f, 1);
  if (index->dtype != IR_I32 && index->dtype != IR_I64)
    return ir_fail(f, "the indices are %s; they must be i32 or i64", ir_show(f, index));
  return true;
}

bool ir_infer_gather(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0), *index = ir_operand_type(f, 1);
  struct ir_type t = {.dtype = x->dtype};
  if (!ir_want_numbers(f) || !ir_check_axis(f, x))
    return false;
  if (!want_indices(f))
    return false;
  if (x->rank + index->rank - 1 > IR_MAX_RANK)
    return ir_fail(f, "%s indexed by %s has more than %d axes", ir_show(f, x), ir_show(f, index),
                   IR_MAX_RANK);
  size_t axis = (size_t)ir_attr_int(f->n, IR_A_AXIS, 0);
  for (size_t i = 0; i < axis; i++)
    t.dims[t.rank++] = x->dims[i];
  for (size_t i = 0; i < index->rank; i++)
    t.dims[t.rank++] = index->dims[i];
  for (size_t i = axis + 1; i < x->rank; i++)
    t.dims[t.rank++] = x->dims[i];
  f->n->type = t;
  return true;
}

bool ir_infer_gather_elements(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0), *index = ir_operand_type(f, 1);
  struct ir_type t = *index;
  if (!ir_want_numbers(f) || !ir_check_axis(f, x) || !want_indices(f))
    return false;
  t.dtype = x->dtype;
  for (size_t i = 0; i < x->rank; i++)
    if (index->rank != x->rank ||
        ((int64_t)i != ir_attr_int(f->n, IR_A_AXIS, 0) && index->dims[i] > x->dims[i]))
      return ir_fail(f, "the indices are %s; %s has other axes, or shorter ones", ir_show(f, index),
                     ir_show(f, x));
  f->n->type = t;
  return true;
}

/* x[batch.., D1.., rest..] and index[batch.., picks.., n of D] give [batch.., picks.., rest..]. */
bool ir_infer_gather_nd(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0), *index = ir_operand_type(f, 1);
  struct ir_type t = {.dtype = x->dtype};
  int64_t batch = ir_attr_int(f->n, IR_A_BATCH_DIMS, 0), n;
  if (!ir_want_numbers(f) || !want_indices(f))
    return false;
  n = index->rank > 0 ? index->dims[index->rank - 1] : 0;
  if (batch < 0 || index->rank <= batch || n < 1 || n > x->rank - batch)
    return ir_fail(f, "batch_dims is %lld and the indices are %s; that picks nothing out of %s",
                   (long long)batch, ir_show(f, index), ir_show(f, x));
  for (int64_t i = 0; i < batch; i++)
    if (x->dims[i] != index->dims[i])
      return ir_fail(f, "axis %lld of %s and %s is shared, so both sizes must be equal",
                     (long long)i, ir_show(f, x), ir_show(f, index));
  if (index->rank - 1 + x->rank - batch - n > IR_MAX_RANK)
    return ir_fail(f, "%s indexed by %s has more than %d axes", ir_show(f, x), ir_show(f, index),
                   IR_MAX_RANK);
  for (size_t i = 0; i + 1 < index->rank; i++)
    t.dims[t.rank++] = index->dims[i];
  for (int64_t i = batch + n; i < x->rank; i++)
    t.dims[t.rank++] = x->dims[i];
  f->n->type = t;
  return true;
}

bool ir_infer_cast(const struct ir_infer *f) {
  enum ir_dtype dtype = f->n->type.dtype;
  if (!ir_want_numbers(f))
    return false;
  if (ir_dtype_size(dtype) == 0)
    return ir_fail(f, "the result is %s; a cast gives numbers", ir_dtype_name(dtype));
  f->n->type = *ir_operand_type(f, 0);
  f->n->type.dtype = dtype;
  return true;
}
