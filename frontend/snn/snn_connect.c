/* frontend/snn/snn_connect.c -- connections become projections, populations their targets. */
#include "frontend/snn/snn_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"

static const char known_attrs[] =
    "all_to_all one_to_one all_except_self random sparse conv excitatory inhibitory weight delay "
    "tau "
    "learn normalize name kernel channels stride pad dilation group seed";
static const char stdp_attrs[] = "pre post tau_pre tau_post1 tau_post2 wmax";

/* How a connection names its pattern; one of them. */
static const struct {
  const char *word;
  enum ir_op op;
} patterns[] = {
    {"all_to_all", IR_PROJECT_DENSE},
    {"one_to_one", IR_PROJECT_ONE_TO_ONE},
    {"all_except_self", IR_PROJECT_ALL_BUT_SELF},
    {"random", IR_PROJECT_SPARSE},
    {"sparse", IR_PROJECT_SPARSE},
    {"conv", IR_PROJECT_CONV},
};

struct link {
  struct snn_build *b;
  const struct snn_stmt *s;
  const struct snn_symbol *from, *to;
  const char *pattern, *name;
  enum ir_op op;
  size_t n_synapses;
  snn_measure_fn *measure; /* of weights: voltages, or conductances */
  struct ir_attr attr[16];
  size_t n_attr;
};

static const struct snn_attr *find(const struct link *l, const char *name) {
  return snn_attr_find(l->s->attrs, name);
}

static bool fail(const struct link *l, const char *text) {
  return snn_fail(l->b, l->s->keyword.loc, "connect %s -> %s: %s", l->s->name.text,
                  l->s->target.text, text);
}

static size_t count(const struct snn_symbol *p) {
  return (size_t)ir_type_count(&p->type);
}

/* An input, or the current of one, as if it were a population. */
static const struct snn_symbol *signal_of(struct snn_build *b, const struct snn_stmt *s) {
  struct snn_symbol *p = ARENA_NEW(b->c->arena, struct snn_symbol, 1);

  p->kind = SNN_IS_POPULATION;
  p->id = snn_signal(b, &s->name, s->target.text, false);
  if (ir_is_none(p->id))
    return NULL;
  p->type = ir_node(b->g, p->id)->type;
  p->type.dtype = IR_SPIKES;
  return p;
}

static bool is_value(struct snn_build *b, const struct snn_name *name) {
  const struct snn_symbol *p = snn_find(b, name);

  return p && p->kind == SNN_IS_VALUE;
}

/* NULL: told, or broken before. */
static const struct snn_symbol *population(struct snn_build *b, const struct snn_name *name) {
  const struct snn_symbol *p = snn_find(b, name);

  if (p && p->kind != SNN_IS_POPULATION && p->kind != SNN_IS_BROKEN)
    snn_fail(b, name->loc,
             "%s is no population; connect leads from one population to another, layers "
             "name their sources in parentheses",
             diag_quote(b->c->diag, name->text));
  return p && p->kind == SNN_IS_POPULATION ? p : NULL;
}

/* ---- pattern ---- */

static bool choose_pattern(struct link *l) {
  const char *second = NULL;

  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    if (!find(l, patterns[i].word))
      continue;
    second = l->pattern;
    l->pattern = patterns[i].word;
    l->op = patterns[i].op;
    if (second)
      return fail(l, arena_printf(l->b->c->arena, "it is %s and %s; one of them is right", second,
                                  l->pattern));
  }
  if (!l->pattern)
    return fail(l, "its pattern is missing; all_to_all, one_to_one, all_except_self, random P, "
                   "sparse \"file\" or conv is "
                   "wanted");
  if (l->op == IR_PROJECT_DENSE && l->to->type.rank == 3)
    l->op = IR_PROJECT_SPARSE; /* a dense projection gives no map */
  return true;
}

