/* lower-spiking: neurons, pools and shapes; which rule serves which op. */
#include "passes/lower_spiking_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/options.h"

static bool lower_given(struct lower *l, const struct ir_node *n, struct signal *out) {
  (void)l;
  out->kind = n->op == IR_INPUT ? SIGNAL_INPUT : SIGNAL_CONST;
  out->shape = n->type;
  return true;
}

/* ---- nonlinearities ---- */

/* relu, and clip from 0: neurons. Spikes are never negative, so relu leaves them as they are, and
 * so does a clip that is above what they can say. */
static bool lower_relu(struct lower *l, const struct ir_node *n, struct signal *out) {
  const struct ir_tensor *own = ir_attr_tensor(n, IR_A_SCALE);
  const struct signal *s = &l->of[n->in[0].idx];
  double least = n->op == IR_CLIP ? ir_attr_float(n, IR_A_MIN, -INFINITY) : 0;
  double most = n->op == IR_CLIP ? ir_attr_float(n, IR_A_MAX, INFINITY) : INFINITY;
  struct signal sum;
  bool is_within = true;

  if (s->kind == SIGNAL_SPIKES && least < 0)
    least = 0;
  if (least != 0 || !(most > 0))
    return signal_refuse(l, n, "clips to [%g, %g]; neurons can stand for [0, m] with m > 0 only",
                         least, most);
  if (s->kind == SIGNAL_SPIKES) {
    for (int64_t c = 0; c < s->shape.dims[0]; c++)
      is_within = is_within && s->scale[c] <= (float)(most / signal_levels(l));
    *out = *s;
    if (is_within)
      return true;
  }
  if (!lower_operand(l, n, 0, &sum))
    return false;
  if (!own || ir_type_count(&own->type) != sum.shape.dims[0])
    return signal_refuse(
        l, n,
        "has %lld channels but a scale for %lld; Relu is needed before a Reshape, not after it",
        (long long)sum.shape.dims[0], (long long)(own ? ir_type_count(&own->type) : 0));
  return signal_fire(l, n, &sum, ir_f32_of(*own), out);
}

static bool lower_maxpool(struct lower *l, const struct ir_node *n, struct signal *out) {
  bool is_input = l->of[n->in[0].idx].kind == SIGNAL_INPUT;
  struct ir_node p;
  struct ir_window w;
  struct source src;
  const struct ir_node *operand;

  if (l->c->opt->maxpool == MAXPOOL_WINNER && l->c->opt->neuron != NEURON_IF)
    return signal_refuse(l, n, "--maxpool winner goes with --neuron if");
  if (is_input)
    return signal_refuse(
        l, n, "max-pool of the input has no spikes to compare; apply it to the samples instead");
  if (!signal_window(l, n, &w) || !signal_source(l, n, 0, true, &src))
    return false;
  p = signal_new_node(l, n, IR_SPIKE_MAXPOOL, src.id);
  signal_put_window(l, &p, &w);
  if (l->c->opt->maxpool == MAXPOOL_WINNER)
    signal_put_attr(&p, ir_word(IR_A_POOL, IR_W_POOL_WINNER));
  operand = ir_node(l->to, src.id);
  /* Neurons whose spikes only go to this pool are one layer with it. */
  if (operand->op == IR_POPULATION && l->uses[n->in[0].idx] == 1)
    signal_put_attr(&p, *ir_attr(operand, IR_A_LAYER));
  else
    signal_put_attr(&p, ir_text(IR_A_LAYER, signal_name_layer(l, n)));
  *out = (struct signal){.kind = SIGNAL_SPIKES, .scale = src.scale, .ready = src.ready};
  signal_map_shape(&n->type, &out->shape);
  out->id = ir_append(l->to, l->c->diag, &p);
  return !ir_is_none(out->id);
}

/* ---- shapes ---- */

