/* lower-spiking: weighted sums: convolutions, dense layers, averages, additions, batchnorm. */
#include "passes/lower_spiking_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/options.h"

/* A sum with room for n_terms projections, which has arrived after `ready` steps. */
static struct signal new_sum(struct lower *l, const struct ir_node *n, struct ir_type shape,
                             size_t n_terms, int64_t ready) {
  return (struct signal){.kind = SIGNAL_SUM,
                         .shape = shape,
                         .ready = ready,
                         .n_terms = n_terms,
                         .term = ARENA_NEW(l->c->scratch, struct ir_node, n_terms),
                         .origin = n};
}

/* Each channel to itself, through window `w` or (NULL) neuron to neuron; weight scale x gain. */
static struct ir_node project_channels(struct lower *l, const struct ir_node *n,
                                       const struct source *src, const struct ir_window *w,
                                       float gain) {
  enum ir_op op = w ? IR_PROJECT_AVGPOOL : IR_PROJECT_ONE_TO_ONE;
  struct ir_node p = signal_new_node(l, n, op, src->id);
  struct ir_tensor weight = signal_tensor(l, 1, src->shape.dims);

  for (int64_t c = 0; c < src->shape.dims[0]; c++)
    ir_f32_of(weight)[c] = (src->scale ? src->scale[c] : 1) * gain;
  if (w)
    signal_put_window(l, &p, w);
  signal_put_attr(&p, ir_tensor_attr(IR_A_WEIGHT, weight));
  return p;
}

bool lower_operand(struct lower *l, const struct ir_node *n, size_t k, struct signal *out) {
  const struct signal *s = &l->of[n->in[k].idx];
  struct ir_type shape;
  struct source src;
  bool as_map = s->kind == SIGNAL_INPUT ? signal_map_shape(&s->shape, &shape) : s->shape.rank == 3;

  if (s->kind == SIGNAL_SUM) {
    *out = *s;
    return true;
  }
  if (!signal_source(l, n, k, as_map, &src))
    return false;
  *out = new_sum(l, n, src.shape, 1, src.ready);
  out->term[0] = project_channels(l, n, &src, NULL, 1);
  return true;
}

/* Copy of weight[O, I / group, taps] times the scale of the input channel that each comes from. */
static void scale_weight(const struct ir_tensor *weight, size_t group, const float *scale,
                         float *out) {
  size_t n_out = (size_t)weight->type.dims[0], n_in = (size_t)weight->type.dims[1];
  size_t n = (size_t)ir_type_count(&weight->type), n_taps = n / (n_out * n_in);

  for (size_t i = 0; i < n; i++) {
    size_t o = i / n_taps / n_in, from = o / (n_out / group) * n_in + i / n_taps % n_in;
    out[i] = ir_f32_of(*weight)[i] * (scale ? scale[from] : 1);
  }
}

static bool bias_of(struct lower *l, const struct ir_node *n, struct signal *out) {
  const struct ir_tensor *bias = ir_const_in(l->from, n, 2);

  if (n->n_in < 3)
    return true;
  if (!bias)
    return signal_refuse(l, n,
                         "its bias is computed by the network; a spiking network needs a constant");
  out->bias = ir_f32_of(*bias);
  out->n_bias = (size_t)ir_type_count(&bias->type);
  return true;
}

/* The shape that a conv or dense layer gives, and a conv's window. False: told. */
static bool linear_shape(struct lower *l, const struct ir_node *n, struct ir_window *w,
                         struct ir_type *shape) {
  bool is_conv = n->op == IR_CONV;

  if (is_conv ? signal_map_shape(&n->type, shape) : signal_flat_shape(&n->type, shape))
    return !is_conv || signal_window(l, n, w);
  return signal_refuse(l, n, "gives %s; in a spiking network it gives %s",
                       ir_type_text(l->c->scratch, &n->type),
                       is_conv ? "maps [1, C, H, W] or [1, C, W]" : "[1, n]");
}

