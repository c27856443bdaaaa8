/* frontend/snn/snn_eval.c -- constant expressions, their units, and params. */
#include "frontend/snn/snn_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/comp.h"

const char snn_units[] = "s, ms, us, steps, Hz, kHz, V, mV, S and nS";

struct unit {
  const char *name;
  struct snn_quantity q;
};

static const struct unit units[] = {
    {"s", {1, 1, 0, 0, 0}},     {"ms", {1e-3, 1, 0, 0, 0}}, {"us", {1e-6, 1, 0, 0, 0}},
    {"steps", {1, 0, 0, 0, 1}}, {"Hz", {1, -1, 0, 0, 0}},   {"kHz", {1e3, -1, 0, 0, 0}},
    {"V", {1, 0, 1, 0, 0}},     {"mV", {1e-3, 0, 1, 0, 0}}, {"S", {1, 0, 0, 1, 0}},
    {"nS", {1e-9, 0, 0, 1, 0}},
};

static const struct snn_quantity *find_unit(const char *text) {
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (!strcmp(units[i].name, text))
      return &units[i].q;
  return NULL;
}

bool snn_is_unit(const char *text) {
  return find_unit(text) != NULL;
}

/* ---- dimensions ---- */

static bool is_dim(struct snn_quantity q, int time, int voltage, int conductance, int steps) {
  return q.time == time && q.voltage == voltage && q.conductance == conductance && q.steps == steps;
}

static bool same_dim(struct snn_quantity a, struct snn_quantity b) {
  return is_dim(a, b.time, b.voltage, b.conductance, b.steps);
}

static const char *dim_name(struct snn_quantity q) {
  if (is_dim(q, 0, 0, 0, 0))
    return "a number without unit";
  if (is_dim(q, 1, 0, 0, 0))
    return "a time";
  if (is_dim(q, 0, 0, 0, 1))
    return "a number of steps";
  if (is_dim(q, -1, 0, 0, 0))
    return "a rate";
  if (is_dim(q, 0, 1, 0, 0))
    return "a voltage";
  if (is_dim(q, 0, 0, 1, 0))
    return "a conductance";
  return "of a composed unit";
}

/* Dimensions stay small: a product of more than a few units means nothing here. */
static bool add_dims(struct snn_build *b, struct loc loc, struct snn_quantity *q,
                     struct snn_quantity other, int sign) {
  int dims[] = {q->time + sign * other.time, q->voltage + sign * other.voltage,
                q->conductance + sign * other.conductance, q->steps + sign * other.steps};

  for (size_t i = 0; i < 4; i++)
    if (dims[i] < -4 || dims[i] > 4)
      return snn_fail(b, loc,
                      "the unit of this product is beyond any use; powers up to 4 are read");
  q->time = (signed char)dims[0];
  q->voltage = (signed char)dims[1];
  q->conductance = (signed char)dims[2];
  q->steps = (signed char)dims[3];
  return true;
}

/* ---- params ---- */

const struct snn_expr *snn_resolve(struct snn_build *b, const struct snn_expr *e) {
  uint32_t at;

  if (e->kind == SNN_E_WORD && map_get(b->param_index, e->text, &at))
    return b->params->v[at];
  return e;
}

/* Known once it stands there, so that a param can only be made of those above it. */
bool snn_define_param(struct snn_build *b, const struct snn_stmt *s) {
  const struct snn_expr *e = snn_resolve(b, s->value);
  struct snn_expr *value = arena_memdup(b->c->arena, e, sizeof *e);
  struct snn_quantity *q = ARENA_NEW(b->c->arena, struct snn_quantity, 1);

  if (e->kind == SNN_E_LIST || e->kind == SNN_E_PART || e->kind == SNN_E_PATH ||
      e->kind == SNN_E_RANGE)
    return snn_fail(b, e->loc,
                    "a param is a number, a word or a text; lists stand where they are used");
  if (e->kind != SNN_E_WORD && e->kind != SNN_E_TEXT) {
    if (!snn_quantity_of(b, e, q))
      return false;
    *value = (struct snn_expr){.kind = SNN_E_NUMBER, .loc = e->loc, .number = q->v, .value = q};
  }
  if (!map_put(b->param_index, s->name.text, (uint32_t)b->params->n))
    return snn_fail(b, s->name.loc, "param %s is there already; give this one another name",
                    diag_quote(b->c->diag, s->name.text));
  snn_list_add(&b->parse, b->params, value);
  return true;
}

/* ---- numbers ---- */

static struct snn_quantity number_of(const struct snn_expr *e) {
  const struct snn_quantity *unit = e->unit ? find_unit(e->unit) : NULL;
  struct snn_quantity q = unit ? *unit : (struct snn_quantity){.v = 1};

  q.v *= e->number;
  return e->value ? *e->value : q;
}

