/* backends/report/chart.h -- the pictures of snncc plot, as scripts for gnuplot. */
#ifndef BACKENDS_REPORT_CHART_H
#define BACKENDS_REPORT_CHART_H

#include <stddef.h>
#include <stdint.h>

struct buf;

/* How a network fares over time. */
struct chart_curve {
  const char *label;
  size_t n;
  double *step;  /* [n], ascending                                       */
  double *error; /* [n], percent                                         */
  double *cost;  /* [n], additions per image; a multiply-accumulate is 14 */
  double ann_error, ann_cost;
  double least_error; /* half an image, in percent: stands for 0 on logarithmic axes */
};

void chart_error_over_time(struct buf *script, const struct chart_curve *curves, size_t n);
void chart_operations_over_time(struct buf *script, const struct chart_curve *curves, size_t n);
void chart_accuracy_over_operations(struct buf *script, const struct chart_curve *curves, size_t n);

/* A layer of a record (backends/host/record.h). */
struct chart_layer {
  const char *name;
  size_t n_units, n_samples, n_steps;
  const float *scale;             /* [n_units] */
  const float *activation, *rate; /* [n_samples][n_units] */
  const float *spikes;            /* [n_steps][n_units] */
};

void chart_rate_over_activation(struct buf *script, const struct chart_layer *layers, size_t n);
void chart_spikes(struct buf *script, const struct chart_layer *layers, size_t n);

#endif
