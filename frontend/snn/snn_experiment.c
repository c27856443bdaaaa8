/* frontend/snn/snn_experiment.c -- protocol and record: checked here, and kept in the graph's
 * header as text in one form, times in steps and rates per step, an attribute a line. */
#include <math.h>
#include <string.h>

#include "frontend/snn/snn_internal.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/comp.h"

enum kind { TIME, RATE, COUNT, PERIOD, POPULATIONS, NEURONS, SYNAPSES, RECORD_FILE };

/* An attribute of a block, or of an attribute with a block. */
struct rule {
  const char *of, *name;
  enum kind kind;
  const char *nested; /* attributes of its own block, by rules of that name; NULL: none */
};

static const struct rule rules[] = {
    {"protocol", "present", TIME, NULL},
    {"protocol", "rest", TIME, NULL},
    {"protocol", "scale", RATE, NULL},
    {"protocol", "repeat", POPULATIONS, "repeat"},
    {"protocol", "label", POPULATIONS, "label"},
    {"protocol", "test", POPULATIONS, "test"},
    {"repeat", "below", COUNT, NULL},
    {"repeat", "scale", RATE, NULL},
    {"repeat", "most", COUNT, NULL},
    {"label", "samples", COUNT, NULL},
    {"label", "every", PERIOD, NULL},
    {"test", "scale", RATE, NULL},
    {"test", "samples", COUNT, NULL},
    {"record", "spikes", NEURONS, "to"},
    {"record", "membranes", NEURONS, "to"},
    {"record", "weights", SYNAPSES, "to"},
    {"to", "every", PERIOD, NULL},
    {"to", "to", RECORD_FILE, NULL},
};

static const struct rule *find_rule(const char *of, const char *name) {
  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (!strcmp(rules[i].of, of) && !strcmp(rules[i].name, name))
      return &rules[i];
  return NULL;
}

static const char *known_attrs(struct snn_build *b, const char *of) {
  const char *known = "";

  for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
    if (!strcmp(rules[i].of, of))
      known = arena_printf(b->c->arena, "%s %s", known, rules[i].name);
  return known;
}

static bool put_population(struct snn_build *b, struct buf *text, const struct snn_expr *e,
                           const struct snn_symbol **found) {
  const struct snn_symbol *p = snn_find(b, &(struct snn_name){e->text, e->loc, false});

  if (p && p->kind != SNN_IS_POPULATION && p->kind != SNN_IS_BROKEN)
    snn_fail(b, e->loc, "%s is no population; population %s[...] { ... } makes one",
             diag_quote(b->c->diag, e->text), e->text);
  buf_put_quoted(text, e->text);
  *found = p;
  return p && p->kind == SNN_IS_POPULATION;
}

/* E, or some of its neurons: E[3], E[0 .. 9]; both ends count. */
static bool put_neurons(struct snn_build *b, struct buf *text, const struct snn_expr *e) {
  const struct snn_symbol *p;
  const struct snn_expr *part;
  int64_t from, to;

  if (e->kind != SNN_E_WORD && e->kind != SNN_E_TEXT && e->kind != SNN_E_PART)
    return snn_fail(b, e->loc,
                    "a population is wanted here, or some of its neurons as in E[0 .. 9]");
  if (!put_population(b, text, e, &p))
    return false;
  if (e->kind != SNN_E_PART)
    return true;
  part = e->items->v[0];
  if (e->items->n != 1)
    return snn_fail(b, e->loc, "one neuron or one range is wanted in brackets");
  if (!snn_integer(b, part->kind == SNN_E_RANGE ? part->a : part, "a neuron", &from) ||
      !snn_integer(b, part->kind == SNN_E_RANGE ? part->b : part, "a neuron", &to))
    return false;
  if (from < 0 || to < from || to >= ir_type_count(&p->type))
    return snn_fail(b, part->loc, "neurons %lld to %lld; %s has 0 to %lld", (long long)from,
                    (long long)to, e->text, (long long)ir_type_count(&p->type) - 1);
  /* A quoted name takes no brackets. */
  text->len -= strlen(e->text) + 2;
  text->data[text->len] = '\0';
  buf_printf(text, part->kind == SNN_E_RANGE ? "%s[%lld .. %lld]" : "%s[%lld]", e->text,
             (long long)from, (long long)to);
  return true;
}

static bool put_synapses(struct snn_build *b, struct buf *text, const struct snn_expr *e) {
  const struct snn_symbol *from, *to;

  if (e->kind != SNN_E_PATH)
    return snn_fail(b, e->loc, "synapses are named by what they connect: weights X -> E;");
  if (!put_population(b, text, e->a, &from))
    return false;
  buf_puts(text, " -> ");
  if (!put_population(b, text, e->b, &to))
    return false;
  for (size_t i = 0; i < b->connections->n; i++) {
    const struct snn_stmt *s = b->connections->v[i];
    if (!strcmp(s->name.text, e->a->text) && !strcmp(s->target.text, e->b->text))
      return true;
  }
  return snn_fail(b, e->loc, "nothing above connects %s to %s; connect %s -> %s { ... } would",
                  e->a->text, e->b->text, e->a->text, e->b->text);
}

