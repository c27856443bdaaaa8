#include "passes/analysis/sample_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"

struct leads {
  const struct samples *samples;
  struct exec_analog **exec; /* per worker, as is x */
  float **x;
  ir_id scores;
  size_t n_scores;
  float *lead; /* per sample */
};

static void run_sample(void *ctx, size_t worker, size_t item) {
  struct leads *l = ctx;

  samples_get(l->samples, item, l->x[worker]);
  exec_analog_set_input(l->exec[worker], 0, l->x[worker]);
  exec_analog_run(l->exec[worker]);
  l->lead[item] = exec_lead(exec_analog_value(l->exec[worker], l->scores), l->n_scores);
}

/* A softmax saturates: the lead is that of its operand. */
static ir_id find_scores(const struct ir_graph *g) {
  ir_id id = ir_node(g, ir_nth(g, IR_OUTPUT, 0))->in[0];

  while (ir_node(g, id)->op == IR_SOFTMAX || ir_node(g, id)->op == IR_LOG_SOFTMAX)
    id = ir_node(g, id)->in[0];
  return id;
}

static int compare_floats(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;

  return (x > y) - (x < y);
}

static float median(struct arena *scratch, const float *x, size_t n) {
  float *sorted = ARENA_NEW(scratch, float, n);

  memcpy(sorted, x, n * sizeof *x);
  qsort(sorted, n, sizeof *sorted, compare_floats);
  return sorted[n / 2];
}

static uint32_t weight_of(float lead, double middle) {
  double part = 0.3 + (double)lead / middle;

  return middle > 0 && isfinite(part) ? (uint32_t)lround(1000 / (part * part)) : 1;
}

const uint32_t *sample_weights_new(struct comp *c, const struct ir_graph *g) {
  size_t n_workers = parallel_jobs(c->opt->jobs), n = c->calib->n;
  uint32_t *weight = ARENA_NEW(c->scratch, uint32_t, n);
  struct leads l = {.samples = c->calib, .lead = ARENA_NEW(c->scratch, float, n)};
  double middle;

  l.exec = ARENA_NEW(c->scratch, struct exec_analog *, n_workers);
  l.x = ARENA_NEW(c->scratch, float *, n_workers);
  if (ir_n_of(g, IR_OUTPUT) == 1) {
    l.scores = find_scores(g);
    l.n_scores = (size_t)ir_type_count(&ir_node(g, l.scores)->type);
    for (size_t w = 0; w < n_workers; w++) {
      l.exec[w] = exec_analog_new(c->scratch, g);
      l.x[w] = ARENA_NEW(c->scratch, float, l.samples->model_size);
    }
    parallel_run(n_workers, n, run_sample, &l);
  }
  middle = (double)median(c->scratch, l.lead, n);
  for (size_t i = 0; i < n; i++)
    weight[i] = weight_of(l.lead[i], middle);
  return weight;
}
