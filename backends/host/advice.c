#include "backends/host/advice.h"

#include <string.h>

#include "backends/report/explain.h"
#include "backends/report/table.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "ir/widths.h"

/* What a rule looks at. */
struct facts {
  struct arena *arena;
  const struct options *opt;
  const struct explain *x;
  const struct widths *widths;       /* NULL: no weights of 8 bits, or no samples */
  size_t n_calib;                    /* samples; 0: none */
  const struct explain_layer *worst; /* the layer that costs most; NULL: none costs anything */
};

/* Each rule gives the reason for its advice, or NULL where it has none to give. */
typedef const char *rule_fn(const struct facts *f);

static bool is_certain(const struct facts *f, struct explain_change change) {
  return explain_points_of(f->x, change).low > 0;
}

/* Some loss is there to be mended: of all steps together, or of one cause. */
static bool is_lossy(const struct facts *f) {
  return is_certain(f, f->x->all) || is_certain(f, f->x->network) || is_certain(f, f->x->readout) ||
         is_certain(f, f->x->early_exit) || (f->worst && is_certain(f, f->worst->cost));
}

static const char *points(const struct facts *f, struct explain_change change) {
  return arena_printf(f->arena, "%.2f points", explain_points_of(f->x, change).lost);
}

/* Ten classes by chance are 10 %; what a trained network has lies far above half. */
static const char *rule_ann(const struct facts *f) {
  double low, high;

  table_wilson(f->x->ann_correct, f->x->images, &low, &high);
  if (high >= 50)
    return NULL;
  return arena_printf(f->arena,
                      "the CNN itself is right on %.1f %% of these samples, which no conversion "
                      "mends: are they prepared as for its training, and the labels in its order?",
                      100.0 * (double)f->x->ann_correct / (double)f->x->images);
}

static const char *rule_calib(const struct facts *f) {
  if (f->n_calib > 0 || !is_lossy(f) || f->opt->normalize == NORMALIZE_NONE)
    return NULL;
  return "thresholds come from bounds of the weights alone, far above the activations: neurons "
         "hardly spike. Some hundred samples, without labels, give better ones.";
}

static const char *rule_few_calib(const struct facts *f) {
  if (f->n_calib == 0 || f->n_calib >= 200 || !is_lossy(f))
    return NULL;
  return arena_printf(f->arena,
                      "%zu samples say little about rare activations; 1000 cost a second or two.",
                      f->n_calib);
}

static const char *rule_maxpool(const struct facts *f) {
  if (f->opt->maxpool == MAXPOOL_GATE || !is_certain(f, f->x->network))
    return NULL;
  return arena_printf(f->arena, "averages instead of maxima cost %s before there are any spikes.",
                      points(f, f->x->network));
}

static const char *rule_readout(const struct facts *f) {
  if (f->opt->readout == READOUT_MEMBRANE || !is_certain(f, f->x->readout))
    return NULL;
  return arena_printf(f->arena,
                      "spikes of the last layer cost %s against the sum of its inputs, which is at "
                      "hand.",
                      points(f, f->x->readout));
}

static const char *rule_encode(const struct facts *f) {
  if (f->opt->encode == ENCODE_CURRENT || !is_lossy(f))
    return NULL;
  return "an input of spikes is an input with noise; as a constant current it is exact, at the "
         "price "
         "of the multiplications of the first layer.";
}

static const char *rule_early_exit(const struct facts *f) {
  if (!is_certain(f, f->x->early_exit))
    return NULL;
  return arena_printf(f->arena,
                      "the early exit costs %s against all steps; a larger lead, or one found on "
                      "more samples, loses less.",
                      points(f, f->x->early_exit));
}

static const char *rule_v_init(const struct facts *f) {
  if (f->opt->v_init >= 0.25 || !is_lossy(f))
    return NULL;
  return "membranes that start near 0 round every rate down: half a spike too few per neuron, in "
         "every layer. A start at half the threshold rounds to the nearest.";
}