static bool word_of(struct snn_build *b, const struct snn_expr *e, struct snn_quantity *q) {
  *q = (struct snn_quantity){.v = NAN};
  if (!strcmp(e->text, "inf"))
    q->v = INFINITY;
  else if (!strcmp(e->text, "pi"))
    q->v = 3.14159265358979323846;
  else if (strcmp(e->text, "nan") != 0)
    return snn_fail(b, e->loc,
                    "a number is wanted here, and %s is no param; param %s = ... above would "
                    "make it one%s",
                    diag_quote(b->c->diag, e->text), e->text,
                    strchr(e->text, '-') ? ", and a minus between names needs blanks" : "");
  return true;
}

struct function {
  const char *name;
  size_t n;
  double (*one)(double);
  double (*two)(double, double);
};

static const struct function functions[] = {
    {"sqrt", 1, sqrt, NULL},   {"exp", 1, exp, NULL},   {"log", 1, log, NULL},
    {"floor", 1, floor, NULL}, {"ceil", 1, ceil, NULL}, {"abs", 1, fabs, NULL},
    {"min", 2, NULL, fmin},    {"max", 2, NULL, fmax},  {"pow", 2, NULL, pow},
};

static bool call_of(struct snn_build *b, const struct snn_expr *e, struct snn_quantity *q) {
  struct snn_quantity x[2] = {{.v = 0}, {.v = 0}};
  bool is_draw = snn_is_initializer(e);

  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    const struct function *f = &functions[i];

    if (strcmp(f->name, e->text) != 0)
      continue;
    if (e->items->n != f->n)
      return snn_fail(b, e->loc, "%s takes %zu number%s in its parentheses, not %zu", f->name, f->n,
                      f->n == 1 ? "" : "s", e->items->n);
    for (size_t k = 0; k < f->n; k++)
      if (!snn_quantity_of(b, e->items->v[k], &x[k]))
        return false;
    if (f->n == 2 && !same_dim(x[0], x[1]))
      return snn_fail(b, e->loc, "%s of %s and %s; both must be of one kind", f->name,
                      dim_name(x[0]), dim_name(x[1]));
    *q = x[0];
    q->v = f->one ? f->one(x[0].v) : f->two(x[0].v, x[1].v);
    return true;
  }
  return snn_fail(b, e->loc,
                  is_draw ? "%s draws many numbers, and one is wanted here; what can be drawn is "
                            "weight, bias and delay"
                          : "%s is no function of numbers; sqrt, exp, log, floor, ceil, abs, min, "
                            "max and pow are",
                  diag_quote(b->c->diag, e->text));
}

static bool binary_of(struct snn_build *b, const struct snn_expr *e, struct snn_quantity *q) {
  struct snn_quantity x, y;

  if (!snn_quantity_of(b, e->a, &x) || !snn_quantity_of(b, e->b, &y))
    return false;
  *q = x;
  if (e->kind == SNN_E_MUL || e->kind == SNN_E_DIV) {
    q->v = e->kind == SNN_E_MUL ? x.v * y.v : x.v / y.v;
    if (e->kind == SNN_E_DIV && y.v == 0)
      return snn_fail(b, e->loc, "this divides by 0; any other divisor is right");
    return add_dims(b, e->loc, q, y, e->kind == SNN_E_MUL ? 1 : -1);
  }
  if (!same_dim(x, y))
    return snn_fail(b, e->loc, "%s and %s cannot be added; both must be of one kind", dim_name(x),
                    dim_name(y));
  q->v = e->kind == SNN_E_ADD ? x.v + y.v : x.v - y.v;
  return true;
}

bool snn_quantity_of(struct snn_build *b, const struct snn_expr *e, struct snn_quantity *q) {
  e = snn_resolve(b, e);
  switch (e->kind) {
  case SNN_E_NUMBER:
    *q = number_of(e);
    return true;
  case SNN_E_WORD:
    return word_of(b, e, q);
  case SNN_E_CALL:
    return call_of(b, e, q);
  case SNN_E_ADD:
  case SNN_E_SUB:
  case SNN_E_MUL:
  case SNN_E_DIV:
    return binary_of(b, e, q);
  case SNN_E_NEGATE:
    if (!snn_quantity_of(b, e->a, q))
      return false;
    q->v = -q->v;
    return true;
  case SNN_E_TEXT:
  case SNN_E_PART:
  case SNN_E_LIST:
  case SNN_E_PATH:
  case SNN_E_RANGE:
    break;
  }
  return snn_fail(b, e->loc, "a number is wanted here, not a text, list, range or arrow");
}

/* ---- what a place wants ---- */

static bool tell_dim(struct snn_build *b, const struct snn_expr *e, const char *what,
                     struct snn_quantity q, const char *wanted) {
  return snn_fail(b, e->loc, "%s is %s here; %s is wanted", what, dim_name(q), wanted);
}

