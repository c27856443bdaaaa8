#include "ir/ir_internal.h"

#include <math.h>

/* All operands must be f32 tensors of at least min_rank axes. */
static bool want_f32(const struct ir_infer *f, size_t min_rank) {
  for (size_t k = 0; k < f->n->n_in; k++)
    if (ir_operand_type(f, k)->dtype != IR_F32)
      return ir_fail(f, "operand %zu is %s; it must be f32", k + 1,
                     ir_show(f, ir_operand_type(f, k)));
  if (ir_operand_type(f, 0)->rank < min_rank)
    return ir_fail(f, "the operand is %s; it needs at least %zu axes",
                   ir_show(f, ir_operand_type(f, 0)), min_rank);
  return true;
}

static bool same_as_operand(const struct ir_infer *f) {
  f->n->type = *ir_operand_type(f, 0);
  return true;
}

/* scale: f32, one value or a list; its length against the channels is lower-spiking's business. */
static bool check_scale(const struct ir_infer *f) {
  const struct ir_tensor *t = ir_attr_tensor(f->n, IR_A_SCALE);
  if (t && (t->type.dtype != IR_F32 || t->type.rank > 1))
    return ir_fail(f, "scale is %s; it must be f32 with at most one axis", ir_show(f, &t->type));
  return true;
}

static bool infer_output(const struct ir_infer *f) {
  return check_scale(f) && same_as_operand(f);
}

/* Operand k must be f32[n]. */
static bool check_vector(const struct ir_infer *f, size_t k, int64_t n, const char *what) {
  const struct ir_type *t = ir_operand_type(f, k);
  if (t->rank != 1 || t->dims[0] != n)
    return ir_fail(f, "%s is %s; it must be f32[%lld]", what, ir_show(f, t), (long long)n);
  return true;
}

static bool infer_given(const struct ir_infer *f) {
  if (f->n->op == IR_CONST)
    f->n->type = ir_attr_tensor(f->n, IR_A_VALUE)->type;
  return true;
}

/* A map with n_out channels, each with a bias where there are any, after the window. */
static bool infer_channels(const struct ir_infer *f, int64_t n_out) {
  const struct ir_type *x = ir_operand_type(f, 0);
  struct ir_type t = *x;
  t.dims[1] = n_out;
  if (f->n->n_in == 3 && !check_vector(f, 2, n_out, "bias"))
    return false;
  if (!ir_infer_window(f, x->dims + 2, x->rank - 2u, t.dims + 2))
    return false;
  f->n->type = t;
  return true;
}

static bool infer_conv(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0), *w = ir_operand_type(f, 1);
  int64_t group = ir_attr_int(f->n, IR_A_GROUP, 1);
  if (!want_f32(f, 3))
    return false;
  if (w->rank != x->rank)
    return ir_fail(f, "the weight is %s, the operand %s; both need the same number of axes",
                   ir_show(f, w), ir_show(f, x));
  if (group < 1 || x->dims[1] % group != 0 || w->dims[0] % group != 0)
    return ir_fail(f, "group is %lld; it must divide the %lld input and %lld output channels",
                   (long long)group, (long long)x->dims[1], (long long)w->dims[0]);
  if (w->dims[1] != x->dims[1] / group)
    return ir_fail(
        f, "weight has %lld input channels, operand has %lld; with group %lld it must be %lld",
        (long long)w->dims[1], (long long)x->dims[1], (long long)group,
        (long long)(x->dims[1] / group));
  return infer_channels(f, w->dims[0]);
}

/* weight[C, O / group, ..]: the window goes over the result. */
static bool infer_conv_transpose(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0), *w = ir_operand_type(f, 1);
  int64_t group = ir_attr_int(f->n, IR_A_GROUP, 1);
  if (!want_f32(f, 3))
    return false;
  if (w->rank != x->rank || w->dims[0] != x->dims[1])
    return ir_fail(f,
                   "the weight is %s, the operand %s; axis 0 of the weight must have %lld channels",
                   ir_show(f, w), ir_show(f, x), (long long)x->dims[1]);
  if (group < 1 || x->dims[1] % group != 0 || w->dims[1] > INT32_MAX / group)
    return ir_fail(f, "group is %lld; it must divide the %lld input channels", (long long)group,
                   (long long)x->dims[1]);
  return infer_channels(f, w->dims[1] * group);
}

