/* frontend/snn/snn_population.c -- neuron models and populations.
 *
 * Membranes of the IR count from rest, times are in steps: what the language says in volts and
 * seconds is converted here. */
#include "frontend/snn/snn_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/comp.h"

static const char common_attrs[] =
    "model neuron threshold rest bias v_init reset refractory rate index layer";

/* A population being made: its own attributes, those of its neuron model behind them. */
struct cells {
  struct snn_build *b;
  const struct snn_stmt *s;
  const struct snn_stmt *neuron; /* NULL: none is named */
  const struct ir_type *type;
  const struct snn_list *own, *shared;
  enum ir_word model;
  double rest, threshold; /* mV; threshold counts from rest */
  struct ir_attr attr[12];
  size_t n_attr;
};

static const struct snn_attr *find(const struct cells *p, const char *name) {
  const struct snn_attr *a = snn_attr_find(p->own, name);

  return a || !p->shared ? a : snn_attr_find(p->shared, name);
}

/* Of a value that is wrong, or of its attribute. */
static struct loc place(const struct snn_attr *a) {
  return a->values->n == 1 ? ((const struct snn_expr *)a->values->v[0])->loc : a->name.loc;
}

/* What populations share is told at the neuron, and so once. */
static bool fail_missing(const struct cells *p, const char *name, const char *right) {
  const struct snn_stmt *s = p->neuron ? p->neuron : p->s;

  return snn_fail(
      p->b, s->name.loc, "%s %s: %s is missing; model %s has no value for it, %s is right",
      p->neuron ? "neuron" : "population", s->name.text, name, ir_word_text(p->model), right);
}

/* One number for all neurons, one for each, or one for each channel of a map. */
static bool check_count(const struct cells *p, const struct snn_attr *a, int64_t n) {
  int64_t n_neurons = ir_type_count(p->type), channels = p->type->dims[0];
  const char *by_channel = "";

  if (n == 1 || n == n_neurons || (p->type->rank == 3 && n == channels))
    return true;
  if (p->type->rank == 3)
    by_channel =
        arena_printf(p->b->c->arena, ", one for each of %lld channels", (long long)channels);
  return snn_fail(p->b, place(a),
                  "%s has %lld numbers; one for all%s, or one for each of %lld neurons is right",
                  a->name.text, (long long)n, by_channel, (long long)n_neurons);
}

/* What populations of the model may have. */
static const char *known_attrs(struct snn_build *b, enum ir_word model) {
  const struct ir_param *params;
  size_t n = ir_model_params(model, &params);
  const char *known = common_attrs;

  for (size_t i = 0; i < n; i++)
    known = arena_printf(b->c->arena, "%s %s", known, params[i].name);
  return known;
}

/* False: told. */
static bool read_model(struct snn_build *b, const struct snn_stmt *s, const struct snn_attr *a,
                       enum ir_word *model) {
  struct ir_attr attr;

  if (!a)
    return snn_fail(b, s->name.loc, "%s %s: model is missing; one of %s, or neuron NAME, is wanted",
                    s->keyword.text, s->name.text, ir_word_choices(b->c->arena, IR_A_MODEL));
  if (!snn_ir_attr(b, a, IR_A_MODEL, 0, &attr))
    return false;
  *model = attr.u.word;
  return true;
}

/* ---- numbers ---- */

/* The only number of an attribute, or `otherwise`. */
static bool number(const struct cells *p, const char *name, snn_measure_fn *measure,
                   double otherwise, double *v) {
  const struct snn_attr *a = find(p, name);
  const struct snn_expr *e = a ? snn_single(p->b, a) : NULL;

  *v = otherwise;
  return e ? measure(p->b, e, name, v) : !a;
}

