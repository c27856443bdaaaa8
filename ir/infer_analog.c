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
  if (f->n->n_in == 3 && !check_vector(f, 2, w->dims[0], "bias"))
    return false;
  struct ir_type t = *x;
  t.dims[1] = w->dims[0];
  if (!ir_infer_window(f, x->dims + 2, x->rank - 2u, t.dims + 2))
    return false;
  f->n->type = t;
  return true;
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

static bool infer_add(const struct ir_infer *f) {
  const struct ir_type *a = ir_operand_type(f, 0), *b = ir_operand_type(f, 1);
  struct ir_type t = {.dtype = a->dtype};
  if (!ir_want_numbers(f) || !check_scale(f))
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

bool ir_infer_analog(const struct ir_infer *f) {
  switch (f->n->op) {
  case IR_INPUT:
  case IR_CONST:
    return infer_given(f);
  case IR_OUTPUT:
    return same_as_operand(f);
  case IR_CONV:
    return infer_conv(f);
  case IR_DENSE:
    return infer_dense(f);
  case IR_MATMUL:
    return infer_matmul(f);
  case IR_ADD:
    return infer_add(f);
  case IR_RELU:
  case IR_CLIP:
    return infer_elementwise(f);
  case IR_MAXPOOL:
  case IR_AVGPOOL:
    return infer_pool(f);
  case IR_GLOBAL_AVGPOOL:
    return infer_global_avgpool(f);
  case IR_BATCHNORM:
    return infer_batchnorm(f);
  case IR_SOFTMAX:
  case IR_LOG_SOFTMAX:
    return infer_softmax(f);
  case IR_RESHAPE:
    return ir_infer_reshape(f);
  case IR_TRANSPOSE:
    return ir_infer_transpose(f);
  case IR_CONCAT:
    return ir_infer_concat(f);
  case IR_PADDING:
    return ir_infer_padding(f);
  case IR_SLICE:
    return ir_infer_slice(f);
  case IR_GATHER:
    return ir_infer_gather(f);
  case IR_CAST:
    return ir_infer_cast(f);
  case IR_ENCODE:
  case IR_PROJECT_CONV:
  case IR_PROJECT_DENSE:
  case IR_PROJECT_AVGPOOL:
  case IR_PROJECT_ONE_TO_ONE:
  case IR_PROJECT_ALL_BUT_SELF:
  case IR_PROJECT_SPARSE:
  case IR_POPULATION:
  case IR_SPIKE_MAXPOOL:
  case IR_SPIKE_CONCAT:
  case IR_VIEW:
  case IR_READOUT:
  case IR_N_OPS:
    break;
  }
  return ir_infer_spiking(f);
}
