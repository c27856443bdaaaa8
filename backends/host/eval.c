/* backends/host/eval.c -- the command eval: accuracy of ANN and SNN for every step, operations,
 * time.
 *
 * Three phases over the samples, each on all workers: the ANN, the SNN, and on the first samples
 * both together to compare rates with activations. Memory is that of the samples and of one network
 * state per worker. All sums are of integers or made per layer in sample order blocks, so the
 * result does not depend on the number of threads. */
#include "backends/backend.h"

#include <math.h>
#include <stdio.h>

#include "backends/host/diagnosis.h"
#include "backends/host/explain.h"
#include "backends/host/input.h"
#include "backends/host/progress.h"
#include "backends/host/record.h"
#include "backends/report/result.h"
#include "ir/base/arena.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/options.h"
#include "ir/samples.h"

struct worker {
  struct exec_analog *analog;
  struct exec_spiking *spiking;
  float *x; /* one sample */
  uint64_t ann_correct;
  uint64_t *snn_correct;  /* [steps] */
  uint64_t *snn_lost;     /* [steps], where the ANN is right */
  uint64_t *images;       /* [steps], that ran it */
  uint64_t *synops;       /* [steps], of that step alone */
  uint64_t *input_synops; /* [steps] */
  uint64_t *pool_ops;     /* [steps] */
  uint64_t *bias_ops;     /* [steps] */
  uint64_t *layer_spikes, *layer_synops;
  double seconds;
};

struct eval {
  struct comp *comp;
  const struct ir_graph *graph;
  const struct samples *samples;
  const struct plan *plan; /* NULL: the ANN only */
  struct worker *workers;
  bool *is_ann_right; /* by sample */
  size_t n_workers, n_layers, steps, n_out;
  struct progress progress;
};

static void run_ann(void *ctx, size_t worker, size_t item) {
  struct eval *e = ctx;
  struct worker *w = &e->workers[worker];

  samples_get(e->samples, item, w->x);
  exec_analog_set_input(w->analog, 0, w->x);
  exec_analog_run(w->analog);
  e->is_ann_right[item] =
      (int64_t)exec_argmax(exec_analog_output(w->analog, 0), e->n_out) == e->samples->labels[item];
  w->ann_correct += e->is_ann_right[item];
  progress_add(&e->progress, worker == 0);
}

static void run_snn(void *ctx, size_t worker, size_t item) {
  struct eval *e = ctx;
  struct worker *w = &e->workers[worker];
  double start = clock_thread();
  bool is_decided = false, is_good = false;

  exec_spiking_set_sample(w->spiking, e->samples, item);
  for (size_t t = 0; t < e->steps; t++) {
    const struct exec_counts *counts = exec_spiking_counts(w->spiking);
    bool is_run = !is_decided;

    if (is_run) {
      exec_spiking_clear_counts(w->spiking);
      exec_spiking_step(w->spiking);
      is_good = exec_spiking_class(w->spiking) == e->samples->labels[item];
      is_decided = exec_spiking_is_decided(w->spiking);
    }
    w->snn_correct[t] += is_good;
    w->snn_lost[t] += e->is_ann_right[item] && !is_good;
    if (!is_run)
      continue;
    w->images[t]++;
    for (size_t l = 0; l < e->n_layers; l++) {
      const struct plan_layer *pl = plan_layer(e->plan, l);
      w->synops[t] += counts[l].synops;
      w->input_synops[t] += counts[l].input_synops;
      w->pool_ops[t] += counts[l].pool_ops;
      w->bias_ops[t] += counts[l].bias_ops + pl->n_biased + (t == 0 ? pl->n_biased_once : 0);
      w->layer_spikes[l] += counts[l].spikes;
      w->layer_synops[l] += counts[l].synops + counts[l].input_synops;
    }
  }
  w->seconds += clock_thread() - start;
  progress_add(&e->progress, worker == 0);
}

static void make_workers(struct eval *e) {
  struct arena *a = e->comp->arena;

  e->workers = ARENA_NEW(a, struct worker, e->n_workers);
  for (size_t i = 0; i < e->n_workers; i++) {
    struct worker *w = &e->workers[i];

    w->analog = exec_analog_new(a, e->graph);
    w->x = ARENA_NEW(a, float, e->samples->model_size);
    if (!e->plan)
      continue;
    w->spiking = exec_spiking_new(a, e->plan);
    w->snn_correct = ARENA_NEW(a, uint64_t, e->steps);
    w->snn_lost = ARENA_NEW(a, uint64_t, e->steps);
    w->images = ARENA_NEW(a, uint64_t, e->steps);
    w->synops = ARENA_NEW(a, uint64_t, e->steps);
    w->input_synops = ARENA_NEW(a, uint64_t, e->steps);
    w->pool_ops = ARENA_NEW(a, uint64_t, e->steps);
    w->bias_ops = ARENA_NEW(a, uint64_t, e->steps);
    w->layer_spikes = ARENA_NEW(a, uint64_t, e->n_layers);
    w->layer_synops = ARENA_NEW(a, uint64_t, e->n_layers);
  }
}

/* Wall seconds of one phase over all samples. */
static double run_phase(struct eval *e, const char *what, parallel_fn *fn) {
  double start = clock_wall();

  progress_start(&e->progress, what, e->samples->n, e->comp->opt->quiet);
  parallel_run(e->n_workers, e->samples->n, fn, e);
  progress_end(&e->progress);
  return clock_wall() - start;
}

