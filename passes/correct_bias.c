/* correct-bias: what a layer sends too much or too little on average is added to its biases.
 *
 *   %r = population %p {bias}    ->   %r = population %p {bias = bias + mean(activation - rate)}
 *
 * Layer by layer, from the input on: the placed network runs on the calibration samples with what
 * is corrected already, and the bias of each channel takes the mean difference between the
 * activation of the analog network and what was sent x threshold / steps (with turns: what was
 * sent x threshold), after a pool that belongs to the layer. A sample counts as much as in
 * normalize-mse (passes/analysis/sample_weights.h), whose thresholds clip what is clear anyway: an
 * equal mean would make up for that, and shift what is close. A second run corrects what is left.
 * After Li et al. 2021 (arXiv:2106.06984), bias correction. */
#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/analysis/sample_weights.h"
#include "passes/calibration.h"
#include "passes/passes.h"

/* Samples are taken in blocks, each summed up on its own, so that sums do not depend on --jobs. */
enum { N_BLOCKS = 64 };

struct layer {
  ir_id population, analog; /* analog: none where nothing is to be corrected */
  size_t n_channels, n_each;
  double *want; /* [block][channel] weighted sum of activations */
};

struct correction {
  const struct samples *samples;
  const uint32_t *weight; /* per sample */
  const struct plan *plan;
  struct layer *layers;
  size_t n_layers, current; /* the layer that is corrected */
  struct exec_analog **analog;
  struct exec_spiking **spiking;
  float **x;       /* per worker: a sample */
  uint64_t **sent; /* per worker: [channel] weighted spikes of the current layer */
};

static size_t block_start(const struct correction *k, size_t block) {
  return block * k->samples->n / N_BLOCKS;
}

static void run_analog(void *ctx, size_t worker, size_t block) {
  struct correction *k = ctx;

  for (size_t i = block_start(k, block); i < block_start(k, block + 1); i++) {
    samples_get(k->samples, i, k->x[worker]);
    exec_analog_set_input(k->analog[worker], 0, k->x[worker]);
    exec_analog_run(k->analog[worker]);
    for (size_t l = 0; l < k->n_layers; l++) {
      const struct layer *y = &k->layers[l];
      if (ir_is_none(y->analog))
        continue;
      for (size_t e = 0; e < y->n_channels * y->n_each; e++)
        y->want[block * y->n_channels + e / y->n_each] +=
            k->weight[i] * (double)exec_analog_value(k->analog[worker], y->analog)[e];
    }
  }
}

/* Unit counts are channels last. */
static void run_spiking(void *ctx, size_t worker, size_t block) {
  struct correction *k = ctx;
  const struct layer *y = &k->layers[k->current];
  struct exec_spiking *e = k->spiking[worker];

  for (size_t i = block_start(k, block); i < block_start(k, block + 1); i++) {
    const uint16_t *counts;
    exec_spiking_set_sample(e, k->samples, i);
    for (size_t t = 0; t < plan_steps(k->plan); t++)
      exec_spiking_step(e);
    counts = exec_spiking_unit_counts(e, k->current);
    for (size_t u = 0; u < y->n_channels * y->n_each; u++)
      k->sent[worker][u % y->n_channels] += (uint64_t)counts[u] * k->weight[i];
  }
}

/* Value of a channel where one stands for all, or 0 where there is none. */
static float channel_of(const struct ir_tensor *t, size_t i) {
  return t ? ir_f32_of(*t)[ir_type_count(&t->type) == 1 ? 0 : i] : 0;
}

static void add_to_bias(struct ir_graph *g, const struct layer *y, const double *error) {
  const struct ir_node *n = ir_node(g, y->population);
  const struct ir_tensor *old = ir_attr_tensor(n, IR_A_BIAS);
  int64_t dims[1] = {(int64_t)y->n_channels};
  struct ir_type type =
      old && ir_type_count(&old->type) > 1 ? old->type : ir_type_make(IR_F32, 1, dims);
  struct ir_tensor bias = ir_tensor_new(ir_graph_arena(g), type);

  for (size_t i = 0; i < (size_t)ir_type_count(&type); i++)
    ir_f32_of(bias)[i] = (float)((double)channel_of(old, i) + error[i % y->n_channels]);
  ir_set_attr(g, y->population, ir_tensor_attr(IR_A_BIAS, bias));
}

static double sum_weights(const struct correction *k) {
  uint64_t sum = 0;

  for (size_t i = 0; i < k->samples->n; i++)
    sum += k->weight[i];
  return (double)sum;
}

