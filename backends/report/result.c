#include "backends/report/result.h"

#include <cJSON.h>
#include <math.h>
#include <stdio.h>

#include "backends/report/explain.h"
#include "backends/report/json.h"
#include "backends/report/table.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/options.h"

/* Niederlechner 2019: a multiply-accumulate costs 14 additions. */
static const double MAC_COST = 14;

static double per_image(const struct result *r, uint64_t sum) {
  return (double)sum / (double)r->images;
}

static double mean_steps(const struct result *r) {
  return r->steps > 0 ? per_image(r, r->image_steps[r->steps - 1]) : 0;
}

static const char *percent_of(struct arena *a, uint64_t right, uint64_t n) {
  return arena_printf(a, "%.2f %%", 100.0 * (double)right / (double)n);
}

/* Powers of two, then the last step; with turns the end of each, and so in the last. */
static bool is_shown_step(const struct result *r, size_t t) {
  size_t last = r->turn_steps && r->steps > r->turn_steps ? r->steps - r->turn_steps : 0;

  if (t <= last)
    return t % r->turn_steps == 0;
  return ((t - last) & (t - last - 1)) == 0 || t == r->steps;
}

static void print_accuracy(struct arena *a, const char *what, uint64_t right, uint64_t n) {
  double low, high;

  table_wilson(right, n, &low, &high);
  printf("%-6s %s right (%s of %s; 95 %% interval %.2f to %.2f)\n", what, percent_of(a, right, n),
         table_count(a, (double)right), table_count(a, (double)n), low, high);
}

/* Cost of one image in the paper's units: 14 a multiply-accumulate, 1 an addition. */
static double cost_ann(const struct result *r) {
  return MAC_COST * r->ann_macs + r->ann_ops;
}

static double cost_snn(const struct result *r, size_t step) {
  return per_image(r, r->synops[step - 1]) + per_image(r, r->pool_ops[step - 1]) +
         per_image(r, r->bias_ops[step - 1]) + per_image(r, r->input_synops[step - 1]) +
         MAC_COST * r->input_macs;
}

/* Images on which the SNN is right after `step` and the ANN is not. */
static uint64_t gained(const struct result *r, size_t step) {
  return r->snn_correct[step - 1] + r->snn_lost[step - 1] - r->ann_correct;
}

static void print_steps(struct arena *a, const struct result *r) {
  static const char *const columns[] = {">step",          ">accuracy",     ">lost",
                                        ">95 % interval", ">synops/image", ">pool ops",
                                        ">bias ops",      ">SNN cost",     ">factor"};
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);

  for (size_t s = 1; s <= r->steps; s++) {
    uint64_t right = r->snn_correct[s - 1];
    double lost = 100.0 * ((double)r->ann_correct - (double)right) / (double)r->images;
    double cost = cost_snn(r, s), low, high;

    if (!is_shown_step(r, s))
      continue;
    table_paired(r->snn_lost[s - 1], gained(r, s), r->images, &low, &high);
    table_row(t, (const char *[]){
                     arena_printf(a, "%zu", s), percent_of(a, right, r->images),
                     arena_printf(a, "%.2f", lost), arena_printf(a, "%.2f to %.2f", low, high),
                     table_short(a, per_image(r, r->synops[s - 1])),
                     table_short(a, per_image(r, r->pool_ops[s - 1])),
                     table_short(a, per_image(r, r->bias_ops[s - 1])), table_short(a, cost),
                     arena_printf(a, "%.2f", cost_ann(r) / cost)});
  }
  table_print(t, stdout);
}

static void print_layers(struct arena *a, const struct result *r) {
  static const char *const columns[] = {"<layer",       ">neurons",      ">spikes/image",
                                        ">spikes/unit", ">synops/image", ">correlation",
                                        ">saturated",   ">dead"};
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);

  for (size_t i = 0; i < r->n_layers; i++) {
    const struct result_layer *l = &r->layers[i];
    double spikes = per_image(r, l->spikes);

    table_row(t,
              (const char *[]){
                  l->name, table_count(a, (double)l->neurons),
                  l->n_outputs ? table_short(a, spikes) : "-",
                  l->n_outputs ? arena_printf(a, "%.2f", spikes / (double)l->n_outputs) : "-",
                  table_short(a, per_image(r, l->synops)),
                  isnan(l->rate_correlation) ? "-" : arena_printf(a, "%.4f", l->rate_correlation),
                  table_percent(a, l->saturated_fraction), table_percent(a, l->dead_fraction)});
  }
  table_print(t, stdout);
}