static bool lower_concat(struct lower *l, const struct ir_node *n, struct signal *out) {
  bool as_map = signal_map_shape(&n->type, &out->shape) && n->type.rank == 4;
  int64_t axis = ir_attr_int(n, IR_A_AXIS, 0);
  ir_id *in = ARENA_NEW(l->c->scratch, ir_id, n->n_in);
  struct ir_node p = {.op = IR_SPIKE_CONCAT,
                      .name = n->name,
                      .in = in,
                      .n_in = n->n_in,
                      .loc = n->loc,
                      .n_attr = 1};
  struct ir_attr attr;
  float *scale;
  int64_t at = 0;

  if ((!as_map && !signal_flat_shape(&n->type, &out->shape)) ||
      axis != (as_map ? 1 : n->type.rank - 1))
    return signal_refuse(
        l, n,
        "joins along axis %lld of %s; a spiking network joins channels of [1, C, H, "
        "W] or elements of [1, n]",
        (long long)axis, ir_type_text(l->c->scratch, &n->type));
  scale = ARENA_NEW(l->c->scratch, float, (size_t)out->shape.dims[0]);
  for (size_t k = 0; k < n->n_in; k++) {
    struct source src;
    if (l->of[n->in[k].idx].kind == SIGNAL_INPUT)
      return signal_refuse(
          l, n,
          "joins the input with spikes; the input is a constant current, which only "
          "weighted layers take");
    if (!signal_source(l, n, k, as_map, &src))
      return false;
    in[k] = src.id;
    memcpy(scale + at, src.scale, (size_t)src.shape.dims[0] * sizeof(float));
    at += src.shape.dims[0];
    out->ready = src.ready > out->ready ? src.ready : out->ready;
  }
  attr = ir_text(IR_A_LAYER, signal_name_layer(l, n));
  p.attr = &attr;
  out->kind = SIGNAL_SPIKES;
  out->scale = scale;
  out->id = ir_append(l->to, l->c->diag, &p);
  return !ir_is_none(out->id);
}

/* Spikes of a map as a flat population in (C, H, W) order. */
static bool flatten_spikes(struct lower *l, const struct ir_node *n, struct signal *s) {
  int64_t count = ir_type_count(&s->shape), each = count / s->shape.dims[0];
  struct ir_node p = signal_new_node(l, n, IR_VIEW, s->id);
  float *scale = ARENA_NEW(l->c->scratch, float, (size_t)count);

  for (int64_t i = 0; i < count; i++)
    scale[i] = s->scale[i / each];
  s->scale = scale;
  s->shape = ir_type_make(IR_SPIKES, 1, &count);
  s->id = ir_append(l->to, l->c->diag, &p);
  return !ir_is_none(s->id);
}

static bool is_pixel(const struct ir_type *shape) {
  return ir_type_count(shape) == shape->dims[0];
}

/* [1, n] and [1, n, 1] are the same neurons: a sum takes the new shape, spikes that are flat
 * already stay flat. */
static bool reshape_pixel(struct lower *l, const struct ir_node *n, const struct ir_type *want,
                          struct signal *s) {
  if (s->kind == SIGNAL_SPIKES)
    return s->shape.rank == 1 || flatten_spikes(l, n, s);
  s->shape = *want;
  return true;
}

