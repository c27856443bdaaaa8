#include "passes/pass.h"

#include <string.h>
#include <time.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/write.h"
#include "passes/pass_internal.h"

static const struct loc no_place = {0};

/* What --time-passes tells about one step. */
struct timing {
  double ms;
  size_t before, after; /* nodes */
  bool has_run;
};

static const struct pass *find_pass(struct comp *c, const char *option, const char *name) {
  size_t n;
  const struct pass *table = pass_table(&n);
  const char **names = ARENA_NEW(c->arena, const char *, n);

  for (size_t i = 0; i < n; i++) {
    if (strcmp(table[i].name, name) == 0)
      return &table[i];
    names[i] = table[i].name;
  }
  const char *near = diag_nearest(name, names, n);
  diag_error(c->diag, no_place, "%s: there is no pass %s; %s%s%s", option,
             diag_quote(c->diag, name), near ? "did you mean " : "", near ? near : "",
             near ? "?" : "--list-passes names them");
  return NULL;
}

/* The steps of --passes a,b; none of them is skipped. NULL: told. */
static const struct pass_step *listed_steps(struct comp *c, size_t *n) {
  char *list = arena_strdup(c->arena, c->opt->passes);
  struct pass_step *steps = ARENA_NEW(c->arena, struct pass_step, strlen(list) + 1);

  *n = 0;
  for (char *name = list, *end; name; name = end) {
    end = strchr(name, ',');
    if (end)
      *end++ = '\0';
    steps[*n].pass = find_pass(c, "--passes", name);
    if (!steps[(*n)++].pass)
      return NULL;
  }
  return steps;
}

/* "shaped, folded"; all facts fit. */
enum { FACTS_TEXT = 128 };

static const char *fact_names(unsigned facts, char text[FACTS_TEXT]) {
  size_t len = 0;

  text[0] = '\0';
  for (unsigned bit = 1; bit < 1u << IR_N_FACTS; bit <<= 1)
    if (facts & bit)
      len += (size_t)snprintf(text + len, FACTS_TEXT - len, "%s%s", len > 0 ? ", " : "",
                              ir_fact_name(bit));
  return len > 0 ? text : "-";
}

/* The first pass of the table that gives one of these facts. */
static const char *pass_that_gives(unsigned facts) {
  size_t n;
  const struct pass *table = pass_table(&n);

  for (size_t i = 0; i < n; i++)
    if (table[i].gives & facts)
      return table[i].name;
  return NULL;
}

static unsigned facts_after(const struct pass *p, unsigned facts) {
  return (facts & ~p->breaks) | p->gives;
}

/* Refuses an order whose needs are not met, before anything has run. */
static bool check_order(struct comp *c, const struct ir_graph *g, const struct pass_step *steps,
                        size_t n) {
  /* No graph gets here whose types are not known, whatever a text says that was written by hand. */
  unsigned facts = ir_facts(g) | IR_FACT_SHAPED;

  for (size_t i = 0; i < n; i++) {
    const struct pass *p = steps[i].pass;
    unsigned missing = p->needs & ~facts;
    char names[FACTS_TEXT];
    if (facts & steps[i].until)
      continue;
    if (missing)
      return diag_error(c->diag, no_place, "pass %s needs a graph that is %s; run %s before it",
                        p->name, fact_names(missing, names), pass_that_gives(missing));
    facts = facts_after(p, facts);
  }
  return true;
}

/* Writes at once, not at the end of the compilation: a dump must be there when a later pass goes
 * wrong. No other outputs are pending while passes run. */
static bool write_now(struct comp *c, const struct ir_graph *g, const char *path) {
  return ir_write(c, g, path) && file_outputs_commit(c->outputs, c->diag);
}

static bool dump(struct comp *c, const struct ir_graph *g, size_t position, const char *name) {
  const char *wanted = c->opt->dump_ir;
  const char *dir = c->opt->dump_ir_dir ? c->opt->dump_ir_dir : ".";

  if (!wanted || (strcmp(wanted, "all") != 0 && strcmp(wanted, name) != 0))
    return true;
  return write_now(c, g, arena_printf(c->arena, "%s/%02zu-%s.ir", dir, position, name));
}