static bool check_counts(const struct link *l) {
  bool is_same = count(l->from) == count(l->to);

  if ((l->op == IR_PROJECT_ONE_TO_ONE || l->op == IR_PROJECT_ALL_BUT_SELF) && !is_same)
    return fail(l, arena_printf(l->b->c->arena,
                                "%s needs as many neurons on both sides; there are %zu and %zu",
                                l->pattern, count(l->from), count(l->to)));
  if (l->op != IR_PROJECT_SPARSE && l->op != IR_PROJECT_DENSE && l->op != IR_PROJECT_CONV &&
      !ir_type_equal(&l->from->type, &l->to->type))
    return fail(
        l, "one side is a map [channels, height, width], the other is not; both alike are right");
  return true;
}

/* ---- numbers of synapses ---- */

/* Whole steps; a number without unit counts them too. */
static bool measure_delay(struct snn_build *b, const struct snn_expr *e, const char *what,
                          double *v) {
  struct snn_quantity q;
  double unit;
  bool is_time;

  if (!snn_quantity_of(b, e, &q))
    return false;
  *v = q.v;
  if ((q.time || q.voltage || q.conductance || q.steps) && !snn_time(b, e, what, v))
    return false;
  is_time = q.time && !q.steps;
  unit = is_time ? b->dt * 1e3 : 1;
  if (!(*v >= 0) || *v > 1e6)
    return snn_fail(b, e->loc, "%s is %g steps; 0 to 1000000 is right", what, *v);
  if (fabs(*v - floor(*v + 0.5)) > 1e-6)
    return snn_fail(b, e->loc, "%s is %g steps; a whole number of them is right: %g or %g %s", what,
                    *v, floor(*v) * unit, ceil(*v) * unit, is_time ? "ms" : "steps");
  *v = floor(*v + 0.5);
  return true;
}

static struct snn_shape shape_of(const struct link *l, const char *attr, enum ir_dtype dtype) {
  int64_t dims[2] = {(int64_t)count(l->to), (int64_t)count(l->from)}, n = (int64_t)l->n_synapses;
  bool is_dense = l->op == IR_PROJECT_DENSE && dtype == IR_F32;
  const char *stream = arena_printf(l->b->c->arena, "%s.%s", l->name, attr);

  return (struct snn_shape){.type = is_dense ? ir_type_make(dtype, 2, dims)
                                             : ir_type_make(dtype, 1, &n),
                            .is_known = true,
                            .fan_in = (double)count(l->from),
                            .fan_out = (double)count(l->to),
                            .stream = snn_stream(l->b, stream, 0)};
}

/* One number stands for all where the projection takes it so. */
static bool is_one_number(const struct link *l, const struct snn_attr *a) {
  const struct snn_expr *e = a->values->n == 1 ? snn_resolve(l->b, a->values->v[0]) : NULL;

  return e && e->kind != SNN_E_TEXT && e->kind != SNN_E_LIST &&
         !(e->kind == SNN_E_CALL && (!strcmp(e->text, "uniform") || !strcmp(e->text, "normal") ||
                                     !strcmp(e->text, "i32"))) &&
         !(e->kind == SNN_E_WORD && !strcmp(e->text, "glorot"));
}

/* As many as the projection takes. */
static bool check_numbers(const struct link *l, const struct snn_attr *a, const struct ir_type *t,
                          const struct ir_type *wanted) {
  const struct snn_expr *e = a->values->v[0];
  int64_t n = ir_type_count(t), channels = l->from->type.dims[0];
  bool is_weight = t->dtype == IR_F32;

  if (l->op == IR_PROJECT_ALL_BUT_SELF && n != 1)
    return snn_fail(l->b, e->loc,
                    "%s has %lld numbers; all_except_self takes one for all synapses, all_to_all "
                    "with a table one for each",
                    a->name.text, (long long)n);
  if (is_weight && (l->op == IR_PROJECT_DENSE || l->op == IR_PROJECT_CONV))
    return ir_type_equal(t, wanted) ||
           snn_fail(l->b, e->loc, "%s is %s; %s is wanted, targets first, then sources",
                    a->name.text, ir_type_text(l->b->c->arena, t),
                    ir_type_text(l->b->c->arena, wanted));
  if ((size_t)n == l->n_synapses || (n == 1 && !(is_weight && l->op == IR_PROJECT_SPARSE)) ||
      (l->op == IR_PROJECT_ONE_TO_ONE && n == channels))
    return true;
  return snn_fail(l->b, e->loc,
                  "%s has %lld numbers; one, or one for each of %zu synapses is right",
                  a->name.text, (long long)n, l->n_synapses);
}

