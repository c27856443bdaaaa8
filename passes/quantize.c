/* quantize: weights, thresholds and biases become integers (--quantize int8, int16).
 *
 *   %i = encode %x               ->   %i = encode %x {stored = bytes}
 *   %d = project_conv %s {weight = f32}    ->   {weight = i8}
 *   %r = population %d {threshold = f32}   ->   {unit = f32, threshold = i32, bias = i32}
 *
 * Each channel of a population has a unit, and its weights, threshold and bias are multiples of it:
 * nothing is rescaled at run time. The unit is the largest weight of the channel / 127 (32767), or
 * larger where membranes could leave 32 bits otherwise (ir/exec/reach.h). A readout has one
 * unit for all channels, so that its sums can be compared.
 *
 * A weight becomes the nearest integer, but where it lies about midway between two: there that one
 * which brings the sum of what rounding adds, each times the mean of what is weighted, nearer to 0.
 *
 * Inputs are integers too: x' = a x + b for the stored byte x (or the multiple x of a unit, where
 * samples are no bytes). a goes into the weights that read it, b into the bias: for each neuron of
 * its own where padding leaves out some of its weights. */
#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/reach.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/passes.h"
#include "passes/quantize_internal.h"

/* x' = scale x + offset of the element of an input, in the model's order. */
struct input {
  bool is_bytes;
  float *scale, *offset;
};

struct quantizer {
  struct comp *comp;
  struct ir_graph *graph;
  struct input input;
  const struct quantize_widths *widths;
  double *input_mean; /* of the stored input, channels last; NULL: unknown */
};

/* ---- the input ---- */

/* The samples as if every stored value was `value`. */
static void read_constant(const struct samples *s, uint8_t value, struct arena *a, float *x) {
  struct samples one = *s;
  size_t n = s->channels * s->height * s->width;
  uint8_t *data = ARENA_NEW(a, uint8_t, n);

  memset(data, value, n);
  one.data = data;
  one.n = 1;
  samples_get(&one, 0, x);
}

static float largest(const struct samples *s, struct arena *a) {
  float *x = ARENA_NEW(a, float, s->model_size), most = 0;

  for (size_t i = 0; i < s->n; i++) {
    samples_get(s, i, x);
    for (size_t k = 0; k < s->model_size; k++)
      most = fmaxf(most, fabsf(x[k]));
  }
  return most > 0 ? most : 1;
}

/* Without samples: bytes with the scale of the options, or of bytes. */
static bool find_input(struct quantizer *q) {
  struct comp *c = q->comp;
  const struct samples *s = c->calib;
  size_t n = (size_t)ir_type_count(&ir_node(q->graph, ir_nth(q->graph, IR_INPUT, 0))->type);
  float unit = c->opt->input_scale > 0 ? (float)c->opt->input_scale : 1.0f / 255;

  q->input.is_bytes = !s || s->dtype == SAMPLES_U8;
  q->input.scale = ARENA_NEW(c->scratch, float, n);
  q->input.offset = ARENA_NEW(c->scratch, float, n);
  if (!s && (c->opt->input_mean.n > 0 || c->opt->input_std.n > 0))
    return diag_error(
        c->diag, loc_file(c->opt->model),
        "--quantize puts --input-mean and --input-std into the first layer, and needs "
        "--calib for what samples look like");
  if (s && s->recordings)
    unit = 1;
  else if (s && !q->input.is_bytes)
    unit = largest(s, c->scratch) / INT16_MAX;
  for (size_t i = 0; i < n; i++)
    q->input.scale[i] = unit;
  if (!s || !q->input.is_bytes || s->recordings)
    return true;
  read_constant(s, 0, c->scratch, q->input.offset);
  read_constant(s, 1, c->scratch, q->input.scale);
  for (size_t i = 0; i < n; i++)
    q->input.scale[i] -= q->input.offset[i];
  return true;
}