static bool read_param(const struct cells *p, const struct ir_param *param, double *v) {
  static snn_measure_fn *const measures[] = {
      [IR_UNIT_STEPS] = snn_time,   [IR_UNIT_LEVEL] = snn_voltage,    [IR_UNIT_SHIFT] = snn_voltage,
      [IR_UNIT_NUMBER] = snn_plain, [IR_UNIT_ABSOLUTE] = snn_voltage,
  };
  static const char *const examples[] = {
      [IR_UNIT_STEPS] = "20 ms", [IR_UNIT_LEVEL] = "0 mV",      [IR_UNIT_SHIFT] = "1 mV",
      [IR_UNIT_NUMBER] = "1",    [IR_UNIT_ABSOLUTE] = "-65 mV",
  };
  const struct snn_attr *a = find(p, param->name);
  bool is_time = param->unit == IR_UNIT_STEPS;
  double preset = param->unit == IR_UNIT_LEVEL && !isnan(param->preset) ? param->preset + p->rest
                                                                        : param->preset;

  if (!a && isnan(preset))
    return fail_missing(p, param->name,
                        arena_printf(p->b->c->arena, "%s %s;", param->name, examples[param->unit]));
  if (!number(p, param->name, measures[param->unit], preset, v))
    return false;
  if (is_time && a && !(*v >= 0 && (*v > 0 || !isnan(preset))))
    return snn_fail(p->b, place(a), "%s is %g steps; %s is right", param->name, *v,
                    isnan(preset) ? "more than 0" : "0 or more");
  *v -= param->unit == IR_UNIT_LEVEL ? p->rest : 0;
  return isfinite((float)*v) ||
         snn_fail(p->b, place(a), "%s is %g; at most 3.4e38 is right", param->name, *v);
}

/* Of `subtract` it means nothing; at rest it is what printing writes for none. */
static void warn_v_reset(const struct cells *p, const char *name, double above_rest) {
  const struct snn_attr *reset = find(p, "reset"), *a = find(p, "v_reset");
  struct ir_attr attr;

  if (!a || above_rest == 0 || strcmp(name, "v_reset") != 0 ||
      (reset && snn_ir_attr(p->b, reset, IR_A_RESET, 0, &attr) && attr.u.word == IR_W_RESET_ZERO))
    return;
  diag_warning(p->b->c->diag, a->name.loc,
               "v_reset is not used, since reset subtracts the threshold here; reset zero; leads "
               "to it");
}

static bool read_params(struct cells *p) {
  const struct ir_param *params;
  size_t n = ir_model_params(p->model, &params);
  int64_t dim = (int64_t)n;
  struct ir_tensor t;
  double v;

  if (n == 0)
    return true;
  t = ir_tensor_new(p->b->c->arena, ir_type_make(IR_F32, 1, &dim));
  for (size_t i = 0; i < n; i++) {
    if (!read_param(p, &params[i], &v))
      return false;
    warn_v_reset(p, params[i].name, v);
    ir_f32_of(t)[i] = (float)v;
  }
  p->attr[p->n_attr++] = ir_tensor_attr(IR_A_PARAMS, t);
  return true;
}

static bool has_unit(const struct cells *p, const struct snn_attr *a) {
  struct snn_quantity q;

  return a->values->n == 1 && snn_quantity_of(p->b, a->values->v[0], &q) && q.time != 0;
}

/* What a population of Poisson neurons fires by: the input that means a spike in every step. */
static bool read_rate(struct cells *p) {
  const struct snn_attr *a = find(p, "rate");
  double rate;

  if (!a)
    return true;
  if (p->model != IR_W_MODEL_POISSON)
    return snn_fail(p->b, a->name.loc, "rate is for model poisson; %s fires by its threshold",
                    ir_word_text(p->model));
  if (!number(p, "rate", snn_rate, 1, &rate))
    return false;
  if (!(rate > 0) || !(rate <= 1 + 1e-6) || !isfinite((float)(1 / rate)))
    return snn_fail(p->b, place(a), "rate is %g spikes a step; above 0, at most 1 is right%s", rate,
                    has_unit(p, a) ? ", which as a rate is 1 / dt"
                                   : ", a rate per second has a unit: 5 Hz or 5 kHz");
  p->threshold = 1 / (rate < 1 ? rate : 1);
  return true;
}

