#include "backends/report/chart.h"

#include <math.h>
#include <stdbool.h>

#include "backends/report/gnuplot.h"
#include "ir/base/buf.h"

/* ---- curves ---- */

/* Which numbers of a curve are drawn over which. */
struct view {
  const double *(*x)(const struct chart_curve *c);
  const double *(*y)(const struct chart_curve *c);
};

static const double *steps_of(const struct chart_curve *c) {
  return c->step;
}
static const double *errors_of(const struct chart_curve *c) {
  return c->error;
}
static const double *costs_of(const struct chart_curve *c) {
  return c->cost;
}

static bool is_power_of_two(double x) {
  double exponent = log2(x);

  return floor(exponent) >= exponent;
}

/* Three columns: x, y, and y once more where a mark is drawn: at powers of two and at the end. */
static void put_curve(struct buf *s, const struct chart_curve *c, const struct view *v, size_t k) {
  buf_printf(s, "$curve%zu << EOD\n", k);
  for (size_t i = 0; i < c->n; i++) {
    double y = fmax(v->y(c)[i], v->y(c) == c->error ? c->least_error : 0);

    buf_printf(s, "%g %g", v->x(c)[i], y);
    if (c->n < 16 || is_power_of_two(c->step[i]) || i + 1 == c->n)
      buf_printf(s, " %g\n", y);
    else
      buf_puts(s, " NaN\n");
  }
  buf_puts(s, "EOD\n");
}

static const int marks[] = {7, 5, 9, 11, 13, 6, 4, 8, 10, 12};

/* Line, marks, and both in the key. */
static void put_plot(struct buf *s, const struct chart_curve *c, size_t k) {
  const char *color = gnuplot_color(k);
  int mark = marks[k % (sizeof marks / sizeof *marks)];

  buf_printf(s,
             "%s $curve%zu using 1:2 with lines lw 2 lc rgb '%s' notitle, \\\n"
             "  $curve%zu using 1:3 with points pt %d ps 1 lc rgb '%s' notitle, \\\n"
             "  NaN with linespoints lw 2 lc rgb '%s' pt %d ps 1 title ",
             k ? ", \\\n " : "plot", k, color, k, mark, color, color, mark);
  gnuplot_put_string(s, c->label);
}

static void begin_curves(struct buf *s, const struct chart_curve *curves, size_t n,
                         const struct view *v) {
  gnuplot_begin(s, 900, 600);
  buf_puts(s, "set key outside right top Left reverse samplen 2\n");
  buf_puts(s, "set logscale xy\n");
  for (size_t k = 0; k < n; k++)
    put_curve(s, &curves[k], v, k);
}

/* What the CNN itself has, as a broken line across. */
static void put_level(struct buf *s, double level, size_t k) {
  buf_printf(s, ", \\\n  %g with lines dt 2 lw 1.5 lc rgb '%s' notitle", level, gnuplot_color(k));
}

static void end_over_time(struct buf *s, const struct chart_curve *curves, size_t n,
                          bool is_error) {
  for (size_t k = 0; k < n; k++)
    put_plot(s, &curves[k], k);
  for (size_t k = 0; k < n; k++)
    put_level(s, is_error ? fmax(curves[k].ann_error, curves[k].least_error) : curves[k].ann_cost,
              k);
  buf_puts(s, ", \\\n  NaN with lines dt 2 lw 1.5 lc rgb '#444444' title 'the CNN'\n");
}

void chart_error_over_time(struct buf *script, const struct chart_curve *curves, size_t n) {
  begin_curves(script, curves, n, &(struct view){steps_of, errors_of});
  buf_puts(script, "set logscale x 2\n"
                   "set ytics (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)\n"
                   "set title 'Error over time'\n"
                   "set xlabel 'time steps'\nset ylabel 'wrong answers, %'\n");
  end_over_time(script, curves, n, true);
}

void chart_operations_over_time(struct buf *script, const struct chart_curve *curves, size_t n) {
  begin_curves(script, curves, n, &(struct view){steps_of, costs_of});
  buf_puts(script, "set logscale x 2\nset format y '%.0s %c'\n"
                   "set title 'Operations over time'\n"
                   "set xlabel 'time steps'\n"
                   "set ylabel 'additions per image (a multiply-accumulate counts 14)'\n");
  end_over_time(script, curves, n, false);
}

/* The axis is that of errors, which are the distance from 100 %, turned upside down. */
void chart_accuracy_over_operations(struct buf *script, const struct chart_curve *curves,
                                    size_t n) {
  begin_curves(script, curves, n, &(struct view){costs_of, errors_of});
  for (size_t k = 0; k < n; k++)
    buf_printf(script, "$ann%zu << EOD\n%g %g\nEOD\n", k, curves[k].ann_cost,
               fmax(curves[k].ann_error, curves[k].least_error));
  buf_puts(script, "set yrange [*:*] reverse\nset format x '%.0s %c'\n"
                   "set ytics ('99.95' 0.05, '99.9' 0.1, '99.8' 0.2, '99.5' 0.5, '99' 1, '98' 2, "
                   "'95' 5, '90' 10, '80' 20, '70' 30, '50' 50, '10' 90)\n"
                   "set title 'Accuracy against operations'\n"
                   "set xlabel 'additions per image (a multiply-accumulate counts 14)'\n"
                   "set ylabel 'right answers, %'\n");
  for (size_t k = 0; k < n; k++)
    put_plot(script, &curves[k], k);
  for (size_t k = 0; k < n; k++)
    buf_printf(script, ", \\\n  $ann%zu using 1:2 with points pt 3 ps 2 lw 2 lc rgb '%s' notitle",
               k, gnuplot_color(k));
  buf_puts(script, ", \\\n  NaN with points pt 3 ps 2 lw 2 lc rgb '#444444' title 'the CNN'\n");
}