static bool infer_dense(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0), *w = ir_operand_type(f, 1);
  if (!want_f32(f, 1))
    return false;
  if (w->rank != 2 || w->dims[1] != x->dims[x->rank - 1])
    return ir_fail(f, "the weight is %s, the operand %s; the weight must be f32[outputs, %lld]",
                   ir_show(f, w), ir_show(f, x), (long long)x->dims[x->rank - 1]);
  if (f->n->n_in == 3 && !check_vector(f, 2, w->dims[0], "bias"))
    return false;
  f->n->type = *x;
  f->n->type.dims[x->rank - 1] = w->dims[0];
  return true;
}

/* Axes of a and b aligned at their ends, but for the last `skip`; out gets the longer rank. */
static bool broadcast(const struct ir_infer *f, size_t skip, struct ir_type *out) {
  const struct ir_type *a = ir_operand_type(f, 0), *b = ir_operand_type(f, 1);
  size_t rank = a->rank > b->rank ? a->rank : b->rank;
  out->rank = (uint8_t)rank;
  for (size_t i = skip; i < rank; i++) {
    int64_t da = i < a->rank ? a->dims[a->rank - 1 - i] : 1;
    int64_t db = i < b->rank ? b->dims[b->rank - 1 - i] : 1;
    if (da != db && da != 1 && db != 1)
      return ir_fail(f,
                     "operands are %s and %s; sizes must be equal or 1, counted from the last axis",
                     ir_show(f, a), ir_show(f, b));
    out->dims[rank - 1 - i] = da > db ? da : db;
  }
  return true;
}

static bool infer_binary(const struct ir_infer *f) {
  const struct ir_type *a = ir_operand_type(f, 0), *b = ir_operand_type(f, 1);
  struct ir_type t = {.dtype = a->dtype};
  bool is_real = f->n->op == IR_POW || f->n->op == IR_PRELU;
  if (is_real ? !want_f32(f, 0) : !ir_want_numbers(f) || !check_scale(f))
    return false;
  if (a->dtype != b->dtype)
    return ir_fail(f, "operands are %s and %s; both need the same element type", ir_show(f, a),
                   ir_show(f, b));
  if (!broadcast(f, 0, &t))
    return false;
  f->n->type = t;
  return true;
}

/* As numpy: a vector on the left is a row, on the right a column, and its axis goes away. */
static bool infer_matmul(const struct ir_infer *f) {
  const struct ir_type *a = ir_operand_type(f, 0), *b = ir_operand_type(f, 1);
  struct ir_type t = {.dtype = IR_F32};
  if (!want_f32(f, 1))
    return false;
  if (b->rank == 0 || a->dims[a->rank - 1] != b->dims[b->rank == 1 ? 0 : b->rank - 2])
    return ir_fail(f,
                   "operands are %s and %s; the last size of the first must be the second-last of "
                   "the second",
                   ir_show(f, a), ir_show(f, b));
  if (!broadcast(f, 2, &t))
    return false;
  size_t rank = (a->rank > 2 || b->rank > 2) ? t.rank - 2u : 0;
  if (a->rank > 1)
    t.dims[rank++] = a->dims[a->rank - 2];
  if (b->rank > 1)
    t.dims[rank++] = b->dims[b->rank - 1];
  t.rank = (uint8_t)rank;
  f->n->type = t;
  return true;
}

static bool infer_elementwise(const struct ir_infer *f) {
  double min = ir_attr_float(f->n, IR_A_MIN, -INFINITY);
  double max = ir_attr_float(f->n, IR_A_MAX, INFINITY);
  if (!want_f32(f, 0) || !check_scale(f))
    return false;
  if (!(min <= max))
    return ir_fail(f, "min is %g, max is %g; min must not be above max", min, max);
  return same_as_operand(f);
}

