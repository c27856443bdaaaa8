/* backends/host/run.c -- the command run: simulates a network and tells its rates. A synchronous
 * one runs by itself; a CNN, converted, is shown one sample. */
#include "backends/backend.h"

#include <cJSON.h>
#include <stdio.h>

#include "backends/host/input.h"
#include "backends/host/progress.h"
#include "backends/host/run_record.h"
#include "backends/report/json.h"
#include "backends/report/table.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/exec/sync.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"

struct row {
  const char *name, *model;
  double neurons, spikes, synops;
};

/* What is told of a run. */
struct simulation {
  struct comp *comp;
  struct row *row;
  size_t n, steps;
  double dt; /* seconds */
  int64_t seed;
  bool has_answer;
  int64_t sample, answer;
  double seconds; /* wall */
};

/* An option of the command line, else what the graph says, else the option's default. */
static int64_t given_or(const struct comp *c, const struct ir_graph *g, const char *option,
                        int64_t value, enum ir_attr_key key) {
  const struct ir_attr *a = ir_graph_attr(g, key);

  return options_is_given(c->opt, option) || !a ? value : a->u.i;
}

/* ---- what is told ---- */

static double rate_of(const struct simulation *m, const struct row *r) {
  return r->spikes / (r->neurons * (double)m->steps * m->dt);
}

static const char *model_of(const struct ir_node *n) {
  return n->op == IR_POPULATION ? ir_word_text(ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF))
                                : ir_op_name(n->op);
}

static void print_table(const struct simulation *m) {
  static const char *const columns[] = {"<population", "<model",   ">neurons",
                                        ">spikes",     ">rate Hz", ">synops"};
  struct arena *a = m->comp->arena;
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);

  for (size_t i = 0; i < m->n; i++) {
    const struct row *r = &m->row[i];
    table_row(t, (const char *[]){r->name, r->model, table_count(a, r->neurons),
                                  table_count(a, r->spikes), arena_printf(a, "%.2f", rate_of(m, r)),
                                  table_count(a, r->synops)});
  }
  table_print(t, stdout);
  if (m->has_answer && m->answer < 0)
    printf("sample %lld: no answer\n", (long long)m->sample);
  else if (m->has_answer)
    printf("sample %lld: class %lld\n", (long long)m->sample, (long long)m->answer);
  printf("%s steps of %s, seed %lld, in %s\n", table_count(a, (double)m->steps),
         table_seconds(a, m->dt), (long long)m->seed, table_seconds(a, m->seconds));
}

static bool write_json(const struct simulation *m) {
  cJSON *o = report_json_new(m->comp);
  cJSON *list;

  cJSON_AddStringToObject(o, "model", m->comp->opt->model);
  cJSON_AddNumberToObject(o, "seed", (double)m->seed);
  cJSON_AddNumberToObject(o, "steps", (double)m->steps);
  cJSON_AddNumberToObject(o, "dt", m->dt);
  cJSON_AddNumberToObject(o, "seconds", m->seconds);
  if (m->has_answer) {
    cJSON_AddNumberToObject(o, "sample", (double)m->sample);
    cJSON_AddNumberToObject(o, "class", (double)m->answer);
  }
  list = cJSON_AddArrayToObject(o, "populations");
  for (size_t i = 0; i < m->n; i++) {
    const struct row *r = &m->row[i];
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", r->name);
    cJSON_AddStringToObject(item, "model", r->model);
    cJSON_AddNumberToObject(item, "neurons", r->neurons);
    cJSON_AddNumberToObject(item, "spikes", r->spikes);
    report_json_number(item, "rate_hz", rate_of(m, r));
    cJSON_AddNumberToObject(item, "synops", r->synops);
    cJSON_AddItemToArray(list, item);
  }
  return report_write_json(m->comp, o);
}

/* ---- a synchronous network ---- */

static bool run_populations(struct simulation *m, const struct ir_graph *g) {
  struct comp *c = m->comp;
  struct run_record *record;
  struct progress progress;
  struct sync *s = sync_new(c->arena, c->diag, g, (uint64_t)m->seed);
  double start = clock_wall();

  m->steps = (size_t)given_or(c, g, "steps", c->opt->steps, IR_A_STEPS);
  record = s ? run_record_new(c, g, s, m->steps) : NULL;
  if (!record)
    return false;
  progress_start(&progress, "steps", m->steps, c->opt->quiet);
  for (size_t t = 0; t < m->steps; t++) {
    sync_step(s);
    run_record_step(record);
    progress_add(&progress, true);
  }
  progress_end(&progress);
  m->seconds = clock_wall() - start;
  m->dt = sync_dt(s);
  m->n = sync_n_populations(s);
  m->row = ARENA_NEW(c->arena, struct row, m->n);
  for (size_t i = 0; i < m->n; i++) {
    const struct sync_population *p = sync_population(s, i);
    m->row[i] = (struct row){p->node->name, model_of(p->node), (double)p->n, (double)p->n_spikes,
                             (double)p->synops};
  }
  return run_record_write(record);
}

/* ---- a CNN ---- */

static bool run_layers(struct simulation *m, const struct ir_graph *g) {
  struct comp *c = m->comp;
  struct samples *samples = input_read(c, g, NULL, 1);
  struct plan *p = samples ? plan_new(c->arena, c->diag, g) : NULL;
  struct exec_spiking *e;
  double start = clock_wall();

  if (c->opt->record)
    return diag_error(c->diag, loc_file(c->opt->record),
                      "run records populations; eval --record does what a CNN does");
  if (!p || !exec_check_samples(c->diag, p, samples))
    return false;
  e = exec_spiking_new(c->arena, p);
  m->steps = plan_steps(p);
  exec_spiking_set_sample(e, samples, 0);
  for (size_t t = 0; t < m->steps; t++)
    exec_spiking_step(e);
  m->seconds = clock_wall() - start;
  m->dt = 1e-3;
  m->has_answer = true;
  m->sample = (int64_t)samples->first;
  m->answer = exec_spiking_class(e);
  m->n = plan_n_layers(p);
  m->row = ARENA_NEW(c->arena, struct row, m->n);
  for (size_t l = 0; l < m->n; l++) {
    const struct plan_layer *layer = plan_layer(p, l);
    const struct exec_counts *n = &exec_spiking_counts(e)[l];
    m->row[l] = (struct row){layer->name, model_of(ir_node(g, layer->node)), (double)layer->neurons,
                             (double)n->spikes, (double)(n->synops + n->input_synops)};
  }
  return true;
}

int host_run(struct comp *c, const struct ir_graph *g) {
  struct simulation m = {.comp = c};

  m.seed = given_or(c, g, "seed", c->opt->seed, IR_A_SEED);
  if (!(ir_is_synchronous(g) ? run_populations(&m, g) : run_layers(&m, g)) ||
      (c->opt->json && !write_json(&m)))
    return 1;
  print_table(&m);
  return 0;
}
