/* Synchronous networks: the state of a population and the kernels of its model. */
#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/exec/sync_internal.h"
#include "ir/ir.h"
#include "runtime/kernels/draw.h"
#include "runtime/kernels/izhikevich_param.h"

bool sync_refuse(const struct sync *s, const struct ir_node *n, const char *why) {
  const char *kind = n->op == IR_INPUT || n->op == IR_POPULATION ? ir_op_name(n->op) : "connection";

  return diag_error(s->diag, n->loc, "%s %s: %s", kind, diag_quote(s->diag, n->name), why);
}

/* An attribute with one number for all neurons, one per channel or one each, as one each. */
static float *per_neuron(const struct sync *s, const struct sync_group *g, enum ir_attr_key key,
                         float otherwise) {
  const struct ir_node *n = g->seen.node;
  const struct ir_tensor *t = ir_attr_tensor(n, key);
  const float *from = t ? t->data : &otherwise;
  size_t count = t ? (size_t)ir_type_count(&t->type) : 1;
  size_t channels = (size_t)n->type.dims[0];
  size_t run = count == g->seen.n ? 1 : count == channels ? g->seen.n / channels : g->seen.n;
  float *to = ARENA_NEW(s->arena, float, g->seen.n);

  for (size_t i = 0; i < g->seen.n; i++)
    to[i] = from[i / run];
  return to;
}

static float *filled(const struct sync *s, size_t n, float x) {
  float *v = ARENA_NEW(s->arena, float, n);

  for (size_t i = 0; i < n; i++)
    v[i] = x;
  return v;
}

static void set_call(struct sync_call *c, spiking_call *kernel, const void *desc, void *const *args,
                     size_t n_args) {
  c->kernel = kernel;
  c->desc = desc;
  memcpy(c->arg, args, n_args * sizeof *args);
}
#define SET_CALL(call, kernel, desc, ...)                                                          \
  set_call(call, kernel, desc, (void *const[]){__VA_ARGS__},                                       \
           sizeof((void *const[]){__VA_ARGS__}) / sizeof(void *))

/* The first membranes: v_init is a fraction of the threshold. */
static float *membranes(const struct sync *s, struct sync_group *g, const float *threshold) {
  float *v = filled(s, g->seen.n, (float)ir_attr_float(g->seen.node, IR_A_V_INIT, 0));

  for (size_t i = 0; i < g->seen.n; i++)
    v[i] *= threshold[i];
  g->seen.membrane = v;
  return v;
}

/* What a spike subtracts from the membrane, or where it sends it. */
static float *resets(const struct sync *s, const struct sync_group *g, float *threshold,
                     float value) {
  return g->neurons.resets_to_value ? filled(s, g->seen.n, value) : threshold;
}

static bool make_signed(struct sync *s, struct sync_group *g) {
  float *threshold = per_neuron(s, g, IR_A_THRESHOLD, 1), *v = membranes(s, g, threshold);
  float *bias = per_neuron(s, g, IR_A_BIAS, 0);
  int32_t *sent = ARENA_NEW(s->arena, int32_t, g->seen.n);

  if (g->neurons.resets_to_value || g->neurons.refractory > 0)
    return sync_refuse(s, g->seen.node,
                       "if_signed subtracts the threshold and is never refractory; reset zero and "
                       "refractory are left out, or go with model if or lif");
  SET_CALL(&g->fire, s->kernels[PLAN_INTEGRATE_SIGNED], &g->neurons, v, bias, threshold, sent,
           g->spikes);
  SET_CALL(&g->settle, s->kernels[PLAN_SETTLE_SIGNED], &g->neurons, v, NULL, threshold, g->spikes);
  g->arrived_at = 1;
  return true;
}