bool snn_plain(struct snn_build *b, const struct snn_expr *e, const char *what, double *v) {
  struct snn_quantity q;

  if (!snn_quantity_of(b, e, &q))
    return false;
  *v = q.v;
  return is_dim(q, 0, 0, 0, 0) || tell_dim(b, e, what, q, "a number without unit");
}

bool snn_integer(struct snn_build *b, const struct snn_expr *e, const char *what, int64_t *v) {
  double x;

  if (!snn_plain(b, e, what, &x))
    return false;
  if (!(fabs(x) <= 9007199254740992.0) || x != floor(x))
    return snn_fail(b, e->loc, "%s is %g; a whole number is wanted", what, x);
  *v = (int64_t)x;
  return true;
}

static bool need_dt(struct snn_build *b, const struct snn_expr *e, const char *what) {
  return b->dt > 0 ||
         snn_fail(
             b, e->loc,
             "%s is a time, but the network has no step; run { dt 1 ms; } above gives it one, or "
             "count in steps",
             what);
}

bool snn_time(struct snn_build *b, const struct snn_expr *e, const char *what, double *steps) {
  struct snn_quantity q;

  if (!snn_quantity_of(b, e, &q))
    return false;
  *steps = q.v;
  if (is_dim(q, 0, 0, 0, 1))
    return true;
  if (!is_dim(q, 1, 0, 0, 0))
    return tell_dim(b, e, what, q, "a time (s, ms, us or steps)");
  if (!need_dt(b, e, what))
    return false;
  *steps = q.v / b->dt;
  return true;
}

/* Voltages of a population have units all of them or none: what is without would count as mV. Zero
 * is the same in any unit. */
static bool note_scale(struct snn_build *b, const struct snn_expr *e, const char *what,
                       bool has_unit) {
  struct snn_scale *s = b->scale;

  if (!s)
    return true;
  if (s->what[!has_unit])
    return snn_fail(b, e->loc,
                    "%s has %s unit here, %s in line %u has %s; a population has units at all of "
                    "its voltages, weights of what leads to it included, or at none",
                    what, has_unit ? "a" : "no", s->what[!has_unit], (unsigned)s->line[!has_unit],
                    has_unit ? "none" : "one");
  if (!s->what[has_unit]) {
    s->what[has_unit] = what;
    s->line[has_unit] = e->loc.line;
  }
  return true;
}

bool snn_voltage(struct snn_build *b, const struct snn_expr *e, const char *what, double *mv) {
  struct snn_quantity q;

  if (!snn_quantity_of(b, e, &q))
    return false;
  *mv = is_dim(q, 0, 1, 0, 0) ? q.v * 1e3 : q.v;
  if (!is_dim(q, 0, 1, 0, 0) && !is_dim(q, 0, 0, 0, 0))
    return tell_dim(b, e, what, q, "a voltage (V, mV), or a number without unit,");
  return q.v == 0 || note_scale(b, e, what, q.voltage != 0);
}

bool snn_rate(struct snn_build *b, const struct snn_expr *e, const char *what, double *rate) {
  struct snn_quantity q;

  if (!snn_quantity_of(b, e, &q))
    return false;
  *rate = q.v;
  if (is_dim(q, 0, 0, 0, 0) || is_dim(q, 0, 0, 0, -1))
    return true;
  if (!is_dim(q, -1, 0, 0, 0))
    return tell_dim(b, e, what, q, "a rate (Hz, kHz), or a number per step,");
  if (!need_dt(b, e, what))
    return false;
  *rate = q.v * b->dt;
  return true;
}

bool snn_conductance(struct snn_build *b, const struct snn_expr *e, const char *what, double *v) {
  struct snn_quantity q;

  if (!snn_quantity_of(b, e, &q))
    return false;
  *v = is_dim(q, 0, 0, 1, 0) ? q.v * 1e9 : q.v;
  if (is_dim(q, 0, 0, 0, 0))
    return true;
  if (!is_dim(q, 0, 0, 1, 0))
    return tell_dim(b, e, what, q, "a conductance (S, nS), or a number without unit,");
  return note_scale(b, e, what, true);
}

const char *snn_word_of(struct snn_build *b, const struct snn_expr *e, const char *what) {
  e = snn_resolve(b, e);
  if (e->kind == SNN_E_WORD || e->kind == SNN_E_TEXT)
    return e->text;
  snn_fail(b, e->loc, "%s is a word; another thing stands here", what);
  return NULL;
}

const char *snn_text_of(struct snn_build *b, const struct snn_expr *e, const char *what) {
  e = snn_resolve(b, e);
  if (e->kind == SNN_E_TEXT)
    return e->text;
  snn_fail(b, e->loc, "%s is a text in quotes; none stands here", what);
  return NULL;
}
