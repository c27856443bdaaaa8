/* normalize-mse: the scale of a channel is the one whose neurons, in --steps steps, are nearest to
 * the activations.
 *
 *   %r = relu %c                 ->   %r = relu %c {scale=one per channel}
 *
 * For a constant activation x a neuron that starts at v_init sends n = clip(floor(x T / scale +
 * v_init), 0, T) spikes in T steps, each worth scale / T; with another --code it sends a number of
 * that form, and T is the largest. The scale has the least sum of squared
 * differences from x over the positive values of the calibration samples; where a max-pool alone
 * follows, over what the pool passes on. A difference weighs as much as its sample
 * (passes/analysis/sample_weights.h): few steps lose the answers that were close. Tried are 100
 * scales from 2 % to 130 % of the largest value and 24 around the best of those. Values are counted
 * in bins a power of two wide, which merge in pairs when a larger value comes: counts depend on the
 * set of values alone, so the result does not on --jobs. Least squares after Li et al. 2021
 * (arXiv:2106.06984). */
#include <math.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/parallel.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/analysis/sample_weights.h"
#include "passes/calibration.h"
#include "passes/code.h"
#include "passes/passes.h"

enum { LEAST_BINS = 1 << 10, MOST_BINS = 1 << 12, N_COARSE = 100, N_FINE = 12 };

/* Bin i counts values from i * width up, where n_bins * width = 2^exponent is above all of them. */
struct histogram {
  uint64_t *count;
  size_t n_bins;
  int exponent;
  double most; /* the largest value; 0: there is none */
};

static void histogram_init(struct histogram *h, struct arena *a, size_t n_values) {
  h->n_bins = LEAST_BINS;
  while (h->n_bins < MOST_BINS && h->n_bins < n_values)
    h->n_bins *= 2;
  h->count = ARENA_NEW(a, uint64_t, h->n_bins);
}

/* Makes room for x, which is above all before it: every 2^k bins become one. */
static void histogram_reach(struct histogram *h, double x) {
  int exponent, k;

  frexp(x, &exponent); /* x < 2^exponent */
  k = exponent - h->exponent;
  if (h->most == 0)
    h->exponent = exponent;
  h->most = x;
  if (exponent <= h->exponent)
    return;
  for (size_t i = 1; i < h->n_bins; i++) {
    size_t to = k < 32 ? i >> k : 0;
    uint64_t n = h->count[i];
    h->count[i] = 0;
    h->count[to] += n;
  }
  h->exponent = exponent;
}

static void histogram_take(void *state, const float *x, size_t n, uint32_t weight) {
  struct histogram *h = state;
  double bins_per_unit;

  for (size_t i = 0; i < n; i++)
    if ((double)x[i] > h->most && isfinite(x[i]))
      histogram_reach(h, (double)x[i]);
    else if (isinf(x[i]))
      h->most = INFINITY;
  if (!isfinite(h->most))
    return;
  bins_per_unit = ldexp((double)h->n_bins, -h->exponent);
  for (size_t i = 0; i < n; i++)
    if (x[i] > 0)
      h->count[(size_t)((double)x[i] * bins_per_unit)] += weight;
}

static double bin_value(const struct histogram *h, size_t bin) {
  return ldexp((double)bin + 0.5, h->exponent) / (double)h->n_bins;
}

/* The bins that are not empty, packed. */
struct values {
  double *x, *n;
  size_t count;
};

struct choice {
  double scale, error;
};

static double squared_error(const struct values *v, double scale, double steps, double v_init) {
  double sum = 0;

  for (size_t i = 0; i < v->count; i++) {
    double spikes = floor(v->x[i] * steps / scale + v_init);
    double rest = (spikes < steps ? spikes : steps) * scale / steps - v->x[i];
    sum += v->n[i] * rest * rest;
  }
  return sum;
}

/* The best of n scales from `first` on, `step` apart, if it is better than *best. */
static void try_scales(const struct values *v, const struct options *o, const double first_step[2],
                       int n, struct choice *best) {
  for (int k = 0; k < n; k++) {
    double scale = first_step[0] + first_step[1] * k;
    double error = squared_error(v, scale, code_levels(o), o->v_init);
    if (error < best->error)
      *best = (struct choice){scale, error};
  }
}

/* `v` has room for all bins. */
static float best_scale(const struct histogram *h, const struct options *o, struct values *v) {
  double step = h->most * 1.28 / (N_COARSE - 1);
  struct choice best = {0, INFINITY};

  if (!(h->most > 0) || !isfinite(h->most))
    return (float)h->most;
  v->count = 0;
  for (size_t i = 0; i < h->n_bins; i++)
    if (h->count[i] > 0) {
      v->x[v->count] = fmin(bin_value(h, i), h->most);
      v->n[v->count++] = (double)h->count[i];
    }
  try_scales(v, o, (const double[]){h->most * 0.02, step}, N_COARSE, &best);
  step /= N_FINE + 1;
  try_scales(v, o, (const double[]){best.scale - N_FINE * step, step}, 2 * N_FINE + 1, &best);
  return (float)best.scale;
}

struct search {
  const struct options *opt;
  const struct calibration_items *items;
  struct calibration *cal;
  struct values *values; /* per worker */
};

static void search_item(void *ctx, size_t worker, size_t item) {
  struct search *s = ctx;
  const struct calibration_item *it = &s->items->item[item];

  calibration_set(s->cal, it, best_scale(it->state, s->opt, &s->values[worker]));
}

bool pass_normalize_mse(struct comp *c, struct ir_graph **g) {
  struct calibration cal = calibration_new(c, *g);
  size_t n_workers = parallel_jobs(c->opt->jobs);
  struct calibration_items items;
  struct search s = {c->opt, &items, &cal, ARENA_NEW(c->scratch, struct values, n_workers)};

  if (!calibration_check_samples(c, "normalize-mse", "--normalize weights"))
    return false;
  calibration_see_pools(*g, &cal);
  items = calibration_items_new(c->scratch, &cal, sizeof(struct histogram), histogram_take);
  for (size_t i = 0; i < items.n; i++)
    histogram_init(items.item[i].state, c->scratch,
                   calibration_count(&cal, &items.item[i]) * c->calib->n);
  items.weight = sample_weights_new(c, *g);
  calibration_collect(c, *g, &cal, &items);
  for (size_t i = 0; i < n_workers; i++) {
    s.values[i].x = ARENA_NEW(c->scratch, double, MOST_BINS);
    s.values[i].n = ARENA_NEW(c->scratch, double, MOST_BINS);
  }
  parallel_run(n_workers, items.n, search_item, &s);
  return calibration_apply(c, *g, &cal);
}