static bool make_if(struct sync *s, struct sync_group *g) {
  float *threshold = per_neuron(s, g, IR_A_THRESHOLD, 1), *v = membranes(s, g, threshold);
  float *bias = per_neuron(s, g, IR_A_BIAS, 0), *reset = resets(s, g, threshold, 0);
  int32_t *left = ARENA_NEW(s->arena, int32_t, g->seen.n);

  SET_CALL(&g->fire, s->kernels[PLAN_INTEGRATE], &g->neurons, v, left, bias, threshold, g->spikes);
  SET_CALL(&g->settle, s->kernels[PLAN_SETTLE], &g->neurons, v, left, NULL, reset, g->spikes);
  g->arrived_at = 2;
  return true;
}

static bool make_lif(struct sync *s, struct sync_group *g) {
  double tau = ir_param_of(g->seen.node, "tau");
  float *threshold = per_neuron(s, g, IR_A_THRESHOLD, 1), *v = membranes(s, g, threshold);
  float *bias = per_neuron(s, g, IR_A_BIAS, 0), *decay = filled(s, 1, (float)exp(-1 / tau));
  float *reset = resets(s, g, threshold, (float)ir_param_of(g->seen.node, "v_reset"));
  int32_t *left = ARENA_NEW(s->arena, int32_t, g->seen.n);

  if (!(tau > 0))
    return sync_refuse(
        s, g->seen.node,
        arena_printf(s->arena, "tau is %g steps; a time constant above 0 is right", tau));
  SET_CALL(&g->fire, s->kernels[PLAN_LIF], &g->neurons, decay, v, left, bias, threshold, g->spikes);
  SET_CALL(&g->settle, s->kernels[PLAN_SETTLE], &g->neurons, v, left, NULL, reset, g->spikes);
  g->arrived_at = 2;
  return true;
}

static bool make_izhikevich(struct sync *s, struct sync_group *g) {
  const struct ir_node *n = g->seen.node;
  float *param = ARENA_NEW(s->arena, float, SNN_IZHIKEVICH_N);
  float *v = filled(s, 2 * g->seen.n, 0), *threshold = per_neuron(s, g, IR_A_THRESHOLD, 30);
  float *bias = per_neuron(s, g, IR_A_BIAS, 0), *current = per_neuron(s, g, IR_A_BIAS, 0);
  const struct ir_attr *first = ir_attr(n, IR_A_V_INIT);

  if (g->neurons.refractory > 0)
    return sync_refuse(
        s, n, "refractory is of if and lif; leave it out, after a spike u keeps it from firing");
  param[SNN_IZHIKEVICH_STEP] = (float)(1000 * s->dt);
  param[SNN_IZHIKEVICH_A] = (float)ir_param_of(n, "a");
  param[SNN_IZHIKEVICH_B] = (float)ir_param_of(n, "b");
  param[SNN_IZHIKEVICH_C] = (float)ir_param_of(n, "c");
  param[SNN_IZHIKEVICH_D] = (float)ir_param_of(n, "d");
  for (size_t i = 0; i < g->seen.n; i++) {
    v[i] = first ? (float)first->u.f * threshold[i] : param[SNN_IZHIKEVICH_C];
    v[g->seen.n + i] = param[SNN_IZHIKEVICH_B] * v[i];
  }
  g->seen.membrane = v;
  SET_CALL(&g->fire, s->kernels[PLAN_IZHIKEVICH], &g->neurons, param, v, current, threshold,
           g->spikes);
  SET_CALL(&g->settle, s->kernels[PLAN_IZHIKEVICH_SETTLE], &g->neurons, param, v, current, bias,
           NULL, g->spikes);
  g->arrived_at = 4;
  return true;
}

/* Without a bias the drive is 1, so that the threshold alone says how often: 1 / probability. Each
 * population has a key of its own, drawn from the network's seed. */
