#include "backends/report/explain.h"

#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backends/report/json.h"
#include "backends/report/table.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/widths.h"

struct explain_points explain_points_of(const struct explain *x, struct explain_change change) {
  struct explain_points p = {.lost = 100 * ((double)change.lost - (double)change.gained) /
                                     (double)x->images};

  table_paired(change.lost, change.gained, x->images, &p.low, &p.high);
  return p;
}

/* ---- text ---- */

enum { N_COLUMNS = 9 };

static void cost_row(struct arena *a, struct table *t, const struct explain *x, const char *what,
                     struct explain_change change) {
  struct explain_points p = explain_points_of(x, change);
  const char *cells[N_COLUMNS] = {what};

  cells[N_COLUMNS - 2] = arena_printf(a, "%.2f", p.lost);
  cells[N_COLUMNS - 1] = arena_printf(a, "%.2f to %.2f", p.low, p.high);
  table_row(t, cells);
}

static void layer_row(struct arena *a, struct table *t, const struct explain *x,
                      const struct explain_layer *l) {
  struct explain_points p = explain_points_of(x, l->cost);

  if (!l->is_matched) {
    table_row(t, (const char *[N_COLUMNS]){l->name, "-", "-", "-", "-", "-", "-", "-", "-"});
    return;
  }
  table_row(t, (const char *[N_COLUMNS]){
                   l->name, isnan(l->correlation) ? "-" : arena_printf(a, "%.4f", l->correlation),
                   table_percent(a, l->bias), table_percent(a, l->own_bias),
                   table_percent(a, l->own_error), table_percent(a, l->saturated_fraction),
                   table_percent(a, l->silent_fraction), arena_printf(a, "%.2f", p.lost),
                   arena_printf(a, "%.2f to %.2f", p.low, p.high)});
}

static bool is_change(struct explain_change change) {
  return change.lost + change.gained > 0;
}

/* `text` in lines of at most 96 columns behind two blanks. */
static void print_wrapped(const char *text) {
  size_t column = 0;

  for (const char *word = text; *word;) {
    size_t n = strcspn(word, " ");

    if (column > 0 && column + 1 + n > 94) {
      putchar('\n');
      column = 0;
    }
    column += (size_t)printf("%s%.*s", column ? " " : "    ", (int)n, word);
    word += n + (word[n] == ' ');
  }
  putchar('\n');
}

static void width_row(struct arena *a, struct table *t, const char *const *head,
                      const struct width_cost *cost) {
  table_row(t, (const char *[]){head[0], head[1], head[2], table_percent(a, cost->output_error),
                                arena_printf(a, "%zu", cost->n_changed)});
}

static void print_widths(struct arena *a, const struct widths *w) {
  static const char *const columns[] = {"<layer", ">bits", ">weight error", ">output error",
                                        ">answers changed"};
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);

  printf("\nWhat integers change, on %zu samples of --calib:\n\n", w->n_samples);
  for (const struct width_layer *l = w->layer; l < w->layer + w->n_layers; l++) {
    const char *head[] = {l->name, arena_printf(a, "%d", l->bits),
                          table_percent(a, l->weight_error)};
    if (l->bits == 8)
      width_row(a, t, head, &l->cost);
    else
      table_row(t, (const char *[]){head[0], head[1], head[2], "-", "-"});
  }
  table_rule(t);
  width_row(a, t, (const char *[]){"all", "", ""}, &w->as_is);
  width_row(a, t, (const char *[]){"all, with 16 bits", "", ""}, &w->all_wide);
  table_print(t, stdout);
  printf("\nA layer's row: 8 bits there, 16 in all others. Against the same network of floats.\n");
}

