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

static void top_init(struct top *t, struct arena *a, double percentile, size_t n_most) {
  double kept = ceil((1 - percentile / 100) * (double)n_most) + 2;

  t->cap = kept < (double)n_most ? (size_t)kept : n_most;
  t->heap = ARENA_NEW(a, float, t->cap);
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

static void top_take(void *state, const float *x, size_t n, uint32_t weight) {
  struct top *t = state;

  (void)weight;
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

/* --percentile-schedule: by the number of layers of weights before a value, pools apart. */
static double percentile_of(const struct comp *c, const struct ir_graph *g,
                            const struct calibration *cal, size_t value) {
  double percentile = c->opt->normalize == NORMALIZE_MAX ? 100 : c->opt->percentile;
  size_t l = 0;

  if (c->opt->percentile_schedule == SWITCHED_OFF)
    return percentile;
  for (size_t i = 1; i <= value; i++) {
    enum ir_op op = ir_node(g, cal->value[i].id)->op;
    l += op != IR_AVGPOOL && op != IR_GLOBAL_AVGPOOL;
  }
  return fmax(floor(percentile - 0.02 * (double)l), 1);
}

bool pass_normalize_percentile(struct comp *c, struct ir_graph **g) {
  struct calibration cal = calibration_new(c, *g);
  double percentile = percentile_of(c, *g, &cal, 0);
  struct calibration_items items;

  if (!calibration_check_samples(c, "normalize-percentile", "--normalize weights"))
    return false;
  if (percentile < 50)
    diag_warning(c->diag, loc_file(c->opt->model),
                 "--percentile %g cuts off more than half of the activations; 99 to 100 is usual",
                 percentile);
  items = calibration_items_new(c->scratch, &cal, sizeof(struct top), top_take);
  for (size_t i = 0; i < items.n; i++)
    top_init(items.item[i].state, c->scratch, percentile_of(c, *g, &cal, items.item[i].value),
             calibration_count(&cal, &items.item[i]) * c->calib->n);
  calibration_collect(c, *g, &cal, &items);
  for (size_t i = 0; i < items.n; i++)
    calibration_set(
        &cal, &items.item[i],
        top_percentile(items.item[i].state, percentile_of(c, *g, &cal, items.item[i].value)));
  return calibration_apply(c, *g, &cal);
}
