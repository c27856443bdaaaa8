/* Convolution, pools and padding: ONNX's ways to say a window become explicit begin and end pads.
 */
#include <inttypes.h>
#include <string.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/comp.h"

/* Sizes of the spatial axes of operand 0. */
struct space {
  size_t n_axes;
  const int64_t *dims;
};

static bool read_space(struct onnx_node *n, struct space *s) {
  const struct ir_type *x = onnx_type(n, 0);

  if (x->rank < 3 || x->rank > 2 + IR_MAX_SPATIAL)
    return onnx_fail(n, "its input is %s; batch, channels and 1 to %d spatial axes are supported",
                     ir_type_text(n->im->c->scratch, x), IR_MAX_SPATIAL);
  *s = (struct space){x->rank - 2u, x->dims + 2};
  return true;
}

/* A list attribute of at least `min` each, `n_wanted` of them; absent: all `otherwise`. */
struct list_rule {
  const char *name;
  size_t n_wanted;
  int64_t min, otherwise;
};

static bool read_list(struct onnx_node *n, struct list_rule r, int64_t *to) {
  struct onnx_ints list = onnx_attr_ints(n, r.name);

  if (list.v && list.n != r.n_wanted)
    return onnx_fail(n, "%s has %zu values; the input has %u spatial axes, so %zu are needed",
                     r.name, list.n, onnx_type(n, 0)->rank - 2u, r.n_wanted);
  for (size_t i = 0; i < r.n_wanted; i++) {
    to[i] = list.v ? list.v[i] : r.otherwise;
    if (to[i] < r.min || to[i] > INT32_MAX)
      return onnx_fail(n, "%s[%zu] is %" PRId64 "; %" PRId64 " to 2^31 - 1 is allowed", r.name, i,
                       to[i], r.min);
  }
  return !n->is_bad;
}

static int64_t extent(const struct ir_window *w, size_t i) {
  return (w->kernel[i] - 1) * w->dilation[i] + 1;
}

/* SAME: as many outputs as ceil(input / stride); an odd element goes to the end for SAME_UPPER. */
static void pad_same(const struct space *s, bool upper, struct ir_window *w) {
  for (size_t i = 0; i < s->n_axes; i++) {
    int64_t out = (s->dims[i] + w->stride[i] - 1) / w->stride[i];
    int64_t total = (out - 1) * w->stride[i] + extent(w, i) - s->dims[i];
    int64_t half = total > 0 ? total / 2 : 0, rest = total > 0 ? total - half : 0;
    w->pad_begin[i] = upper ? half : rest;
    w->pad_end[i] = upper ? rest : half;
  }
}

static bool read_pads(struct onnx_node *n, const struct space *s, struct ir_window *w) {
  const char *mode = onnx_attr_text(n, "auto_pad", "NOTSET");
  int64_t pads[2 * IR_MAX_SPATIAL];

  if (!strcmp(mode, "SAME_UPPER") || !strcmp(mode, "SAME_LOWER")) {
    pad_same(s, !strcmp(mode, "SAME_UPPER"), w);
    return true;
  }
  if (!strcmp(mode, "VALID"))
    return true;
  if (*mode && strcmp(mode, "NOTSET") != 0)
    return onnx_fail(n, "auto_pad is %s; NOTSET, SAME_UPPER, SAME_LOWER and VALID are allowed",
                     diag_quote(n->im->c->diag, mode));
  if (!read_list(n, (struct list_rule){"pads", 2 * s->n_axes, 0, 0}, pads))
    return false;
  memcpy(w->pad_begin, pads, s->n_axes * sizeof *pads);
  memcpy(w->pad_end, pads + s->n_axes, s->n_axes * sizeof *pads);
  return true;
}

/* All of the window but the group; the kernel of a conv is that of its weight. */
static bool read_window(struct onnx_node *n, const struct space *s, struct ir_window *w) {
  w->n_axes = s->n_axes;
  return read_list(n, (struct list_rule){"strides", s->n_axes, 1, 1}, w->stride) &&
         read_list(n, (struct list_rule){"dilations", s->n_axes, 1, 1}, w->dilation) &&
         read_pads(n, s, w);
}

static bool read_pool_kernel(struct onnx_node *n, const struct space *s, struct ir_window *w) {
  if (!onnx_has_attr(n, "kernel_shape"))
    return onnx_fail(n, "kernel_shape is missing");
  return read_list(n, (struct list_rule){"kernel_shape", s->n_axes, 1, 1}, w->kernel);
}