static void mark_input(const struct quantizer *q) {
  ir_id id = ir_nth(q->graph, IR_ENCODE, 0);
  enum ir_word word = q->input.is_bytes ? IR_W_STORED_BYTES : IR_W_STORED_MULTIPLES;
  struct ir_tensor unit =
      ir_tensor_new(ir_graph_arena(q->graph), ir_type_make(IR_F32, 1, (const int64_t[]){1}));

  ir_set_attr(q->graph, id, ir_word(IR_A_STORED, word));
  ir_f32_of(unit)[0] = q->input.scale[0];
  if (!q->input.is_bytes)
    ir_set_attr(q->graph, id, ir_tensor_attr(IR_A_UNIT, unit));
}

/* ---- one population or readout ---- */

struct target {
  const struct ir_node *node;
  ir_id id;
  int64_t channels;
  int32_t most; /* the largest weight: that of i8 or i16 */
  double *unit; /* per channel */
  double *bias; /* per channel, or per neuron: n_bias of them; channels last */
  int64_t n_bias;
  double squares, error; /* sums over all weights: squares, and squares of what rounding adds */
};

static bool reads_input(const struct ir_graph *g, ir_id projection) {
  ir_id from = ir_node(g, projection)->in[0];

  while (ir_node(g, from)->op == IR_VIEW)
    from = ir_node(g, from)->in[0];
  return ir_node(g, from)->type.dtype == IR_CURRENT;
}

/* A map, or a flat population as a map of one pixel. */
struct map {
  int64_t height, width, channels;
};

static struct map map_of(const struct ir_type *t) {
  if (t->rank == 3)
    return (struct map){t->dims[1], t->dims[2], t->dims[0]};
  return (struct map){1, 1, ir_type_count(t)};
}

/* That of the currents: a readout is flat, what it takes may be maps. */
static const struct ir_type *shape_of(const struct ir_graph *g, const struct ir_node *n) {
  return n->n_in > 0 ? &ir_node(g, n->in[0])->type : &n->type;
}

/* The element of the input, in the model's order, that is (pixel, channel) of the encode. */
static int64_t input_element(const struct ir_graph *g, int64_t pixel, int64_t channel) {
  const struct ir_node *encode = ir_node(g, ir_nth(g, IR_ENCODE, 0));
  struct map m = map_of(&encode->type);
  bool is_chw = ir_attr_word(encode, IR_A_LAYOUT, IR_W_LAYOUT_FLAT) == IR_W_LAYOUT_CHW;

  return is_chw ? channel * m.height * m.width + pixel : pixel * m.channels + channel;
}

/* What weight i adds for one unit of what it reads. A window's weights serve all pixels: the middle
 * one stands for them, since a border of the input may have a scale of 0. */
static double weight_of(const struct quantizer *q, const struct reach *r, int64_t i,
                        bool is_input) {
  struct map m = map_of(&ir_node(q->graph, ir_nth(q->graph, IR_ENCODE, 0))->type);
  int64_t source = reach_source(r, i), pixel = m.height / 2 * m.width + m.width / 2;

  if (!is_input)
    return reach_weight(r, i);
  if (r->node->op == IR_PROJECT_DENSE) {
    pixel = source / m.channels;
    source %= m.channels;
  }
  return reach_weight(r, i) * (double)q->input.scale[input_element(q->graph, pixel, source)];
}