/* ---- layers of a record ---- */

/* Panels side by side, as square as may be. */
static void begin_panels(struct buf *s, size_t n) {
  size_t columns = (size_t)ceil(sqrt((double)n)), rows = (n + columns - 1) / columns;

  gnuplot_begin(s, 60 + 340 * columns, 60 + 320 * rows);
  buf_printf(s, "set multiplot layout %zu,%zu title 'Spike rate against activation'\n", rows,
             columns);
  buf_puts(s, "set xlabel 'activation / threshold'\nset ylabel 'spikes per step'\n"
              "set xrange [*<0:1.2<*]\nset yrange [*<0:1.05]\nunset key\n");
}

void chart_rate_over_activation(struct buf *script, const struct chart_layer *layers, size_t n) {
  begin_panels(script, n);
  for (size_t l = 0; l < n; l++) {
    const struct chart_layer *layer = &layers[l];

    buf_puts(script, "$rates << EOD\n");
    for (size_t i = 0; i < layer->n_samples * layer->n_units; i++)
      buf_printf(script, "%.4g %.4g\n",
                 (double)(layer->activation[i] / layer->scale[i % layer->n_units]),
                 (double)layer->rate[i]);
    buf_puts(script, "EOD\nset title ");
    gnuplot_put_string(script, layer->name);
    buf_printf(script,
               "\nplot (x < 0 ? 0 : x > 1 ? 1 : x) with lines lw 1.5 lc rgb '#000000', \\\n"
               "  $rates using 1:2 with points pt 7 ps 0.35 lc rgb '#A0%s'\n",
               gnuplot_color(0) + 1);
  }
  buf_puts(script, "unset multiplot\n");
}

enum { RASTER_UNITS = 48, RASTER_GAP = 6 };

static size_t raster_units(const struct chart_layer *l) {
  return l->n_units < RASTER_UNITS ? l->n_units : RASTER_UNITS;
}

/* Rows of layer l begin at `base`, the first layer at the top. Columns: step, row, sign. Whether
 * spikes are taken back. */
static bool put_raster(struct buf *s, const struct chart_layer *layer, size_t l, size_t base) {
  size_t n = raster_units(layer);
  bool has_negative = false;

  buf_printf(s, "$spikes%zu << EOD\nNaN NaN NaN\n", l);
  for (size_t t = 0; t < layer->n_steps; t++)
    for (size_t k = 0; k < n; k++) {
      float spike = layer->spikes[t * layer->n_units + k * layer->n_units / n];

      if (fabsf(spike) > 0)
        buf_printf(s, "%zu %zu %d\n", t + 1, base + k, spike > 0 ? 1 : -1);
      has_negative |= spike < 0;
    }
  buf_puts(s, "EOD\n");
  return has_negative;
}

/* Where each layer is on the vertical axis, and lines between them. */
static void put_layer_names(struct buf *s, const struct chart_layer *layers, size_t n) {
  buf_puts(s, "set ytics scale 0 (");
  for (size_t l = 0, base = 0; l < n; base += raster_units(&layers[l++]) + RASTER_GAP) {
    buf_puts(s, l ? ", " : "");
    gnuplot_put_string(s, layers[l].name);
    buf_printf(s, " %zu", base + raster_units(&layers[l]) / 2);
  }
  buf_puts(s, ")\n");
  for (size_t l = 0, base = 0; l + 1 < n; l++) {
    base += raster_units(&layers[l]) + RASTER_GAP;
    buf_printf(s,
               "set arrow from graph 0, first %zu to graph 1, first %zu nohead lc rgb '#bbbbbb'\n",
               base - RASTER_GAP / 2, base - RASTER_GAP / 2);
  }
}

/* Spikes of one sign, as short bars. */
static void put_bars(struct buf *s, size_t l, const char *sign, size_t color) {
  buf_printf(s,
             "$spikes%zu using 1:($3 %s 0 ? $2 : NaN):(0.35) with xerrorbars pt 0 lw 2.5 lc rgb "
             "'%s' notitle",
             l, sign, gnuplot_color(color));
}

void chart_spikes(struct buf *script, const struct chart_layer *layers, size_t n) {
  size_t rows = 0, steps = n ? layers[0].n_steps : 0;
  bool has_negative = false;

  for (size_t l = 0; l < n; l++)
    rows += raster_units(&layers[l]) + RASTER_GAP;
  gnuplot_begin(script, 900, 140 + 4 * rows);
  for (size_t l = 0, base = 0; l < n; base += raster_units(&layers[l++]) + RASTER_GAP)
    has_negative |= put_raster(script, &layers[l], l, base);
  buf_printf(script,
             "set title 'Spikes of one image, up to %d units of each layer'\n"
             "set xlabel 'time step'\nset xrange [0.5:%zu.5]\nset yrange [%zu:-%d]\n"
             "unset grid\nset errorbars 0\nset key outside top right horizontal\n",
             RASTER_UNITS, steps, rows - RASTER_GAP, RASTER_GAP);
  put_layer_names(script, layers, n);
  for (size_t l = 0; l < n; l++) {
    buf_puts(script, l ? ", \\\n  " : "plot ");
    put_bars(script, l, ">", 0);
    buf_puts(script, ", \\\n  ");
    put_bars(script, l, "<", 1);
  }
  buf_printf(script, ", \\\n  NaN with lines lw 2.5 lc rgb '%s' title 'spike'", gnuplot_color(0));
  if (has_negative)
    buf_printf(script, ", \\\n  NaN with lines lw 2.5 lc rgb '%s' title 'taken back'",
               gnuplot_color(1));
  buf_puts(script, "\n");
}
