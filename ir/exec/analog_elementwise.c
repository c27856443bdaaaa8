/* Ops that compute each element of the result from one element of each operand. */
#include "ir/exec/analog_internal.h"

#include <math.h>

/* ---- two operands ---- */

typedef float binary_fn(float a, float b);

static float add(float a, float b) {
  return a + b;
}
static float sub(float a, float b) {
  return a - b;
}
static float mul(float a, float b) {
  return a * b;
}
static float divide(float a, float b) {
  return a / b;
}
static float larger(float a, float b) {
  return a > b || isnan(a) ? a : b;
}
static float smaller(float a, float b) {
  return a < b || isnan(a) ? a : b;
}
static float prelu(float a, float b) {
  return a < 0 ? a * b : a;
}

static binary_fn *const binary_fns[IR_N_OPS] = {
    [IR_ADD] = add,    [IR_SUB] = sub,     [IR_MUL] = mul,  [IR_DIV] = divide,
    [IR_MAX] = larger, [IR_MIN] = smaller, [IR_POW] = powf, [IR_PRELU] = prelu,
};

/* n results from `at` on, of operands that go on by step[0] and step[1] elements each. */
static inline void f32_row(const struct analog_call *c, const struct analog_walk *w, int64_t at,
                           int64_t n, binary_fn *fn) {
  const float *x = (const float *)c->in[0].data + w->offset[0];
  const float *y = (const float *)c->in[1].data + w->offset[1];
  int64_t step_x = w->stride[0][w->rank], step_y = w->stride[1][w->rank];
  float *out = (float *)c->out + at;

  for (int64_t k = 0; k < n; k++)
    out[k] = fn(x[k * step_x], y[k * step_y]);
}

/* Unsigned, so that overflow wraps. */
static int64_t int_result(enum ir_op op, int64_t a, int64_t b) {
  if (op == IR_SUB)
    return (int64_t)((uint64_t)a - (uint64_t)b);
  if (op == IR_MUL)
    return (int64_t)((uint64_t)a * (uint64_t)b);
  if (op == IR_DIV && (b == 0 || b == -1)) /* both would trap; by 0 there is no right answer */
    return b == 0 ? 0 : (int64_t)(0 - (uint64_t)a);
  if (op == IR_DIV)
    return a / b;
  if (op == IR_MAX)
    return a > b ? a : b;
  if (op == IR_MIN)
    return a < b ? a : b;
  return (int64_t)((uint64_t)a + (uint64_t)b);
}

static void int_row(const struct analog_call *c, const struct analog_walk *w, int64_t at,
                    int64_t n) {
  int64_t step_x = w->stride[0][w->rank], step_y = w->stride[1][w->rank];

  for (int64_t k = 0; k < n; k++) {
    int64_t x = ir_int_at(&c->in[0], w->offset[0] + k * step_x);
    int64_t y = ir_int_at(&c->in[1], w->offset[1] + k * step_y);
    ir_put_int(c->out, c->node->type.dtype, at + k, int_result(c->node->op, x, y));
  }
}

void analog_binary(const struct analog_call *c) {
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
    if (type->dtype != IR_F32)
      int_row(c, &w, at, row);
    else if (c->node->op == IR_ADD) /* what networks have most of gets a loop of its own */
      f32_row(c, &w, at, row, add);
    else
      f32_row(c, &w, at, row, binary_fns[c->node->op]);
    at += row;
  } while (analog_walk_next(&w));
}

/* ---- one operand ---- */

/* x, and the attributes alpha and beta. */
typedef float unary_fn(float x, float a, float b);

#define UNARY(name, ...)                                                                           \
  static float name(float x, float a, float b) {                                                   \
    (void)a, (void)b;                                                                              \
    return __VA_ARGS__;                                                                            \
  }

UNARY(negate, -x)
UNARY(absolute, fabsf(x))
UNARY(sign, (float)((x > 0) - (x < 0)))
UNARY(root, sqrtf(x))
UNARY(exponential, expf(x))
UNARY(logarithm, logf(x))
UNARY(round_down, floorf(x))
UNARY(round_up, ceilf(x))
UNARY(round_even, rintf(x))
UNARY(reciprocal, 1 / x)
UNARY(tangent, tanhf(x))
UNARY(sigmoid, 1 / (1 + expf(-x)))
UNARY(softplus, x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x)))
UNARY(softsign, x / (1 + fabsf(x)))
UNARY(leaky_relu, x < 0 ? a * x : x)
UNARY(elu, x > 0 ? x : a * expm1f(x))
UNARY(selu, b *(x > 0 ? x : a * expm1f(x)))
UNARY(hard_sigmoid, fmaxf(0, fminf(1, a *x + b)))
UNARY(thresholded_relu, x > a ? x : 0)
UNARY(shrink, x<-a ? x + b : x> a ? x - b : 0)

/* Functions, and their alpha and beta where the node says nothing. */
static const struct {
  unary_fn *fn;
  float alpha, beta;
} unary_fns[IR_N_OPS] = {
    [IR_NEG] = {negate, 0, 0},
    [IR_ABS] = {absolute, 0, 0},
    [IR_SIGN] = {sign, 0, 0},
    [IR_SQRT] = {root, 0, 0},
    [IR_EXP] = {exponential, 0, 0},
    [IR_LOG] = {logarithm, 0, 0},
    [IR_FLOOR] = {round_down, 0, 0},
    [IR_CEIL] = {round_up, 0, 0},
    [IR_ROUND] = {round_even, 0, 0},
    [IR_RECIPROCAL] = {reciprocal, 0, 0},
    [IR_TANH] = {tangent, 0, 0},
    [IR_SIGMOID] = {sigmoid, 0, 0},
    [IR_SOFTPLUS] = {softplus, 0, 0},
    [IR_SOFTSIGN] = {softsign, 0, 0},
    [IR_LEAKY_RELU] = {leaky_relu, 0.01f, 0},
    [IR_ELU] = {elu, 1, 0},
    [IR_SELU] = {selu, 1.67326319217681884765625f, 1.05070102214813232421875f},
    [IR_HARD_SIGMOID] = {hard_sigmoid, 0.2f, 0.5f},
    [IR_THRESHOLDED_RELU] = {thresholded_relu, 1, 0},
    [IR_SHRINK] = {shrink, 0.5f, 0},
};

void analog_unary(const struct analog_call *c) {
  unary_fn *fn = unary_fns[c->node->op].fn;
  float a = (float)ir_attr_float(c->node, IR_A_ALPHA, (double)unary_fns[c->node->op].alpha);
  float b = (float)ir_attr_float(c->node, IR_A_BETA, (double)unary_fns[c->node->op].beta);
  int64_t n = ir_type_count(&c->node->type);
  const float *x = c->in[0].data;
  float *y = c->out;

  for (int64_t i = 0; i < n; i++)
    y[i] = fn(x[i], a, b);
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