void report_eval_text(struct comp *c, const struct result *r) {
  struct arena *a = c->arena;

  printf("model  %s: %s parameters; an image takes %s MACs and %s bias additions\n", r->model,
         table_count(a, r->n_parameters), table_count(a, r->ann_macs), table_count(a, r->ann_ops));
  print_accuracy(a, "ANN", r->ann_correct, r->images);
  if (r->steps == 0) {
    printf("time   %s\n", table_seconds(a, r->seconds_ann));
    return;
  }
  print_accuracy(a, "SNN", r->snn_correct[r->steps - 1], r->images);
  if (r->early_exit > 0)
    printf("exit   after %.2f steps on average, with a lead of %g; at most %zu\n", mean_steps(r),
           r->early_exit, r->steps);
  if (r->turn_steps > 0)
    printf("code   layers send one after another, %zu steps each; only from step %zu on does the "
           "answer hold\n       what the layer before it sends\n",
           r->turn_steps, r->steps - r->turn_steps + 1);
  printf("time   conversion %s, ANN %s, SNN %s; one image on one core %s\n\n",
         table_seconds(a, r->seconds_convert), table_seconds(a, r->seconds_ann),
         table_seconds(a, r->seconds_snn), table_seconds(a, r->seconds_per_image));
  print_steps(a, r);
  printf("\nANN cost %s = 14 x MACs + bias additions. SNN cost = synops + pool ops + bias ops + ",
         table_short(a, cost_ann(r)));
  if (r->is_spike_input)
    printf("the\nsynops of the first layer, %s in all steps.",
           table_short(a, per_image(r, r->input_synops[r->steps - 1])));
  else
    printf("14 x the\n%s MACs of the first layer.", table_short(a, r->input_macs));
  printf(
      " factor = ANN cost / SNN cost. The interval is that of what is lost,\nimage by image.\n\n");
  print_layers(a, r);
  printf("\ncorrelation (of rate with activation), saturated and dead: over the first %s images\n",
         table_count(a, (double)r->n_diagnosed));
  if (r->explain)
    report_explain_text(c, r->explain);
}

static void add_steps(cJSON *o, const char *name, const struct result *r, const uint64_t *sums,
                      double divisor) {
  cJSON *list = cJSON_AddArrayToObject(o, name);

  for (size_t t = 0; t < r->steps; t++)
    cJSON_AddItemToArray(list, cJSON_CreateNumber((double)sums[t] / divisor));
}

/* [low, high] in percent of right answers, and in points of what is lost, for each step. */
static void add_intervals(cJSON *o, const struct result *r) {
  cJSON *right = cJSON_AddArrayToObject(o, "snn_interval");
  cJSON *lost = cJSON_AddArrayToObject(o, "lost_interval");
  double ends[2];

  for (size_t s = 1; s <= r->steps; s++) {
    table_wilson(r->snn_correct[s - 1], r->images, &ends[0], &ends[1]);
    cJSON_AddItemToArray(right, cJSON_CreateDoubleArray(ends, 2));
    table_paired(r->snn_lost[s - 1], gained(r, s), r->images, &ends[0], &ends[1]);
    cJSON_AddItemToArray(lost, cJSON_CreateDoubleArray(ends, 2));
  }
  table_wilson(r->ann_correct, r->images, &ends[0], &ends[1]);
  cJSON_AddItemToObject(o, "ann_interval", cJSON_CreateDoubleArray(ends, 2));
}

static void add_options(cJSON *o, struct arena *a, const struct options *opt, double early_exit) {
  cJSON_AddStringToObject(o, "normalize", options_word(opt, a, "normalize"));
  cJSON_AddNumberToObject(o, "percentile", opt->percentile);
  cJSON_AddStringToObject(o, "scope", options_word(opt, a, "scope"));
  cJSON_AddNumberToObject(o, "steps", (double)opt->steps);
  cJSON_AddStringToObject(o, "reset", options_word(opt, a, "reset"));
  cJSON_AddNumberToObject(o, "v_init", opt->v_init);
  cJSON_AddStringToObject(o, "maxpool", options_word(opt, a, "maxpool"));
  cJSON_AddStringToObject(o, "pool_threshold", options_word(opt, a, "pool-threshold"));
  cJSON_AddStringToObject(o, "preset", options_word(opt, a, "preset"));
  cJSON_AddStringToObject(o, "correct", options_word(opt, a, "correct"));
  cJSON_AddNumberToObject(o, "early_exit", early_exit);
  cJSON_AddStringToObject(o, "encode", options_word(opt, a, "encode"));
  cJSON_AddStringToObject(o, "neuron", options_word(opt, a, "neuron"));
  cJSON_AddNumberToObject(o, "leak", opt->leak);
  cJSON_AddNumberToObject(o, "refractory", (double)opt->refractory);
  cJSON_AddNumberToObject(o, "threshold", opt->threshold);
  cJSON_AddStringToObject(o, "percentile_schedule", options_word(opt, a, "percentile-schedule"));
  cJSON_AddStringToObject(o, "readout", options_word(opt, a, "readout"));
  cJSON_AddStringToObject(o, "code", options_word(opt, a, "code"));
}

