#include "ir/ir_internal.h"

/* Where the window's size comes from: the attribute, or the last axes of a conv's weight. */
static size_t kernel_of(const struct ir_graph *g, const struct ir_node *n, const int64_t **sizes) {
  const struct ir_attr *a = ir_attr(n, IR_A_KERNEL);
  if (a) {
    *sizes = a->u.ints.v;
    return a->u.ints.n;
  }
  if (n->op != IR_CONV && n->op != IR_CONV_TRANSPOSE)
    return 0;
  const struct ir_type *w = &g->nodes[n->in[1].idx].type;
  *sizes = w->dims + 2;
  return w->rank > 2 ? w->rank - 2u : 0;
}

/* Attribute's value at i, or what stands for an absent one. */
static int64_t at(const struct ir_node *n, enum ir_attr_key key, size_t i, int64_t otherwise) {
  const struct ir_attr *a = ir_attr(n, key);
  return a && i < a->u.ints.n ? a->u.ints.v[i] : otherwise;
}

struct ir_window ir_window_of(const struct ir_graph *g, const struct ir_node *n) {
  struct ir_window w = {.group = ir_attr_int(n, IR_A_GROUP, 1)};
  const int64_t *sizes = NULL;
  w.n_axes = kernel_of(g, n, &sizes);
  if (w.n_axes > IR_MAX_SPATIAL)
    w.n_axes = IR_MAX_SPATIAL;
  for (size_t i = 0; i < w.n_axes; i++) {
    w.kernel[i] = sizes[i];
    w.stride[i] = at(n, IR_A_STRIDE, i, 1);
    w.dilation[i] = at(n, IR_A_DILATION, i, 1);
    w.pad_begin[i] = at(n, IR_A_PAD, i, 0);
    w.pad_end[i] = at(n, IR_A_PAD, w.n_axes + i, 0);
  }
  return w;
}

static bool check_length(const struct ir_infer *f, enum ir_attr_key key, size_t want) {
  const struct ir_attr *a = ir_attr(f->n, key);
  if (a && a->u.ints.n != want)
    return ir_fail(f, "%s has %zu values; for %zu spatial axes it takes %zu", ir_attr_name(key),
                   a->u.ints.n, key == IR_A_PAD ? want / 2 : want, want);
  return true;
}

static bool check_positive(const struct ir_infer *f, const char *what, int64_t v) {
  if (v < 1 || v > INT32_MAX)
    return ir_fail(f, "%s is %lld; it must be 1 to 2147483647", what, (long long)v);
  return true;
}

/* A pool's window always holds an element; a convolution may run over padding alone; a transposed
 * one is cropped by it, or gets more elements where it is negative. */
static bool check_pad(const struct ir_infer *f, int64_t pad, int64_t extent) {
  if (f->n->op == IR_CONV_TRANSPOSE) {
    if (pad < -IR_MAX_PAD || pad > IR_MAX_PAD)
      return ir_fail(f, "pad is %lld; it must be within +-%d", (long long)pad, IR_MAX_PAD);
    return true;
  }
  bool is_conv = f->n->op == IR_CONV || f->n->op == IR_PROJECT_CONV;
  if (is_conv && (pad < 0 || pad > IR_MAX_PAD))
    return ir_fail(f, "pad is %lld; it must be 0 to %d", (long long)pad, IR_MAX_PAD);
  if (!is_conv && (pad < 0 || pad >= extent || pad > IR_MAX_PAD))
    return ir_fail(f, "pad is %lld; it must be at least 0 and less than %lld", (long long)pad,
                   (long long)(extent <= IR_MAX_PAD ? extent : IR_MAX_PAD + 1));
  return true;
}

/* Size of the result along axis i of an operand of `size`. */
static bool result_size(const struct ir_infer *f, const struct ir_window *w, size_t i, int64_t size,
                        int64_t *out) {
  int64_t extent = w->dilation[i] * (w->kernel[i] - 1) + 1; /* below 2^62 */
  int64_t room = size + w->pad_begin[i] + w->pad_end[i];
  if (f->n->op == IR_CONV_TRANSPOSE) { /* terms below 2^62 */
    *out = (size - 1) * w->stride[i] + extent - w->pad_begin[i] - w->pad_end[i];
    return *out >= 1 || ir_fail(f, "pad leaves %lld elements of axis %zu", (long long)*out, i + 2);
  }
  if (extent > room)
    return ir_fail(f, "the window is %lld wide, the operand with its padding only %lld",
                   (long long)extent, (long long)room);
  *out = (room - extent) / w->stride[i] + 1;
  return true;
}

bool ir_infer_window(const struct ir_infer *f, const int64_t *dims, size_t n_axes, int64_t *out) {
  const int64_t *sizes = NULL;
  size_t n_sizes = kernel_of(f->g, f->n, &sizes);
  if (n_axes < 1 || n_axes > IR_MAX_SPATIAL)
    return ir_fail(f, "the operand has %zu spatial axes; 1 to %d are supported", n_axes,
                   IR_MAX_SPATIAL);
  if (n_sizes != n_axes)
    return ir_fail(f, "the kernel has %zu spatial axes, the operand has %zu; they must be equal",
                   n_sizes, n_axes);
  if (!check_length(f, IR_A_STRIDE, n_axes) || !check_length(f, IR_A_DILATION, n_axes) ||
      !check_length(f, IR_A_PAD, 2 * n_axes))
    return false;
  struct ir_window w = ir_window_of(f->g, f->n);
  for (size_t i = 0; i < n_axes; i++) {
    if (!check_positive(f, "kernel", w.kernel[i]) || !check_positive(f, "stride", w.stride[i]) ||
        !check_positive(f, "dilation", w.dilation[i]))
      return false;
    int64_t extent = w.dilation[i] * (w.kernel[i] - 1) + 1; /* below 2^62 */
    if (!check_pad(f, w.pad_begin[i], extent) || !check_pad(f, w.pad_end[i], extent) ||
        !result_size(f, &w, i, dims[i], &out[i]))
      return false;
  }
  return true;
}