static const char *rule_reset(const struct facts *f) {
  if (f->opt->reset == RESET_SUBTRACT || !is_lossy(f))
    return NULL;
  return "a reset to zero throws away what the membrane had above its threshold, at every spike.";
}

static const char *rule_saturated(const struct facts *f) {
  if (!f->worst || f->worst->saturated_fraction < 0.02 || f->opt->normalize == NORMALIZE_MAX)
    return NULL;
  return arena_printf(f->arena,
                      "%.1f %% of the rates of %s are at their limit of one spike per step: its "
                      "thresholds are too low for its largest activations.",
                      100 * f->worst->saturated_fraction, f->worst->name);
}

static const char *rule_silent(const struct facts *f) {
  if (!f->worst || f->worst->silent_fraction < 0.05 || f->opt->normalize == NORMALIZE_MSE)
    return NULL;
  return arena_printf(f->arena,
                      "%.1f %% of the neurons of %s never spike although the CNN uses them: their "
                      "thresholds are too high for %lld steps, and this fits them to the steps.",
                      100 * f->worst->silent_fraction, f->worst->name, (long long)f->opt->steps);
}

static const char *rule_scope(const struct facts *f) {
  if (f->opt->scope == SCOPE_CHANNEL || !f->worst)
    return NULL;
  return arena_printf(f->arena,
                      "one threshold for all channels of %s, which costs %s, is too high for the "
                      "channels of small activations.",
                      f->worst->name, points(f, f->worst->cost));
}

static const char *rule_mse(const struct facts *f) {
  if (f->opt->normalize == NORMALIZE_MSE || f->opt->steps > 64 || !f->worst)
    return NULL;
  return arena_printf(f->arena,
                      "in %lld steps a rate has few values; thresholds of least squared error for "
                      "them lie nearer to the activations of %s (own error %.1f %%).",
                      (long long)f->opt->steps, f->worst->name, 100 * f->worst->own_error);
}

static const char *rule_signed(const struct facts *f) {
  if (f->opt->neuron == NEURON_IF_SIGNED || f->opt->code != CODE_RATE || f->opt->steps <= 2 ||
      !f->worst || f->worst->own_bias < 0.005)
    return NULL;
  return arena_printf(f->arena,
                      "%s, which costs %s, sends %.1f %% more than its inputs add up to: spikes on "
                      "inputs that arrive early, and cannot be taken back. Signed spikes can.",
                      f->worst->name, points(f, f->worst->cost), 100 * f->worst->own_bias);
}

static const char *rule_correct(const struct facts *f) {
  if (f->opt->correct != CORRECT_NONE || f->n_calib == 0 || !f->worst ||
      (f->worst->bias < 0.02 && f->worst->bias > -0.02))
    return NULL;
  return arena_printf(f->arena, "%s sends %.1f %% too %s on average; biases can take that.",
                      f->worst->name,
                      f->worst->bias < 0 ? -100 * f->worst->bias : 100 * f->worst->bias,
                      f->worst->bias < 0 ? "little" : "much");
}

static const char *rule_int16(const struct facts *f) {
  const struct widths *w = f->widths;

  if (!w || !w->try)
    return NULL;
  return arena_printf(f->arena,
                      "weights of 8 bits change the answer of %zu of %zu samples of --calib, with "
                      "these layers at 16 bits of %zu; the error of the outputs falls from %.1f to "
                      "%.1f %%.",
                      w->as_is.n_changed, w->n_samples, w->with_try.n_changed,
                      100 * w->as_is.output_error, 100 * w->with_try.output_error);
}

static const char *rule_steps(const struct facts *f) {
  if (!is_lossy(f) || f->opt->code == CODE_PATTERN)
    return NULL;
  return "twice the steps halve the error of every rate.";
}

/* Too few samples to tell a loss of a point from none. */
static const char *rule_more_data(const struct facts *f) {
  struct explain_points p = explain_points_of(f->x, f->x->all);

  if (is_lossy(f) || p.high <= 1)
    return NULL;
  return arena_printf(
      f->arena,
      "%zu samples cannot tell what is lost: %.2f points, but anything from %.2f to "
      "%.2f would look like this.",
      f->x->images, p.lost, p.low, p.high);
}

