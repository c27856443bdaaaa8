#include "ir/exec/analog_internal.h"

#include <math.h>
#include <string.h>

int64_t analog_load_int(const struct ir_tensor *t, int64_t i) {
  switch (t->type.dtype) {
  case IR_I8:
    return ((const int8_t *)t->data)[i];
  case IR_I16:
    return ((const int16_t *)t->data)[i];
  case IR_I32:
    return ((const int32_t *)t->data)[i];
  case IR_I64:
    return ((const int64_t *)t->data)[i];
  case IR_U8:
    return ((const uint8_t *)t->data)[i];
  case IR_BOOL:
    return ((const uint8_t *)t->data)[i] != 0;
  case IR_F32:
  case IR_SPIKES:
  case IR_CURRENT:
  case IR_N_DTYPES:
    break;
  }
  return 0;
}

/* Keeps the low bits of what does not fit, as ONNX runtimes do; bool is "not 0". */
static void store_int(void *out, enum ir_dtype dtype, int64_t i, int64_t v) {
  /* Unsigned, so that narrowing is defined. */
  uint64_t bits = dtype == IR_BOOL ? v != 0 : (uint64_t)v;
  size_t size = ir_dtype_size(dtype);
  uint8_t *to = (uint8_t *)out + (size_t)i * size;

  switch (size) {
  case 1:
    *to = (uint8_t)bits;
    break;
  case 2:
    memcpy(to, &(uint16_t){(uint16_t)bits}, size);
    break;
  case 4:
    memcpy(to, &(uint32_t){(uint32_t)bits}, size);
    break;
  case 8:
    memcpy(to, &bits, size);
    break;
  }
}

/* Towards zero; what int64_t cannot hold ends at its limits, NaN at 0. */
static int64_t float_to_int(float x) {
  if (isnan(x))
    return 0;
  if (x >= 0x1p63f)
    return INT64_MAX;
  return x < -0x1p63f ? INT64_MIN : (int64_t)x;
}

void analog_cast(const struct analog_call *c) {
  const struct ir_tensor *in = &c->in[0];
  enum ir_dtype to = c->node->type.dtype;
  int64_t n = ir_type_count(&c->node->type);

  if (to == in->type.dtype)
    memcpy(c->out, in->data, analog_type_bytes(&in->type));
  else if (to == IR_F32)
    for (int64_t i = 0; i < n; i++)
      ((float *)c->out)[i] = (float)analog_load_int(in, i);
  else if (in->type.dtype != IR_F32)
    for (int64_t i = 0; i < n; i++)
      store_int(c->out, to, i, analog_load_int(in, i));
  else
    for (int64_t i = 0; i < n; i++) {
      float x = ((const float *)in->data)[i];
      store_int(c->out, to, i, to == IR_BOOL ? x != 0 : float_to_int(x));
    }
}

/* n results from `at` on, of operands that go on by 0 or 1 element each. */
static void add_row(const struct analog_call *c, const struct analog_walk *w, int64_t at,
                    int64_t n) {
  const struct ir_tensor *a = &c->in[0], *b = &c->in[1];
  int64_t i = w->offset[0], j = w->offset[1];
  int64_t step_i = w->stride[0][w->rank], step_j = w->stride[1][w->rank];

  if (c->node->type.dtype == IR_F32) {
    const float *x = (const float *)a->data + i, *y = (const float *)b->data + j;
    float *out = (float *)c->out + at;
    for (int64_t k = 0; k < n; k++)
      out[k] = x[k * step_i] + y[k * step_j];
    return;
  }
  for (int64_t k = 0; k < n; k++) {
    /* Unsigned, so that overflow wraps. */
    uint64_t x = (uint64_t)analog_load_int(a, i + k * step_i);
    uint64_t y = (uint64_t)analog_load_int(b, j + k * step_j);
    store_int(c->out, c->node->type.dtype, at + k, (int64_t)(x + y));
  }
}

void analog_add(const struct analog_call *c) {
  const struct ir_type *type = &c->node->type;
  struct analog_walk w = {.dims = type->dims};
  int64_t row, at = 0;

  /* The last axis is the row; operands of the result's shape are one row. */
  if (type->rank == 0 ||
      (ir_type_equal(type, &c->in[0].type) && ir_type_equal(type, &c->in[1].type))) {
    row = ir_type_count(type);
    w.stride[0][0] = w.stride[1][0] = 1;
  } else {
    w.rank = type->rank - 1u;
    row = type->dims[w.rank];
    analog_broadcast_strides(&c->in[0].type, type->rank, w.stride[0]);
    analog_broadcast_strides(&c->in[1].type, type->rank, w.stride[1]);
  }
  do {
    add_row(c, &w, at, row);
    at += row;
  } while (analog_walk_next(&w));
}

void analog_relu(const struct analog_call *c) {
  int64_t n = ir_type_count(&c->node->type);
  const float *x = c->in[0].data;
  float *y = c->out;

  for (int64_t i = 0; i < n; i++)
    y[i] = x[i] < 0 ? 0 : x[i]; /* NaN stays, so that it can be seen at the end */
}

void analog_clip(const struct analog_call *c) {
  float low = (float)ir_attr_float(c->node, IR_A_MIN, -(double)INFINITY);
  float high = (float)ir_attr_float(c->node, IR_A_MAX, (double)INFINITY);
  int64_t n = ir_type_count(&c->node->type);
  const float *x = c->in[0].data;
  float *y = c->out;

  for (int64_t i = 0; i < n; i++) {
    float v = x[i] < low ? low : x[i];
    y[i] = v > high ? high : v; /* where min > max, max wins, as in ONNX */
  }
}

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
