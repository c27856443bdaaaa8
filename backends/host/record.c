#include "backends/host/record.h"

#include <string.h>

#include "backends/host/layer_map.h"
#include "backends/npz.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"

enum { MAX_UNITS = 512, MAX_SAMPLES = 20, MAX_STEPS = 256 };

struct recorded {
  size_t layer; /* of the plan */
  const char *name;
  struct layer_map map;
  size_t n_units;
  float *activation, *rate; /* [samples][n_units] */
  int8_t *spikes;           /* [steps][n_units] */
  uint16_t *before;         /* [n_units], spikes so far */
};

struct recording {
  struct comp *comp;
  size_t n_layers, n_samples, steps, n_spike_steps;
  double unit_value; /* see plan_unit_value */
  struct recorded *layer;
};

/* The k-th of the recorded units. */
static size_t unit_at(const struct recorded *l, size_t k) {
  return k * l->map.n_units / l->n_units;
}

static void start(struct recording *r, const struct ir_graph *spiking, const struct plan *plan) {
  struct arena *a = r->comp->arena;

  r->layer = ARENA_NEW(a, struct recorded, plan_n_layers(plan));
  for (size_t i = 0; i < plan_n_layers(plan); i++) {
    struct recorded l = {.layer = i, .name = plan_layer(plan, i)->name};

    l.map = layer_map_of(r->comp->analog, spiking, plan_layer(plan, i));
    if (plan_layer(plan, i)->is_readout || ir_is_none(l.map.analog))
      continue;
    l.n_units = l.map.n_units < MAX_UNITS ? l.map.n_units : MAX_UNITS;
    l.activation = ARENA_NEW(a, float, r->n_samples *l.n_units);
    l.rate = ARENA_NEW(a, float, r->n_samples *l.n_units);
    l.spikes = ARENA_NEW(a, int8_t, r->n_spike_steps * l.n_units);
    l.before = ARENA_NEW(a, uint16_t, l.n_units);
    r->layer[r->n_layers++] = l;
  }
}

/* Step t (from 0) of the first sample. */
static void record_step(struct recording *r, const struct exec_spiking *snn, size_t t) {
  for (size_t i = 0; i < r->n_layers; i++) {
    struct recorded *l = &r->layer[i];
    const uint16_t *counts = exec_spiking_unit_counts(snn, l->layer);

    for (size_t k = 0; k < l->n_units; k++) {
      uint16_t count = counts[unit_at(l, k)];

      l->spikes[t * l->n_units + k] = (int8_t)((count > l->before[k]) - (count < l->before[k]));
      l->before[k] = count;
    }
  }
}

static void record_sample(struct recording *r, const struct exec_analog *ann,
                          const struct exec_spiking *snn, size_t sample) {
  for (size_t i = 0; i < r->n_layers; i++) {
    struct recorded *l = &r->layer[i];
    const uint16_t *counts = exec_spiking_unit_counts(snn, l->layer);
    const float *y = exec_analog_value(ann, l->map.analog);

    for (size_t k = 0; k < l->n_units; k++) {
      size_t u = unit_at(l, k);

      l->activation[sample * l->n_units + k] = y[layer_map_index(&l->map, u)];
      l->rate[sample * l->n_units + k] = (float)(counts[u] * r->unit_value);
    }
  }
}

static void add_layer(const struct recording *r, struct npz *z, size_t i) {
  const struct recorded *l = &r->layer[i];
  struct arena *a = r->comp->arena;
  int32_t *unit = ARENA_NEW(a, int32_t, l->n_units);
  float *scale = ARENA_NEW(a, float, l->n_units);

  for (size_t k = 0; k < l->n_units; k++) {
    unit[k] = (int32_t)layer_map_index(&l->map, unit_at(l, k));
    scale[k] = (float)layer_map_activation(&l->map, unit_at(l, k), 1);
  }
  npz_add(z, &(struct npz_array){arena_printf(a, "unit_%zu", i), "<i4", 4, 1, {l->n_units}, unit});
  npz_add(z,
          &(struct npz_array){arena_printf(a, "scale_%zu", i), "<f4", 4, 1, {l->n_units}, scale});
  npz_add(z, &(struct npz_array){arena_printf(a, "activation_%zu", i),
                                 "<f4",
                                 4,
                                 2,
                                 {r->n_samples, l->n_units},
                                 l->activation});
  npz_add(z, &(struct npz_array){
                 arena_printf(a, "rate_%zu", i), "<f4", 4, 2, {r->n_samples, l->n_units}, l->rate});
  npz_add(z, &(struct npz_array){arena_printf(a, "spikes_%zu", i),
                                 "|i1",
                                 1,
                                 2,
                                 {r->n_spike_steps, l->n_units},
                                 l->spikes});
}

static bool write(const struct recording *r) {
  struct arena *a = r->comp->arena;
  struct npz *z = npz_new(a);
  char *names = ARENA_NEW(a, char, r->n_layers *RECORD_NAME);
  int32_t steps = (int32_t)r->steps;

  for (size_t i = 0; i < r->n_layers; i++)
    strncpy(names + i * RECORD_NAME, r->layer[i].name, RECORD_NAME - 1);
  npz_add(z, &(struct npz_array){"layers", "|u1", 1, 2, {r->n_layers, RECORD_NAME}, names});
  npz_add(z, &(struct npz_array){"steps", "<i4", 4, 1, {1}, &steps});
  for (size_t i = 0; i < r->n_layers; i++)
    add_layer(r, z, i);
  return npz_write(r->comp, z, r->comp->opt->record);
}

bool record_write(struct comp *c, const struct ir_graph *spiking, const struct plan *plan,
                  const struct samples *samples) {
  struct recording r = {.comp = c, .steps = plan_steps(plan), .unit_value = plan_unit_value(plan)};
  struct exec_analog *ann = exec_analog_new(c->arena, c->analog);
  struct exec_spiking *snn = exec_spiking_new(c->arena, plan);
  float *x = ARENA_NEW(c->arena, float, samples->model_size);

  r.n_samples = samples->n < MAX_SAMPLES ? samples->n : MAX_SAMPLES;
  r.n_spike_steps = r.steps < MAX_STEPS ? r.steps : MAX_STEPS;
  start(&r, spiking, plan);
  exec_spiking_record(snn);
  for (size_t i = 0; i < r.n_samples; i++) {
    samples_get(samples, i, x);
    exec_analog_set_input(ann, 0, x);
    exec_analog_run(ann);
    exec_spiking_set_sample(snn, samples, i);
    for (size_t t = 0; t < r.steps; t++) {
      exec_spiking_step(snn);
      if (i == 0 && t < r.n_spike_steps)
        record_step(&r, snn, t);
    }
    record_sample(&r, ann, snn, i);
  }
  return write(&r);
}