/* conv and dense: the weights take the scale of the source, the bias stays. */
bool lower_linear(struct lower *l, const struct ir_node *n, struct signal *out) {
  const struct ir_tensor *weight = ir_const_in(l->from, n, 1);
  bool is_conv = n->op == IR_CONV;
  struct ir_window w = {.group = 1};
  struct ir_tensor scaled;
  struct ir_type shape;
  struct source src;
  struct ir_node p;

  if (!weight)
    return signal_refuse(
        l, n, "its weights are computed by the network; a spiking network needs constants");
  if (!linear_shape(l, n, &w, &shape) || !signal_source(l, n, 0, is_conv, &src))
    return false;
  scaled = signal_tensor(
      l, is_conv ? 4 : 2,
      (int64_t[]){weight->type.dims[0], weight->type.dims[1], w.kernel[0], w.kernel[1]});
  scale_weight(weight, (size_t)w.group, src.scale, ir_f32_of(scaled));
  p = signal_new_node(l, n, is_conv ? IR_PROJECT_CONV : IR_PROJECT_DENSE, src.id);
  if (is_conv)
    signal_put_window(l, &p, &w);
  signal_put_attr(&p, ir_tensor_attr(IR_A_WEIGHT, scaled));
  signal_put_attr(&p, ir_word(IR_A_ORDER, IR_W_ORDER_OIHW));
  *out = new_sum(l, n, shape, 1, src.ready);
  out->term[0] = p;
  return bias_of(l, n, out);
}

/* ---- averages ---- */

/* The number of elements in every window along one axis; 0 when windows differ. */
static int64_t window_length(const struct ir_window *w, size_t axis, int64_t n_in, int64_t n_out) {
  int64_t length = 0;

  for (int64_t o = 0; o < n_out; o++) {
    int64_t begin = o * w->stride[axis] - w->pad_begin[axis], end = begin + w->kernel[axis];
    int64_t n = (end < n_in ? end : n_in) - (begin > 0 ? begin : 0);
    if (o > 0 && n != length)
      return 0;
    length = n;
  }
  return length;
}

/* The window of an average and what its sum is divided by. False: told. */
static bool average_window(struct lower *l, const struct ir_node *n, const struct ir_type *in,
                           struct ir_window *w, int64_t *area) {
  struct ir_type out;

  if (n->op == IR_GLOBAL_AVGPOOL)
    *w = (struct ir_window){.n_axes = 2,
                            .kernel = {in->dims[1], in->dims[2]},
                            .stride = {1, 1},
                            .dilation = {1, 1},
                            .group = 1};
  else if (!signal_window(l, n, w))
    return false;
  *area = w->kernel[0] * w->kernel[1];
  if (n->op == IR_AVGPOOL && !ir_attr_int(n, IR_A_COUNT_PAD, 0)) {
    signal_map_shape(&n->type, &out);
    *area = window_length(w, 0, in->dims[1], out.dims[1]) *
            window_length(w, 1, in->dims[2], out.dims[2]);
  }
  if (*area <= 0)
    return signal_refuse(
        l, n,
        "windows at the border average fewer elements than those inside, and a spiking average has "
        "one weight; use count_include_pad=1, or no padding and no ceil_mode");
  return true;
}

bool lower_average(struct lower *l, const struct ir_node *n, struct signal *out) {
  const struct ir_tensor *own = ir_attr_tensor(n, IR_A_SCALE);
  struct ir_type shape;
  struct ir_window w;
  struct source src;
  int64_t area;

  if (!signal_source(l, n, 0, true, &src) || !average_window(l, n, &src.shape, &w, &area))
    return false;
  signal_map_shape(&n->type, &shape);
  *out = new_sum(l, n, shape, 1, src.ready);
  out->term[0] = project_channels(l, n, &src, &w, 1 / (float)area);
  out->scale = own ? ir_f32_of(*own) : NULL;
  if (own && src.scale && l->c->opt->pool_threshold == POOL_THRESHOLD_SOURCE)
    out->scale = src.scale;
  return true;
}

/* ---- sums ---- */