static bool lower_reshape(struct lower *l, const struct ir_node *n, struct signal *out) {
  struct signal *s = &l->of[n->in[0].idx];
  const struct ir_node *operand = ir_node(l->from, n->in[0]);
  struct ir_type want;
  bool is_flat = signal_flat_shape(&n->type, &want);
  bool is_known = is_flat || signal_map_shape(&n->type, &want);

  *out = *s;
  if (s->kind == SIGNAL_INPUT && !s->is_hwc) {
    out->shape = n->type;
    return true;
  }
  if (is_known && (s->kind == SIGNAL_SPIKES || s->kind == SIGNAL_SUM)) {
    if (signal_same_shape(&want, &s->shape))
      return true;
    if (is_pixel(&want) && is_pixel(&s->shape))
      return reshape_pixel(l, n, &want, out);
    if (is_flat && s->kind == SIGNAL_SUM && s->scale && !signal_fire(l, operand, s, s->scale, s))
      return false;
    *out = *s;
    if (is_flat && s->kind == SIGNAL_SPIKES)
      return flatten_spikes(l, n, out);
  }
  return signal_refuse(
      l, n,
      "reshapes %s to %s; a spiking network can flatten maps after a Relu, and give "
      "the input another shape",
      ir_type_text(l->c->scratch, &operand->type), ir_type_text(l->c->scratch, &n->type));
}

/* Only the input may be stored channels last. */
static bool lower_transpose(struct lower *l, const struct ir_node *n, struct signal *out) {
  static const int64_t to_chw[4] = {0, 3, 1, 2};
  const struct ir_attr *perm = ir_attr(n, IR_A_PERM);

  *out = l->of[n->in[0].idx];
  if (out->kind != SIGNAL_INPUT || out->is_hwc || perm->u.ints.n != 4 ||
      memcmp(perm->u.ints.v, to_chw, sizeof to_chw) != 0)
    return signal_refuse(
        l, n, "reorders axes of %s; a spiking network can only take its input as [1, H, W, C]",
        ir_type_text(l->c->scratch, &n->type));
  out->shape = n->type;
  out->is_hwc = n->type.dims[1] > 1; /* one channel: both orders are the same */
  return true;
}