static bool infer_pool(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  struct ir_type t = *x;
  int64_t count_pad = ir_attr_int(f->n, IR_A_COUNT_PAD, 0);
  if (!want_f32(f, 3) || !check_scale(f))
    return false;
  if (count_pad != 0 && count_pad != 1)
    return ir_fail(f, "count_pad is %lld; it must be 0 or 1", (long long)count_pad);
  if (!ir_infer_window(f, x->dims + 2, x->rank - 2u, t.dims + 2))
    return false;
  t.dtype = f->n->op == IR_MAXPOOL_INDEX ? IR_I64 : IR_F32;
  f->n->type = t;
  return true;
}

static bool infer_global_avgpool(const struct ir_infer *f) {
  if (!want_f32(f, 3) || !check_scale(f))
    return false;
  f->n->type = *ir_operand_type(f, 0);
  for (size_t i = 2; i < f->n->type.rank; i++)
    f->n->type.dims[i] = 1;
  return true;
}

static bool infer_reduction(const struct ir_infer *f) {
  const struct ir_attr *axes = ir_attr(f->n, IR_A_AXES);
  struct ir_type t = *ir_operand_type(f, 0);
  int64_t before = -1;
  if (!want_f32(f, 0))
    return false;
  for (size_t i = 0; i < axes->u.ints.n; i++) {
    int64_t axis = axes->u.ints.v[i];
    if (axis <= before || axis >= t.rank)
      return ir_fail(f,
                     "axes[%zu] is %lld; the axes of %s are wanted in ascending order, each once",
                     i, (long long)axis, ir_show(f, &t));
    t.dims[axis] = 1;
    before = axis;
  }
  f->n->type = t;
  return true;
}

static bool infer_argmax(const struct ir_infer *f) {
  struct ir_type t = *ir_operand_type(f, 0);
  if (!want_f32(f, 1) || !ir_check_axis(f, &t))
    return false;
  t.dtype = IR_I64;
  t.dims[ir_attr_int(f->n, IR_A_AXIS, 0)] = 1;
  f->n->type = t;
  return true;
}

/* scale and zero: one value, or one for each index of axis. */
static bool infer_quantize(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0), *scale = ir_operand_type(f, 1);
  const struct ir_type *zero = ir_operand_type(f, 2);
  bool is_quantize = f->n->op == IR_QUANTIZE;
  enum ir_dtype integer = is_quantize ? zero->dtype : x->dtype;
  if ((is_quantize && x->dtype != IR_F32) || scale->dtype != IR_F32 || zero->dtype != integer ||
      (integer != IR_U8 && integer != IR_I8 && integer != IR_I16 && integer != IR_I32))
    return ir_fail(f,
                   "operands are %s, %s and %s; real numbers and the scale must be f32, integers "
                   "and the zero of one type, u8, i8, i16 or i32",
                   ir_show(f, x), ir_show(f, scale), ir_show(f, zero));
  if (scale->rank > 1 || zero->rank > 1 || ir_type_count(scale) != ir_type_count(zero))
    return ir_fail(f, "scale and zero are %s and %s; both need one value, or one per index of axis",
                   ir_show(f, scale), ir_show(f, zero));
  if (ir_type_count(scale) > 1) {
    if (!ir_check_axis(f, x))
      return false;
    int64_t axis = ir_attr_int(f->n, IR_A_AXIS, 0);
    if (x->dims[axis] != scale->dims[0])
      return ir_fail(f, "scale has %lld values; axis %lld of %s has another size",
                     (long long)scale->dims[0], (long long)axis, ir_show(f, x));
  }
  f->n->type = *x;
  f->n->type.dtype = is_quantize ? integer : IR_F32;
  return true;
}

static bool infer_batchnorm(const struct ir_infer *f) {
  static const char *const names[] = {"x", "gamma", "beta", "mean", "variance"};
  double epsilon = ir_attr_float(f->n, IR_A_EPSILON, 1e-5);
  if (!want_f32(f, 2))
    return false;
  if (!(epsilon >= 0) || isinf(epsilon))
    return ir_fail(f, "epsilon is %g; it must be finite and at least 0", epsilon);
  for (size_t k = 1; k < 5; k++)
    if (!check_vector(f, k, ir_operand_type(f, 0)->dims[1], names[k]))
      return false;
  return same_as_operand(f);
}

