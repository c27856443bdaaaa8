#include "backends/host/diagnosis.h"

#include <math.h>
#include <string.h>

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
  ir_id analog;          /* none: no node to compare with */
  size_t channels, area; /* of the spiking side, channels last */
  size_t n_units;
  bool has_relu;                 /* a readout that cuts off what its analog node does not */
  const struct ir_tensor *scale; /* per channel or one: what a spike in every step stands for */
  double n, x, y, xx, yy, xy;
  double n_saturated;
  uint8_t *has_spiked; /* [n_units] */
};

/* The analog node of the same name, or for a readout the last one from the same place. */
static ir_id find_node(const struct ir_graph *g, const struct ir_node *spiking) {
  const char *place = spiking->op == IR_READOUT ? spiking->loc.node : NULL;

  for (size_t i = ir_n_nodes(g); i >= 1; i--) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));

    if (place ? n->loc.node && n->op != IR_CONST && strcmp(n->loc.node, place) == 0
              : strcmp(n->name, spiking->name) == 0)
      return ir_id_at(i);
  }
  return (ir_id){0};
}

/* Without thresholds (a pool that is a layer of its own) spikes of different channels stand for
 * different activations, and there is nothing to compare. */
static void start_layer(struct comp *c, const struct ir_graph *analog, const struct ir_node *node,
                        const struct ir_node *out, struct layer_sums *s) {
  const struct ir_type *t = &out->type;

  s->n_units = (size_t)ir_type_count(t);
  s->channels = t->rank == 3 ? (size_t)t->dims[0] : s->n_units;
  s->area = s->n_units / s->channels;
  s->scale = ir_attr_tensor(node, IR_A_THRESHOLD);
  s->analog = find_node(analog, out);
  s->has_relu = node->op == IR_READOUT && ir_attr(node, IR_A_MIN);
  if (!s->scale && node->op != IR_READOUT)
    s->analog = (ir_id){0};
  if (!ir_is_none(s->analog) &&
      (size_t)ir_type_count(&ir_node(analog, s->analog)->type) != s->n_units)
    s->analog = (ir_id){0};
  s->has_spiked = ARENA_NEW(c->arena, uint8_t, s->n_units);
}

static void add_pair(struct layer_sums *s, double x, double y) {
  s->n++;
  s->x += x;
  s->y += y;
  s->xx += x * x;
  s->yy += y * y;
  s->xy += x * y;
}

/* Activation that `spikes` of unit u in all steps stand for, up to a factor common to all units. */
static double activation(const struct layer_sums *s, size_t u, double spikes) {
  const float *scale = s->scale ? s->scale->data : NULL;

  if (!scale)
    return spikes;
  return spikes * (double)scale[ir_type_count(&s->scale->type) == 1 ? 0 : u % s->channels];
}

/* Unit u of the spiking side (channels last) is element c * area + pixel of the analog side. */
static size_t analog_index(const struct layer_sums *s, size_t u) {
  return u % s->channels * s->area + u / s->channels;
}

static void add_spikes(struct layer_sums *s, const uint16_t *counts, const float *y, size_t steps) {
  for (size_t u = 0; u < s->n_units; u++) {
    s->has_spiked[u] |= counts[u] > 0;
    s->n_saturated += counts[u] == steps;
    if (y)
      add_pair(s, activation(s, u, counts[u]), (double)y[analog_index(s, u)]);
  }
}

static void add_readout(struct layer_sums *s, const float *out, const float *y) {
  for (size_t u = 0; y && u < s->n_units; u++)
    add_pair(s, (double)out[u], s->has_relu && y[u] < 0 ? 0 : (double)y[u]);
}

static double pearson(const struct layer_sums *s) {
  double cov = s->n * s->xy - s->x * s->y;
  double var = (s->n * s->xx - s->x * s->x) * (s->n * s->yy - s->y * s->y);

  return var > 0 ? cov / sqrt(var) : NAN;
}

static void finish_layer(const struct layer_sums *s, size_t n_samples, struct result_layer *r) {
  size_t n_dead = 0;

  r->rate_correlation = pearson(s);
  r->saturated_fraction = r->dead_fraction = NAN;
  if (r->n_outputs == 0)
    return;
  for (size_t u = 0; u < s->n_units; u++)
    n_dead += !s->has_spiked[u];
  r->saturated_fraction = s->n_saturated / (double)s->n_units / (double)n_samples;
  r->dead_fraction = (double)n_dead / (double)s->n_units;
}

void diagnose(struct comp *c, const struct ir_graph *analog, const struct ir_graph *spiking,
              const struct plan *plan, const struct samples *samples, struct result *r) {
  struct exec_analog *ann = exec_analog_new(c->arena, analog);
  struct exec_spiking *snn = exec_spiking_new(c->arena, plan);
  struct layer_sums *sums = ARENA_NEW(c->arena, struct layer_sums, r->n_layers);
  struct result_layer *layers = arena_memdup(c->arena, r->layers, r->n_layers * sizeof *r->layers);
  float *x = ARENA_NEW(c->arena, float, samples->model_size);
  size_t n = samples->n < MAX_SAMPLES ? samples->n : MAX_SAMPLES;

  for (size_t l = 0; l < r->n_layers; l++)
    start_layer(c, analog, ir_node(spiking, plan_layer(plan, l)->node),
                ir_node(spiking, plan_layer(plan, l)->out), &sums[l]);
  exec_spiking_record(snn);
  for (size_t i = 0; i < n; i++) {
    samples_get(samples, i, x);
    exec_analog_set_input(ann, 0, x);
    exec_analog_run(ann);
    exec_spiking_set_input(snn, x);
    for (size_t t = 0; t < r->steps; t++)
      exec_spiking_step(snn);
    for (size_t l = 0; l < r->n_layers; l++) {
      const float *y = ir_is_none(sums[l].analog) ? NULL : exec_analog_value(ann, sums[l].analog);
      const uint16_t *counts = exec_spiking_unit_counts(snn, l);

      if (counts)
        add_spikes(&sums[l], counts, y, r->steps);
      else
        add_readout(&sums[l], exec_spiking_output(snn), y);
    }
  }
  for (size_t l = 0; l < r->n_layers; l++)
    finish_layer(&sums[l], n, &layers[l]);
  r->layers = layers;
  r->n_diagnosed = n;
}