static double now_ms(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static bool run_step(struct comp *c, struct ir_graph **g, const struct pass *p, struct timing *t) {
  struct ir_graph *before = ir_graph_clone(c->scratch, *g);
  unsigned facts = facts_after(p, ir_facts(*g));
  double start = now_ms();

  t->has_run = true;
  t->before = ir_n_nodes(*g);
  if (!p->run(c, g))
    return false;
  ir_set_facts(*g, facts);
  t->ms = now_ms() - start;
  t->after = ir_n_nodes(*g);
  if (!ir_verify(*g, c->diag)) {
    if (write_now(c, before, "snncc-repro.ir"))
      diag_note(c->diag, no_place, "snncc snncc-repro.ir --passes %s -o out.ir runs it again",
                p->name);
    diag_bug(c->diag, no_place, "pass %s made a graph that breaks the invariant above", p->name);
  }
  arena_reset(c->scratch);
  return true;
}

static void print_times(const struct pass_step *steps, const struct timing *times, size_t n) {
  double sum = 0;

  fprintf(stderr, "%-22s %10s %8s %8s\n", "pass", "ms", "nodes", "after");
  for (size_t i = 0; i < n; i++) {
    if (!times[i].has_run)
      continue;
    sum += times[i].ms;
    fprintf(stderr, "%-22s %10.2f %8zu %8zu\n", steps[i].pass->name, times[i].ms, times[i].before,
            times[i].after);
  }
  fprintf(stderr, "%-22s %10.2f\n", "sum", sum);
}

/* Cuts the list behind the pass of --stop-after, where it is in it. */
static size_t stop_after(const char *last, const struct pass_step *steps, size_t n) {
  for (size_t i = 0; last && i < n; i++)
    if (strcmp(steps[i].pass->name, last) == 0)
      return i + 1;
  return n;
}

/* Thresholds are wanted that samples would give, and come from the weights. */
static bool lacks_samples(const struct comp *c, const struct pass *p) {
  enum normalize how = c->opt->normalize;

  if (c->opt->command == CMD_INSPECT) /* sizes do not depend on thresholds */
    return false;
  return how != NORMALIZE_WEIGHTS && how != NORMALIZE_NONE && !c->calib && !c->opt->passes &&
         strcmp(p->name, "normalize-weights") == 0;
}

static void note_step(struct comp *c, const struct pass *p, const struct timing *t) {
  if (c->opt->verbose && t->before != t->after)
    diag_note(c->diag, no_place, "%s: %zu nodes become %zu", p->name, t->before, t->after);
}

static bool run_steps(struct comp *c, struct ir_graph **g, const struct pass_step *steps,
                      size_t n) {
  struct timing *times = ARENA_NEW(c->arena, struct timing, n);
  bool is_good = true, is_blind = false;

  for (size_t i = 0; i < n && is_good; i++) {
    const struct pass *p = steps[i].pass;
    if (ir_facts(*g) & steps[i].until)
      continue;
    is_blind |= lacks_samples(c, p);
    is_good = run_step(c, g, p, &times[i]) && dump(c, *g, i + 1, p->name);
    note_step(c, p, &times[i]);
  }
  if (is_good && is_blind)
    diag_warning(c->diag, no_place,
                 "no samples to set thresholds by; they come from the weights alone, and "
                 "answers may be no better than chance: --calib FILE gives samples");
  if (c->opt->time_passes)
    print_times(steps, times, n);
  return is_good;
}

bool pass_check_options(struct comp *c) {
  const struct options *o = c->opt;
  bool is_dump_named = o->dump_ir && strcmp(o->dump_ir, "all") != 0;
  size_t n;

  return (!o->passes || listed_steps(c, &n)) &&
         (!o->stop_after || find_pass(c, "--stop-after", o->stop_after)) &&
         (!is_dump_named || find_pass(c, "--dump-ir", o->dump_ir));
}

bool pass_run_pipeline(struct comp *c, struct ir_graph **g, enum pipeline p) {
  size_t n;
  const struct pass_step *steps = c->opt->passes ? listed_steps(c, &n) : pass_steps(c, p, &n);

  if (!steps)
    return false;
  n = stop_after(c->opt->stop_after, steps, n);
  return check_order(c, *g, steps, n) && run_steps(c, g, steps, n);
}

void pass_list(FILE *f) {
  size_t n;
  const struct pass *table = pass_table(&n);
  char needs[FACTS_TEXT], gives[FACTS_TEXT];

  fprintf(f, "%-21s %-34s %-9s %s\n", "pass", "needs", "gives", "what it does");
  for (size_t i = 0; i < n; i++)
    fprintf(f, "%-21s %-34s %-9s %s\n", table[i].name, fact_names(table[i].needs, needs),
            fact_names(table[i].gives, gives), table[i].summary);
}