static bool infer_softmax(const struct ir_infer *f) {
  return want_f32(f, 1) && ir_check_axis(f, ir_operand_type(f, 0)) && same_as_operand(f);
}

/* The rule of each op; ops of the spiking level have theirs in infer_spiking.c. */
static bool (*const rules[IR_N_OPS])(const struct ir_infer *f) = {
    [IR_INPUT] = infer_given,
    [IR_CONST] = infer_given,
    [IR_OUTPUT] = infer_output,
    [IR_CONV] = infer_conv,
    [IR_CONV_TRANSPOSE] = infer_conv_transpose,
    [IR_DENSE] = infer_dense,
    [IR_MATMUL] = infer_matmul,
    [IR_ADD] = infer_binary,
    [IR_SUB] = infer_binary,
    [IR_MUL] = infer_binary,
    [IR_DIV] = infer_binary,
    [IR_MAX] = infer_binary,
    [IR_MIN] = infer_binary,
    [IR_POW] = infer_binary,
    [IR_PRELU] = infer_binary,
    [IR_RELU] = infer_elementwise,
    [IR_CLIP] = infer_elementwise,
    [IR_NEG] = infer_elementwise,
    [IR_ABS] = infer_elementwise,
    [IR_SIGN] = infer_elementwise,
    [IR_SQRT] = infer_elementwise,
    [IR_EXP] = infer_elementwise,
    [IR_LOG] = infer_elementwise,
    [IR_FLOOR] = infer_elementwise,
    [IR_CEIL] = infer_elementwise,
    [IR_ROUND] = infer_elementwise,
    [IR_RECIPROCAL] = infer_elementwise,
    [IR_TANH] = infer_elementwise,
    [IR_SIGMOID] = infer_elementwise,
    [IR_SOFTPLUS] = infer_elementwise,
    [IR_SOFTSIGN] = infer_elementwise,
    [IR_LEAKY_RELU] = infer_elementwise,
    [IR_ELU] = infer_elementwise,
    [IR_SELU] = infer_elementwise,
    [IR_HARD_SIGMOID] = infer_elementwise,
    [IR_THRESHOLDED_RELU] = infer_elementwise,
    [IR_SHRINK] = infer_elementwise,
    [IR_MAXPOOL] = infer_pool,
    [IR_MAXPOOL_INDEX] = infer_pool,
    [IR_AVGPOOL] = infer_pool,
    [IR_GLOBAL_AVGPOOL] = infer_global_avgpool,
    [IR_REDUCE_MEAN] = infer_reduction,
    [IR_REDUCE_SUM] = infer_reduction,
    [IR_REDUCE_MAX] = infer_reduction,
    [IR_REDUCE_MIN] = infer_reduction,
    [IR_ARGMAX] = infer_argmax,
    [IR_BATCHNORM] = infer_batchnorm,
    [IR_SOFTMAX] = infer_softmax,
    [IR_LOG_SOFTMAX] = infer_softmax,
    [IR_RESHAPE] = ir_infer_reshape,
    [IR_TRANSPOSE] = ir_infer_transpose,
    [IR_CONCAT] = ir_infer_concat,
    [IR_PADDING] = ir_infer_padding,
    [IR_SLICE] = ir_infer_slice,
    [IR_GATHER] = ir_infer_gather,
    [IR_GATHER_ELEMENTS] = ir_infer_gather_elements,
    [IR_GATHER_ND] = ir_infer_gather_nd,
    [IR_QUANTIZE] = infer_quantize,
    [IR_DEQUANTIZE] = infer_quantize,
    [IR_CAST] = ir_infer_cast,
};

bool ir_infer_analog(const struct ir_infer *f) {
  return rules[f->n->op] ? rules[f->n->op](f) : ir_infer_spiking(f);
}