void report_explain_text(struct comp *c, const struct explain *x) {
  static const char *const columns[] = {"<what",     ">correlation", ">bias",
                                        ">own bias", ">own error",   ">saturated",
                                        ">silent",   ">costs",       ">95 % interval"};
  struct arena *a = c->arena;
  struct table *t = table_new(a, N_COLUMNS, columns);

  _Static_assert(sizeof columns / sizeof *columns == N_COLUMNS, "a cell for each column");

  printf("\nWhere accuracy is lost, over %s images:\n\n", table_count(a, (double)x->images));
  if (is_change(x->network))
    cost_row(a, t, x, "network", x->network);
  for (size_t i = 0; i < x->n_layers; i++)
    layer_row(a, t, x, &x->layers[i]);
  if (is_change(x->readout))
    cost_row(a, t, x, "readout", x->readout);
  if (is_change(x->early_exit))
    cost_row(a, t, x, "early exit", x->early_exit);
  table_rule(t);
  cost_row(a, t, x, "all", x->all);
  table_print(t, stdout);
  printf("\ncosts: points won were this layer alone to give the CNN's activations for its inputs, "
         "all\nother errors as they are; they need not add up. docs/EXPLAIN.md says more.\n");
  if (c->widths)
    print_widths(a, c->widths);
  for (size_t i = 0; i < x->n_advice; i++) {
    printf("%s%s\n", i ? "" : "\nTry, the most promising first:\n", x->advice[i].try);
    print_wrapped(x->advice[i].why);
  }
}

/* ---- JSON ---- */

static void add_change(const struct explain *x, cJSON *o, const char *name,
                       struct explain_change change) {
  struct explain_points p = explain_points_of(x, change);
  cJSON *item = cJSON_AddObjectToObject(o, name);

  cJSON_AddNumberToObject(item, "lost", (double)change.lost);
  cJSON_AddNumberToObject(item, "gained", (double)change.gained);
  cJSON_AddNumberToObject(item, "points", p.lost);
  cJSON_AddNumberToObject(item, "low", p.low);
  cJSON_AddNumberToObject(item, "high", p.high);
}

static void add_layers(const struct explain *x, cJSON *o) {
  cJSON *list = cJSON_AddArrayToObject(o, "layers");

  for (size_t i = 0; i < x->n_layers; i++) {
    const struct explain_layer *l = &x->layers[i];
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "name", l->name);
    report_json_number(item, "rate_correlation", l->correlation);
    report_json_number(item, "bias", l->bias);
    report_json_number(item, "own_bias", l->own_bias);
    report_json_number(item, "own_error", l->own_error);
    report_json_number(item, "saturated_fraction", l->saturated_fraction);
    report_json_number(item, "silent_fraction", l->silent_fraction);
    if (l->is_matched)
      add_change(x, item, "cost", l->cost);
    cJSON_AddItemToArray(list, item);
  }
}

static void add_width_cost(cJSON *o, const struct width_cost *cost) {
  report_json_number(o, "output_error", cost->output_error);
  report_json_number(o, "answers_changed", (double)cost->n_changed);
}

static void add_widths(const struct widths *w, cJSON *o) {
  cJSON *list;

  report_json_number(o, "samples", (double)w->n_samples);
  list = cJSON_AddArrayToObject(o, "layers");
  for (const struct width_layer *l = w->layer; l < w->layer + w->n_layers; l++) {
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "name", l->name);
    report_json_number(item, "bits", l->bits);
    report_json_number(item, "weight_error", l->weight_error);
    if (l->bits == 8)
      add_width_cost(item, &l->cost);
    cJSON_AddItemToArray(list, item);
  }
  add_width_cost(cJSON_AddObjectToObject(o, "all"), &w->as_is);
  add_width_cost(cJSON_AddObjectToObject(o, "all_with_16_bits"), &w->all_wide);
}

void report_explain_json(const struct comp *c, const struct explain *x, struct cJSON *o) {
  cJSON *e = cJSON_AddObjectToObject(o, "explain"), *list;

  cJSON_AddNumberToObject(e, "images", (double)x->images);
  add_change(x, e, "all", x->all);
  add_change(x, e, "network", x->network);
  add_change(x, e, "readout", x->readout);
  add_change(x, e, "early_exit", x->early_exit);
  add_layers(x, e);
  if (c->widths)
    add_widths(c->widths, cJSON_AddObjectToObject(e, "widths"));
  list = cJSON_AddArrayToObject(e, "advice");
  for (size_t i = 0; i < x->n_advice; i++) {
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "try", x->advice[i].try);
    cJSON_AddStringToObject(item, "why", x->advice[i].why);
    cJSON_AddItemToArray(list, item);
  }
}