static bool read_threshold(struct cells *p) {
  const struct snn_attr *a = find(p, "threshold");
  struct ir_tensor t;
  const char *key;

  if (!number(p, "rest", snn_voltage, 0, &p->rest))
    return false;
  if (!a) {
    p->threshold = p->model == IR_W_MODEL_IZHIKEVICH ? 30 : p->rest + 1;
    t = ir_tensor_new(p->b->c->arena, (struct ir_type){.dtype = IR_F32, .rank = 1, .dims = {1}});
    if (!read_rate(p))
      return false;
    ir_f32_of(t)[0] = (float)(p->threshold -= p->model == IR_W_MODEL_POISSON ? 0 : p->rest);
  } else {
    if (!snn_tensor(p->b, a, (struct snn_shape){0}, snn_voltage, &t, &key) ||
        !check_count(p, a, ir_type_count(&t.type)))
      return false;
    for (int64_t i = 0; i < ir_type_count(&t.type); i++)
      ir_f32_of(t)[i] = (float)((double)ir_f32_of(t)[i] - p->rest);
    p->threshold = (double)ir_f32_of(t)[0];
    if (t.type.rank == 0)
      t.type = (struct ir_type){.dtype = IR_F32, .rank = 1, .dims = {1}};
  }
  for (int64_t i = 0; i < ir_type_count(&t.type); i++)
    if (!(ir_f32_of(t)[i] > 0))
      return snn_fail(p->b, a ? place(a) : p->s->name.loc,
                      "threshold lies %g above rest; more than 0 is right, rest is %g%s",
                      (double)ir_f32_of(t)[i], p->rest,
                      find(p, "rest") ? "" : " where none is given, as rest -70 mV; does");
  p->attr[p->n_attr++] = ir_tensor_attr(IR_A_THRESHOLD, t);
  return true;
}

/* A fraction of the threshold, or a voltage. */
static bool read_v_init(struct cells *p) {
  const struct snn_attr *a = find(p, "v_init");
  const struct snn_expr *e = a ? snn_single(p->b, a) : NULL;
  struct snn_quantity q;
  double v;

  if (!e)
    return !a;
  if (!snn_quantity_of(p->b, e, &q) ||
      !(q.time || q.voltage || q.conductance || q.steps ? snn_voltage : snn_plain)(p->b, e,
                                                                                   "v_init", &v))
    return false;
  if (q.voltage)
    v = (v - p->rest) / p->threshold;
  p->attr[p->n_attr++] = ir_float(IR_A_V_INIT, v);
  return true;
}

/* The spikes of a recording. */
static bool read_index(struct cells *p) {
  const struct snn_attr *a = find(p, "index");
  struct snn_shape pairs = {.type = {.dtype = IR_I32}};
  struct ir_tensor t;
  const char *key;

  if (!a && p->model == IR_W_MODEL_EVENTS)
    return fail_missing(p, "index", "index \"spikes.npy\"; with pairs (step, neuron)");
  if (!a)
    return true;
  if (p->model != IR_W_MODEL_EVENTS)
    return snn_fail(p->b, a->name.loc, "index is for model events; %s fires by its threshold",
                    ir_word_text(p->model));
  if (!snn_tensor(p->b, a, pairs, NULL, &t, &key))
    return false;
  p->attr[p->n_attr++] = ir_tensor_attr(IR_A_INDEX, t);
  return true;
}

static bool read_others(struct cells *p, size_t n_neurons) {
  const struct snn_attr *bias = find(p, "bias"), *reset = find(p, "reset"),
                        *layer = find(p, "layer");
  struct snn_shape shape = {.type = {.dtype = IR_F32, .rank = 1, .dims = {(int64_t)n_neurons}},
                            .is_known = true,
                            .fan_in = 1,
                            .fan_out = 1};
  struct ir_tensor t;
  const char *key;
  double steps, v;

  shape.stream = snn_stream(p->b, arena_printf(p->b->c->arena, "%s.bias", p->s->name.text), 0);
  if (bias) {
    if (!snn_tensor(p->b, bias, shape, snn_voltage, &t, &key) ||
        !check_count(p, bias, ir_type_count(&t.type)))
      return false;
    v = (double)ir_f32_of(t)[0];
    if (p->rest <= v && v < p->rest / 2)
      diag_warning(p->b->c->diag, place(bias),
                   "bias counts from rest: what leads to %g is %g, for rest is %g", v, v - p->rest,
                   p->rest);
    p->attr[p->n_attr++] = ir_tensor_attr(IR_A_BIAS, t);
  }
  if (reset && !snn_ir_attr(p->b, reset, IR_A_RESET, 0, &p->attr[p->n_attr++]))
    return false;
  if (!number(p, "refractory", snn_time, 0, &steps))
    return false;
  steps = floor(steps + 0.5);
  if (!(steps >= 0) || steps > UINT16_MAX)
    return snn_fail(p->b, place(find(p, "refractory")), "refractory is %g steps; 0 to %d is right",
                    steps, UINT16_MAX);
  if (steps > 0)
    p->attr[p->n_attr++] = ir_int(IR_A_REFRACTORY, (int64_t)steps);
  if (!read_index(p))
    return false;
  if (!layer)
    p->attr[p->n_attr++] = ir_text(IR_A_LAYER, p->s->name.text);
  return !layer || snn_ir_attr(p->b, layer, IR_A_LAYER, 0, &p->attr[p->n_attr++]);
}

