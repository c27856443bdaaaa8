/* backends/host/plot.c -- the command plot: pictures of results (--json) and records (--record). */
#include "backends/backend.h"

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/host/plot_record.h"
#include "backends/report/chart.h"
#include "backends/report/gnuplot.h"
#include "backends/report/json.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/options.h"

/* One result file. */
struct run {
  const char *path, *model;
  size_t steps;
  double mean_steps, images;
  const double *correct, *cost; /* [steps] */
  double ann_correct, ann_cost;
};

/* ---- reading ---- */

static bool get_number(struct comp *c, const cJSON *o, const char *path, const char *name,
                       double *x) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, name);

  if (!cJSON_IsNumber(item))
    return diag_error(c->diag, loc_file(path), "has no number \"%s\"; a result of eval --json has",
                      name);
  *x = item->valuedouble;
  return true;
}

/* An array of n numbers. */
static bool get_numbers(struct comp *c, const cJSON *o, const char *path, const char *name,
                        size_t n, const double **x) {
  const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, name), *item;
  double *values = ARENA_NEW(c->arena, double, n);
  size_t i = 0;

  cJSON_ArrayForEach(item, list) {
    if (i == n || !cJSON_IsNumber(item))
      break;
    values[i++] = item->valuedouble;
  }
  *x = values;
  return (cJSON_IsArray(list) && !item && i == n) ||
         diag_error(c->diag, loc_file(path), "\"%s\" is no array of %zu numbers, one for each step",
                    name, n);
}

static bool read_run(struct comp *c, const char *path, struct run *r) {
  const cJSON *o = report_json_read(c, path), *model;
  double steps;

  if (!o)
    return false;
  *r = (struct run){.path = path};
  model = cJSON_GetObjectItemCaseSensitive(o, "model");
  if (!cJSON_IsString(model))
    return diag_error(c->diag, loc_file(path),
                      "has no text \"model\"; a result of eval --json has");
  r->model = model->valuestring;
  if (!get_number(c, o, path, "images", &r->images) || !get_number(c, o, path, "steps", &steps) ||
      !get_number(c, o, path, "ann_correct", &r->ann_correct))
    return false;
  if (!(r->images >= 1) || !(steps >= 1 && steps <= 65535))
    return diag_error(c->diag, loc_file(path),
                      "%g steps and %g images; 1 to 65535 steps of at least one image can be drawn",
                      steps, r->images);
  r->steps = (size_t)steps;
  return get_number(c, o, path, "ann_cost", &r->ann_cost) &&
         get_number(c, o, path, "mean_steps", &r->mean_steps) &&
         get_numbers(c, o, path, "snn_correct", r->steps, &r->correct) &&
         get_numbers(c, o, path, "snn_cost", r->steps, &r->cost);
}

/* ---- curves ---- */

static double error_of(const struct run *r, double correct) {
  return 100 * (1 - correct / r->images);
}

static struct chart_curve new_curve(struct arena *a, const struct run *r, const char *label,
                                    size_t n) {
  return (struct chart_curve){.label = label,
                              .n = n,
                              .step = ARENA_NEW(a, double, n),
                              .error = ARENA_NEW(a, double, n),
                              .cost = ARENA_NEW(a, double, n),
                              .ann_error = error_of(r, r->ann_correct),
                              .ann_cost = r->ann_cost,
                              .least_error = 50 / r->images};
}

/* Point i of a curve, `step` on its axis: what run r has after step t. */
static void set_point(const struct chart_curve *c, size_t i, double step, const struct run *r,
                      size_t t) {
  c->step[i] = step;
  c->error[i] = error_of(r, r->correct[t - 1]);
  c->cost[i] = r->cost[t - 1];
}

/* Of one run: a point for each of its steps. */
static struct chart_curve curve_of_steps(struct arena *a, const struct run *r, const char *label) {
  struct chart_curve c = new_curve(a, r, label, r->steps);

  for (size_t t = 1; t <= r->steps; t++)
    set_point(&c, t - 1, (double)t, r, t);
  return c;
}

/* Of n runs of one model: a point for the last step of each, where an early exit is at its mean. */
static struct chart_curve curve_of_runs(struct arena *a, const struct run *r, size_t n) {
  struct chart_curve c = new_curve(a, r, file_stem(a, r->model), n);

