/* Quantization: what the sources of weights send on average, on samples of --calib. */
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/parallel.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/quantize_internal.h"

/* Sums are integers, so they do not depend on --jobs. */
struct counting {
  const struct samples *samples;
  const struct plan *plan;
  struct exec_spiking **exec; /* per worker */
  uint64_t ***sent;           /* per worker and layer: of each unit, all samples and steps */
};

static void count_sample(void *ctx, size_t worker, size_t item) {
  const struct counting *k = ctx;

  exec_spiking_set_sample(k->exec[worker], k->samples, item);
  for (size_t t = 0; t < plan_steps(k->plan); t++)
    exec_spiking_step(k->exec[worker]);
  for (size_t l = 0; l < plan_n_layers(k->plan); l++) {
    const uint16_t *counts = exec_spiking_unit_counts(k->exec[worker], l);
    for (size_t u = 0; counts && u < plan_layer(k->plan, l)->n_outputs; u++)
      k->sent[worker][l][u] += counts[u];
  }
}

static void start_worker(const struct counting *k, struct arena *a, size_t worker) {
  size_t n_layers = plan_n_layers(k->plan);

  k->exec[worker] = exec_spiking_new(a, k->plan);
  exec_spiking_record(k->exec[worker]);
  k->sent[worker] = ARENA_NEW(a, uint64_t *, n_layers);
  for (size_t l = 0; l < n_layers; l++)
    k->sent[worker][l] = ARENA_NEW(a, uint64_t, plan_layer(k->plan, l)->n_outputs);
}

static double *means_of(const struct counting *k, struct arena *a, size_t layer, size_t n_samples) {
  size_t n = plan_layer(k->plan, layer)->n_outputs, n_workers = 0;
  double *mean = ARENA_NEW(a, double, n);

  while (k->exec[n_workers])
    n_workers++;
  for (size_t u = 0; u < n; u++) {
    uint64_t sum = 0;
    for (size_t w = 0; w < n_workers; w++)
      sum += k->sent[w][layer][u];
    mean[u] = (double)sum / (double)(n_samples * plan_steps(k->plan));
  }
  return mean;
}

bool quantize_find_means(struct comp *c, const struct ir_graph *g, double **mean) {
  struct arena *a = c->scratch;
  size_t n_workers = parallel_jobs(c->opt->jobs), n_samples = quantize_n_samples(c);
  struct counting k = {.samples = c->calib, .plan = plan_new(a, c->diag, g)};

  if (!k.plan || !exec_check_samples(c->diag, k.plan, c->calib))
    return false;
  k.exec = ARENA_NEW(a, struct exec_spiking *, n_workers + 1);
  k.sent = ARENA_NEW(a, uint64_t **, n_workers);
  for (size_t w = 0; w < n_workers; w++)
    start_worker(&k, a, w);
  parallel_run(n_workers, n_samples, count_sample, &k);
  for (size_t l = 0; l < plan_n_layers(k.plan); l++)
    if (!plan_layer(k.plan, l)->is_readout)
      mean[plan_layer(k.plan, l)->out.idx] = means_of(&k, a, l, n_samples);
  return true;
}
