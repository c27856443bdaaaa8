/* normalize-weights: the scale of a channel is the largest activation that its weights allow.
 *
 *   %r = relu %c                 ->   %r = relu %c {scale=one per channel}
 *
 * Needs no samples: bounds go from the input, taken to lie within [0, 1] before mean and std, layer
 * by layer through the graph, the largest sum of weights times bounds (the model-based
 * normalization of Diehl et al. 2015, doi 10.1109/IJCNN.2015.7280696, per channel and with lower
 * bounds too). Nothing saturates, but the bounds grow with depth, so deep networks need many steps.
 */
#include <math.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/options.h"
#include "passes/calibration.h"
#include "passes/passes.h"

/* Least and largest value of each channel. n = 0: not known, such as after an op that the lowering
 * refuses anyway. */
struct range {
  size_t n;
  float *low, *high;
};

static struct range range_new(struct arena *a, size_t n) {
  return (struct range){n, ARENA_NEW(a, float, n), ARENA_NEW(a, float, n)};
}

static struct range input_range(struct arena *a, const struct options *o, const struct ir_type *t) {
  size_t n, n_each;
  struct range r;

  calibration_channels(t, &n, &n_each);
  r = range_new(a, n);
  for (size_t c = 0; c < n; c++) {
    double mean = number_list_at(o->input_mean, c, 0);
    double std = number_list_at(o->input_std, c, 1);
    r.low[c] = (float)((0 - mean) / std);
    r.high[c] = (float)((1 - mean) / std);
  }
  return r;
}

/* Adds weight * [low, high] to channel `to` of r. */
static void add_scaled(struct range r, size_t to, float weight, float low, float high) {
  r.low[to] += weight >= 0 ? weight * low : weight * high;
  r.high[to] += weight >= 0 ? weight * high : weight * low;
}

/* conv and dense alike: weight[O, I / group, taps]. Padding adds zeros, so a padded window's input
 * is within [min(low, 0), max(high, 0)]. */
static struct range linear_range(struct arena *a, const struct ir_graph *g, const struct ir_node *n,
                                 struct range x) {
  const struct ir_tensor *weight = ir_const_in(g, n, 1), *bias = ir_const_in(g, n, 2);
  bool is_conv = n->op == IR_CONV;
  size_t n_out, n_in, n_taps, per_group, group = 1;
  struct range r;

  if (!weight || x.n == 0 || (n->n_in > 2 && !bias))
    return (struct range){0};
  n_out = (size_t)weight->type.dims[0];
  n_in = (size_t)weight->type.dims[1];
  n_taps = (size_t)ir_type_count(&weight->type) / (n_out * n_in);
  if (is_conv)
    group = (size_t)ir_window_of(g, n).group;
  if (n_in * group != x.n)
    return (struct range){0};
  per_group = n_out / group;
  r = range_new(a, n_out);
  for (size_t o = 0; o < n_out; o++) {
    for (size_t i = 0; i < n_in * n_taps; i++) {
      size_t from = o / per_group * n_in + i / n_taps;
      float low = is_conv ? fminf(x.low[from], 0) : x.low[from];
      float high = is_conv ? fmaxf(x.high[from], 0) : x.high[from];
      add_scaled(r, o, ir_f32_of(*weight)[o * n_in * n_taps + i], low, high);
    }
    if (bias) {
      r.low[o] += ir_f32_of(*bias)[o];
      r.high[o] += ir_f32_of(*bias)[o];
    }
  }
  return r;
}

static struct range batchnorm_range(struct arena *a, const struct ir_graph *g,
                                    const struct ir_node *n, struct range x) {
  const struct ir_tensor *p[4];
  double epsilon = ir_attr_float(n, IR_A_EPSILON, 1e-5);
  struct range r;

  for (size_t k = 0; k < 4; k++) {
    p[k] = ir_const_in(g, n, k + 1);
    if (!p[k])
      return (struct range){0};
  }
  r = range_new(a, x.n);
  for (size_t c = 0; c < x.n; c++) {
    float gain = (float)(ir_f32_of(*p[0])[c] / sqrt((double)ir_f32_of(*p[3])[c] + epsilon));
    r.low[c] = r.high[c] = ir_f32_of(*p[1])[c] - gain * ir_f32_of(*p[2])[c];
    add_scaled(r, c, gain, x.low[c], x.high[c]);
  }
  return r;
}

static struct range add_range(struct arena *a, struct range x, struct range y) {
  struct range r;

  if (x.n != y.n)
    return (struct range){0};
  r = range_new(a, x.n);
  for (size_t c = 0; c < x.n; c++) {
    r.low[c] = x.low[c] + y.low[c];
    r.high[c] = x.high[c] + y.high[c];
  }
  return r;
}

static struct range clip_range(struct arena *a, struct range x, float least, float most) {
  struct range r = range_new(a, x.n);

  for (size_t c = 0; c < x.n; c++) {
    r.low[c] = fminf(fmaxf(x.low[c], least), most);
    r.high[c] = fminf(fmaxf(x.high[c], least), most);
  }
  return r;
}

/* The channels of x spread over as many elements each as it takes to make n: a flattened map. */
static struct range spread_range(struct arena *a, struct range x, size_t n) {
  struct range r;