  for (size_t i = 0; i < n; i++)
    set_point(&c, i, r[i].mean_steps, &r[i], r[i].steps);
  return c;
}

static int compare_steps(const void *left, const void *right) {
  const struct run *l = left, *r = right;

  return (l->mean_steps > r->mean_steps) - (l->mean_steps < r->mean_steps);
}

/* Runs of the same model come together, at the place of the first, with their steps ascending. */
static size_t gather(struct run *runs, size_t n, size_t first) {
  size_t end = first + 1;

  for (size_t i = end; i < n; i++)
    if (strcmp(runs[i].model, runs[first].model) == 0) {
      struct run found = runs[i];

      memmove(&runs[end + 1], &runs[end], (i - end) * sizeof *runs);
      runs[end++] = found;
    }
  qsort(runs + first, end - first, sizeof *runs, compare_steps);
  return end;
}

/* Two of the runs have the same number of steps: they differ in something else. */
static bool is_comparison(const struct run *runs, size_t n) {
  for (size_t i = 1; i < n; i++)
    if (runs[i].steps == runs[i - 1].steps)
      return true;
  return false;
}

static size_t make_curves(struct arena *a, struct run *runs, size_t n, struct chart_curve *curves) {
  size_t n_curves = 0, end;

  for (size_t i = 0; i < n; i = end) {
    end = gather(runs, n, i);
    if (end == i + 1) {
      curves[n_curves++] = curve_of_steps(a, &runs[i], file_stem(a, runs[i].model));
    } else if (!is_comparison(runs + i, end - i)) {
      curves[n_curves++] = curve_of_runs(a, runs + i, end - i);
    } else {
      for (size_t k = i; k < end; k++)
        curves[n_curves++] = curve_of_steps(a, &runs[k], file_stem(a, runs[k].path));
    }
  }
  return n_curves;
}

/* ---- pictures ---- */

/* Where a picture goes, without its ending. */
static const char *picture(struct comp *c, const char *name) {
  const struct options *o = c->opt;

  return arena_printf(c->arena, "%s%s%s%s%s", o->out ? o->out : "", o->out ? "/" : "",
                      o->name ? o->name : "", o->name ? "-" : "", name);
}

static bool draw_results(struct comp *c, struct run *runs, size_t n) {
  typedef void chart_fn(struct buf * script, const struct chart_curve *curves, size_t n);
  static const struct {
    const char *name;
    chart_fn *draw;
  } charts[] = {{"error-over-time", chart_error_over_time},
                {"operations-over-time", chart_operations_over_time},
                {"accuracy-over-operations", chart_accuracy_over_operations}};
  struct chart_curve *curves = ARENA_NEW(c->arena, struct chart_curve, n);
  size_t n_curves = make_curves(c->arena, runs, n, curves);

  for (size_t i = 0; i < sizeof charts / sizeof *charts; i++) {
    struct buf script;

    buf_init(&script, c->arena);
    charts[i].draw(&script, curves, n_curves);
    if (!gnuplot_draw(c, &script, picture(c, charts[i].name)))
      return false;
  }
  return true;
}

static bool draw_record(struct comp *c, const char *path) {
  struct chart_layer *layers;
  struct buf rates, spikes;
  size_t n;

  if (!plot_read_record(c, path, &layers, &n))
    return false;
  buf_init(&rates, c->arena);
  buf_init(&spikes, c->arena);
  chart_rate_over_activation(&rates, layers, n);
  chart_spikes(&spikes, layers, n);
  return gnuplot_draw(c, &rates, picture(c, "rate-over-activation")) &&
         gnuplot_draw(c, &spikes, picture(c, "spikes"));
}

int host_plot(struct comp *c) {
  const struct options *o = c->opt;
  struct run *runs = ARENA_NEW(c->arena, struct run, o->n_files);
  const char *record = NULL;
  size_t n = 0;

  for (size_t i = 0; i < o->n_files; i++) {
    if (strcmp(file_ending(o->files[i]), ".npz") != 0) {
      if (!read_run(c, o->files[i], &runs[n++]))
        return 1;
    } else if (!record) {
      record = o->files[i];
    } else {
      diag_error(c->diag, loc_file(o->files[i]), "a second record; one at a time can be drawn");
      return 1;
    }
  }
  if (n > 0 && !draw_results(c, runs, n))
    return 1;
  return !record || draw_record(c, record) ? 0 : 1;
}