/* ---- the neuron statement ---- */

static void build_neuron(struct snn_build *b, const struct snn_stmt *s) {
  struct snn_symbol symbol = {.kind = SNN_IS_NEURON};
  enum ir_word model;

  if (s->sizes || s->sources->n)
    snn_fail(b, s->name.loc, "neuron %s: a model has neither sizes nor sources; populations do",
             s->name.text);
  if (!read_model(b, s, snn_attr_find(s->attrs, "model"), &model) ||
      !snn_check_attrs(b, s->attrs, "neuron", known_attrs(b, model)))
    symbol.kind = SNN_IS_BROKEN;
  snn_define(b, s, symbol);
}

/* ---- the population statement ---- */

static bool read_shape(struct snn_build *b, const struct snn_stmt *s, struct ir_type *t) {
  int64_t count = 1;

  *t = (struct ir_type){.dtype = IR_SPIKES};
  if (s->sizes->n > 3)
    return snn_fail(b, s->name.loc,
                    "population %s has %zu sizes; [neurons], [rows, columns] or [channels, "
                    "height, width] is right",
                    s->name.text, s->sizes->n);
  for (size_t i = 0; i < s->sizes->n; i++) {
    const struct snn_expr *e = s->sizes->v[i];
    int64_t size;

    if (!snn_integer(b, e, "a size", &size))
      return false;
    if (size < 1 || size > INT32_MAX / count)
      return snn_fail(b, e->loc,
                      "a size of %lld; at least 1, and all together at most 2147483647 is right",
                      (long long)size);
    t->dims[t->rank++] = size;
    count *= size;
  }
  if (t->rank == 2) /* rows and columns are for the eye */
    *t = (struct ir_type){.dtype = IR_SPIKES, .rank = 1, .dims = {count}};
  return true;
}

ir_id snn_signal(struct snn_build *b, const struct snn_name *name, const char *target,
                 bool is_map) {
  ir_id in = snn_value(b, name);
  struct ir_attr attr[2] = {ir_word(IR_A_CODE, IR_W_CODE_CURRENT),
                            ir_word(IR_A_LAYOUT, is_map ? IR_W_LAYOUT_CHW : IR_W_LAYOUT_FLAT)};

  if (!ir_is_none(in) && ir_node(b->g, in)->type.dtype == IR_F32)
    in = ir_append(b->g, b->c->diag,
                   &(struct ir_node){.op = IR_ENCODE,
                                     .name = arena_printf(b->c->arena, "%s.%s", target, name->text),
                                     .in = &in,
                                     .n_in = 1,
                                     .attr = attr,
                                     .n_attr = 2,
                                     .loc = name->loc});
  b->parse.is_bad |= ir_is_none(in);
  return in;
}

/* What flows into a population from its sources. */
static bool add_source(const struct cells *p, const struct snn_name *name, ir_id *out) {
  struct snn_build *b = p->b;
  const struct snn_stmt *s = p->s;
  const struct ir_type *t = p->type;
  ir_id in = *out = snn_signal(b, name, s->name.text, t->rank == 3);

  if (!ir_is_none(in) && ir_attr(ir_node(b->g, in), IR_A_RECEPTOR) &&
      p->model != IR_W_MODEL_LIF_COND)
    return snn_fail(b, name->loc,
                    "%s has a receptor, and model %s of %s no conductances; lif_cond has some",
                    name->text, ir_word_text(p->model), s->name.text);
  if (!ir_is_none(in) && ir_type_count(&ir_node(b->g, in)->type) != ir_type_count(t))
    return snn_fail(b, name->loc,
                    "%s has %lld values, population %s %lld neurons; one for each is wanted",
                    name->text, (long long)ir_type_count(&ir_node(b->g, in)->type), s->name.text,
                    (long long)ir_type_count(t));
  return !ir_is_none(in);
}

