#include "backends/host/explain.h"

#include <math.h>

#include "backends/host/advice.h"
#include "backends/host/layer_map.h"
#include "backends/host/progress.h"
#include "backends/report/explain.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"

/* Of one layer on one sample. Kept apart, so that sums are made in the order of the samples. */
struct sample_sums {
  struct pair_sums pair; /* what the spikes stand for, activation of the CNN */
  double own, own_squared;
  size_t n_saturated;
};

struct worker {
  struct exec_analog *ann, *network;
  struct exec_spiking *spiking;
  float *x;
  struct sample_sums *sums;         /* [layers] of the sample at hand */
  float **own;                      /* [layers][units]: own errors, in the order of the CNN */
  uint8_t **has_spiked, **is_alive; /* [layers][units], of all samples so far */
  struct explain_change all, network_change, readout, early_exit;
  struct explain_change *cost; /* [layers] */
  uint64_t ann_correct, snn_correct;
};

struct explaining {
  struct comp *comp;
  const struct plan *plan;
  const struct samples *samples;
  size_t n_layers, n_out, steps;
  struct layer_map *map;
  size_t *layer_of; /* by node of the network: layer + 1, 0 for none */
  struct worker *workers;
  struct sample_sums *sums; /* [samples][layers] */
  struct progress progress;
};

/* What the hooks work on. */
struct hook {
  const struct explaining *e;
  struct worker *w;
  size_t left_out; /* the layer without own error; n_layers: none */
};

static bool is_right(const struct explaining *e, const float *y, size_t item) {
  return (int64_t)exec_argmax(y, e->n_out) == e->samples->labels[item];
}

static void count_change(struct explain_change *c, bool before, bool after) {
  c->lost += before && !after;
  c->gained += !before && after;
}

/* ---- one sample ---- */

/* Takes own errors: the values of a layer become what its spikes stand for. */
static void take_errors(void *ctx, ir_id id, float *value) {
  struct hook *h = ctx;
  size_t l = h->e->layer_of[id.idx];
  const uint16_t *counts;

  if (l-- == 0)
    return;
  counts = exec_spiking_unit_counts(h->w->spiking, l);
  for (size_t u = 0; counts && u < h->e->map[l].n_units; u++) {
    size_t i = layer_map_index(&h->e->map[l], u);
    double rate = counts[u] * plan_unit_value(h->e->plan);
    float spikes = (float)layer_map_activation(&h->e->map[l], u, rate);

    h->w->own[l][i] = spikes - value[i];
    h->w->sums[l].own += (double)h->w->own[l][i];
    h->w->sums[l].own_squared += (double)h->w->own[l][i] * (double)h->w->own[l][i];
    value[i] = spikes;
  }
}

static void give_errors(void *ctx, ir_id id, float *value) {
  const struct hook *h = ctx;
  size_t l = h->e->layer_of[id.idx];

  if (l-- == 0 || l == h->left_out)
    return;
  for (size_t i = 0; i < h->e->map[l].n_units; i++)
    value[i] += h->w->own[l][i];
}

/* The network as it is, against the spikes of all layers. */
static void compare_rates(const struct explaining *e, struct worker *w) {
  for (size_t l = 0; l < e->n_layers; l++) {
    const struct layer_map *m = &e->map[l];
    const uint16_t *counts = exec_spiking_unit_counts(w->spiking, l);
    const float *y = ir_is_none(m->analog) ? NULL : exec_analog_value(w->network, m->analog);

    w->sums[l] = (struct sample_sums){0};
    for (size_t u = 0; counts && y && u < m->n_units; u++) {
      float activation = y[layer_map_index(m, u)];
      double rate = counts[u] * plan_unit_value(e->plan);

      pair_sums_add(&w->sums[l].pair, layer_map_activation(m, u, rate), (double)activation);
      w->sums[l].n_saturated += counts[u] == plan_layer(e->plan, l)->levels;
      w->has_spiked[l][u] |= counts[u] > 0;
      w->is_alive[l][u] |= activation > 0;
    }
  }
}

/* Whether the SNN is right after all steps, and at its early exit, if it comes to one. */
struct answers {
  bool at_end, at_exit;
};

static struct answers run_spiking(const struct explaining *e, struct worker *w, size_t item) {
  struct answers a = {false, false};
  bool is_decided = false;

