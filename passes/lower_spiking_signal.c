/* lower-spiking: the input, populations, and what a projection reads. */
#include "passes/lower_spiking_internal.h"

#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/code.h"
#include "passes/overflow.h"

/* ---- the input ---- */

/* The input node takes the shape in which it is used: the same elements in the same order. */
static bool encode_input(struct lower *l, const struct ir_node *n, const struct signal *s,
                         const struct ir_type *shape) {
  static const enum ir_word codes[] = {[ENCODE_CURRENT] = IR_W_CODE_CURRENT,
                                       [ENCODE_POISSON] = IR_W_CODE_POISSON,
                                       [ENCODE_LATENCY] = IR_W_CODE_LATENCY,
                                       [ENCODE_EVENTS] = IR_W_CODE_EVENTS};
  const struct ir_node *old = ir_node(l->from, ir_nth(l->from, IR_INPUT, 0));
  const int64_t *d = shape->dims;
  struct ir_node in = {.op = IR_INPUT, .name = old->name, .loc = old->loc};
  struct ir_node encode = {.op = IR_ENCODE, .name = "encode", .loc = old->loc, .n_in = 1};
  enum ir_word layout = shape->rank == 1 ? IR_W_LAYOUT_FLAT
                        : s->is_hwc      ? IR_W_LAYOUT_HWC
                                         : IR_W_LAYOUT_CHW;
  struct ir_attr attr[] = {ir_word(IR_A_CODE, codes[l->c->opt->encode]),
                           ir_word(IR_A_LAYOUT, layout), ir_text(IR_A_LAYER, "input")};
  bool is_unit = l->c->opt->encode == ENCODE_POISSON || l->c->opt->encode == ENCODE_LATENCY;
  ir_id id;

  if (!ir_is_none(l->encode)) {
    const struct ir_type *was = &ir_node(l->to, l->encode)->type;
    if (signal_same_shape(was, shape))
      return true;
    return signal_refuse(
        l, n,
        "reads the input in another shape than a node before; the input of a spiking "
        "network has one shape");
  }
  if (is_unit && l->c->calib && !samples_check_unit(l->c->calib, l->c->diag))
    return false;
  if (shape->rank == 1)
    in.type = ir_type_make(IR_F32, 2, (int64_t[]){1, d[0]});
  else if (s->is_hwc)
    in.type = ir_type_make(IR_F32, 4, (int64_t[]){1, d[1], d[2], d[0]});
  else
    in.type = ir_type_make(IR_F32, 4, (int64_t[]){1, d[0], d[1], d[2]});
  id = ir_append(l->to, l->c->diag, &in);
  encode.in = &id;
  map_put(l->layers, "input", 0);
  encode.attr = attr;
  encode.n_attr = l->c->opt->encode == ENCODE_CURRENT ? 2 : 3;
  l->encode = ir_is_none(id) ? id : ir_append(l->to, l->c->diag, &encode);
  return !ir_is_none(l->encode);
}

/* What the one spike of --encode latency stands for, per channel: in T steps as much as T times the
 * value x that is nearest to all x above 0, their mean over the samples (1 without samples). */
static const float *latency_scale(struct lower *l, size_t n_channels) {
  const struct samples *s = l->c->calib;
  float *scale = ARENA_NEW(l->c->scratch, float, n_channels);
  float *x = s ? ARENA_NEW(l->c->scratch, float, s->model_size) : NULL;
  double sum = 0, n = 0;

  for (size_t i = 0; s && i < s->n; i++) {
    samples_get(s, i, x);
    for (size_t k = 0; k < s->model_size; k++) {
      sum += (double)x[k];
      n += x[k] > 0;
    }
  }
  for (size_t c = 0; c < n_channels; c++)
    scale[c] = (float)((double)l->c->opt->steps * (sum > 0 ? sum / n : 1));
  return scale;
}

static bool input_source(struct lower *l, const struct ir_node *n, const struct signal *s,
                         bool as_map, struct source *out) {
  bool is_known =
      as_map ? signal_map_shape(&s->shape, &out->shape) : signal_flat_shape(&s->shape, &out->shape);

  if (!is_known || (!as_map && s->is_hwc))
    return signal_refuse(l, n, "reads the input as %s%s; %s",
                         ir_type_text(l->c->scratch, &s->shape), s->is_hwc ? ", transposed" : "",
                         as_map ? "maps are [1, C, H, W]"
                                : "flat values are [1, n], not transposed");
  if (!encode_input(l, n, s, &out->shape))
    return false;
  out->id = l->encode;
  out->scale =
      l->c->opt->encode == ENCODE_LATENCY ? latency_scale(l, (size_t)out->shape.dims[0]) : NULL;
  out->ready = 0;
  return true;
}

