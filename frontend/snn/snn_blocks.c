/* frontend/snn/snn_blocks.c -- blocks without a name: convert, run, protocol, record. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "frontend/snn/snn_internal.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/comp.h"
#include "ir/options.h"

/* ---- convert: options of the command line ---- */

/* The text that the command line would have. Numbers and fractions keep theirs. */
static bool option_text(struct snn_build *b, const struct snn_expr *e, struct buf *text) {
  const struct snn_expr *x = snn_resolve(b, e);
  double v;

  if (x->kind == SNN_E_WORD || x->kind == SNN_E_TEXT) {
    buf_puts(text, x->text);
    return true;
  }
  if (x->kind == SNN_E_NUMBER && x->text && !x->unit) {
    buf_puts(text, x->text);
    return true;
  }
  if (x->kind == SNN_E_DIV && x->a->kind == SNN_E_NUMBER && x->b->kind == SNN_E_NUMBER &&
      !x->a->unit && !x->b->unit) {
    buf_printf(text, "%s/%s", x->a->text, x->b->text);
    return true;
  }
  if (!snn_plain(b, x, "an option", &v))
    return false;
  buf_printf(text, "%.17g", v);
  return true;
}

static bool set_option(struct snn_build *b, const struct snn_attr *a) {
  struct loc loc = a->name.loc;
  struct buf text;
  const char *value;

  buf_init(&text, b->c->arena);
  buf_puts(&text, "");
  for (size_t i = 0; i < a->values->n; i++) {
    buf_puts(&text, i ? "," : "");
    if (!option_text(b, a->values->v[i], &text))
      return false;
  }
  if (a->values->n == 1)
    loc = ((const struct snn_expr *)a->values->v[0])->loc;
  value = text.data;
  if (options_is_file(a->name.text) && *value != '/')
    value = arena_printf(b->c->arena, "%s%s", file_dir(b->c->arena, a->name.loc.file), value);
  if (options_give(b->opt, b->c->arena, b->c->diag,
                   &(struct option_given){OPTION_BY_CONFIG, a->name.text, value, loc}))
    return true;
  b->parse.is_bad = true;
  b->parse.n_errors++;
  return false;
}

bool snn_convert(struct snn_build *b, const struct snn_list *attrs) {
  bool is_good = snn_check_attrs(b, attrs, "convert", options_convert_names(b->c->arena));

  for (size_t i = 0; i < attrs->n && is_good; i++)
    is_good = set_option(b, attrs->v[i]);
  return is_good;
}

/* ---- run: steps and what the graph's header says ---- */

static bool read_dt(struct snn_build *b, const struct snn_attr *a) {
  const struct snn_expr *e = snn_single(b, a);
  struct snn_quantity q;

  b->dt = 1e-3; /* a wrong one is no missing one */
  if (!e || !snn_quantity_of(b, e, &q))
    return false;
  if (q.time != 1 || q.voltage || q.conductance || q.steps || !(q.v > 0) || !(q.v <= 1000))
    return snn_fail(b, e->loc, "dt is the length of a step; a time above 0 such as 1 ms is wanted");
  b->dt = q.v;
  ir_graph_set_attr(b->g, ir_float(IR_A_DT, q.v));
  return true;
}

static bool read_time(struct snn_build *b, const struct snn_attr *a) {
  const struct snn_expr *e = snn_single(b, a);
  double steps;

  if (!e || !snn_time(b, e, "time", &steps))
    return false;
  steps = floor(steps + 0.5);
  if (!(steps >= 1) || !(steps <= INT32_MAX))
    return snn_fail(b, e->loc, "time is %g steps; 1 to 2147483647 are right", steps);
  ir_graph_set_attr(b->g, ir_int(IR_A_STEPS, (int64_t)steps));
  return true;
}

static bool read_facts(struct snn_build *b, const struct snn_attr *a) {
  unsigned facts = 0;

  for (size_t i = 0; i < a->values->n; i++) {
    const char *word = snn_word_of(b, a->values->v[i], "a fact"), *known = "";
    unsigned bit = 1;

    if (!word)
      return false;
    while (ir_fact_name(bit) && strcmp(ir_fact_name(bit), word) != 0) {
      known = arena_printf(b->c->arena, "%s%s%s", known, *known ? ", " : "", ir_fact_name(bit));
      bit <<= 1;
    }
    if (!ir_fact_name(bit))
      return snn_fail(b, ((const struct snn_expr *)a->values->v[i])->loc,
                      "there is no fact %s; known are %s", diag_quote(b->c->diag, word), known);
    facts |= bit;
  }
  ir_set_facts(b->g, facts);
  return true;
}

static bool read_header(struct snn_build *b, const struct snn_list *attrs) {
  static const enum ir_attr_key keys[] = {IR_A_SCHEDULE, IR_A_STEPS, IR_A_SPIKE_WORDS, IR_A_SEED};
  const struct snn_attr *a;
  struct ir_attr attr;
  bool is_good = true;

  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    a = snn_attr_find(attrs, ir_attr_name(keys[i]));
    if (!a)
      continue;
    if (!snn_ir_attr(b, a, keys[i], 0, &attr))
      is_good = false;
    else
      ir_graph_set_attr(b->g, attr);
    if (is_good && keys[i] == IR_A_SEED)
      b->seed = attr.u.i;
  }
  return is_good;
}

static void build_run(struct snn_build *b, const struct snn_list *attrs) {
  const struct snn_attr *a;

  snn_check_attrs(b, attrs, "run", "dt time steps seed schedule facts spike_words");
  a = snn_attr_find(attrs, "dt");
  if (a && !read_dt(b, a))
    return;
  a = snn_attr_find(attrs, "time");
  if (a && snn_attr_find(attrs, "steps"))
    snn_fail(b, a->name.loc, "time and steps both say how long it runs; leave steps out");
  else if (a && !read_time(b, a))
    return;
  a = snn_attr_find(attrs, "facts");
  if ((!a || read_facts(b, a)) && !read_header(b, attrs))
    b->parse.is_bad = true;
}

void snn_build_block(struct snn_build *b, const struct snn_stmt *s) {
  static const char known[] = "convert run protocol record";
  const char *word = s->keyword.text, *near = snn_did_you_mean(b, word, known);

  if (!b->g)
    snn_fail(b, s->keyword.loc, "%s stands inside of a network", word);
  else if (!strcmp(word, "convert"))
    snn_convert(b, s->attrs);
  else if (!strcmp(word, "run"))
    build_run(b, s->attrs);
  else if (!strcmp(word, "protocol") || !strcmp(word, "record"))
    snn_build_experiment(b, s);
  else
    snn_fail(b, s->keyword.loc, "there is no block %s%s", diag_quote(b->c->diag, word),
             *near ? near : "; convert, run, protocol and record are known");
}