static bool read_numbers(struct link *l, const char *name, enum ir_attr_key key,
                         enum ir_dtype dtype) {
  const struct snn_attr *a = find(l, name);
  struct snn_shape shape = shape_of(l, name, dtype);
  const struct snn_attr *delay = find(l, "delay");
  bool may_be_one = key == IR_A_DELAY || l->op == IR_PROJECT_ALL_BUT_SELF ||
                    (l->op == IR_PROJECT_ONE_TO_ONE && (!delay || is_one_number(l, delay)));
  struct ir_tensor t;
  const char *file_key;

  if (may_be_one && is_one_number(l, a))
    shape.type = (struct ir_type){.dtype = dtype, .rank = 1, .dims = {1}};
  if (!snn_tensor(l->b, a, shape, key == IR_A_DELAY ? measure_delay : l->measure, &t, &file_key) ||
      !check_numbers(l, a, &t.type, &shape.type))
    return false;
  l->attr[l->n_attr++] = ir_tensor_attr(key, t);
  return true;
}

static bool read_weight(struct link *l) {
  int64_t *dims;
  struct ir_attr kernel, *weight = &l->attr[l->n_attr];
  int64_t channels = 0, group = 1;
  struct snn_shape shape;
  const char *key;

  if (!find(l, "weight"))
    return fail(l, "weight is missing; a number, uniform(a, b) or \"file.npz:key\" is wanted");
  if (l->op != IR_PROJECT_CONV)
    return read_numbers(l, "weight", IR_A_WEIGHT, IR_F32);
  if (l->from->type.rank != 3 || l->to->type.rank != 3)
    return fail(l, "conv leads between maps; population X[channels, height, width] makes one");
  if (!find(l, "kernel"))
    return fail(l, "kernel is missing; conv; kernel 3; is right");
  if (!snn_ir_attr(l->b, find(l, "kernel"), IR_A_KERNEL, 2, &kernel) ||
      (find(l, "group") &&
       !snn_integer(l->b, find(l, "group")->values->n ? find(l, "group")->values->v[0] : NULL,
                    "group", &group)))
    return false;
  channels = l->to->type.dims[0];
  shape = shape_of(l, "weight", IR_F32);
  dims = shape.type.dims;
  shape.type.rank = 4;
  dims[0] = channels;
  dims[1] = group > 0 ? l->from->type.dims[0] / group : 0;
  dims[2] = kernel.u.ints.v[0];
  dims[3] = kernel.u.ints.v[1];
  l->attr[l->n_attr++] = kernel;
  weight = &l->attr[l->n_attr];
  weight->key = IR_A_WEIGHT;
  l->n_attr++;
  if (!snn_tensor(l->b, find(l, "weight"), shape, l->measure, &weight->u.tensor, &key))
    return false;
  l->n_synapses = (size_t)ir_type_count(&weight->u.tensor.type);
  return check_numbers(l, find(l, "weight"), &weight->u.tensor.type, &shape.type);
}

/* ---- sparse: pairs of source and target ---- */

static bool put_pairs(struct link *l, const int32_t *pairs, size_t n) {
  int64_t dims[] = {(int64_t)n, 2};
  struct ir_tensor t;

  if (n == 0)
    return fail(l, "no synapse comes out; a larger probability is right");
  if (!snn_new_tensor(l->b, l->s->keyword.loc, ir_type_make(IR_I32, 2, dims), &t))
    return false;
  memcpy((void *)(uintptr_t)t.data, pairs, n * 2 * sizeof *pairs);
  l->n_synapses = n;
  l->attr[l->n_attr++] = ir_tensor_attr(IR_A_INDEX, t);
  return true;
}

