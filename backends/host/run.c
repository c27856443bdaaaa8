/* backends/host/run.c -- the command run: simulates a synchronous network and tells its rates. */
#include "backends/backend.h"

#include <cJSON.h>
#include <stdio.h>

#include "backends/host/progress.h"
#include "backends/host/run_record.h"
#include "backends/report/json.h"
#include "backends/report/table.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/sync.h"
#include "ir/ir.h"
#include "ir/options.h"

struct simulation {
  struct comp *comp;
  struct sync *sync;
  size_t steps;
  int64_t seed;
  double seconds; /* wall */
};

/* An option of the command line, else what the graph says, else `otherwise`. */
static int64_t given_or(const struct comp *c, const struct ir_graph *g, const char *option,
                        int64_t value, enum ir_attr_key key) {
  const struct ir_attr *a = ir_graph_attr(g, key);

  return options_is_given(c->opt, option) || !a ? value : a->u.i;
}

static double rate_of(const struct simulation *m, const struct sync_population *p) {
  return (double)p->n_spikes / ((double)p->n * (double)m->steps * sync_dt(m->sync));
}

static const char *model_of(const struct sync_population *p) {
  return ir_word_text(ir_attr_word(p->node, IR_A_MODEL, IR_W_MODEL_IF));
}

static void print_table(const struct simulation *m) {
  static const char *const columns[] = {"<population", "<model",   ">neurons",
                                        ">spikes",     ">rate Hz", ">synops"};
  struct arena *a = m->comp->arena;
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);

  for (size_t i = 0; i < sync_n_populations(m->sync); i++) {
    const struct sync_population *p = sync_population(m->sync, i);
    table_row(t, (const char *[]){p->node->name, model_of(p), table_count(a, (double)p->n),
                                  table_count(a, (double)p->n_spikes),
                                  arena_printf(a, "%.2f", rate_of(m, p)),
                                  table_count(a, (double)p->synops)});
  }
  table_print(t, stdout);
  printf("%s steps of %s, seed %lld, in %s\n", table_count(a, (double)m->steps),
         table_seconds(a, sync_dt(m->sync)), (long long)m->seed, table_seconds(a, m->seconds));
}

static bool write_json(const struct simulation *m) {
  cJSON *o = report_json_new(m->comp);
  cJSON *list;

  cJSON_AddStringToObject(o, "model", m->comp->opt->model);
  cJSON_AddNumberToObject(o, "seed", (double)m->seed);
  cJSON_AddNumberToObject(o, "steps", (double)m->steps);
  cJSON_AddNumberToObject(o, "dt", sync_dt(m->sync));
  cJSON_AddNumberToObject(o, "seconds", m->seconds);
  list = cJSON_AddArrayToObject(o, "populations");
  for (size_t i = 0; i < sync_n_populations(m->sync); i++) {
    const struct sync_population *p = sync_population(m->sync, i);
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", p->node->name);
    cJSON_AddStringToObject(item, "model", model_of(p));
    cJSON_AddNumberToObject(item, "neurons", (double)p->n);
    cJSON_AddNumberToObject(item, "spikes", (double)p->n_spikes);
    report_json_number(item, "rate_hz", rate_of(m, p));
    cJSON_AddNumberToObject(item, "synops", (double)p->synops);
    cJSON_AddItemToArray(list, item);
  }
  return report_write_json(m->comp, o);
}

static void simulate(struct simulation *m, struct run_record *record) {
  double start = clock_wall();
  struct progress progress;

  progress_start(&progress, "steps", m->steps, m->comp->opt->quiet);
  for (size_t t = 0; t < m->steps; t++) {
    sync_step(m->sync);
    if (record)
      run_record_step(record);
    progress_add(&progress, true);
  }
  progress_end(&progress);
  m->seconds = clock_wall() - start;
}

int host_run(struct comp *c, const struct ir_graph *g) {
  struct simulation m = {.comp = c};
  struct run_record *record = NULL;

  if (!ir_is_synchronous(g)) {
    diag_error(c->diag, loc_file(c->opt->model),
               "is no synchronous network of populations, which run simulates; eval runs a CNN on "
               "samples");
    return 1;
  }
  m.steps = (size_t)given_or(c, g, "steps", c->opt->steps, IR_A_STEPS);
  m.seed = given_or(c, g, "seed", c->opt->seed, IR_A_SEED);
  m.sync = sync_new(c->arena, c->diag, g, (uint64_t)m.seed);
  if (!m.sync)
    return 1;
  if (c->opt->record) {
    record = run_record_new(c, m.sync, m.steps);
    if (!record)
      return 1;
  }
  simulate(&m, record);
  if ((record && !run_record_write(record)) || (c->opt->json && !write_json(&m)))
    return 1;
  print_table(&m);
  return 0;
}