/* Elements that ceil_mode appends: the last window may hang over the end, but must begin inside
 * the input or its leading pad. */
static bool pad_ceil(struct onnx_node *n, const struct space *s, struct ir_window *w) {
  bool is_padded = false;

  if (onnx_attr_int(n, "ceil_mode", 0) == 0)
    return false;
  for (size_t i = 0; i < s->n_axes; i++) {
    int64_t room = s->dims[i] + w->pad_begin[i] + w->pad_end[i];
    int64_t out =
        room < extent(w, i) ? 1 : (room - extent(w, i) + w->stride[i] - 1) / w->stride[i] + 1;
    int64_t missing;
    if ((out - 1) * w->stride[i] >= s->dims[i] + w->pad_begin[i])
      out--;
    missing = (out - 1) * w->stride[i] + extent(w, i) - room;
    if (missing > 0 && out > 1) {
      w->pad_end[i] += missing;
      is_padded = true;
    }
  }
  return is_padded;
}

static bool any_but(const int64_t *v, size_t n, int64_t usual) {
  for (size_t i = 0; i < n; i++)
    if (v[i] != usual)
      return true;
  return false;
}

/* Attributes of a window, in the order of ops.def, those with their default left out. */
static size_t window_attrs(const struct ir_window *w, int64_t *pads, struct ir_attr *attr) {
  size_t n = 0;

  memcpy(pads, w->pad_begin, w->n_axes * sizeof *pads);
  memcpy(pads + w->n_axes, w->pad_end, w->n_axes * sizeof *pads);
  if (any_but(w->stride, w->n_axes, 1))
    attr[n++] = ir_ints(IR_A_STRIDE, w->stride, w->n_axes);
  if (any_but(pads, 2 * w->n_axes, 0))
    attr[n++] = ir_ints(IR_A_PAD, pads, 2 * w->n_axes);
  if (any_but(w->dilation, w->n_axes, 1))
    attr[n++] = ir_ints(IR_A_DILATION, w->dilation, w->n_axes);
  return n;
}

/* kernel_shape repeats what the weight says, where it is given. */
static bool read_conv_kernel(struct onnx_node *n, const struct ir_type *weight,
                             const struct space *s, struct ir_window *w) {
  int64_t stated[IR_MAX_SPATIAL];

  if (weight->rank != s->n_axes + 2)
    return onnx_fail(n, "its weight is %s, its input %s; both need the same number of axes",
                     ir_type_text(n->im->c->scratch, weight),
                     ir_type_text(n->im->c->scratch, onnx_type(n, 0)));
  if (!read_list(n, (struct list_rule){"kernel_shape", s->n_axes, 1, 1}, stated))
    return false;
  for (size_t i = 0; i < s->n_axes; i++) {
    w->kernel[i] = weight->dims[2 + i];
    if (onnx_has_attr(n, "kernel_shape") && stated[i] != w->kernel[i])
      return onnx_fail(
          n, "kernel_shape[%zu] is %" PRId64 ", but the weight is %s; %" PRId64 " is allowed", i,
          stated[i], ir_type_text(n->im->c->scratch, weight), w->kernel[i]);
  }
  return true;
}

static ir_id emit_window(struct onnx_node *n, const char *name, enum ir_op op, const ir_id in[3],
                         const struct ir_window *w) {
  int64_t pads[2 * IR_MAX_SPATIAL];
  struct ir_attr attr[4];
  size_t n_attr = window_attrs(w, pads, attr);

  if (w->group != 1)
    attr[n_attr++] = ir_int(IR_A_GROUP, w->group);
  return onnx_emit(n, (struct ir_node){.op = op,
                                       .name = name,
                                       .in = in,
                                       .n_in = ir_is_none(in[2]) ? 2 : 3,
                                       .attr = attr,
                                       .n_attr = n_attr});
}

ir_id onnx_emit_conv(struct onnx_node *n, const char *name, const ir_id in[3]) {
  struct ir_window w = {.group = onnx_attr_int(n, "group", 1)};
  struct space s;

  if (n->is_bad || ir_is_none(in[1]) || !read_space(n, &s) ||
      !read_conv_kernel(n, &ir_node(n->im->g, in[1])->type, &s, &w) || !read_window(n, &s, &w))
    return (ir_id){0};
  return emit_window(n, name, IR_CONV, in, &w);
}

