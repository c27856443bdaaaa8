/* tests/unit/reference.h -- a spiking network by its definitions, for tests: steps through a scaled
 * analog graph in dense loops and double precision, and knows nothing of passes or kernels.
 *
 * In a step every value is computed from this step's operands. A relu, and an average or sum with a
 * scale, is a layer of integrate-and-fire neurons whose spike has the value of its threshold, the
 * scale. A max-pool sends what its count is behind the largest count of its window, or what the
 * first input with the largest count sends. */
#ifndef TESTS_UNIT_REFERENCE_H
#define TESTS_UNIT_REFERENCE_H

#include <math.h>

#include "ir/base/arena.h"
#include "ir/ir.h"

/* Per node: value in this step, and for neurons membrane or spikes so far. */
struct reference {
  const struct ir_graph *g;
  bool is_signed; /* neurons take spikes back */
  bool is_online; /* thresholds follow the largest rate of their layer */
  bool is_winner; /* max-pools hand on the spikes of one input */
  bool is_modulo; /* a spike leaves less than a threshold */
  double leak;    /* of the threshold, above 0 */
  int refractory; /* steps without input after a spike */
  int step;       /* from 0 */
  double levels;  /* 0: spikes; else neurons send a number, once, of 0 to levels times the scale /
                     levels */
  double **value, **state, **sent, **left, **fired;
};

static inline size_t reference_count_of(const struct ir_graph *g, size_t i) {
  return (size_t)ir_type_count(&ir_node(g, ir_id_at(i))->type);
}

static inline float reference_channel_scale(const struct ir_node *n, size_t i, size_t count) {
  const struct ir_tensor *s = ir_attr_tensor(n, IR_A_SCALE);
  size_t n_channels = (size_t)ir_type_count(&s->type);

  return ir_f32_of(*s)[i / (count / n_channels)];
}

static inline struct reference reference_new(struct arena *a, const struct ir_graph *g) {
  size_t n = ir_n_nodes(g) + 1;
  struct reference r = {.g = g,
                        .value = ARENA_NEW(a, double *, n),
                        .state = ARENA_NEW(a, double *, n),
                        .sent = ARENA_NEW(a, double *, n),
                        .left = ARENA_NEW(a, double *, n),
                        .fired = ARENA_NEW(a, double *, n)};

  for (size_t i = 1; i < n; i++) {
    r.value[i] = ARENA_NEW(a, double, reference_count_of(g, i));
    r.state[i] = ARENA_NEW(a, double, reference_count_of(g, i));
    r.sent[i] = ARENA_NEW(a, double, reference_count_of(g, i));
    r.left[i] = ARENA_NEW(a, double, reference_count_of(g, i));
    r.fired[i] = ARENA_NEW(a, double, reference_count_of(g, i));
  }
  return r;
}

/* Threshold of this step over that of the layer: 1 / 100 + 99 / 100 of the largest rate so far. */
static inline double reference_gain(const struct reference *r, size_t i) {
  double most = 0;

  for (size_t k = 0; k < reference_count_of(r->g, i); k++)
    most = r->fired[i][k] > most ? r->fired[i][k] : most;
  return r->is_online ? 0.01 + (r->step > 0 ? 0.99 * most / r->step : 0) : 1;
}

/* As many whole parts of the scale as V holds. */
static inline double reference_number(const struct reference *r, double v, double scale) {
  double n = floor(v * r->levels / scale);

  return (n < 0 ? 0 : n < r->levels ? n : r->levels) * scale / r->levels;
}

/* V += current; fires at V >= threshold; subtracts it. A spike has the value of its threshold, one
 * of -1 that is sent below 0, where something was sent, the opposite. */
static inline void reference_fire(struct reference *r, size_t i, const double *current) {
  const struct ir_node *n = ir_node(r->g, ir_id_at(i));
  double gain = reference_gain(r, i);

  for (size_t k = 0; k < reference_count_of(r->g, i); k++) {
    double scale = reference_channel_scale(n, k, reference_count_of(r->g, i));
    double threshold = scale * gain;
    if (r->left[i][k] > 0)
      r->left[i][k]--;
    else
      r->state[i][k] += current[k];
    if (r->state[i][k] > 0)
      r->state[i][k] -= r->leak * scale;
    r->value[i][k] = r->state[i][k] >= threshold ? threshold : 0;
    if (r->levels > 0)
      r->value[i][k] = reference_number(r, r->state[i][k], threshold);
    if (r->is_signed && r->state[i][k] < 0 && r->sent[i][k] > 0)
      r->value[i][k] = -threshold;
    r->state[i][k] -= r->value[i][k];
    while (r->is_modulo && r->state[i][k] >= threshold)
      r->state[i][k] -= threshold;
    if (r->value[i][k] > 0) {
      r->left[i][k] = r->refractory;
      r->fired[i][k]++;
    }
  }
}

/* Source pixel that tap `tap` of target pixel `at` reads, or -1 where it falls outside. */
static inline int64_t reference_tap_pixel(const struct ir_window *w, const int64_t *d,
                                          const int64_t *o, int64_t at, int64_t tap) {
  int64_t y = at / o[3] * w->stride[0] + tap / w->kernel[1] - w->pad_begin[0];
  int64_t x = at % o[3] * w->stride[1] + tap % w->kernel[1] - w->pad_begin[1];

  return y >= 0 && y < d[2] && x >= 0 && x < d[3] ? y * d[3] + x : -1;
}