/* Each pair exists with probability p, by a number of its own. */
static bool draw_pairs(struct link *l, double p) {
  size_t n_from = count(l->from), n_to = count(l->to), n = 0, cap = 1024;
  uint64_t stream = snn_stream(l->b, l->name, 0);
  int32_t *pairs = ARENA_NEW(l->b->c->arena, int32_t, 2 * cap);

  if (n_from > l->b->left_bytes / 8 / n_to)
    return fail(
        l, "it has more pairs than --max-memory allows to look at; sparse names them one by one");
  for (size_t i = 0; i < n_from * n_to; i++) {
    if (snn_random(stream, i) >= p)
      continue;
    if (n == cap) {
      int32_t *more = ARENA_NEW(l->b->c->arena, int32_t, 4 * cap);
      memcpy(more, pairs, 2 * n * sizeof *pairs);
      pairs = more;
      cap *= 2;
    }
    pairs[2 * n] = (int32_t)(i / n_to);
    pairs[2 * n++ + 1] = (int32_t)(i % n_to);
  }
  return put_pairs(l, pairs, n);
}

static bool read_pairs(struct link *l) {
  const struct snn_attr *random = find(l, "random"), *sparse = find(l, "sparse");
  const struct snn_expr *e = random ? snn_single(l->b, random) : NULL;
  struct ir_attr *index = &l->attr[l->n_attr];
  const char *key;
  double p = 1;

  if (random && (!e || !snn_plain(l->b, e, "random", &p)))
    return false;
  if (!(p > 0) || p > 1)
    return snn_fail(l->b, e->loc, "random %g; a probability above 0, at most 1, is right", p);
  if (!sparse)
    return draw_pairs(l, p);
  index->key = IR_A_INDEX;
  if (!snn_tensor(l->b, sparse, (struct snn_shape){.type = {.dtype = IR_I32}}, NULL,
                  &index->u.tensor, &key))
    return false;
  l->n_attr++;
  l->n_synapses = (size_t)index->u.tensor.type.dims[0];
  return index->u.tensor.type.rank == 2 ||
         fail(l, arena_printf(l->b->c->arena,
                              "sparse is %s; a table [n, 2] of pairs (source, target) is right",
                              ir_type_text(l->b->c->arena, &index->u.tensor.type)));
}

/* ---- learning ---- */

static bool read_learning(struct link *l) {
  static const char *const names[] = {"pre", "post", "tau_pre", "tau_post1", "tau_post2", "wmax"};
  static const double presets[] = {1e-4, 1e-2, NAN, NAN, NAN, 1};
  const struct snn_attr *learn = find(l, "learn"), *normalize = find(l, "normalize");
  const struct snn_expr *e = learn ? snn_single(l->b, learn) : NULL;
  struct ir_tensor t =
      ir_tensor_new(l->b->c->arena, (struct ir_type){.dtype = IR_F32, .rank = 1, .dims = {7}});
  double v;

  if (!learn)
    return !normalize ||
           snn_fail(l->b, normalize->name.loc,
                    "normalize goes with learning; leave it out, or write learn stdp { ... }");
  if (!e || !snn_check_attrs(l->b, learn->attrs, "learn", stdp_attrs))
    return false;
  if (e->kind != SNN_E_WORD || strcmp(e->text, "stdp") != 0)
    return snn_fail(l->b, e->loc,
                    "learn cannot be by another rule than stdp; learn stdp { ... } is right");
  if (l->op != IR_PROJECT_DENSE && l->op != IR_PROJECT_SPARSE)
    return snn_fail(l->b, learn->name.loc,
                    "synapses of %s do not learn; all_to_all, random and sparse do", l->pattern);
  for (size_t i = 0; i < 6; i++) {
    const struct snn_attr *a = snn_attr_find(learn->attrs, names[i]);
    const struct snn_expr *x = a ? snn_single(l->b, a) : NULL;
    bool is_time = i >= 2 && i <= 4;

    v = presets[i];
    if ((a && !x) || (x && !(is_time ? snn_time : l->measure)(l->b, x, names[i], &v)))
      return false;
    if (isnan(v) || !isfinite((float)v) || (is_time && !(v > 0)))
      return snn_fail(l->b, a ? a->name.loc : learn->name.loc,
                      "learn stdp: %s is missing or not above 0; %s 20 ms; is right", names[i],
                      names[i]);
    ir_f32_of(t)[i] = (float)v;
  }
  v = 0;
  e = normalize ? snn_single(l->b, normalize) : NULL;
  if (normalize && (!e || !l->measure(l->b, e, "normalize", &v)))
    return false;
  ir_f32_of(t)[6] = (float)v;
  l->attr[l->n_attr++] = ir_word(IR_A_RULE, IR_W_RULE_STDP);
  l->attr[l->n_attr++] = ir_tensor_attr(IR_A_RULE_PARAMS, t);
  return isfinite((float)v) && v >= 0
             ? true
             : fail(l, arena_printf(l->b->c->arena,
                                    "normalize is %g; a sum of weights, 0 or more, is right", v));
}