/* Sums the workers' counts and cumulates over steps. */
static void sum_workers(const struct eval *e, struct result *r) {
  struct arena *a = e->comp->arena;
  uint64_t *correct = ARENA_NEW(a, uint64_t, e->steps);
  uint64_t *lost = ARENA_NEW(a, uint64_t, e->steps);
  uint64_t *image_steps = ARENA_NEW(a, uint64_t, e->steps);
  uint64_t *synops = ARENA_NEW(a, uint64_t, e->steps);
  uint64_t *input_synops = ARENA_NEW(a, uint64_t, e->steps);
  uint64_t *pool_ops = ARENA_NEW(a, uint64_t, e->steps);
  uint64_t *bias_ops = ARENA_NEW(a, uint64_t, e->steps);

  for (size_t i = 0; i < e->n_workers; i++) {
    const struct worker *w = &e->workers[i];

    r->seconds_per_image += w->seconds / (double)r->images;
    for (size_t t = 0; t < e->steps; t++) {
      correct[t] += w->snn_correct[t];
      lost[t] += w->snn_lost[t];
      image_steps[t] += w->images[t];
      synops[t] += w->synops[t];
      input_synops[t] += w->input_synops[t];
      pool_ops[t] += w->pool_ops[t];
      bias_ops[t] += w->bias_ops[t];
    }
  }
  for (size_t t = 1; t < e->steps; t++) {
    image_steps[t] += image_steps[t - 1];
    synops[t] += synops[t - 1];
    input_synops[t] += input_synops[t - 1];
    pool_ops[t] += pool_ops[t - 1];
    bias_ops[t] += bias_ops[t - 1];
  }
  r->snn_correct = correct;
  r->snn_lost = lost;
  r->image_steps = image_steps;
  r->synops = synops;
  r->input_synops = input_synops;
  r->pool_ops = pool_ops;
  r->bias_ops = bias_ops;
}

static void fill_layers(const struct eval *e, struct result *r) {
  struct result_layer *layers = ARENA_NEW(e->comp->arena, struct result_layer, e->n_layers);

  for (size_t l = 0; l < e->n_layers; l++) {
    const struct plan_layer *pl = plan_layer(e->plan, l);

    layers[l].name = pl->name;
    layers[l].neurons = pl->neurons;
    layers[l].n_outputs = pl->is_readout ? 0 : pl->n_outputs;
    r->input_macs += pl->input_macs;
    for (size_t i = 0; i < e->n_workers; i++) {
      layers[l].spikes += e->workers[i].layer_spikes[l];
      layers[l].synops += e->workers[i].layer_synops[l];
    }
  }
  r->layers = layers;
  r->n_layers = e->n_layers;
}

static double count_parameters(const struct ir_graph *g) {
  double n = 0;

  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *node = ir_node(g, ir_id_at(i));

    if (node->op == IR_CONST)
      n += (double)ir_type_count(&node->type);
  }
  return n;
}

static bool check_labels(struct comp *c, const struct samples *s, size_t n_classes) {
  if (!s->labels)
    return diag_error(c->diag, loc_file(s->path),
                      "these samples have no labels; give them with --labels FILE");
  for (size_t i = 0; i < s->n; i++)
    if (s->labels[i] < 0 || (size_t)s->labels[i] >= n_classes)
      return diag_error(c->diag, loc_file(c->opt->labels ? c->opt->labels : s->path),
                        "the label of sample %zu is %d; the model has classes 0 to %zu", i,
                        (int)s->labels[i], n_classes - 1);
  return true;
}

int host_eval(struct comp *c, const struct ir_graph *analog, const struct ir_graph *spiking) {
  struct result r = {.model = c->opt->model, .seconds_convert = c->seconds_convert};
  struct eval e = {.comp = c, .graph = analog};

  if (!analog) {
    diag_error(
        c->diag, loc_file(c->opt->model),
        "the network is spiking already; eval compares it with its ANN, so it wants the model "
        "that it was made from");
    return 1;
  }
  e.samples = input_read(c, analog, c->opt->labels, c->opt->limit);
  if (!e.samples)
    return 1;
  e.n_out = (size_t)ir_type_count(&ir_node(analog, ir_nth(analog, IR_OUTPUT, 0))->type);
  if (!check_labels(c, e.samples, e.n_out))
    return 1;
  if (spiking) {
    e.plan = plan_new(c->arena, c->diag, spiking);
    if (!e.plan || !exec_check_samples(c->diag, e.plan, e.samples))
      return 1;
    r.is_spike_input = plan_takes(e.plan) != PLAN_TAKES_NUMBERS;
    e.steps = r.steps = plan_steps(e.plan);
    r.turn_steps = plan_turn_steps(e.plan);
    r.early_exit = (double)plan_early_exit(e.plan);
    e.n_layers = plan_n_layers(e.plan);
  }
  e.is_ann_right = ARENA_NEW(c->arena, bool, e.samples->n);
  e.n_workers = parallel_jobs(c->opt->jobs);
  make_workers(&e);
  r.images = e.samples->n;
  r.n_parameters = count_parameters(analog);
  exec_analog_cost(analog, &r.ann_macs, &r.ann_ops);
  r.seconds_ann = run_phase(&e, "ANN", run_ann);
  for (size_t i = 0; i < e.n_workers; i++)
    r.ann_correct += e.workers[i].ann_correct;
  if (e.plan) {
    r.seconds_snn = run_phase(&e, "SNN", run_snn);
    sum_workers(&e, &r);
    fill_layers(&e, &r);
    diagnose(c, analog, spiking, e.plan, e.samples, &r);
    if (c->opt->explain)
      r.explain = explain_run(c, analog, spiking, e.plan, e.samples);
  }
  if (e.plan && c->opt->record && !record_write(c, spiking, e.plan, e.samples))
    return 1;
  if (c->opt->json && !report_eval_json(c, &r))
    return 1;
  report_eval_text(c, &r);
  return 0;
}