/* Element i of constant t, broadcast to `type`. */
static float broadcast_at(const struct ir_tensor *t, const struct ir_type *type, size_t i) {
  size_t at = 0, step = 1;

  for (size_t k = 0; k < t->type.rank; k++) {
    size_t size = (size_t)type->dims[type->rank - 1u - k];
    size_t own = (size_t)t->type.dims[t->type.rank - 1u - k];
    at += own > 1 ? i % size * step : 0;
    step *= own;
    i /= size;
  }
  return ir_f32_of(*t)[at];
}

/* Adds v, per channel or per neuron, to the bias of s. */
static void add_bias(struct lower *l, struct signal *s, const float *v, size_t n) {
  size_t n_channels = (size_t)s->shape.dims[0], n_sum = n > s->n_bias ? n : s->n_bias;
  size_t n_pixels = n_sum / n_channels;
  float *sum;

  if (!v)
    return;
  sum = ARENA_NEW(l->c->scratch, float, n_sum);
  for (size_t i = 0; i < n_sum; i++) {
    sum[i] = v[n == n_sum ? i : i / n_pixels];
    if (s->bias)
      sum[i] = s->bias[s->n_bias == n_sum ? i : i / n_pixels] + sum[i];
  }
  s->bias = sum;
  s->n_bias = n_sum;
}

/* v has the same value for all elements of each channel: packs it to one each. */
static size_t pack_channels(float *v, size_t n, size_t n_channels) {
  size_t n_each = n / n_channels;

  for (size_t i = 0; i < n; i++)
    if (v[i] != v[i / n_each * n_each])
      return n;
  for (size_t c = 0; c < n_channels; c++)
    v[c] = v[c * n_each];
  return n_channels;
}

/* Adds constant operand k of n to the sum. False: told. */
static bool add_constant(struct lower *l, const struct ir_node *n, size_t k, struct signal *sum) {
  const struct ir_tensor *t = ir_const_in(l->from, n, k);
  size_t count = (size_t)ir_type_count(&n->type);
  float *v;

  if (t->type.dtype != IR_F32 || count != (size_t)ir_type_count(&sum->shape))
    return signal_refuse(
        l, n, "adds a constant %s to %s; it must have one value per channel, or per element",
        ir_type_text(l->c->scratch, &t->type),
        ir_type_text(l->c->scratch, &ir_node(l->from, n->in[1 - k])->type));
  v = ARENA_NEW(l->c->scratch, float, count);
  for (size_t i = 0; i < count; i++)
    v[i] = broadcast_at(t, &n->type, i);
  add_bias(l, sum, v, pack_channels(v, count, (size_t)sum->shape.dims[0]));
  return true;
}

/* The layer of a sum is named after the convolution or dense layer in it. */
static const struct ir_node *sum_origin(const struct ir_node *a, const struct ir_node *b) {
  return b->op == IR_CONV || b->op == IR_DENSE ? b : a;
}

/* The projections of two sums act on one population. */
static bool check_terms(struct lower *l, const struct ir_node *n, size_t n_terms) {
  size_t min, max;

  ir_op_arity(IR_POPULATION, &min, &max);
  return n_terms <= max ||
         signal_refuse(l, n, "adds up %zu weighted inputs; a layer of neurons takes at most %zu",
                       n_terms, max);
}