/* What the offsets of the input add to each neuron, through a window or one to one. */
static double offset_at(const struct quantizer *q, const struct reach *r, int64_t pixel,
                        int64_t channel) {
  const struct ir_graph *g = q->graph;
  struct map to = map_of(&r->node->type);
  struct map from = map_of(&ir_node(g, ir_nth(g, IR_ENCODE, 0))->type);
  bool is_conv = r->node->op == IR_PROJECT_CONV;
  struct ir_window w = ir_window_of(g, r->node);
  int64_t k = w.kernel[0] * w.kernel[1], per_group = is_conv ? from.channels / w.group : 1;
  int64_t first = is_conv ? channel / r->run * per_group : channel;
  double sum = 0;

  for (int64_t i = 0; i < k; i++) {
    int64_t y = pixel / to.width * w.stride[0] + i / w.kernel[1] * w.dilation[0] - w.pad_begin[0];
    int64_t x = pixel % to.width * w.stride[1] + i % w.kernel[1] * w.dilation[1] - w.pad_begin[1];
    if (y < 0 || y >= from.height || x < 0 || x >= from.width)
      continue;
    for (int64_t c = first; c < first + per_group; c++) {
      int64_t at = is_conv ? c * r->per_source + (k - 1 - i) * r->run + channel % r->run : channel;
      sum += reach_weight(r, at % r->n) *
             (double)q->input.offset[input_element(g, y * from.width + x, c)];
    }
  }
  return sum;
}

static void add_offsets(const struct quantizer *q, const struct reach *r, struct target *t) {
  const struct map from = map_of(&ir_node(q->graph, ir_nth(q->graph, IR_ENCODE, 0))->type);
  enum ir_op op = r->node->op;

  for (int64_t i = 0; op == IR_PROJECT_DENSE && i < r->n; i++) {
    int64_t source = reach_source(r, i);
    int64_t at = input_element(q->graph, source / from.channels, source % from.channels);
    t->bias[reach_channel(r, i)] += reach_weight(r, i) * (double)q->input.offset[at];
  }
  for (int64_t i = 0; op == IR_PROJECT_ONE_TO_ONE && i < t->n_bias; i++) {
    int64_t at = input_element(q->graph, i / t->channels, i % t->channels);
    int64_t weight = r->n == 1 ? 0 : r->n == t->channels ? i % t->channels : i;
    t->bias[i] += reach_weight(r, weight) * (double)q->input.offset[at];
  }
  for (int64_t i = 0; (op == IR_PROJECT_CONV || op == IR_PROJECT_AVGPOOL) && i < t->n_bias; i++)
    t->bias[i] += offset_at(q, r, i / t->channels, i % t->channels);
}

/* All biases of a channel are the same: one for each is enough. */
static void shorten_bias(struct target *t) {
  for (int64_t i = t->channels; i < t->n_bias; i++)
    if (t->bias[i] != t->bias[i % t->channels])
      return;
  t->n_bias = t->channels;
}

static void collect_bias(const struct quantizer *q, struct target *t) {
  const struct ir_tensor *bias = ir_attr_tensor(t->node, IR_A_BIAS);
  int64_t n = bias ? ir_type_count(&bias->type) : 0;

  t->n_bias = ir_type_count(shape_of(q->graph, t->node));
  t->bias = ARENA_NEW(q->comp->scratch, double, (size_t)t->n_bias);
  for (int64_t i = 0; n > 0 && i < t->n_bias; i++)
    t->bias[i] = (double)ir_f32_of(*bias)[n == t->n_bias ? i : n == 1 ? 0 : i % t->channels];
  for (size_t k = 0; k < t->node->n_in; k++) {
    ir_id projection = reach_projection(q->graph, t->node->in[k]);
    struct reach r = reach_of(q->graph, ir_node(q->graph, projection));
    if (reads_input(q->graph, projection))
      add_offsets(q, &r, t);
  }
  shorten_bias(t);
}

/* ---- means ---- */

/* What is stored, on average of the samples. */
static void find_input_mean(struct quantizer *q) {
  struct comp *c = q->comp;
  struct map m = map_of(&ir_node(q->graph, ir_nth(q->graph, IR_ENCODE, 0))->type);
  int64_t n = m.height * m.width * m.channels;
  float *x = ARENA_NEW(c->scratch, float, c->calib->model_size);
  size_t n_samples = quantize_n_samples(c);

  q->input_mean = ARENA_NEW(c->scratch, double, (size_t)n);
  for (size_t i = 0; i < n_samples; i++) {
    samples_get(c->calib, i, x);
    for (int64_t k = 0; k < n; k++) {
      int64_t e = input_element(q->graph, k / m.channels, k % m.channels);
      if (q->input.scale[e] != 0)
        q->input_mean[k] +=
            (double)(x[e] - q->input.offset[e]) / (double)q->input.scale[e] / (double)n_samples;
    }
  }
}

