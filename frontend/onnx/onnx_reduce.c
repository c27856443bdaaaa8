/* Sums, means and maxima over axes, and the normalizations made of them. */
#include <math.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/comp.h"

/* Axes as the IR has them: ascending. */
struct axes {
  int64_t v[IR_MAX_RANK];
  size_t n;
};

static ir_id emit_reduction(struct onnx_node *n, const char *name, enum ir_op op, ir_id x,
                            const struct axes *axes) {
  struct ir_attr attr = ir_ints(IR_A_AXES, axes->v, axes->n);

  return onnx_emit(
      n, (struct ir_node){.op = op, .name = name, .in = &x, .n_in = 1, .attr = &attr, .n_attr = 1});
}

/* Axes that are named, or all. */
static bool read_axes(struct onnx_node *n, struct onnx_ints named, struct axes *axes) {
  size_t rank = onnx_type(n, 0)->rank;
  unsigned bits = named.n ? 0 : (1u << rank) - 1;

  for (size_t i = 0; i < named.n && !n->is_bad; i++)
    bits |= 1u << onnx_axis(n, named.v[i], rank);
  axes->n = 0;
  for (size_t i = 0; i < rank; i++)
    if (bits >> i & 1)
      axes->v[axes->n++] = (int64_t)i;
  return !n->is_bad;
}

/* The axes of a map behind batch and channels. */
static bool is_spatial(const struct axes *axes, const struct ir_type *x) {
  return x->rank >= 3 && axes->n == x->rank - 2u && axes->v[0] == 2;
}

/* x without the axes, which have one element. */
static ir_id drop_axes(struct onnx_node *n, const char *name, ir_id x, const struct axes *axes) {
  const struct ir_type *type = onnx_type(n, 0);
  int64_t dims[IR_MAX_RANK];
  size_t rank = 0, next = 0;

  for (size_t i = 0; i < type->rank; i++) {
    if (next < axes->n && axes->v[next] == (int64_t)i)
      next++;
    else
      dims[rank++] = type->dims[i];
  }
  return onnx_emit_reshape(n, name, x, dims, rank);
}

ir_id onnx_build_reduce(struct onnx_node *n) {
  struct onnx_ints named = onnx_list(n, "axes", 1);
  bool keeps = onnx_attr_int(n, "keepdims", 1) != 0;
  enum ir_op op = n->op->analog;
  struct axes axes;
  ir_id x = onnx_in(n, 0);

  if (n->is_bad || !read_axes(n, named, &axes))
    return (ir_id){0};
  if (!named.n && onnx_attr_int(n, "noop_with_empty_axes", 0))
    return x;
  if (op == IR_REDUCE_MEAN && is_spatial(&axes, onnx_type(n, 0)))
    x = onnx_emit(n, (struct ir_node){.op = IR_GLOBAL_AVGPOOL, .in = &x, .n_in = 1});
  else
    x = emit_reduction(n, NULL, op, x, &axes);
  return keeps ? x : drop_axes(n, onnx_name(n, "out"), x, &axes);
}

/* ArgMin is ArgMax of the negative. */
ir_id onnx_build_argmax(struct onnx_node *n) {
  struct axes axes = {{0}, 1};
  struct ir_attr attr[2] = {{0}, ir_int(IR_A_LAST, 1)};
  size_t axis = onnx_axis(n, onnx_attr_int(n, "axis", 0), onnx_type(n, 0)->rank);
  ir_id x = onnx_real_in(n, 0);

  if (n->op->analog == IR_NEG)
    x = onnx_emit(n,
                  (struct ir_node){.op = IR_NEG, .name = onnx_name(n, "neg"), .in = &x, .n_in = 1});
  axes.v[0] = (int64_t)axis;
  attr[0] = ir_int(IR_A_AXIS, (int64_t)axis);
  x = onnx_emit(n, (struct ir_node){.op = IR_ARGMAX,
                                    .in = &x,
                                    .n_in = 1,
                                    .attr = attr,
                                    .n_attr = onnx_attr_int(n, "select_last_index", 0) ? 2 : 1});
  return onnx_attr_int(n, "keepdims", 1) ? x : drop_axes(n, onnx_name(n, "out"), x, &axes);
}