/* ---- a projection ---- */

static bool read_receptor(struct link *l) {
  const struct snn_attr *exc = find(l, "excitatory"), *inh = find(l, "inhibitory");

  if (exc && inh)
    return fail(l, "it is excitatory and inhibitory; one of them is right");
  l->measure = exc || inh ? snn_conductance : snn_voltage;
  if ((exc || inh) && l->to->model != IR_W_MODEL_LIF_COND)
    return snn_fail(l->b, (exc ? exc : inh)->name.loc,
                    "%s opens a conductance, which model %s of %s has not; leave it out: a weight "
                    "above 0 excites, one below 0 inhibits",
                    exc ? "excitatory" : "inhibitory", ir_word_text(l->to->model),
                    l->s->target.text);
  if (exc || inh)
    l->attr[l->n_attr++] = ir_word(IR_A_RECEPTOR, exc ? IR_W_RECEPTOR_EXC : IR_W_RECEPTOR_INH);
  return true;
}

static bool read_tau(struct link *l) {
  const struct snn_attr *a = find(l, "tau");
  const struct snn_expr *e = a ? snn_single(l->b, a) : NULL;
  double v;

  if (!a)
    return true;
  if (l->op != IR_PROJECT_ONE_TO_ONE)
    return snn_fail(
        l->b, a->name.loc,
        "tau, a filter of the synapse, goes with the pattern one_to_one; leave it out, or "
        "take that");
  if (!e || !snn_time(l->b, e, "tau", &v))
    return false;
  l->attr[l->n_attr++] = ir_float(IR_A_TAU, v);
  return true;
}

static bool read_window(struct link *l) {
  static const enum ir_attr_key keys[] = {IR_A_STRIDE, IR_A_PAD, IR_A_DILATION, IR_A_GROUP};

  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    const struct snn_attr *a = find(l, ir_attr_name(keys[i]));

    if (a && l->op != IR_PROJECT_CONV)
      return snn_fail(l->b, a->name.loc,
                      "%s goes with the pattern conv; leave it out, or take that", a->name.text);
    if (a && !snn_ir_attr(l->b, a, keys[i], 2, &l->attr[l->n_attr++]))
      return false;
  }
  return true;
}

static bool read_name(struct link *l) {
  const struct snn_attr *a = find(l, "name");
  const struct snn_expr *e = a ? snn_single(l->b, a) : NULL;

  l->name = a ? e ? snn_text_of(l->b, e, "name") : NULL
              : arena_printf(l->b->c->arena, "%s.%s", l->s->name.text, l->s->target.text);
  return l->name != NULL;
}