  exec_spiking_set_sample(w->spiking, e->samples, item);
  for (size_t t = 1; t <= e->steps; t++) {
    exec_spiking_step(w->spiking);
    if (is_decided || (t < e->steps && !exec_spiking_is_decided(w->spiking)))
      continue;
    a.at_exit = exec_spiking_class(w->spiking) == e->samples->labels[item];
    is_decided = true;
  }
  a.at_end = exec_spiking_class(w->spiking) == e->samples->labels[item];
  return a;
}

/* From the last layer to the first, so that values before a layer are those of the base run. */
static void run_without_errors(const struct explaining *e, struct worker *w, size_t item,
                               bool is_base_right) {
  struct hook h = {e, w, 0};

  for (size_t l = e->n_layers; l-- > 0;) {
    if (!w->own[l])
      continue;
    h.left_out = l;
    exec_analog_run_from(w->network, e->map[l].analog, give_errors, &h);
    count_change(&w->cost[l], is_right(e, exec_analog_output(w->network, 0), item), is_base_right);
  }
}

static void explain_sample(void *ctx, size_t worker, size_t item) {
  struct explaining *e = ctx;
  struct worker *w = &e->workers[worker];
  struct hook h = {e, w, e->n_layers};
  bool is_ann_right, is_network_right, is_base_right;
  struct answers snn;

  samples_get(e->samples, item, w->x);
  w->sums = e->sums + item * e->n_layers;
  exec_analog_set_input(w->ann, 0, w->x);
  exec_analog_run(w->ann);
  is_ann_right = is_right(e, exec_analog_output(w->ann, 0), item);
  snn = run_spiking(e, w, item);
  exec_analog_set_input(w->network, 0, w->x);
  exec_analog_run(w->network);
  is_network_right = is_right(e, exec_analog_output(w->network, 0), item);
  compare_rates(e, w);
  exec_analog_run_from(w->network, ir_id_at(1), take_errors, &h);
  is_base_right = is_right(e, exec_analog_output(w->network, 0), item);
  run_without_errors(e, w, item, is_base_right);
  w->ann_correct += is_ann_right;
  w->snn_correct += snn.at_exit;
  count_change(&w->all, is_ann_right, snn.at_exit);
  count_change(&w->network_change, is_ann_right, is_network_right);
  count_change(&w->readout, is_base_right, snn.at_end);
  count_change(&w->early_exit, snn.at_end, snn.at_exit);
  progress_add(&e->progress, worker == 0);
}

/* ---- before and after ---- */

static void start_worker(const struct explaining *e, struct worker *w,
                         const struct ir_graph *analog) {
  struct arena *a = e->comp->arena;

  w->ann = exec_analog_new(a, analog);
  w->network = exec_analog_new(a, e->comp->analog);
  w->spiking = exec_spiking_new(a, e->plan);
  exec_spiking_record(w->spiking);
  w->x = ARENA_NEW(a, float, e->samples->model_size);
  w->own = ARENA_NEW(a, float *, e->n_layers);
  w->has_spiked = ARENA_NEW(a, uint8_t *, e->n_layers);
  w->is_alive = ARENA_NEW(a, uint8_t *, e->n_layers);
  w->cost = ARENA_NEW(a, struct explain_change, e->n_layers);
  for (size_t l = 0; l < e->n_layers; l++) {
    if (ir_is_none(e->map[l].analog) || plan_layer(e->plan, l)->is_readout)
      continue;
    w->own[l] = ARENA_NEW(a, float, e->map[l].n_units);
    w->has_spiked[l] = ARENA_NEW(a, uint8_t, e->map[l].n_units);
    w->is_alive[l] = ARENA_NEW(a, uint8_t, e->map[l].n_units);
  }
}