  if (x.n == 0 || n % x.n != 0)
    return (struct range){0};
  r = range_new(a, n);
  for (size_t i = 0; i < n; i++) {
    r.low[i] = x.low[i / (n / x.n)];
    r.high[i] = x.high[i / (n / x.n)];
  }
  return r;
}

static struct range concat_range(struct arena *a, const struct ir_node *n, const struct range *of) {
  size_t total = 0, at = 0;
  struct range r;

  for (size_t i = 0; i < n->n_in; i++) {
    if (of[n->in[i].idx].n == 0)
      return (struct range){0};
    total += of[n->in[i].idx].n;
  }
  r = range_new(a, total);
  for (size_t i = 0; i < n->n_in; i++)
    for (size_t c = 0; c < of[n->in[i].idx].n; c++, at++) {
      r.low[at] = of[n->in[i].idx].low[c];
      r.high[at] = of[n->in[i].idx].high[c];
    }
  return r;
}

/* One range for all of n channels: the widest of x, and `extra` too (NAN: nothing). */
static struct range widest_range(struct arena *a, struct range x, size_t n, float extra) {
  float low = extra, high = extra; /* fminf and fmaxf ignore NAN */
  struct range r;

  if (x.n == 0)
    return x;
  for (size_t c = 0; c < x.n; c++) {
    low = fminf(low, x.low[c]);
    high = fmaxf(high, x.high[c]);
  }
  r = range_new(a, n);
  for (size_t i = 0; i < n; i++) {
    r.low[i] = low;
    r.high[i] = high;
  }
  return r;
}

static struct range const_range(struct arena *a, const struct ir_node *n) {
  const struct ir_tensor *t = ir_attr_tensor(n, IR_A_VALUE);
  size_t count, channels, each;
  struct range r;

  if (t->type.dtype != IR_F32 || ir_type_count(&t->type) == 0)
    return (struct range){0};
  count = (size_t)ir_type_count(&t->type);
  calibration_channels(&t->type, &channels, &each);
  r = range_new(a, channels);
  for (size_t c = 0; c < channels; c++) {
    r.low[c] = INFINITY;
    r.high[c] = -INFINITY;
  }
  for (size_t i = 0; i < count; i++) {
    r.low[i / each % channels] = fminf(r.low[i / each % channels], ir_f32_of(*t)[i]);
    r.high[i / each % channels] = fmaxf(r.high[i / each % channels], ir_f32_of(*t)[i]);
  }
  return r;
}

static struct range range_of(struct comp *c, const struct ir_graph *g, const struct ir_node *n,
                             const struct range *of) {
  struct arena *a = c->scratch;
  struct range x = n->n_in > 0 ? of[n->in[0].idx] : (struct range){0};
  size_t channels, each;

  calibration_channels(&n->type, &channels, &each);
  switch ((int)n->op) {
  case IR_INPUT:
    return input_range(a, c->opt, &n->type);
  case IR_CONST:
    return const_range(a, n);
  case IR_CONV:
  case IR_DENSE:
    return linear_range(a, g, n, x);
  case IR_BATCHNORM:
    return batchnorm_range(a, g, n, x);
  case IR_ADD:
    return add_range(a, spread_range(a, x, channels), spread_range(a, of[n->in[1].idx], channels));
  case IR_RELU:
    return clip_range(a, x, 0, INFINITY);
  case IR_CLIP:
    return clip_range(a, x, (float)ir_attr_float(n, IR_A_MIN, -INFINITY),
                      (float)ir_attr_float(n, IR_A_MAX, INFINITY));
  case IR_PADDING:
    return widest_range(a, x, channels, (float)ir_attr_float(n, IR_A_VALUE_F, 0));
  case IR_AVGPOOL:
  case IR_GLOBAL_AVGPOOL:
  case IR_MAXPOOL:
    return x;
  case IR_RESHAPE:
    return spread_range(a, x, channels);
  case IR_TRANSPOSE:
  case IR_SLICE:
    return widest_range(a, x, channels, NAN);
  case IR_CONCAT:
    return concat_range(a, n, of);
  default: /* what else there is cannot be in front of neurons: the lowering refuses it */
    return (struct range){0};
  }
}

bool pass_normalize_weights(struct comp *c, struct ir_graph **g) {
  struct calibration cal = calibration_new(c, *g);
  struct range *of = ARENA_NEW(c->scratch, struct range, ir_n_nodes(*g) + 1);

  for (size_t i = 1; i <= ir_n_nodes(*g); i++)
    of[i] = range_of(c, *g, ir_node(*g, ir_id_at(i)), of);
  for (size_t i = 0; i < cal.n; i++) {
    struct calibration_value *v = &cal.value[i];
    struct range r =
        v->n_channels == 1 ? widest_range(c->scratch, of[v->seen.idx], 1, NAN) : of[v->seen.idx];
    v->layer = r.n == v->n_channels ? 0 : 1;
    for (size_t k = 0; k < v->n_channels; k++) {
      v->channel[k] = r.n == v->n_channels ? r.high[k] : 1;
      v->layer = fmaxf(v->layer, v->channel[k]);
    }
  }
  return calibration_apply(c, *g, &cal);
}