ir_id onnx_build_conv(struct onnx_node *n) {
  ir_id in[3];

  onnx_ins(n, 3, in);
  return onnx_emit_conv(n, NULL, in);
}

/* Pads crop the result of a transposed convolution: given, or what is too much for output_shape,
 * or for SAME, which makes it `stride` times as large. output_padding crops less at the end. */
static bool read_crops(struct onnx_node *n, const struct space *s, struct ir_window *w) {
  const char *mode = onnx_attr_text(n, "auto_pad", "NOTSET");
  bool is_upper = !strcmp(mode, "SAME_UPPER"), is_same = is_upper || !strcmp(mode, "SAME_LOWER");
  int64_t more[IR_MAX_SPATIAL], wanted[IR_MAX_SPATIAL];

  if (!read_list(n, (struct list_rule){"output_padding", s->n_axes, 0, 0}, more) ||
      !read_list(n, (struct list_rule){"output_shape", s->n_axes, 0, 0}, wanted))
    return false;
  for (size_t i = 0; i < s->n_axes; i++) {
    int64_t full = (s->dims[i] - 1) * w->stride[i] + extent(w, i) + more[i];
    int64_t total =
        full - (onnx_has_attr(n, "output_shape") ? wanted[i] : s->dims[i] * w->stride[i]);
    int64_t half = (total - (total < 0)) / 2; /* rounded down */
    if (is_same || onnx_has_attr(n, "output_shape")) {
      w->pad_begin[i] = is_upper ? half : total - half;
      w->pad_end[i] = total - w->pad_begin[i];
    }
    w->pad_end[i] -= more[i];
  }
  return true;
}

ir_id onnx_build_conv_transpose(struct onnx_node *n) {
  struct ir_window w = {.group = onnx_attr_int(n, "group", 1)};
  struct space s;
  ir_id in[3];

  onnx_ins(n, 3, in);
  if (n->is_bad || !read_space(n, &s) || !read_conv_kernel(n, onnx_type(n, 1), &s, &w) ||
      !read_window(n, &s, &w) || !read_crops(n, &s, &w))
    return (ir_id){0};
  return emit_window(n, NULL, IR_CONV_TRANSPOSE, in, &w);
}

static ir_id emit_pool(struct onnx_node *n, enum ir_op op, const struct ir_window *w,
                       bool count_pad) {
  struct ir_attr attr[5] = {ir_ints(IR_A_KERNEL, w->kernel, w->n_axes)};
  int64_t pads[2 * IR_MAX_SPATIAL];
  ir_id in = onnx_real_in(n, 0);
  size_t n_attr = 1 + window_attrs(w, pads, attr + 1);

  if (count_pad)
    attr[n_attr++] = ir_int(IR_A_COUNT_PAD, 1);
  return onnx_emit_real(
      n, (struct ir_node){.op = op, .in = &in, .n_in = 1, .attr = attr, .n_attr = n_attr});
}

/* Where the largest elements are. */
static ir_id emit_indices(struct onnx_node *n, const struct ir_window *w) {
  struct ir_attr attr[5] = {ir_ints(IR_A_KERNEL, w->kernel, w->n_axes)};
  int64_t pads[2 * IR_MAX_SPATIAL];
  ir_id in = onnx_real_in(n, 0);
  size_t n_attr = 1 + window_attrs(w, pads, attr + 1);

  if (onnx_attr_int(n, "storage_order", 0))
    attr[n_attr++] = ir_int(IR_A_COLUMN_MAJOR, 1);
  return onnx_emit(n, (struct ir_node){.op = IR_MAXPOOL_INDEX,
                                       .name = onnx_name(n, "index"),
                                       .in = &in,
                                       .n_in = 1,
                                       .attr = attr,
                                       .n_attr = n_attr});
}

ir_id onnx_build_maxpool(struct onnx_node *n) {
  struct ir_window w = {0};
  struct space s;

  if (!read_space(n, &s) || !read_pool_kernel(n, &s, &w) || !read_window(n, &s, &w))
    return (ir_id){0};
  pad_ceil(n, &s, &w);
  if (onnx_is_wanted(n, 1))
    onnx_set_result(n, 1, emit_indices(n, &w));
  return emit_pool(n, IR_MAXPOOL, &w, false);
}