static inline void reference_step_conv(struct reference *r, size_t i) {
  const struct ir_node *n = ir_node(r->g, ir_id_at(i));
  const int64_t *d = ir_node(r->g, n->in[0])->type.dims, *o = n->type.dims;
  const float *weight = ir_f32_of(*ir_const_in(r->g, n, 1));
  struct ir_window w = ir_window_of(r->g, n);
  int64_t per_in = d[1] / w.group, per_out = o[1] / w.group, n_taps = w.kernel[0] * w.kernel[1];

  for (int64_t at = 0; at < o[1] * o[2] * o[3]; at++) {
    int64_t c = at / (o[2] * o[3]);
    r->value[i][at] = ir_f32_of(*ir_const_in(r->g, n, 2))[c];
    for (int64_t tap = 0; tap < per_in * n_taps; tap++) {
      int64_t k = c / per_out * per_in + tap / n_taps;
      int64_t from = reference_tap_pixel(&w, d, o, at % (o[2] * o[3]), tap % n_taps);
      if (from >= 0)
        r->value[i][at] +=
            weight[c * per_in * n_taps + tap] * r->value[n->in[0].idx][k * d[2] * d[3] + from];
    }
  }
}

static inline void reference_step_pool(struct reference *r, size_t i) {
  const struct ir_node *n = ir_node(r->g, ir_id_at(i));
  const int64_t *d = ir_node(r->g, n->in[0])->type.dims, *o = n->type.dims;
  struct ir_window w = ir_window_of(r->g, n);
  int64_t n_taps = w.kernel[0] * w.kernel[1];

  for (int64_t at = 0; at < o[1] * o[2] * o[3]; at++) {
    double sum = 0, most = 0, of_winner = 0, size = 0, most_fired = 0;
    bool has_winner = false;
    for (int64_t tap = 0; tap < n_taps; tap++) {
      int64_t pixel = reference_tap_pixel(&w, d, o, at % (o[2] * o[3]), tap);
      int64_t from = at / (o[2] * o[3]) * d[2] * d[3] + pixel;
      if (pixel < 0)
        continue;
      sum += r->value[n->in[0].idx][from];
      if (!has_winner || r->sent[n->in[0].idx][from] > most)
        of_winner = r->value[n->in[0].idx][from];
      has_winner = true;
      size = fmax(size, r->value[n->in[0].idx][from]);
      most_fired = fmax(most_fired, r->fired[n->in[0].idx][from]);
      if (r->sent[n->in[0].idx][from] > most)
        most = r->sent[n->in[0].idx][from];
    }
    r->value[i][at] = n->op == IR_AVGPOOL ? sum / (double)n_taps
                      : r->is_winner      ? of_winner
                      : r->is_online      ? (most_fired > r->fired[i][at] ? size : 0)
                                          : most - r->sent[i][at];
    r->fired[i][at] += r->value[i][at] > 0 && n->op == IR_MAXPOOL;
  }
}

static inline void reference_step_dense(struct reference *r, size_t i) {
  const struct ir_node *n = ir_node(r->g, ir_id_at(i));
  size_t n_in = reference_count_of(r->g, n->in[0].idx);

  for (size_t o = 0; o < reference_count_of(r->g, i); o++) {
    r->value[i][o] = ir_f32_of(*ir_const_in(r->g, n, 2))[o];
    for (size_t k = 0; k < n_in; k++)
      r->value[i][o] +=
          ir_f32_of(*ir_const_in(r->g, n, 1))[o * n_in + k] * r->value[n->in[0].idx][k];
  }
}

static inline void reference_step_node(struct reference *r, size_t i) {
  const struct ir_node *n = ir_node(r->g, ir_id_at(i));
  size_t at = 0;

  for (size_t k = 0; n->op == IR_CONST && k < reference_count_of(r->g, i); k++)
    r->value[i][k] = ir_f32_of(*ir_attr_tensor(n, IR_A_VALUE))[k];
  for (size_t k = 0; k < n->n_in; k++) {
    const double *x = r->value[n->in[k].idx];
    size_t count = reference_count_of(r->g, n->in[k].idx);
    if (n->op == IR_CONCAT || n->op == IR_RESHAPE || n->op == IR_OUTPUT)
      for (size_t e = 0; e < count; e++)
        r->value[i][at++] = x[e];
    if (n->op == IR_ADD)
      for (size_t e = 0; e < count; e++)
        r->value[i][e] = x[e] + (k > 0 ? r->value[i][e] : 0);
  }
  if (n->op == IR_CONV)
    reference_step_conv(r, i);
  if (n->op == IR_DENSE)
    reference_step_dense(r, i);
  if (n->op == IR_MAXPOOL || n->op == IR_AVGPOOL)
    reference_step_pool(r, i);
  if (n->op == IR_RELU)
    reference_fire(r, i, r->value[n->in[0].idx]);
  else if (ir_attr_tensor(n, IR_A_SCALE)) /* an average or a sum that a layer reads */
    reference_fire(r, i, r->value[i]);
  for (size_t e = 0; e < reference_count_of(r->g, i); e++)
    r->sent[i][e] += r->value[i][e];
}

#endif
