/* Element types: conversion, and the integers that quantized models compute with. */
#include "ir/exec/analog_internal.h"

#include <math.h>
#include <string.h>

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
      ((float *)c->out)[i] = (float)ir_int_at(in, i);
  else if (in->type.dtype != IR_F32)
    for (int64_t i = 0; i < n; i++)
      ir_put_int(c->out, to, i, ir_int_at(in, i));
  else
    for (int64_t i = 0; i < n; i++) {
      float x = ((const float *)in->data)[i];
      ir_put_int(c->out, to, i, to == IR_BOOL ? x != 0 : float_to_int(x));
    }
}

/* Walks x with the index of the scale that its element has. */
struct quantized {
  int64_t count, n_inner, n_scales;
  const float *scale;
  const struct ir_tensor *zero;
};

static struct quantized quantized_of(const struct analog_call *c) {
  const struct ir_type *type = &c->node->type;
  struct quantized q = {.count = ir_type_count(type),
                        .n_scales = ir_type_count(&c->in[1].type),
                        .scale = c->in[1].data,
                        .zero = &c->in[2]};
  size_t axis = (size_t)ir_attr_int(c->node, IR_A_AXIS, 0);

  q.n_inner = q.n_scales > 1 ? analog_product(type->dims, axis + 1, type->rank) : 1;
  return q;
}

static int64_t scale_of(const struct quantized *q, int64_t i) {
  return i / q->n_inner % q->n_scales;
}

void analog_quantize(const struct analog_call *c) {
  struct quantized q = quantized_of(c);
  const float *x = c->in[0].data;
  int64_t least, most;
  double low, high;

  ir_int_limits(c->node->type.dtype, &least, &most);
  low = (double)least;
  high = (double)most;
  for (int64_t i = 0; i < q.count; i++) {
    int64_t s = scale_of(&q, i);
    double v = (double)rintf(x[i] / q.scale[s]) + (double)ir_int_at(q.zero, s);
    v = v > low ? v : low; /* NaN too */
    ir_put_int(c->out, c->node->type.dtype, i, (int64_t)(v < high ? v : high));
  }
}

void analog_dequantize(const struct analog_call *c) {
  struct quantized q = quantized_of(c);

  for (int64_t i = 0; i < q.count; i++) {
    int64_t s = scale_of(&q, i);
    int64_t x = ir_int_at(&c->in[0], i) - ir_int_at(q.zero, s);
    ((float *)c->out)[i] = (float)x * q.scale[s];
  }
}