/* ---- sums and populations ---- */

struct ir_attr signal_bias_attr(struct lower *l, const struct signal *s) {
  const int64_t *d = s->shape.dims;
  size_t n_channels = (size_t)d[0], n_pixels = s->n_bias / n_channels;
  struct ir_tensor t;

  if (n_pixels == 1)
    return signal_vector_attr(l, IR_A_BIAS, s->bias, n_channels);
  t = signal_tensor(l, 3, (int64_t[]){d[1], d[2], d[0]});
  for (size_t i = 0; i < s->n_bias; i++)
    ir_f32_of(t)[i % n_pixels * n_channels + i / n_pixels] = s->bias[i];
  return ir_tensor_attr(IR_A_BIAS, t);
}

ir_id *signal_append_terms(struct lower *l, const struct signal *s) {
  ir_id *id = ARENA_NEW(l->c->scratch, ir_id, s->n_terms);

  if (s->bias && !overflow_check(l->c, s->origin, "biases", s->bias, s->n_bias))
    return NULL;
  for (size_t i = 0; i < s->n_terms; i++) {
    const struct ir_tensor *w = ir_attr_tensor(&s->term[i], IR_A_WEIGHT);
    if (!overflow_check(l->c, &s->term[i], "weights", w->data, (size_t)ir_type_count(&w->type)))
      return NULL;
    id[i] = ir_append(l->to, l->c->diag, &s->term[i]);
    if (ir_is_none(id[i]))
      return NULL;
  }
  return id;
}

/* One pixel may be flat or a map. A flat value whose population became a map is looked at through a
 * view; the other way round it stays flat. */
static bool settle_shape(struct lower *l, struct signal *s) {
  struct ir_node made = *ir_node(l->to, s->id);
  struct ir_node view = {.op = IR_VIEW, .name = "view", .in = &s->id, .n_in = 1, .loc = made.loc};

  if (made.type.rank <= s->shape.rank) {
    s->shape = made.type;
    return true;
  }
  s->id = ir_append(l->to, l->c->diag, &view);
  return !ir_is_none(s->id);
}

/* A current that is the same in every step never makes a neuron take a spike back: model=if does
 * the same with less memory. Not where channels are joined, since all of those send one kind. */
static enum ir_word model_of(const struct lower *l, const struct signal *s) {
  bool is_constant = ir_n_of(l->from, IR_CONCAT) == 0 && l->c->opt->encode == ENCODE_CURRENT;

  for (size_t i = 0; i < s->n_terms; i++)
    is_constant = is_constant && s->term[i].in[0].idx == l->encode.idx;
  is_constant = is_constant && l->c->opt->neuron == NEURON_IF_SIGNED;
  return is_constant && l->c->opt->code == CODE_RATE ? IR_W_MODEL_IF : code_model(l->c->opt);
}

double signal_levels(const struct lower *l) {
  return code_has_turns(l->c->opt) ? code_levels(l->c->opt) : 1;
}

/* Threshold, and when the neurons send. With ttfs_dyn a current of `scale` has to last for
 * l->resolution steps until a neuron spikes. */
static void put_code(struct lower *l, const struct signal *s, struct ir_node *p,
                     const float *scale) {
  const struct options *o = l->c->opt;
  size_t n = (size_t)s->shape.dims[0];
  float *threshold = ARENA_NEW(l->c->scratch, float, n);
  const int64_t turn[2] = {s->ready, o->steps};

  signal_put_attr(p, ir_word(IR_A_MODEL, model_of(l, s)));
  for (size_t c = 0; c < n; c++)
    threshold[c] = (float)((double)scale[c] * l->resolution);
  signal_put_attr(p, signal_vector_attr(l, IR_A_THRESHOLD, threshold, n));
  if (code_has_turns(o))
    signal_put_attr(p,
                    ir_ints(IR_A_TURN, arena_memdup(ir_graph_arena(l->to), turn, sizeof turn), 2));
}

