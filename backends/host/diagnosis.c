#include "backends/host/diagnosis.h"

#include <math.h>

#include "backends/host/layer_map.h"
#include "backends/report/result.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/samples.h"

enum { MAX_SAMPLES = 500 };

/* Running sums of one layer over all units and samples. */
struct layer_sums {
  struct layer_map map;
  struct pair_sums pair; /* rate, activation */
  size_t levels;
  double n_saturated;
  uint8_t *has_spiked; /* [n_units] */
};

/* Rates are left in what was sent: a factor common to all units changes no correlation. */
static void add_spikes(struct layer_sums *s, const uint16_t *counts, const float *y) {
  for (size_t u = 0; u < s->map.n_units; u++) {
    s->has_spiked[u] |= counts[u] > 0;
    s->n_saturated += counts[u] == s->levels;
    if (y)
      pair_sums_add(&s->pair, layer_map_activation(&s->map, u, counts[u]),
                    (double)y[layer_map_index(&s->map, u)]);
  }
}

static void add_readout(struct layer_sums *s, const float *out, const float *y) {
  for (size_t u = 0; y && u < s->map.n_units; u++)
    pair_sums_add(&s->pair, (double)out[u], s->map.has_relu && y[u] < 0 ? 0 : (double)y[u]);
}

static void finish_layer(const struct layer_sums *s, size_t n_samples, struct result_layer *r) {
  size_t n_dead = 0;

  r->rate_correlation = pair_sums_correlation(&s->pair);
  r->saturated_fraction = r->dead_fraction = NAN;
  if (r->n_outputs == 0)
    return;
  for (size_t u = 0; u < s->map.n_units; u++)
    n_dead += !s->has_spiked[u];
  r->saturated_fraction = s->n_saturated / (double)s->map.n_units / (double)n_samples;
  r->dead_fraction = (double)n_dead / (double)s->map.n_units;
}

void diagnose(struct comp *c, const struct ir_graph *analog, const struct ir_graph *spiking,
              const struct plan *plan, const struct samples *samples, struct result *r) {
  struct exec_analog *ann = exec_analog_new(c->arena, analog);
  struct exec_spiking *snn = exec_spiking_new(c->arena, plan);
  struct layer_sums *sums = ARENA_NEW(c->arena, struct layer_sums, r->n_layers);
  struct result_layer *layers = arena_memdup(c->arena, r->layers, r->n_layers * sizeof *r->layers);
  float *x = ARENA_NEW(c->arena, float, samples->model_size);
  size_t n = samples->n < MAX_SAMPLES ? samples->n : MAX_SAMPLES;

  for (size_t l = 0; l < r->n_layers; l++) {
    sums[l].map = layer_map_of(analog, spiking, plan_layer(plan, l));
    sums[l].has_spiked = ARENA_NEW(c->arena, uint8_t, sums[l].map.n_units);
    sums[l].levels = plan_layer(plan, l)->levels;
  }
  exec_spiking_record(snn);
  for (size_t i = 0; i < n; i++) {
    samples_get(samples, i, x);
    exec_analog_set_input(ann, 0, x);
    exec_analog_run(ann);
    exec_spiking_set_sample(snn, samples, i);
    for (size_t t = 0; t < r->steps; t++)
      exec_spiking_step(snn);
    for (size_t l = 0; l < r->n_layers; l++) {
      const float *y =
          ir_is_none(sums[l].map.analog) ? NULL : exec_analog_value(ann, sums[l].map.analog);
      const uint16_t *counts = exec_spiking_unit_counts(snn, l);

      if (counts)
        add_spikes(&sums[l], counts, y);
      else
        add_readout(&sums[l], exec_spiking_output(snn), y);
    }
  }
  for (size_t l = 0; l < r->n_layers; l++)
    finish_layer(&sums[l], n, &layers[l]);
  r->layers = layers;
  r->n_diagnosed = n;
}