/* By the source that reach_source gives, the mean of what it sends; NULL: unknown. */
static const double *means_of(const struct quantizer *q, const struct reach *r, bool is_input) {
  ir_id from = r->node->in[0];
  const double *mean;
  double *channel;
  struct map m;

  while (ir_node(q->graph, from)->op == IR_VIEW)
    from = ir_node(q->graph, from)->in[0];
  m = map_of(&ir_node(q->graph, from)->type);
  mean = is_input ? q->input_mean : q->widths->mean[from.idx];
  if (!mean || r->node->op != IR_PROJECT_CONV)
    return r->node->op == IR_PROJECT_DENSE ? mean : NULL;
  channel = ARENA_NEW(q->comp->scratch, double, (size_t)m.channels);
  for (int64_t i = 0; i < m.height * m.width * m.channels; i++)
    channel[i % m.channels] += mean[i] / (double)(m.height * m.width);
  return channel;
}

/* ---- units ---- */

/* The largest weight of each channel, in units of the analog network for one unit of the source. */
static void find_most(const struct quantizer *q, const struct target *t, double *most) {
  for (size_t k = 0; k < t->node->n_in; k++) {
    ir_id projection = reach_projection(q->graph, t->node->in[k]);
    struct reach r = reach_of(q->graph, ir_node(q->graph, projection));
    bool is_input = reads_input(q->graph, projection);
    for (int64_t i = 0; i < r.n; i++) {
      double w = fabs(weight_of(q, &r, i, is_input));
      int64_t channel = reach_channel(&r, i);
      for (int64_t c = 0; channel < 0 && c < t->channels; c++)
        most[c] = fmax(most[c], w);
      if (channel >= 0)
        most[channel] = fmax(most[channel], w);
    }
  }
}

/* How far a step can move the membranes of each channel. */
static void find_reach(const struct quantizer *q, const struct target *t, double *reach) {
  size_t n_input = (size_t)ir_type_count(&ir_node(q->graph, ir_nth(q->graph, IR_INPUT, 0))->type);
  double scale = 0, *bias = ARENA_NEW(q->comp->scratch, double, (size_t)t->channels);

  for (size_t i = 0; i < n_input; i++)
    scale = fmax(scale, fabs((double)q->input.scale[i]));
  scale *= q->input.is_bytes ? UINT8_MAX : INT16_MAX;
  for (size_t k = 0; k < t->node->n_in; k++) {
    ir_id projection = reach_projection(q->graph, t->node->in[k]);
    struct reach r = reach_of(q->graph, ir_node(q->graph, projection));
    reach_add(&r, reads_input(q->graph, projection) ? scale : 1, reach);
  }
  for (int64_t i = 0; i < t->n_bias; i++)
    bias[i % t->channels] = fmax(bias[i % t->channels], fabs(t->bias[i]));
  for (int64_t c = 0; c < t->channels; c++)
    reach[c] += bias[c];
}

static double threshold_of(const struct target *t, int64_t c) {
  const struct ir_tensor *threshold = ir_attr_tensor(t->node, IR_A_THRESHOLD);

  if (!threshold)
    return 0;
  return (double)ir_f32_of(*threshold)[ir_type_count(&threshold->type) == 1 ? 0 : c];
}

/* The smallest units that fit: no weight above t->most, no membrane above 32 bits (but for what
 * rounding adds), no threshold or bias out of all proportion where weights are tiny. */