/* Runs the network as it is and corrects the current layer. */
static bool correct_layer(struct comp *c, struct ir_graph *g, struct correction *k) {
  const struct layer *y = &k->layers[k->current];
  const struct ir_tensor *threshold = ir_attr_tensor(ir_node(g, y->population), IR_A_THRESHOLD);
  double *error = ARENA_NEW(c->scratch, double, y->n_channels);
  size_t n_workers = parallel_jobs(c->opt->jobs);

  k->plan = plan_new(c->scratch, c->diag, g);
  if (!k->plan)
    return false;
  for (size_t w = 0; w < n_workers; w++) {
    k->spiking[w] = exec_spiking_new(c->scratch, k->plan);
    k->sent[w] = ARENA_NEW(c->scratch, uint64_t, y->n_channels);
    exec_spiking_record(k->spiking[w]);
  }
  parallel_run(n_workers, N_BLOCKS, run_spiking, k);
  for (size_t i = 0; i < y->n_channels; i++) {
    uint64_t sent = 0;
    for (size_t b = 0; b < N_BLOCKS; b++)
      error[i] += y->want[b * y->n_channels + i];
    for (size_t w = 0; w < n_workers; w++)
      sent += k->sent[w][i];
    error[i] -= (double)sent * (double)channel_of(threshold, i) * plan_unit_value(k->plan);
    error[i] /= sum_weights(k) * (double)y->n_each;
  }
  add_to_bias(g, y, error);
  return true;
}

/* The analog node of a spiking one has its name. None: there is none of its size. */
static ir_id find_analog(const struct ir_graph *analog, const struct ir_node *out) {
  for (size_t i = ir_n_nodes(analog); i >= 1; i--) {
    const struct ir_node *n = ir_node(analog, ir_id_at(i));
    if (strcmp(n->name, out->name) == 0 && ir_type_count(&n->type) == ir_type_count(&out->type))
      return ir_id_at(i);
  }
  return (ir_id){0};
}

static bool find_layers(struct comp *c, const struct ir_graph *g, struct correction *k) {
  const struct plan *plan = plan_new(c->scratch, c->diag, g);

  if (!plan || !exec_check_samples(c->diag, plan, k->samples))
    return false;
  k->n_layers = plan_n_layers(plan);
  k->layers = ARENA_NEW(c->scratch, struct layer, k->n_layers);
  for (size_t l = 0; l < k->n_layers; l++) {
    const struct plan_layer *from = plan_layer(plan, l);
    struct layer *y = &k->layers[l];
    y->population = from->node;
    if (ir_node(g, from->node)->op != IR_POPULATION)
      continue;
    y->analog = find_analog(c->analog, ir_node(g, from->out));
    y->n_channels = from->n_channels;
    y->n_each = from->n_outputs / from->n_channels;
    y->want = ARENA_NEW(c->scratch, double, N_BLOCKS * y->n_channels);
  }
  return true;
}

bool pass_correct_bias(struct comp *c, struct ir_graph **g) {
  size_t n_workers = parallel_jobs(c->opt->jobs);
  struct correction k = {.samples = c->calib};

  if (!calibration_check_samples(c, "correct-bias", "--correct none"))
    return false;
  if (ir_facts(*g) & IR_FACT_QUANTIZED)
    return diag_error(c->diag, loc_file(c->opt->model),
                      "correct-bias works on real numbers; run it before quantize");
  if (!c->analog)
    return diag_error(c->diag, loc_file(c->opt->model),
                      "correct-bias compares with the analog network; begin with a graph that is "
                      "not spiking yet");
  if (c->opt->neuron == NEURON_IF_ONLINE)
    return diag_error(c->diag, loc_file(c->opt->model),
                      "correct-bias counts spikes of one size; use --neuron if or if_signed");
  if (!find_layers(c, *g, &k))
    return false;
  k.weight = sample_weights_new(c, c->analog);
  k.analog = ARENA_NEW(c->scratch, struct exec_analog *, n_workers);
  k.spiking = ARENA_NEW(c->scratch, struct exec_spiking *, n_workers);
  k.x = ARENA_NEW(c->scratch, float *, n_workers);
  k.sent = ARENA_NEW(c->scratch, uint64_t *, n_workers);
  for (size_t w = 0; w < n_workers; w++) {
    k.analog[w] = exec_analog_new(c->scratch, c->analog);
    k.x[w] = ARENA_NEW(c->scratch, float, c->calib->model_size);
  }
  parallel_run(n_workers, N_BLOCKS, run_analog, &k);
  for (k.current = 0; k.current < k.n_layers; k.current++)
    if (!ir_is_none(k.layers[k.current].analog) && !correct_layer(c, *g, &k))
      return false;
  return true;
}