static bool put_number(struct snn_build *b, struct buf *text, const struct snn_expr *e,
                       const struct rule *r) {
  snn_measure_fn *measure = r->kind == TIME ? snn_time : r->kind == RATE ? snn_rate : snn_plain;
  double v;

  if (!measure(b, e, r->name, &v))
    return false;
  if (r->kind == PERIOD && (!(v >= 1) || !(v <= INT32_MAX) || v != floor(v)))
    return snn_fail(b, e->loc, "%s is %g; a whole number from 1 to 2147483647 is right", r->name,
                    v);
  if (!(v >= 0) || !(v <= 1e15) || (r->kind == COUNT && v != floor(v)))
    return snn_fail(b, e->loc, "%s is %g; %s is right", r->name, v,
                    r->kind == COUNT ? "a whole number from 0" : "0 or more");
  buf_put_decimal(text, v);
  buf_puts(text, r->kind == TIME ? " steps" : "");
  return true;
}

static bool put_value(struct snn_build *b, struct buf *text, const struct snn_expr *e,
                      const struct rule *r) {
  const struct snn_symbol *ignored;
  const char *s;

  if (r->kind == SYNAPSES)
    return put_synapses(b, text, e);
  if (r->kind == NEURONS)
    return put_neurons(b, text, e);
  if (r->kind == POPULATIONS && (e->kind == SNN_E_WORD || e->kind == SNN_E_TEXT))
    return put_population(b, text, e, &ignored);
  if (r->kind == POPULATIONS)
    return snn_fail(b, e->loc, "the name of a population is wanted here");
  if (r->kind != RECORD_FILE)
    return put_number(b, text, e, r);
  s = snn_text_of(b, e, r->name);
  if (!s)
    return false;
  if (!file_is_bare(s) ||
      (strcmp(file_ending(s), ".npz") != 0 && strcmp(file_ending(s), ".csv") != 0))
    return snn_fail(
        b, e->loc,
        "to %s; a name without folders that ends in .npz or .csv is right, the file lies "
        "beside this one",
        diag_quote(b->c->diag, s));
  buf_put_quoted(text, s);
  return true;
}

/* An attribute with its block; deeper blocks are refused by the rules. */
static bool put_attribute(struct snn_build *b, struct buf *text, const struct snn_attr *a,
                          const char *of) {
  const struct rule *r = find_rule(of, a->name.text);
  bool takes_many = r->kind == NEURONS || r->kind == SYNAPSES;

  if (a->values->n == 0 || (a->values->n > 1 && !takes_many))
    return snn_fail(b, a->name.loc, "%s has %zu values; %s", a->name.text, a->values->n,
                    takes_many ? "one or more are right" : "one is right");
  buf_puts(text, a->name.text);
  for (size_t i = 0; i < a->values->n; i++) {
    buf_puts(text, i ? ", " : " ");
    if (!put_value(b, text, a->values->v[i], r))
      return false;
  }
  if (!snn_check_attrs(b, a->attrs, a->name.text, r->nested ? known_attrs(b, r->nested) : ""))
    return false;
  for (size_t i = 0; i < a->attrs->n; i++) {
    buf_puts(text, i ? " " : " { ");
    if (!put_attribute(b, text, a->attrs->v[i], r->nested))
      return false;
  }
  buf_puts(text, a->attrs->n ? " }" : ";");
  return true;
}

void snn_build_experiment(struct snn_build *b, const struct snn_stmt *s) {
  bool is_protocol = !strcmp(s->keyword.text, "protocol");
  enum ir_attr_key key = is_protocol ? IR_A_PROTOCOL : IR_A_RECORD;
  struct buf text;

  buf_init(&text, b->c->arena);
  buf_puts(&text, "");
  if (ir_graph_attr(b->g, key)) {
    snn_fail(b, s->keyword.loc, "a second %s block; all of it stands in one", s->keyword.text);
    return;
  }
  if (!snn_check_attrs(b, s->attrs, s->keyword.text, known_attrs(b, s->keyword.text)))
    return;
  for (size_t i = 0; i < s->attrs->n; i++) {
    buf_puts(&text, i ? "\n" : "");
    if (!put_attribute(b, &text, s->attrs->v[i], s->keyword.text)) {
      b->parse.is_bad = true;
      return;
    }
  }
  ir_graph_set_attr(b->g, ir_text(key, text.data));
}