static void find_units(const struct quantizer *q, struct target *t) {
  const struct ir_attr *steps = ir_graph_attr(q->graph, IR_A_STEPS);
  double *most = ARENA_NEW(q->comp->scratch, double, (size_t)t->channels);
  double *reach = ARENA_NEW(q->comp->scratch, double, (size_t)t->channels);
  double largest_unit = 0;

  find_most(q, t, most);
  find_reach(q, t, reach);
  for (int64_t c = 0; c < t->channels; c++) {
    double theta = threshold_of(t, c), far = (double)steps->u.i * reach[c] + 3 * theta;
    t->unit[c] = fmax(fmax(most[c] / t->most, far / (0.9 * INT32_MAX)), theta / (1 << 24));
    if (t->unit[c] == 0)
      t->unit[c] = 1;
    largest_unit = fmax(largest_unit, t->unit[c]);
  }
  for (int64_t c = 0; t->node->op == IR_READOUT && c < t->channels; c++)
    t->unit[c] = largest_unit;
}

/* ---- integers ---- */

static int32_t to_integer(double x, double unit, double most) {
  return (int32_t)floor(fmin(fmax(x / unit, -most), most) + 0.5);
}

/* x: the weight in units; added: the sum of what rounding has added so far, in units. */
static int32_t round_weight(double x, double most, double mean, double *added) {
  double below = floor(x), part = x - below;
  int32_t w = to_integer(x, 1, most);

  if (mean != 0 && part > 0.25 && part < 0.75 && below >= -most && below + 1 <= most)
    w = (int32_t)below +
        (fabs(*added + (below - x) * mean) > fabs(*added + (below + 1 - x) * mean));
  *added += (w - x) * mean;
  return w;
}

/* A weight that stands for all channels becomes one each, since their units differ. */
static void quantize_weight(const struct quantizer *q, struct target *t, ir_id projection) {
  struct reach r = reach_of(q->graph, ir_node(q->graph, projection));
  bool is_input = reads_input(q->graph, projection), is_shared = reach_channel(&r, 0) < 0;
  struct ir_type type = r.weight->type;
  struct ir_tensor out;
  int64_t n = is_shared ? t->channels : r.n;
  const double *mean = means_of(q, &r, is_input);
  double *added = ARENA_NEW(q->comp->scratch, double, (size_t)t->channels);

  if (is_shared)
    type = ir_type_make(IR_F32, 1, &n);
  type.dtype = t->most == INT8_MAX ? IR_I8 : IR_I16;
  out = ir_tensor_new(ir_graph_arena(q->graph), type);
  for (int64_t i = 0; i < n; i++) {
    int64_t c = is_shared ? i : reach_channel(&r, i);
    double real = weight_of(q, &r, is_shared ? 0 : i, is_input);
    int32_t w = round_weight(real / t->unit[c], (double)t->most,
                             mean ? mean[reach_source(&r, i)] : 0, &added[c]);

    t->squares += real * real;
    t->error += (w * t->unit[c] - real) * (w * t->unit[c] - real);
    if (type.dtype == IR_I8)
      ((int8_t *)(uintptr_t)out.data)[i] = (int8_t)w;
    else
      ((int16_t *)(uintptr_t)out.data)[i] = (int16_t)w;
  }
  ir_set_attr(q->graph, projection, ir_tensor_attr(IR_A_WEIGHT, out));
}

static struct ir_tensor new_i32(struct ir_graph *g, int64_t n) {
  return ir_tensor_new(ir_graph_arena(g), ir_type_make(IR_I32, 1, &n));
}