static bool make_poisson(struct sync *s, struct sync_group *g) {
  struct snn_encode *d = ARENA_NEW(s->arena, struct snn_encode, 1);
  struct snn_random key = {{(uint32_t)(g - s->group), 0, 0, SNN_DRAW_POPULATION}};
  float *p = per_neuron(s, g, IR_A_BIAS, 1), *threshold = per_neuron(s, g, IR_A_THRESHOLD, 1);

  for (size_t i = 0; i < g->seen.n; i++) {
    p[i] /= threshold[i];
    if (!(p[i] >= 0 && p[i] <= 1))
      return sync_refuse(s, g->seen.node,
                         arena_printf(s->arena,
                                      "neuron %zu would send %g spikes a step, its bias over its "
                                      "threshold; 0 to 1 is right",
                                      i, (double)p[i]));
  }
  snn_philox(&key, (uint32_t)s->seed, (uint32_t)(s->seed >> 32));
  *d = (struct snn_encode){.height = 1,
                           .width = 1,
                           .channels = (int32_t)g->seen.n,
                           .seed_low = (int32_t)key.word[0],
                           .seed_high = (int32_t)key.word[1]};
  SET_CALL(&g->fire, s->kernels[PLAN_POISSON], d, p, s->clock, g->spikes);
  return true;
}

static bool make_events(struct sync *s, struct sync_group *g) {
  const struct ir_tensor *index = ir_attr_tensor(g->seen.node, IR_A_INDEX);

  (void)s;
  g->event = index->data;
  g->n_events = (size_t)index->type.dims[0];
  return true;
}

/* Models with a row run; `has_reset`: the attribute reset means something. */
struct model {
  enum ir_word word;
  bool takes_input, has_reset;
  bool (*make)(struct sync *s, struct sync_group *g);
};
static const struct model models[] = {
    {IR_W_MODEL_IF, true, true, make_if},
    {IR_W_MODEL_IF_SIGNED, true, true, make_signed},
    {IR_W_MODEL_LIF, true, true, make_lif},
    {IR_W_MODEL_IZHIKEVICH, true, false, make_izhikevich},
    {IR_W_MODEL_POISSON, false, false, make_poisson},
    {IR_W_MODEL_EVENTS, false, false, make_events},
};

static const struct model *find_model(const struct sync *s, const struct ir_node *n) {
  enum ir_word word = ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF);
  const char *known = "";

  for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
    if (models[i].word == word)
      return &models[i];
    known = arena_printf(s->arena, "%s%s%s", known, i ? ", " : "", ir_word_text(models[i].word));
  }
  sync_refuse(s, n,
              arena_printf(s->arena, "neurons of model %s are not simulated yet; those of %s are",
                           ir_word_text(word), known));
  return NULL;
}

bool sync_make_neurons(struct sync *s, struct sync_group *g) {
  const struct ir_node *n = g->seen.node;
  const struct model *m = find_model(s, n);

  if (!m)
    return false;
  if (!m->takes_input && n->n_in > 0 && ir_node(s->graph, n->in[0])->op != IR_ENCODE)
    return sync_refuse(s, n,
                       "it fires by chance or from a recording, and nothing can lead to it; take "
                       "the connection away, or another model");
  if (!m->has_reset && ir_attr(n, IR_A_RESET))
    return sync_refuse(s, n, "reset is of if and lif; leave it out, this model has its own");
  if (ir_attr_word(n, IR_A_RESET, IR_W_RESET_SUBTRACT) == IR_W_RESET_MODULO)
    return sync_refuse(s, n, "reset modulo is for layers; subtract and zero are simulated here");
  if (ir_attr(n, IR_A_LEAK))
    return sync_refuse(s, n, "leak is for layers; leave it out, model lif leaks by tau");
  g->is_signed = m->word == IR_W_MODEL_IF_SIGNED;
  g->neurons = (struct snn_neurons){
      .neurons = (int32_t)g->seen.n,
      .refractory = (int32_t)ir_attr_int(n, IR_A_REFRACTORY, 0),
      .resets_to_value = ir_attr_word(n, IR_A_RESET, IR_W_RESET_SUBTRACT) == IR_W_RESET_ZERO,
  };
  g->seen.n_words = (g->seen.n + 31) / 32 * (g->is_signed ? 2 : 1);
  g->spikes = ARENA_NEW(s->arena, uint32_t, g->seen.n_words);
  g->seen.spikes = g->spikes;
  if (m->takes_input)
    g->ring = ARENA_NEW(s->arena, float, (size_t)g->slots * g->seen.n);
  return m->make(s, g);
}