static void start(struct explaining *e, const struct ir_graph *analog,
                  const struct ir_graph *spiking, size_t n_workers) {
  struct arena *a = e->comp->arena;

  e->steps = plan_steps(e->plan);
  e->n_layers = plan_n_layers(e->plan);
  e->n_out = plan_output_size(e->plan);
  e->map = ARENA_NEW(a, struct layer_map, e->n_layers);
  e->layer_of = ARENA_NEW(a, size_t, ir_n_nodes(e->comp->analog) + 1);
  e->sums = ARENA_NEW(a, struct sample_sums, e->samples->n * e->n_layers);
  for (size_t l = 0; l < e->n_layers; l++) {
    e->map[l] = layer_map_of(e->comp->analog, spiking, plan_layer(e->plan, l));
    if (!ir_is_none(e->map[l].analog) && !plan_layer(e->plan, l)->is_readout)
      e->layer_of[e->map[l].analog.idx] = l + 1;
  }
  e->workers = ARENA_NEW(a, struct worker, n_workers);
  for (size_t i = 0; i < n_workers; i++)
    start_worker(e, &e->workers[i], analog);
}

static void add_change(struct explain_change *sum, struct explain_change c) {
  sum->lost += c.lost;
  sum->gained += c.gained;
}

static double silent_fraction(const struct explaining *e, size_t l, size_t n_workers) {
  size_t n = 0, n_units = e->map[l].n_units;

  for (size_t u = 0; u < n_units; u++) {
    bool has_spiked = false, is_alive = false;

    for (size_t i = 0; i < n_workers; i++) {
      has_spiked |= e->workers[i].has_spiked[l][u];
      is_alive |= e->workers[i].is_alive[l][u];
    }
    n += is_alive && !has_spiked;
  }
  return (double)n / (double)n_units;
}

static void fill_layer(const struct explaining *e, size_t l, size_t n_workers,
                       struct explain_layer *x) {
  struct sample_sums all = {0};

  x->name = plan_layer(e->plan, l)->name;
  x->is_matched = e->workers[0].own[l] != NULL;
  if (!x->is_matched)
    return;
  for (size_t i = 0; i < e->samples->n; i++) {
    const struct sample_sums *s = &e->sums[i * e->n_layers + l];

    all.pair.n += s->pair.n;
    all.pair.x += s->pair.x;
    all.pair.y += s->pair.y;
    all.pair.xx += s->pair.xx;
    all.pair.yy += s->pair.yy;
    all.pair.xy += s->pair.xy;
    all.own += s->own;
    all.own_squared += s->own_squared;
    all.n_saturated += s->n_saturated;
  }
  x->correlation = pair_sums_correlation(&all.pair);
  x->bias = all.pair.y > 0 ? (all.pair.x - all.pair.y) / all.pair.y : NAN;
  x->own_bias = all.pair.y > 0 ? all.own / all.pair.y : NAN;
  x->own_error = all.pair.yy > 0 ? sqrt(all.own_squared / all.pair.yy) : NAN;
  x->saturated_fraction = (double)all.n_saturated / all.pair.n;
  x->silent_fraction = silent_fraction(e, l, n_workers);
  for (size_t i = 0; i < n_workers; i++)
    add_change(&x->cost, e->workers[i].cost[l]);
}

static struct explain *finish(const struct explaining *e, size_t n_workers) {
  struct explain *x = ARENA_NEW(e->comp->arena, struct explain, 1);
  struct explain_layer *layers = ARENA_NEW(e->comp->arena, struct explain_layer, e->n_layers);

  x->images = e->samples->n;
  for (size_t i = 0; i < n_workers; i++) {
    const struct worker *w = &e->workers[i];

    x->ann_correct += w->ann_correct;
    x->snn_correct += w->snn_correct;
    add_change(&x->all, w->all);
    add_change(&x->network, w->network_change);
    add_change(&x->readout, w->readout);
    add_change(&x->early_exit, w->early_exit);
  }
  for (size_t l = 0; l < e->n_layers; l++)
    if (!plan_layer(e->plan, l)->is_readout)
      fill_layer(e, l, n_workers, &layers[x->n_layers++]);
  x->layers = layers;
  return x;
}

const struct explain *explain_run(struct comp *c, const struct ir_graph *analog,
                                  const struct ir_graph *spiking, const struct plan *plan,
                                  const struct samples *samples) {
  struct explaining e = {.comp = c, .plan = plan, .samples = samples};
  size_t n_workers = parallel_jobs(c->opt->jobs);
  struct explain *x;

  start(&e, analog, spiking, n_workers);
  progress_start(&e.progress, "explain", samples->n, c->opt->quiet);
  parallel_run(n_workers, samples->n, explain_sample, &e);
  progress_end(&e.progress);
  x = finish(&e, n_workers);
  advice_give(c, x);
  return x;
}