/* ---- normalizations: (x - mean) / sqrt(variance), over the axes ---- */

static ir_id emit_number(struct onnx_node *n, const char *part, float v) {
  struct ir_tensor t;

  if (!onnx_new_tensor(n, ir_type_make(IR_F32, 0, NULL), &t))
    return (ir_id){0};
  *ir_f32_of(t) = v;
  return onnx_emit_const(n, onnx_name(n, part), t);
}

/* `epsilon` is added to the variance, `after` to its root. */
struct normalization {
  const char *name; /* of the result; NULL: the operator's */
  float epsilon, after;
};

static ir_id normalize(struct onnx_node *n, const struct axes *axes, struct normalization r) {
  ir_id x = onnx_in(n, 0), centred, root;

  centred = onnx_emit_binary(n, onnx_name(n, "centred"), IR_SUB, x,
                             emit_reduction(n, onnx_name(n, "mean"), IR_REDUCE_MEAN, x, axes));
  root = onnx_emit_binary(n, onnx_name(n, "square"), IR_MUL, centred, centred);
  root = emit_reduction(n, onnx_name(n, "variance"), IR_REDUCE_MEAN, root, axes);
  if (r.epsilon != 0)
    root = onnx_emit_binary(n, onnx_name(n, "variance"), IR_ADD, root,
                            emit_number(n, "epsilon", r.epsilon));
  root = onnx_emit(
      n, (struct ir_node){.op = IR_SQRT, .name = onnx_name(n, "root"), .in = &root, .n_in = 1});
  if (r.after != 0)
    root =
        onnx_emit_binary(n, onnx_name(n, "root"), IR_ADD, root, emit_number(n, "epsilon", r.after));
  return onnx_emit_binary(n, r.name, IR_DIV, centred, root);
}

ir_id onnx_build_instance_norm(struct onnx_node *n) {
  const struct ir_type *type = onnx_type(n, 0);
  struct normalization r = {onnx_name(n, "normal"), (float)onnx_attr_float(n, "epsilon", 1e-5), 0};
  int64_t dims[IR_MAX_RANK] = {type->rank > 1 ? type->dims[1] : 1};
  struct axes axes = {{0}, 0};
  ir_id x, in[2];

  if (type->rank < 3 || !(r.epsilon >= 0) || isinf(r.epsilon)) {
    onnx_fail(n,
              "its input is %s and epsilon %g; batch, channels and a map are wanted, and a finite "
              "number of at least 0",
              ir_type_text(n->im->c->scratch, type), (double)r.epsilon);
    return (ir_id){0};
  }
  for (size_t i = 2; i < type->rank; i++) {
    axes.v[axes.n++] = (int64_t)i;
    dims[i - 1] = 1;
  }
  x = normalize(n, &axes, r);
  for (size_t k = 0; k < 2; k++)
    in[k] = onnx_emit_reshape(n, onnx_name(n, k == 0 ? "scale" : "bias"), onnx_in(n, k + 1), dims,
                              type->rank - 1u);
  x = onnx_emit_binary(n, onnx_name(n, "scaled"), IR_MUL, x, in[0]);
  return onnx_emit_binary(n, NULL, IR_ADD, x, in[1]);
}

ir_id onnx_build_mvn(struct onnx_node *n) {
  static const int64_t usual[3] = {0, 2, 3};
  struct onnx_ints named = onnx_attr_ints(n, "axes");
  struct axes axes;

  if (!named.v)
    named = (struct onnx_ints){usual, 3};
  if (!read_axes(n, named, &axes))
    return (ir_id){0};
  return normalize(n, &axes, (struct normalization){NULL, 0, 1e-9f});
}