static bool make_node(struct cells *p, struct snn_symbol *symbol) {
  struct snn_build *b = p->b;
  struct ir_node n = {.op = IR_POPULATION, .name = p->s->name.text, .loc = p->s->name.loc};

  p->attr[p->n_attr++] = ir_word(IR_A_MODEL, p->model);
  p->type = &symbol->type;
  if (p->model != IR_W_MODEL_IZHIKEVICH)
    b->scale = symbol->scale = ARENA_NEW(b->c->arena, struct snn_scale, 1);
  if (!read_shape(b, p->s, &symbol->type) || !read_threshold(p) || !read_v_init(p) ||
      !read_others(p, (size_t)ir_type_count(&symbol->type)) || !read_params(p))
    return false;
  symbol->drive = snn_list_new(&b->parse);
  for (size_t i = 0; i < p->s->sources->n; i++) {
    ir_id *in = ARENA_NEW(b->c->arena, ir_id, 1);
    if (!add_source(p, p->s->sources->v[i], in))
      return false;
    snn_list_add(&b->parse, symbol->drive, in);
  }
  n.type = symbol->type;
  n.attr = p->attr;
  n.n_attr = p->n_attr;
  symbol->id = ir_append(b->g, b->c->diag, &n);
  b->parse.is_bad |= ir_is_none(symbol->id);
  return !ir_is_none(symbol->id);
}

/* The neuron statement that a population names; NULL: told, or none. */
static bool find_shared(struct cells *p) {
  const struct snn_attr *a = snn_attr_find(p->own, "neuron");
  const struct snn_expr *e = a ? snn_single(p->b, a) : NULL;
  const char *word = e ? snn_word_of(p->b, e, "neuron") : NULL;
  const struct snn_symbol *symbol;

  if (!a)
    return true;
  symbol = word ? snn_find(p->b, &(struct snn_name){word, e->loc, false}) : NULL;
  if (symbol && symbol->kind != SNN_IS_NEURON && symbol->kind != SNN_IS_BROKEN)
    snn_fail(p->b, e->loc, "%s is no neuron model; neuron %s { model ...; } above makes one",
             diag_quote(p->b->c->diag, word), word);
  p->neuron = symbol && symbol->kind == SNN_IS_NEURON ? symbol->stmt : NULL;
  p->shared = p->neuron ? p->neuron->attrs : NULL;
  return p->shared != NULL;
}

static void build_cells(struct snn_build *b, const struct snn_stmt *s) {
  struct snn_symbol symbol = {.kind = SNN_IS_POPULATION};
  struct cells p = {.b = b, .s = s, .own = s->attrs};

  if (!find_shared(&p) || !read_model(b, s, find(&p, "model"), &p.model) ||
      !snn_check_attrs(b, s->attrs, "population", known_attrs(b, p.model)) ||
      !make_node(&p, &symbol)) {
    symbol.kind = SNN_IS_BROKEN;
    b->parse.is_bad = true;
  }
  b->scale = NULL;
  symbol.model = p.model;
  ir_graph_set_attr(b->g, ir_word(IR_A_SCHEDULE, IR_W_SCHEDULE_SYNCHRONOUS));
  snn_define(b, s, symbol);
}

/* Often the sizes stand in parentheses. */
static void refuse_sizeless(struct snn_build *b, const struct snn_stmt *s) {
  const struct snn_name *first = s->sources->n ? s->sources->v[0] : NULL;
  uint32_t at;
  const char *size = first && map_get(b->param_index, first->text, &at) ? first->text : "400";

  snn_fail(b, s->name.loc,
           "population %s: its number of neurons is missing; population %s[%s] is right",
           s->name.text, s->name.text, size);
  snn_define(b, s, (struct snn_symbol){.kind = SNN_IS_BROKEN});
}

/* At the spiking level a population is an op, without sizes. */
bool snn_build_population(struct snn_build *b, const struct snn_stmt *s) {
  bool is_op = b->g && (ir_facts(b->g) & IR_FACT_SPIKING);

  if (!strcmp(s->keyword.text, "neuron")) {
    build_neuron(b, s);
    return true;
  }
  if (strcmp(s->keyword.text, "population") != 0 || is_op)
    return false;
  if (s->sizes)
    build_cells(b, s);
  else
    refuse_sizeless(b, s);
  return true;
}
