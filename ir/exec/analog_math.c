/* Ops that look at several elements: statistics, softmax, reductions. */
#include "ir/exec/analog_internal.h"

#include <math.h>

void analog_batchnorm(const struct analog_call *c) {
  const struct ir_type *type = &c->node->type;
  const float *x = c->in[0].data, *gamma = c->in[1].data, *beta = c->in[2].data;
  const float *mean = c->in[3].data, *variance = c->in[4].data;
  double epsilon = ir_attr_float(c->node, IR_A_EPSILON, 1e-5);
  int64_t n_channels = c->in[1].type.dims[0];
  int64_t n_inner = analog_product(type->dims, 2, type->rank); /* a row: one channel's map */
  int64_t n_rows = ir_type_count(type) / n_inner;
  float *y = c->out;

  for (int64_t r = 0; r < n_rows; r++) {
    int64_t ch = r % n_channels;
    /* In double, as the pass that folds batchnorm into weights computes it. */
    double factor = (double)gamma[ch] / sqrt((double)variance[ch] + epsilon);
    double offset = (double)beta[ch] - (double)mean[ch] * factor;
    for (int64_t i = r * n_inner; i < (r + 1) * n_inner; i++)
      y[i] = (float)((double)x[i] * factor + offset);
  }
}

/* Softmax of n values that are `step` apart. The largest is taken off first, so that no
 * exponential overflows. */
static void softmax_line(const float *x, float *y, int64_t n, int64_t step, bool is_log) {
  float largest = -INFINITY;
  double sum = 0;

  for (int64_t i = 0; i < n; i++)
    largest = x[i * step] > largest ? x[i * step] : largest;
  for (int64_t i = 0; i < n; i++) {
    y[i * step] = x[i * step] - largest;
    sum += exp((double)y[i * step]);
  }
  for (int64_t i = 0; i < n; i++) {
    double shifted = (double)y[i * step];
    y[i * step] = (float)(is_log ? shifted - log(sum) : exp(shifted) / sum);
  }
}

static void softmax(const struct analog_call *c, bool is_log) {
  const struct ir_type *type = &c->node->type;
  size_t axis = (size_t)ir_attr_int(c->node, IR_A_AXIS, 0);
  int64_t n = type->dims[axis];
  int64_t n_outer = analog_product(type->dims, 0, axis);
  int64_t step = analog_product(type->dims, axis + 1, type->rank);

  for (int64_t i = 0; i < n_outer; i++)
    for (int64_t j = 0; j < step; j++) {
      int64_t at = i * n * step + j;
      softmax_line((const float *)c->in[0].data + at, (float *)c->out + at, n, step, is_log);
    }
}

void analog_softmax(const struct analog_call *c) {
  softmax(c, false);
}

void analog_log_softmax(const struct analog_call *c) {
  softmax(c, true);
}

/* ---- reductions ---- */

/* Strides of the result in a walk over the operand: 0 along the axes that go. */
static void reduced_strides(const struct analog_call *c, int64_t *stride) {
  analog_broadcast_strides(&c->node->type, c->node->type.rank, stride);
}

/* Sums in double: a map may have thousands of elements. */
void analog_reduce_sum(const struct analog_call *c) {
  const struct ir_type *from = &c->in[0].type;
  int64_t n = ir_type_count(from), n_out = ir_type_count(&c->node->type), at = 0;
  double divisor = c->node->op == IR_REDUCE_MEAN ? (double)(n / n_out) : 1;
  double *sum = (double *)(void *)c->scratch;
  struct analog_walk w = {.rank = from->rank, .dims = from->dims};

  reduced_strides(c, w.stride[0]);
  for (int64_t i = 0; i < n_out; i++)
    sum[i] = 0;
  do
    sum[w.offset[0]] += (double)((const float *)c->in[0].data)[at++];
  while (analog_walk_next(&w));
  for (int64_t i = 0; i < n_out; i++)
    ((float *)c->out)[i] = (float)(sum[i] / divisor);
}

size_t analog_reduce_scratch(const struct analog_call *c) {
  return 2 * (size_t)ir_type_count(&c->node->type); /* doubles */
}

void analog_reduce_extreme(const struct analog_call *c) {
  const struct ir_type *from = &c->in[0].type;
  int64_t n_out = ir_type_count(&c->node->type);
  float sign = c->node->op == IR_REDUCE_MAX ? 1 : -1, *y = c->out;
  const float *x = c->in[0].data;
  struct analog_walk w = {.rank = from->rank, .dims = from->dims};

  reduced_strides(c, w.stride[0]);
  for (int64_t i = 0; i < n_out; i++)
    y[i] = -sign * INFINITY;
  do {
    if (sign * *x > sign * y[w.offset[0]] || isnan(*x))
      y[w.offset[0]] = *x;
    x++;
  } while (analog_walk_next(&w));
}

void analog_argmax(const struct analog_call *c) {
  const struct ir_type *from = &c->in[0].type;
  size_t axis = (size_t)ir_attr_int(c->node, IR_A_AXIS, 0);
  bool is_last = ir_attr_int(c->node, IR_A_LAST, 0) != 0;
  int64_t n = from->dims[axis], step = analog_product(from->dims, axis + 1, from->rank);
  int64_t n_lines = ir_type_count(&c->node->type), *out = c->out;

  for (int64_t i = 0; i < n_lines; i++) {
    const float *x = (const float *)c->in[0].data + i / step * n * step + i % step;
    int64_t best = 0;
    for (int64_t k = 1; k < n; k++)
      if (x[k * step] > x[best * step] || (is_last && x[k * step] == x[best * step]))
        best = k;
    out[i] = best;
  }
}