bool lower_add(struct lower *l, const struct ir_node *n, struct signal *out) {
  const struct ir_tensor *own = ir_attr_tensor(n, IR_A_SCALE);
  size_t constant = l->of[n->in[0].idx].kind == SIGNAL_CONST ? 0 : 1;
  struct signal a, b;

  if (l->of[n->in[constant].idx].kind == SIGNAL_CONST) {
    if (!lower_operand(l, n, 1 - constant, out) || !add_constant(l, n, constant, out))
      return false;
  } else {
    if (!lower_operand(l, n, 0, &a) || !lower_operand(l, n, 1, &b))
      return false;
    if (!signal_same_shape(&a.shape, &b.shape))
      return signal_refuse(
          l, n, "adds %s and %s; operands that are not constant must have the same shape",
          ir_type_text(l->c->scratch, &ir_node(l->from, n->in[0])->type),
          ir_type_text(l->c->scratch, &ir_node(l->from, n->in[1])->type));
    if (!check_terms(l, n, a.n_terms + b.n_terms))
      return false;
    *out = new_sum(l, sum_origin(a.origin, b.origin), a.shape, a.n_terms + b.n_terms,
                   a.ready > b.ready ? a.ready : b.ready);
    memcpy(out->term, a.term, a.n_terms * sizeof *a.term);
    memcpy(out->term + a.n_terms, b.term, b.n_terms * sizeof *b.term);
    add_bias(l, out, a.bias, a.n_bias);
    add_bias(l, out, b.bias, b.n_bias);
  }
  out->scale = own ? ir_f32_of(*own) : NULL;
  return true;
}

/* The projection with the weights to target channel c times gain[c]. */
static struct ir_node amplify(struct lower *l, const struct ir_node *p, const float *gain) {
  struct ir_node copy = signal_new_node(l, p, p->op, p->in[0]);
  const struct ir_tensor *weight = ir_attr_tensor(p, IR_A_WEIGHT);
  struct ir_tensor amplified = signal_tensor(l, weight->type.rank, weight->type.dims);
  size_t n = (size_t)ir_type_count(&weight->type), each = n / (size_t)weight->type.dims[0];

  for (size_t i = 0; i < n; i++)
    ir_f32_of(amplified)[i] = ir_f32_of(*weight)[i] * gain[i / each];
  for (size_t i = 0; i < p->n_attr; i++)
    signal_put_attr(&copy, p->attr[i].key == IR_A_WEIGHT ? ir_tensor_attr(IR_A_WEIGHT, amplified)
                                                         : p->attr[i]);
  return copy;
}

/* A batchnorm that could not be folded: gain on every weight, and a bias. */
bool lower_batchnorm(struct lower *l, const struct ir_node *n, struct signal *out) {
  double epsilon = ir_attr_float(n, IR_A_EPSILON, 1e-5);
  const struct ir_tensor *p[4];
  float *gain, *shift, *scaled = NULL;
  struct signal s;
  size_t n_channels, n_pixels;

  for (size_t k = 0; k < 4; k++)
    if (!(p[k] = ir_const_in(l->from, n, k + 1)))
      return signal_refuse(
          l, n, "its parameters are computed by the network; a spiking network needs constants");
  if (!lower_operand(l, n, 0, &s))
    return false;
  n_channels = (size_t)s.shape.dims[0];
  if (ir_type_count(&p[0]->type) != s.shape.dims[0]) /* [1, 1, .., n] has become n channels */
    return signal_refuse(l, n,
                         "normalizes axis 1 of %s; the channels have to be its only other axis "
                         "or have a map each",
                         ir_type_text(l->c->scratch, &n->type));
  gain = ARENA_NEW(l->c->scratch, float, n_channels);
  shift = ARENA_NEW(l->c->scratch, float, n_channels);
  *out = new_sum(l, s.origin, s.shape, s.n_terms, s.ready);
  for (size_t c = 0; c < n_channels; c++) {
    gain[c] = (float)(ir_f32_of(*p[0])[c] / sqrt((double)ir_f32_of(*p[3])[c] + epsilon));
    shift[c] = ir_f32_of(*p[1])[c] - gain[c] * ir_f32_of(*p[2])[c];
  }
  for (size_t i = 0; i < s.n_terms; i++)
    out->term[i] = amplify(l, &s.term[i], gain);
  n_pixels = s.n_bias / n_channels;
  if (s.bias)
    out->bias = scaled = ARENA_NEW(l->c->scratch, float, s.n_bias);
  for (size_t i = 0; i < s.n_bias; i++)
    scaled[i] = s.bias[i] * gain[i / n_pixels];
  out->n_bias = s.n_bias;
  add_bias(l, out, shift, n_channels);
  return true;
}