/* Why spikes cannot do what an op does, and what can be done about it. */
static const char *const reasons[IR_N_OPS] = {
    [IR_CONV_TRANSPOSE] = "transposed convolutions have no spiking kernel; replace it by nearest "
                          "upsampling and a convolution, or leave it out of the network",
    [IR_MATMUL] = "multiplies two values that the network computes; one must be constant",
    [IR_SUB] =
        "subtracts a value that the network computes; scale it by -1 with a layer of weights "
        "and add it",
    [IR_MUL] = "multiplies by values that differ within a channel, or that the network computes; "
               "spikes can be scaled by one constant per channel",
    [IR_DIV] = "divides by values that differ within a channel, or that the network computes; "
               "spikes can be scaled by one constant per channel",
    [IR_MAX] = "spiking maxima are taken over windows; use a MaxPool or a Relu",
    [IR_MIN] = "spikes have no minimum of two values; use a Clip from 0 for a constant bound",
    [IR_POW] = "neurons that add up spikes have no powers; replace it by Relu and fine-tune",
    [IR_PRELU] =
        "spikes cannot be negative, and prelu is below 0; replace it by Relu and fine-tune",
    [IR_NEG] = "spikes cannot be negative; put the sign into the weights of the layer beside it",
    [IR_ABS] = "neurons cannot fire for negative sums; replace it by Relu and fine-tune",
    [IR_SIGN] = "spikes cannot be negative; replace it by Relu and fine-tune",
    [IR_SQRT] = "neurons that add up spikes have no square root; replace it by Relu and fine-tune",
    [IR_EXP] = "neurons that add up spikes have no exponential; replace it by Relu and fine-tune",
    [IR_LOG] = "neurons that add up spikes have no logarithm; only one behind the last softmax can "
               "be left out",
    [IR_FLOOR] = "neurons have no steps of their own; leave the rounding out",
    [IR_CEIL] = "neurons have no steps of their own; leave the rounding out",
    [IR_ROUND] = "neurons have no steps of their own; leave the rounding out",
    [IR_RECIPROCAL] = "neurons that add up spikes cannot divide; replace it by Relu and fine-tune",
    [IR_TANH] = "spikes cannot be negative, and tanh is; replace it by Relu and fine-tune",
    [IR_SIGMOID] = "is 1/2 where its input is 0, and neurons are silent there; replace it by Relu, "
                   "or by Clip from 0 to 1, and fine-tune",
    [IR_SOFTPLUS] = "is never 0, and neurons without input are silent; replace it by Relu and "
                    "fine-tune",
    [IR_SOFTSIGN] = "spikes cannot be negative, and softsign is; replace it by Relu and fine-tune",
    [IR_LEAKY_RELU] =
        "spikes cannot be negative, and leaky_relu is below 0; replace it by Relu and fine-tune",
    [IR_ELU] = "spikes cannot be negative, and elu is below 0; replace it by Relu and fine-tune",
    [IR_SELU] = "spikes cannot be negative, and selu is below 0; replace it by Relu and fine-tune",
    [IR_HARD_SIGMOID] =
        "is not 0 where its input is 0, and neurons are silent there; replace it by "
        "Relu, or by Clip from 0 to 1, and fine-tune",
    [IR_THRESHOLDED_RELU] =
        "jumps at its threshold, and rates of neurons do not; replace it by Relu "
        "and fine-tune",
    [IR_SHRINK] = "spikes cannot be negative, and shrink is; replace it by Relu and fine-tune",
    [IR_MAXPOOL_INDEX] = "spikes say how much, not where; leave the indices of the pool out",
    [IR_REDUCE_MEAN] = "takes a mean over other axes than those of the map; replace it by "
                       "GlobalAveragePool",
    [IR_REDUCE_SUM] = "adds up over axes; use GlobalAveragePool, or a layer of weights",
    [IR_REDUCE_MAX] = "spiking maxima are taken over windows; replace it by GlobalMaxPool",
    [IR_REDUCE_MIN] = "spikes have no minimum; leave it out",
    [IR_ARGMAX] = "is not at the end of the network; the winner is told from the outputs anyway",
    [IR_SOFTMAX] = "is inside the network; only a softmax at its end can be left out",
    [IR_LOG_SOFTMAX] = "is inside the network; only a softmax at its end can be left out",
    [IR_PADDING] =
        "could not be merged into the layer after it; only zeros around a convolution or "
        "pool can",
    [IR_SLICE] = "picks out parts of a value; split the layer before it instead",
    [IR_GATHER] = "picks out parts of a value; split the layer before it instead",
    [IR_GATHER_ELEMENTS] = "picks out parts of a value; split the layer before it instead",
    [IR_GATHER_ND] = "picks out parts of a value; split the layer before it instead",
    [IR_QUANTIZE] = "computes integers; only a quantization that is undone at once can be left out",
    [IR_DEQUANTIZE] = "reads integers that the network computes; export the model before it is "
                      "quantized",
    [IR_CAST] = "changes the element type; values inside the network must be float",
};

/* What an op becomes. */
static bool (*const rules[IR_N_OPS])(struct lower *l, const struct ir_node *n,
                                     struct signal *out) = {
    [IR_INPUT] = lower_given,
    [IR_CONST] = lower_given,
    [IR_CONV] = lower_linear,
    [IR_DENSE] = lower_linear,
    [IR_ADD] = lower_add,
    [IR_RELU] = lower_relu,
    [IR_CLIP] = lower_relu,
    [IR_MAXPOOL] = lower_maxpool,
    [IR_AVGPOOL] = lower_average,
    [IR_GLOBAL_AVGPOOL] = lower_average,
    [IR_BATCHNORM] = lower_batchnorm,
    [IR_CONCAT] = lower_concat,
    [IR_RESHAPE] = lower_reshape,
    [IR_TRANSPOSE] = lower_transpose,
};

bool lower_node(struct lower *l, const struct ir_node *n, struct signal *out) {
  *out = (struct signal){.kind = SIGNAL_NONE};
  if (rules[n->op])
    return rules[n->op](l, n, out);
  return signal_refuse(l, n, "%s", reasons[n->op] ? reasons[n->op] : "has no form in spikes");
}