/* A window as large as the map. */
ir_id onnx_build_global_maxpool(struct onnx_node *n) {
  struct ir_window w = {0};
  struct space s;

  if (!read_space(n, &s))
    return (ir_id){0};
  w.n_axes = s.n_axes;
  for (size_t i = 0; i < s.n_axes; i++) {
    w.kernel[i] = s.dims[i];
    w.stride[i] = w.dilation[i] = 1;
  }
  return emit_pool(n, IR_MAXPOOL, &w, false);
}

/* What ceil_mode appends never counts in a mean, so with it count_include_pad can only be expressed
 * where there is no other padding. */
ir_id onnx_build_avgpool(struct onnx_node *n) {
  struct ir_window w = {0};
  struct space s;
  bool has_pad, count_pad = onnx_attr_int(n, "count_include_pad", 0) != 0;

  if (!read_space(n, &s) || !read_pool_kernel(n, &s, &w) || !read_window(n, &s, &w))
    return (ir_id){0};
  if (any_but(w.dilation, s.n_axes, 1)) {
    onnx_fail(n, "dilations other than 1 are not supported in an average");
    return (ir_id){0};
  }
  has_pad = any_but(w.pad_begin, s.n_axes, 0) || any_but(w.pad_end, s.n_axes, 0);
  if (pad_ceil(n, &s, &w) && count_pad && has_pad)
    onnx_fail(n, "ceil_mode together with count_include_pad and pads is not supported");
  return emit_pool(n, IR_AVGPOOL, &w, count_pad && has_pad);
}

ir_id onnx_build_global_avgpool(struct onnx_node *n) {
  ir_id in = onnx_in(n, 0);

  return onnx_emit(n, (struct ir_node){.op = IR_GLOBAL_AVGPOOL, .in = &in, .n_in = 1});
}

static bool read_pad_mode(struct onnx_node *n, enum ir_word *mode) {
  static const struct {
    const char *name;
    enum ir_word word;
  } modes[] = {
      {"constant", IR_W_MODE_CONSTANT}, {"reflect", IR_W_MODE_REFLECT}, {"edge", IR_W_MODE_EDGE}};
  const char *text = onnx_attr_text(n, "mode", "constant");

  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
    if (!strcmp(modes[i].name, text)) {
      *mode = modes[i].word;
      return true;
    }
  return onnx_fail(n, "mode is %s; constant, reflect and edge are supported",
                   diag_quote(n->im->c->diag, text));
}

/* Pads of the axes that are named (opset 18), or of all: begins, then ends. */
static bool read_all_pads(struct onnx_node *n, size_t rank, int64_t *pads) {
  struct onnx_ints list = onnx_list(n, "pads", 1), axes = onnx_list(n, "axes", 3);
  size_t n_axes = axes.v ? axes.n : rank;

  if (n->is_bad)
    return false;
  if (list.n != 2 * n_axes)
    return onnx_fail(n, "pads has %zu values; %zu are needed, two per axis", list.n, 2 * n_axes);
  memset(pads, 0, 2 * rank * sizeof *pads);
  for (size_t i = 0; i < n_axes; i++) {
    size_t axis = axes.v ? onnx_axis(n, axes.v[i], rank) : i;
    pads[axis] = list.v[i];
    pads[rank + axis] = list.v[n_axes + i];
  }
  return !n->is_bad;
}

ir_id onnx_build_pad(struct onnx_node *n) {
  size_t rank = onnx_type(n, 0)->rank, n_attr = 1;
  int64_t pads[2 * IR_MAX_RANK];
  enum ir_word mode = IR_W_MODE_CONSTANT;
  struct ir_attr attr[3];
  double value = 0;
  ir_id in = onnx_in(n, 0);

  onnx_number(n, "value", 2, &value);
  if (!read_pad_mode(n, &mode) || !read_all_pads(n, rank, pads))
    return (ir_id){0};
  if (!any_but(pads, 2 * rank, 0))
    return in;
  attr[0] = ir_ints(IR_A_PADS, pads, 2 * rank);
  if (mode != IR_W_MODE_CONSTANT)
    attr[n_attr++] = ir_word(IR_A_MODE, mode);
  else if (value != 0)
    attr[n_attr++] = ir_float(IR_A_VALUE_F, value);
  return onnx_emit(
      n, (struct ir_node){.op = IR_PADDING, .in = &in, .n_in = 1, .attr = attr, .n_attr = n_attr});
}
