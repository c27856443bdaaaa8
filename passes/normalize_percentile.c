/* normalize-percentile: the scale of a channel is the P-th percentile of its positive values over
 * the calibration samples, linearly interpolated between neighbours as numpy.percentile does.
 *
 *   %r = relu %c                 ->   %r = relu %c {scale=one per channel}
 *
 * Exact with bounded memory: of N values at most, the percentile of the positive ones lies between
 * two of the ceil((1 - P/100) N) + 2 largest, and only those are kept, in a min-heap per channel
 * and one per layer. Samples run in parallel, then the heaps take them in; a percentile does not
 * depend on the order of the values, so neither does the result on the number of threads. After
 * Rueckauer et al. 2017 (doi 10.3389/fnins.2017.00682), section 2.2.2; per channel. */
#include <math.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/calibration.h"
#include "passes/passes.h"

/* The largest positive values seen so far; heap[0] is the smallest of them. */
struct top {
  float *heap;
  size_t cap, n;
  uint64_t n_positive; /* seen, kept or not */
};

static struct top top_new(struct arena *a, double percentile, size_t n_most) {
  double kept = ceil((1 - percentile / 100) * (double)n_most) + 2;
  struct top t = {.cap = kept < (double)n_most ? (size_t)kept : n_most};

  t.heap = ARENA_NEW(a, float, t.cap);
  return t;
}

static void sift_down(float *heap, size_t n, size_t at) {
  float x = heap[at];

  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && heap[child + 1] < heap[child])
      child++;
    if (x <= heap[child])
      break;
    heap[at] = heap[child];
  }
  heap[at] = x;
}

static void sift_up(float *heap, size_t at) {
  float x = heap[at];

  for (; at > 0 && heap[(at - 1) / 2] > x; at = (at - 1) / 2)
    heap[at] = heap[(at - 1) / 2];
  heap[at] = x;
}

static void top_add(struct top *t, const float *x, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (!(x[i] > 0))
      continue;
    t->n_positive++;
    if (t->n < t->cap) {
      t->heap[t->n] = x[i];
      sift_up(t->heap, t->n++);
    } else if (x[i] > t->heap[0]) {
      t->heap[0] = x[i];
      sift_down(t->heap, t->n, 0);
    }
  }
}

/* Empties the heap: its smallest value leaves first, so ranks come in rising order. */
static float top_pop(struct top *t) {
  float least = t->heap[0];

  t->heap[0] = t->heap[--t->n];
  if (t->n > 0)
    sift_down(t->heap, t->n, 0);
  return least;
}

/* 0 when nothing positive was seen. */
static float top_percentile(struct top *t, double percentile) {
  double at, part, low, high;
  uint64_t rank;

  if (t->n_positive == 0)
    return 0;
  at = percentile / 100 * (double)(t->n_positive - 1);
  rank = (uint64_t)at;
  part = at - (double)rank;
  for (uint64_t r = t->n_positive - t->n; r < rank; r++)
    top_pop(t);
  low = top_pop(t);
  high = t->n > 0 ? t->heap[0] : low;
  return (float)(low + (high - low) * part);
}

/* Heaps of one calibration value: one per channel, the last for the layer as a whole. */
struct work {
  const struct samples *samples;
  const struct calibration *cal;
  struct exec_analog **exec; /* one per sample of a round */
  float **input;
  struct top **top;
  size_t first, n_round;           /* samples of this round */
  size_t *item_value, *item_index; /* heap of an item */
};

static void run_sample(void *ctx, size_t worker, size_t item) {
  struct work *w = ctx;

  (void)worker;
  samples_get(w->samples, w->first + item, w->input[item]);
  exec_analog_set_input(w->exec[item], 0, w->input[item]);
  exec_analog_run(w->exec[item]);
}

static void fill_heap(void *ctx, size_t worker, size_t item) {
  struct work *w = ctx;
  size_t value = w->item_value[item], index = w->item_index[item];
  const struct calibration_value *v = &w->cal->value[value];
  bool is_layer = index == v->n_channels;

  (void)worker;
  for (size_t s = 0; s < w->n_round; s++) {
    const float *x = exec_analog_value(w->exec[s], v->id);
    top_add(&w->top[value][index], x + (is_layer ? 0 : index * v->n_each),
            is_layer ? v->n_channels * v->n_each : v->n_each);
  }
}

/* Makes the heaps; returns their number. */
static size_t make_heaps(struct comp *c, struct work *w, double percentile) {
  const struct calibration *cal = w->cal;
  size_t n_items = 0, item = 0;

  for (size_t i = 0; i < cal->n; i++)
    n_items += cal->value[i].n_channels + 1;
  w->top = ARENA_NEW(c->scratch, struct top *, cal->n);
  w->item_value = ARENA_NEW(c->scratch, size_t, n_items);
  w->item_index = ARENA_NEW(c->scratch, size_t, n_items);
  for (size_t i = 0; i < cal->n; i++) {
    const struct calibration_value *v = &cal->value[i];
    size_t n_most = v->n_each * w->samples->n;
    w->top[i] = ARENA_NEW(c->scratch, struct top, v->n_channels + 1);
    for (size_t k = 0; k <= v->n_channels; k++, item++) {
      w->top[i][k] =
          top_new(c->scratch, percentile, k < v->n_channels ? n_most : n_most * v->n_channels);
      w->item_value[item] = i;
      w->item_index[item] = k;
    }
  }
  return n_items;
}

static void collect(struct comp *c, const struct ir_graph *g, struct work *w, size_t n_items) {
  size_t n_workers = parallel_jobs(c->opt->jobs);

  w->exec = ARENA_NEW(c->scratch, struct exec_analog *, n_workers);
  w->input = ARENA_NEW(c->scratch, float *, n_workers);
  for (size_t i = 0; i < n_workers; i++) {
    w->exec[i] = exec_analog_new(c->scratch, g);
    w->input[i] = ARENA_NEW(c->scratch, float, w->samples->model_size);
  }
  for (w->first = 0; w->first < w->samples->n; w->first += w->n_round) {
    size_t left = w->samples->n - w->first;
    w->n_round = left < n_workers ? left : n_workers;
    parallel_run(n_workers, w->n_round, run_sample, w);
    parallel_run(n_workers, n_items, fill_heap, w);
  }
}

bool pass_normalize_percentile(struct comp *c, struct ir_graph **g) {
  struct calibration cal = calibration_new(c->scratch, *g);
  struct work w = {.samples = c->calib, .cal = &cal};
  double percentile = c->opt->normalize == NORMALIZE_MAX ? 100 : c->opt->percentile;
  size_t n_items;

  if (!c->calib || c->calib->n == 0)
    return diag_error(c->diag, loc_file(c->opt->model),
                      "normalize-percentile needs samples; give --calib FILE, or use "
                      "--normalize weights");
  n_items = make_heaps(c, &w, percentile);
  collect(c, *g, &w, n_items);
  for (size_t i = 0; i < cal.n; i++) {
    struct calibration_value *v = &cal.value[i];
    for (size_t k = 0; k < v->n_channels; k++)
      v->channel[k] = top_percentile(&w.top[i][k], percentile);
    v->layer = top_percentile(&w.top[i][v->n_channels], percentile);
  }
  return calibration_apply(c, *g, &cal);
}
