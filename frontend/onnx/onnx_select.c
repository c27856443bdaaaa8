/* Parts of a value: picked by indices, cut out, split, repeated. */
#include <inttypes.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/comp.h"

/* ---- by indices ---- */

/* Constant indices: element k picks from axis first + k % n_list of operand 0. */
static void check_indices(struct onnx_node *n, size_t first, size_t n_list) {
  const struct ir_tensor *t = onnx_const(n, 1);
  const struct ir_type *x = onnx_type(n, 0);
  int64_t count = t && t->type.dtype != IR_F32 ? ir_type_count(&t->type) : 0;

  for (int64_t k = 0; k < count && !n->is_bad; k++) {
    size_t axis = first + (size_t)k % n_list;
    int64_t i = ir_int_at(t, k);
    if (i < -x->dims[axis] || i >= x->dims[axis])
      onnx_fail(n, "index %" PRId64 " is outside axis %zu of %s", i, axis,
                ir_type_text(n->im->c->scratch, x));
  }
}

static ir_id emit_gather(struct onnx_node *n, struct ir_attr attr) {
  ir_id in[2];

  onnx_ins(n, 2, in);
  return onnx_emit(
      n, (struct ir_node){.op = n->op->analog, .in = in, .n_in = 2, .attr = &attr, .n_attr = 1});
}

ir_id onnx_build_gather(struct onnx_node *n) {
  size_t axis = onnx_axis(n, onnx_attr_int(n, "axis", 0), onnx_type(n, 0)->rank);

  if (!n->is_bad)
    check_indices(n, axis, 1);
  return emit_gather(n, ir_int(IR_A_AXIS, (int64_t)axis));
}

ir_id onnx_build_gather_nd(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0), *index = onnx_type(n, 1);
  int64_t batch = onnx_attr_int(n, "batch_dims", 0);
  int64_t n_list = index->rank > 0 ? index->dims[index->rank - 1] : 0;

  if (batch >= 0 && n_list > 0 && n_list <= x->rank - batch) /* else told by the type rule */
    check_indices(n, (size_t)batch, (size_t)n_list);
  return emit_gather(n, ir_int(IR_A_BATCH_DIMS, batch));
}

/* ---- slices ---- */

/* One axis of a slice as ONNX words it, to start and number of elements. */
struct cut {
  int64_t start, end, step, size;
};

static int64_t cut_axis(struct cut *c) {
  if (c->step > 0) {
    c->start = onnx_clamp_index(c->start, c->size, 0, c->size);
    c->end = onnx_clamp_index(c->end, c->size, 0, c->size);
    return c->end > c->start ? (c->end - c->start - 1) / c->step + 1 : 0;
  }
  c->start = onnx_clamp_index(c->start, c->size, 0, c->size - 1);
  c->end = onnx_clamp_index(c->end, c->size, -1, c->size - 1);
  return c->end < c->start ? (c->start - c->end - 1) / -c->step + 1 : 0;
}

struct slice {
  struct onnx_ints starts, ends, axes, steps;
};

static bool check_slice(struct onnx_node *n, const struct slice *s) {
  if (n->is_bad)
    return false;
  if (!s->starts.v || !s->ends.v)
    return onnx_fail(n, "starts or ends are missing");
  if (s->ends.n != s->starts.n || (s->axes.v && s->axes.n != s->starts.n) ||
      (s->steps.v && s->steps.n != s->starts.n))
    return onnx_fail(n,
                     "has %zu starts, %zu ends, %zu axes and %zu steps; the same number of each "
                     "is allowed",
                     s->starts.n, s->ends.n, s->axes.n, s->steps.n);
  return true;
}

/* A box of operand 0, in IR's words. */
struct box {
  int64_t starts[IR_MAX_RANK], steps[IR_MAX_RANK], dims[IR_MAX_RANK];
};

static struct box whole(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0);
  struct box b = {{0}, {0}, {0}};

  for (size_t i = 0; i < x->rank; i++) {
    b.steps[i] = 1;
    b.dims[i] = x->dims[i];
  }
  return b;
}

static ir_id emit_slice(struct onnx_node *n, const char *name, const struct box *b) {
  size_t rank = onnx_type(n, 0)->rank;
  struct ir_attr attr[3] = {ir_ints(IR_A_STARTS, b->starts, rank),
                            ir_ints(IR_A_STEPS_OF, b->steps, rank),
                            ir_ints(IR_A_SHAPE, b->dims, rank)};
  ir_id in = onnx_in(n, 0);

  return onnx_emit(
      n, (struct ir_node){
             .op = IR_SLICE, .name = name, .in = &in, .n_in = 1, .attr = attr, .n_attr = 3});
}