static void add_layers(cJSON *o, const struct result *r) {
  cJSON *list = cJSON_AddArrayToObject(o, "layers");

  for (size_t i = 0; i < r->n_layers; i++) {
    const struct result_layer *l = &r->layers[i];
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "name", l->name);
    cJSON_AddNumberToObject(item, "neurons", (double)l->neurons);
    cJSON_AddNumberToObject(item, "spikes_per_image", per_image(r, l->spikes));
    cJSON_AddNumberToObject(item, "synops_per_image", per_image(r, l->synops));
    report_json_number(item, "rate_correlation", l->rate_correlation);
    report_json_number(item, "saturated_fraction", l->saturated_fraction);
    report_json_number(item, "dead_fraction", l->dead_fraction);
    cJSON_AddItemToArray(list, item);
  }
}

static cJSON *eval_json(struct comp *c, const struct result *r) {
  cJSON *o = report_json_new(c), *cost;
  double images = (double)r->images;

  cJSON_AddStringToObject(o, "model", r->model);
  add_options(cJSON_AddObjectToObject(o, "options"), c->arena, c->opt, r->early_exit);
  cJSON_AddNumberToObject(o, "seed", (double)c->opt->seed);
  cJSON_AddNumberToObject(o, "images", images);
  cJSON_AddNumberToObject(o, "steps", (double)r->steps);
  cJSON_AddNumberToObject(o, "turn_steps", (double)r->turn_steps);
  cJSON_AddStringToObject(o, "quantize", options_word(c->opt, c->arena, "quantize"));
  if (c->opt->int16)
    cJSON_AddStringToObject(o, "int16", c->opt->int16);
  cJSON_AddNumberToObject(o, "ann_correct", (double)r->ann_correct);
  add_steps(o, "snn_correct", r, r->snn_correct, 1);
  add_steps(o, "snn_lost", r, r->snn_lost, 1);
  add_intervals(o, r);
  cJSON_AddNumberToObject(o, "mean_steps", mean_steps(r));
  add_steps(o, "synops_per_image", r, r->synops, images);
  cJSON_AddNumberToObject(o, "input_ops_per_image",
                          r->input_macs +
                              (r->steps > 0 ? per_image(r, r->input_synops[r->steps - 1]) : 0));
  add_steps(o, "input_synops_per_image", r, r->input_synops, images);
  add_steps(o, "bias_ops_per_image", r, r->bias_ops, images);
  add_steps(o, "pool_ops_per_image", r, r->pool_ops, images);
  cJSON_AddNumberToObject(o, "ann_macs", r->ann_macs);
  cJSON_AddNumberToObject(o, "ann_ops", r->ann_ops);
  cJSON_AddNumberToObject(o, "ann_cost", cost_ann(r));
  cost = cJSON_AddArrayToObject(o, "snn_cost");
  for (size_t t = 1; t <= r->steps; t++)
    cJSON_AddItemToArray(cost, cJSON_CreateNumber(cost_snn(r, t)));
  cJSON_AddNumberToObject(o, "seconds_per_image", r->seconds_per_image);
  cJSON_AddNumberToObject(o, "seconds_convert", r->seconds_convert);
  cJSON_AddNumberToObject(o, "seconds_ann", r->seconds_ann);
  cJSON_AddNumberToObject(o, "seconds_snn", r->seconds_snn);
  add_layers(o, r);
  if (r->explain)
    report_explain_json(c, r->explain, o);
  return o;
}

bool report_eval_json(struct comp *c, const struct result *r) {
  return report_write_json(c, eval_json(c, r));
}