/* A bias of 0 is none: it would be added in every step. */
static void quantize_bias(const struct quantizer *q, const struct target *t) {
  struct ir_tensor bias = new_i32(q->graph, t->n_bias);
  int32_t *v = (int32_t *)(uintptr_t)bias.data, any = 0;

  if (t->n_bias > t->channels) {
    struct map m = map_of(shape_of(q->graph, t->node));
    bias.type = ir_type_make(IR_I32, 3, (const int64_t[]){m.height, m.width, m.channels});
  }
  for (int64_t i = 0; i < t->n_bias; i++) {
    v[i] = to_integer(t->bias[i], t->unit[i % t->channels], INT32_MAX / 2);
    any |= v[i];
  }
  if (any != 0 || ir_attr(t->node, IR_A_BIAS))
    ir_set_attr(q->graph, t->id, ir_tensor_attr(IR_A_BIAS, bias));
}

static void quantize_target(const struct quantizer *q, struct target *t) {
  bool is_readout = t->node->op == IR_READOUT;
  int64_t n_units = is_readout ? 1 : t->channels;
  struct ir_tensor threshold = new_i32(q->graph, t->channels);
  struct ir_tensor unit =
      ir_tensor_new(ir_graph_arena(q->graph), ir_type_make(IR_F32, 1, &n_units));

  for (size_t k = 0; k < t->node->n_in; k++)
    quantize_weight(q, t, reach_projection(q->graph, t->node->in[k]));
  q->widths->weight_error[t->id.idx] = t->squares > 0 ? sqrt(t->error / t->squares) : 0;
  quantize_bias(q, t);
  for (int64_t c = 0; c < n_units; c++)
    ir_f32_of(unit)[c] = (float)t->unit[c];
  ir_set_attr(q->graph, t->id, ir_tensor_attr(IR_A_UNIT, unit));
  if (is_readout)
    return;
  for (int64_t c = 0; c < t->channels; c++)
    ((int32_t *)(uintptr_t)threshold.data)[c] =
        (int32_t)fmax(1, to_integer(threshold_of(t, c), t->unit[c], INT32_MAX / 4));
  ir_set_attr(q->graph, t->id, ir_tensor_attr(IR_A_THRESHOLD, threshold));
}

/* ---- the pass ---- */

/* False: told. */
static bool add_target(const struct quantizer *q, ir_id id) {
  struct target t = {.node = ir_node(q->graph, id), .id = id};
  size_t n_input = 0;

  for (size_t k = 0; k < t.node->n_in; k++)
    n_input += reads_input(q->graph, reach_projection(q->graph, t.node->in[k]));
  if (n_input > 0 && n_input < t.node->n_in)
    return diag_error(q->comp->diag, t.node->loc,
                      "%s adds the input to spikes, whose integers have other units; --quantize "
                      "float would be right",
                      diag_quote(q->comp->diag, t.node->name));
  t.most = q->widths->is_wide[id.idx] ? INT16_MAX : INT8_MAX;
  t.channels = map_of(shape_of(q->graph, t.node)).channels;
  t.unit = ARENA_NEW(q->comp->scratch, double, (size_t)t.channels);
  collect_bias(q, &t);
  find_units(q, &t);
  quantize_target(q, &t);
  return true;
}

bool quantize_graph(struct comp *c, struct ir_graph *g, const struct quantize_widths *w) {
  struct quantizer q = {.comp = c, .graph = g, .widths = w};

  if (!find_input(&q))
    return false;
  mark_input(&q);
  if (c->calib && !c->calib->recordings)
    find_input_mean(&q);
  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    if (quantize_is_layer(g, ir_id_at(i)) && !add_target(&q, ir_id_at(i)))
      return false;
  return true;
}

bool pass_quantize(struct comp *c, struct ir_graph **g) {
  struct quantize_widths w;

  if (ir_facts(*g) & IR_FACT_QUANTIZED)
    return diag_error(c->diag, loc_file(c->opt->model), "the graph is quantized already");
  return quantize_find_widths(c, *g, &w) && (!c->calib || quantize_find_means(c, *g, w.mean)) &&
         (!c->opt->explain || c->opt->quantize != QUANTIZE_INT8 || !c->calib ||
          quantize_explain(c, *g, &w)) &&
         quantize_graph(c, *g, &w);
}