ir_id onnx_build_slice(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0);
  struct slice s = {onnx_list(n, "starts", 1), onnx_list(n, "ends", 2), onnx_list(n, "axes", 3),
                    onnx_list(n, "steps", 4)};
  struct box b = whole(n);

  if (!check_slice(n, &s))
    return (ir_id){0};
  for (size_t i = 0; i < s.starts.n && !n->is_bad; i++) {
    size_t axis = onnx_axis(n, s.axes.v ? s.axes.v[i] : (int64_t)i, x->rank);
    struct cut c = {s.starts.v[i], s.ends.v[i], s.steps.v ? s.steps.v[i] : 1, 0};
    if (n->is_bad || c.step == 0 || c.step < -INT32_MAX) {
      onnx_fail(n, "step of axis %zu is %" PRId64 "; -2^31 + 1 and more, but 0, is allowed", axis,
                c.step);
      break;
    }
    c.size = x->dims[axis];
    b.dims[axis] = cut_axis(&c);
    b.starts[axis] = c.start;
    b.steps[axis] = b.dims[axis] > 1 ? c.step : 1;
    if (b.dims[axis] == 0)
      onnx_fail(n, "nothing is left of axis %zu of %s", axis, ir_type_text(n->im->c->scratch, x));
  }
  return emit_slice(n, NULL, &b);
}

/* Sizes of the parts: attribute or operand `split`, else equal ones, the last smaller. */
static bool read_parts(struct onnx_node *n, int64_t size, int64_t *parts) {
  struct onnx_ints split = onnx_list(n, "split", 1);
  int64_t n_parts = (int64_t)n->proto->n_output, each = (size + n_parts - 1) / n_parts, sum = 0;

  if (n->is_bad)
    return false;
  if (split.v && (int64_t)split.n != n_parts)
    return onnx_fail(n, "split has %zu sizes for %" PRId64 " outputs", split.n, n_parts);
  for (int64_t i = 0; i < n_parts; i++) {
    parts[i] = split.v ? split.v[i] : each < size - sum ? each : size - sum;
    if (parts[i] < 1 || parts[i] > size - sum)
      return onnx_fail(n,
                       "part %" PRId64 " has %" PRId64 " elements; each needs at least 1, all "
                       "together %" PRId64,
                       i, parts[i], size);
    sum += parts[i];
  }
  return sum == size ||
         onnx_fail(n, "the parts have %" PRId64 " elements, the operand %" PRId64, sum, size);
}

ir_id onnx_build_split(struct onnx_node *n) {
  const struct ir_type *x = onnx_type(n, 0);
  int64_t *parts = ARENA_NEW(n->im->c->scratch, int64_t, n->proto->n_output);
  size_t axis = onnx_axis(n, onnx_attr_int(n, "axis", 0), x->rank);
  struct box b = whole(n);
  ir_id first = {0}, part;

  if (n->is_bad || !read_parts(n, x->dims[axis], parts))
    return (ir_id){0};
  for (size_t k = 0; k < n->proto->n_output; k++) {
    b.dims[axis] = parts[k];
    part = emit_slice(n, NULL, &b);
    onnx_set_result(n, k, part);
    first = k == 0 ? part : first;
    b.starts[axis] += parts[k];
  }
  return first;
}

/* A value several times along one axis after the other. */
ir_id onnx_build_tile(struct onnx_node *n) {
  struct onnx_ints repeats = onnx_list(n, "repeats", 1);
  size_t rank = onnx_type(n, 0)->rank, max;
  ir_id x = onnx_in(n, 0), *in;

  if (!n->is_bad && repeats.n != rank)
    onnx_fail(n, "repeats has %zu values; the operand has %zu axes", repeats.n, rank);
  ir_op_arity(IR_CONCAT, &(size_t){0}, &max);
  for (size_t i = 0; i < rank && !n->is_bad; i++) {
    struct ir_attr axis = ir_int(IR_A_AXIS, (int64_t)i);
    if (repeats.v[i] < 1 || repeats.v[i] > (int64_t)max) {
      onnx_fail(n, "repeats[%zu] is %" PRId64 "; 1 to %zu is allowed", i, repeats.v[i], max);
      break;
    }
    if (repeats.v[i] == 1)
      continue;
    in = ARENA_NEW(n->im->c->scratch, ir_id, (size_t)repeats.v[i]);
    for (int64_t k = 0; k < repeats.v[i]; k++)
      in[k] = x;
    x = onnx_emit(
        n,
        (struct ir_node){
            .op = IR_CONCAT, .in = in, .n_in = (size_t)repeats.v[i], .attr = &axis, .n_attr = 1});
  }
  return x;
}
