/* lower-spiking: neurons, pools and shapes; which rule serves which op. */
#include "passes/lower_spiking_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"

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
      is_within = is_within && s->scale[c] <= most;
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

  if (is_input)
    return signal_refuse(
        l, n, "max-pool of the input has no spikes to compare; apply it to the samples instead");
  if (!signal_window(l, n, &w) || !signal_source(l, n, 0, true, &src))
    return false;
  p = signal_new_node(l, n, IR_SPIKE_MAXPOOL, src.id);
  signal_put_window(l, &p, &w);
  operand = ir_node(l->to, src.id);
  /* Neurons whose spikes only go to this pool are one layer with it. */
  if (operand->op == IR_POPULATION && l->uses[n->in[0].idx] == 1)
    signal_put_attr(&p, *ir_attr(operand, IR_A_LAYER));
  else
    signal_put_attr(&p, ir_text(IR_A_LAYER, signal_name_layer(l, n)));
  *out = (struct signal){.kind = SIGNAL_SPIKES, .scale = src.scale};
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

bool lower_node(struct lower *l, const struct ir_node *n, struct signal *out) {
  *out = (struct signal){.kind = SIGNAL_NONE};
  switch (n->op) {
  case IR_INPUT:
    *out = (struct signal){.kind = SIGNAL_INPUT, .shape = n->type};
    return true;
  case IR_CONST:
    *out = (struct signal){.kind = SIGNAL_CONST, .shape = n->type};
    return true;
  case IR_CONV:
  case IR_DENSE:
    return lower_linear(l, n, out);
  case IR_ADD:
    return lower_add(l, n, out);
  case IR_RELU:
  case IR_CLIP:
    return lower_relu(l, n, out);
  case IR_MAXPOOL:
    return lower_maxpool(l, n, out);
  case IR_AVGPOOL:
  case IR_GLOBAL_AVGPOOL:
    return lower_average(l, n, out);
  case IR_BATCHNORM:
    return lower_batchnorm(l, n, out);
  case IR_CONCAT:
    return lower_concat(l, n, out);
  case IR_RESHAPE:
    return lower_reshape(l, n, out);
  case IR_TRANSPOSE:
    return lower_transpose(l, n, out);
  case IR_MATMUL:
    return signal_refuse(l, n,
                         "multiplies two values that the network computes; one must be constant");
  case IR_SOFTMAX:
  case IR_LOG_SOFTMAX:
    return signal_refuse(l, n, "is inside the network; only a softmax at its end can be left out");
  case IR_PADDING:
    return signal_refuse(l, n,
                         "could not be merged into the layer after it; only zeros around a "
                         "convolution or pool can");
  case IR_SLICE:
  case IR_GATHER:
    return signal_refuse(l, n, "picks out parts of a value; split the layer before it instead");
  case IR_CAST:
    return signal_refuse(l, n, "changes the element type; values inside the network must be float");
  case IR_OUTPUT:
  case IR_ENCODE:
  case IR_PROJECT_CONV:
  case IR_PROJECT_DENSE:
  case IR_PROJECT_AVGPOOL:
  case IR_PROJECT_ONE_TO_ONE:
  case IR_PROJECT_ALL_BUT_SELF:
  case IR_PROJECT_SPARSE:
  case IR_POPULATION:
  case IR_SPIKE_MAXPOOL:
  case IR_SPIKE_CONCAT:
  case IR_VIEW:
  case IR_READOUT:
  case IR_N_OPS:
    break;
  }
  return signal_refuse(l, n, "is at the spiking level already");
}