bool signal_fire(struct lower *l, const struct ir_node *n, const struct signal *s,
                 const float *scale, struct signal *out) {
  const struct options *o = l->c->opt;
  struct ir_node p = signal_new_node(l, n, IR_POPULATION, (ir_id){0});
  float *least = ARENA_NEW(l->c->scratch, float, (size_t)s->shape.dims[0]);

  if (o->neuron == NEURON_IF_SIGNED && (o->leak > 0 || o->refractory > 0))
    return signal_refuse(l, n, "--leak and --refractory go with --neuron if and if_online");
  if (o->neuron == NEURON_IF_SIGNED && o->reset != RESET_SUBTRACT)
    return signal_refuse(
        l, n,
        "--neuron if_signed goes with --reset subtract, --reset zero and modulo with --neuron if");
  for (int64_t c = 0; c < s->shape.dims[0]; c++)
    least[c] = (float)((double)scale[c] / signal_levels(l));
  put_code(l, s, &p, least);
  if (s->bias)
    signal_put_attr(&p, signal_bias_attr(l, s));
  if (o->v_init != 0 && o->code != CODE_TTFS_DYN) /* there is no step to round in */
    signal_put_attr(&p, ir_float(IR_A_V_INIT, o->v_init));
  if (o->reset != RESET_SUBTRACT)
    signal_put_attr(
        &p, ir_word(IR_A_RESET, o->reset == RESET_ZERO ? IR_W_RESET_ZERO : IR_W_RESET_MODULO));
  if (o->leak > 0)
    signal_put_attr(&p, ir_float(IR_A_LEAK, o->leak));
  if (o->refractory > 0)
    signal_put_attr(&p, ir_int(IR_A_REFRACTORY, o->refractory));
  signal_put_attr(&p, ir_text(IR_A_LAYER, signal_name_layer(l, s->origin)));
  p.in = signal_append_terms(l, s);
  p.n_in = s->n_terms;
  if (!p.in)
    return false;
  *out = (struct signal){.kind = SIGNAL_SPIKES,
                         .shape = s->shape,
                         .scale = least,
                         .ready = code_has_turns(o) ? s->ready + o->steps : 0};
  out->id = ir_append(l->to, l->c->diag, &p);
  return !ir_is_none(out->id) && settle_shape(l, out);
}

static bool is_window_plain(const struct lower *l, const struct ir_node *n) {
  struct ir_window w = n->op == IR_CONV ? ir_window_of(l->from, n) : (struct ir_window){0};

  for (size_t i = 0; i < w.n_axes; i++)
    if (w.pad_begin[i] || w.pad_end[i] || (w.dilation[i] != 1 && w.kernel[i] != 1))
      return false;
  return true;
}

/* Why n and its operand, which is no spikes, have not become one layer (merge-needed). */
static const char *why_apart(const struct lower *l, const struct ir_node *n, ir_id operand) {
  const struct ir_node *o = ir_node(l->from, operand);
  bool is_linear =
      n->op == IR_CONV || n->op == IR_DENSE || n->op == IR_AVGPOOL || n->op == IR_GLOBAL_AVGPOOL;

  if (l->of[operand.idx].kind == SIGNAL_CONST)
    return "is constant";
  if (!is_linear)
    return "is a sum that no Relu has made into spikes, and only weighted layers could take that "
           "in";
  if (o->op == IR_ADD)
    return "adds up layers with no Relu behind";
  if (o->op == IR_BATCHNORM)
    return "is a batchnorm of what more than one layer uses, with no Relu behind";
  if (o->op != IR_CONV && o->op != IR_DENSE)
    return "is a sum that no Relu has made into spikes";
  if (l->uses[operand.idx] > 1)
    return "has no Relu behind it and is used elsewhere too, so that it cannot become one layer "
           "with this one";
  if (!is_window_plain(l, n) || !is_window_plain(l, o))
    return "has no Relu behind it and cannot become one layer with this one, because of padding or "
           "dilation between them";
  return "has no Relu behind it, and one layer in place of both would take more than 8 times the "
         "multiplications or 16 million weights";
}

bool signal_source(struct lower *l, const struct ir_node *n, size_t k, bool as_map,
                   struct source *out) {
  struct signal *s = &l->of[n->in[k].idx];
  const struct ir_node *operand = ir_node(l->from, n->in[k]);

  if (s->kind == SIGNAL_INPUT)
    return input_source(l, n, s, as_map, out);
  if (s->kind == SIGNAL_SUM && s->scale && !signal_fire(l, operand, s, s->scale, s))
    return false;
  if (s->kind != SIGNAL_SPIKES)
    return signal_refuse(l, n, "its operand %s %s; a Relu between the two would give it spikes",
                         diag_quote(l->c->diag, operand->name), why_apart(l, n, n->in[k]));
  if ((s->shape.rank == 3) != as_map)
    return signal_refuse(l, n, "its operand %s is %s; %s", operand->name,
                         ir_type_text(l->c->scratch, &operand->type),
                         as_map
                             ? "only maps [1, C, H, W] can be used here"
                             : "only flat values [1, n] can be used here, put a Flatten before it");
  *out = (struct source){s->id, s->shape, s->scale, s->ready};
  return true;
}