static const char *rule_nothing_lost(const struct facts *f) {
  struct explain_points p = explain_points_of(f->x, f->x->all);

  if (is_lossy(f) || rule_ann(f) || rule_more_data(f))
    return NULL;
  return arena_printf(f->arena,
                      "what is lost (%.2f points, %.2f to %.2f) may be chance: fewer steps, with "
                      "thresholds made for them, cost less.",
                      p.lost, p.low, p.high);
}

static const char *rule_exit_early(const struct facts *f) {
  if (f->opt->early_exit != 0 || f->opt->code != CODE_RATE || !rule_nothing_lost(f) ||
      f->opt->steps < 4)
    return NULL;
  return "most samples are decided long before the last step.";
}

static const struct rule {
  rule_fn *why;
  const char *try;
  enum { AS_IT_IS, TWICE, HALF, LAYERS } behind; /* it: twice or half the steps, or names */
} rules[] = {
    {rule_ann, "--input-scale, --input-mean, --input-std, --input-layout, --labels", AS_IT_IS},
    {rule_calib, "--calib FILE", AS_IT_IS},
    {rule_maxpool, "--maxpool gate", AS_IT_IS},
    {rule_v_init, "--v-init 0.5", AS_IT_IS},
    {rule_reset, "--reset subtract", AS_IT_IS},
    {rule_readout, "--readout membrane", AS_IT_IS},
    {rule_encode, "--encode current", AS_IT_IS},
    {rule_early_exit, "a larger --early-exit, or none", AS_IT_IS},
    {rule_scope, "--scope channel", AS_IT_IS},
    {rule_saturated, "--normalize max", AS_IT_IS},
    {rule_silent, "--normalize mse", AS_IT_IS},
    {rule_mse, "--normalize mse", AS_IT_IS},
    {rule_signed, "--neuron if_signed", AS_IT_IS},
    {rule_correct, "--correct bias", AS_IT_IS},
    {rule_few_calib, "more samples in --calib", AS_IT_IS},
    {rule_int16, "--int16", LAYERS},
    {rule_steps, "--steps", TWICE},
    {rule_more_data, "more samples in --data", AS_IT_IS},
    {rule_nothing_lost, "--steps", HALF},
    {rule_exit_early, "--early-exit auto", AS_IT_IS},
};
enum { N_RULES = sizeof rules / sizeof *rules };

static const struct explain_layer *worst_layer(const struct explain *x) {
  const struct explain_layer *worst = NULL;
  double most = 0;

  for (size_t l = 0; l < x->n_layers; l++) {
    struct explain_points p = explain_points_of(x, x->layers[l].cost);

    if (p.low > 0 && p.lost > most) {
      worst = &x->layers[l];
      most = p.lost;
    }
  }
  return worst;
}

static bool is_given(const struct explain_advice *advice, size_t n, const char *try) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(advice[i].try, try) == 0)
      return true;
  return false;
}

void advice_give(struct comp *c, struct explain *x) {
  struct explain_advice *advice = ARENA_NEW(c->arena, struct explain_advice, N_RULES);
  struct facts f = {c->arena, c->opt, x, c->widths, c->calib ? c->calib->n : 0, worst_layer(x)};

  for (size_t i = 0; i < N_RULES; i++) {
    const char *why = rules[i].why(&f), *try = rules[i].try;
    long long steps = rules[i].behind == TWICE ? 2 * c->opt->steps : c->opt->steps / 2;

    if (!why || (rules[i].behind == HALF && steps == 0))
      continue;
    if (rules[i].behind == LAYERS)
      try = arena_printf(c->arena, "%s %s", try, c->widths->try);
    else if (rules[i].behind != AS_IT_IS)
      try = arena_printf(c->arena, "%s %lld", try, steps);
    if (!is_given(advice, x->n_advice, try))
      advice[x->n_advice++] = (struct explain_advice){try, why};
  }
  x->advice = advice;
}