static bool make_projection(struct link *l, ir_id *id) {
  bool is_good;
  struct ir_node n = {
      .op = l->op, .name = l->name, .n_in = 1, .in = &l->from->id, .loc = l->s->keyword.loc};

  if (l->op == IR_PROJECT_SPARSE && !read_pairs(l))
    return false;
  if (l->op == IR_PROJECT_DENSE && count(l->from) > INT32_MAX / count(l->to))
    return fail(l, "it has more than 2^31 - 1 synapses; random or sparse has fewer");
  if (l->op != IR_PROJECT_SPARSE)
    l->n_synapses = l->op == IR_PROJECT_DENSE ? count(l->from) * count(l->to) : count(l->from);
  l->b->scale = l->to->scale;
  is_good = read_receptor(l) && read_weight(l);
  l->b->scale = NULL;
  if (!is_good || (find(l, "delay") && !read_numbers(l, "delay", IR_A_DELAY, IR_I32)) ||
      !read_tau(l) || !read_window(l) || !read_learning(l))
    return false;
  if (l->op == IR_PROJECT_DENSE || l->op == IR_PROJECT_CONV)
    l->attr[l->n_attr++] = ir_word(IR_A_ORDER, IR_W_ORDER_OIHW);
  n.type = l->to->type;
  n.type.dtype = IR_CURRENT;
  n.attr = l->attr;
  n.n_attr = l->n_attr;
  *id = ir_append(l->b->g, l->b->c->diag, &n);
  if (ir_is_none(*id))
    return false;
  n.type = ir_node(l->b->g, *id)->type;
  n.type.dtype = IR_SPIKES;
  return ir_type_equal(&n.type, &l->to->type) ||
         fail(l, arena_printf(l->b->c->arena,
                              "what arrives is %s, %s is %s; kernel, stride and pad say how large "
                              "a map becomes",
                              ir_type_text(l->b->c->arena, &ir_node(l->b->g, *id)->type),
                              l->s->target.text, ir_type_text(l->b->c->arena, &l->to->type)));
}

static void build_projection(struct snn_build *b, const struct snn_stmt *s) {
  bool is_input = is_value(b, &s->name);
  struct link l = {.b = b,
                   .s = s,
                   .from = is_input ? signal_of(b, s) : population(b, &s->name),
                   .to = population(b, &s->target)};
  ir_id *id = ARENA_NEW(b->c->arena, ir_id, 1);

  if (!l.from || !l.to || !snn_check_attrs(b, s->attrs, "connect", known_attrs) ||
      !choose_pattern(&l) || !check_counts(&l) || !read_name(&l) || !make_projection(&l, id)) {
    b->parse.is_bad = true;
    return;
  }
  snn_list_add(&b->parse, l.to->drive, id);
}

void snn_build_connect(struct snn_build *b, const struct snn_stmt *s) {
  if (!b->g)
    snn_fail(b, s->keyword.loc, "connect stands inside of a network, behind its populations");
  else
    snn_list_add(&b->parse, b->connections, (void *)(uintptr_t)s);
}

/* Populations take what arrives; that makes them come behind it, so they are put in order later. */
static bool take_drive(struct snn_build *b, const struct snn_symbol *p) {
  struct ir_node n = *ir_node(b->g, p->id);
  ir_id *in = ARENA_NEW(b->c->arena, ir_id, p->drive->n);

  for (size_t i = 0; i < p->drive->n; i++)
    in[i] = *(const ir_id *)p->drive->v[i];
  n.in = in;
  n.n_in = p->drive->n;
  return n.n_in == 0 || ir_replace(b->g, b->c->diag, p->id, &n);
}

void snn_finish_populations(struct snn_build *b) {
  for (size_t i = 0; i < b->connections->n && b->parse.n_errors <= SNN_MAX_ERRORS; i++)
    build_projection(b, b->connections->v[i]);
  for (size_t i = 0; i < b->symbols->n && !b->parse.is_bad; i++) {
    const struct snn_symbol *p = b->symbols->v[i];

    if (p->kind == SNN_IS_POPULATION && !take_drive(b, p))
      b->parse.is_bad = true;
  }
}
