/* backends/report/explain.h -- where accuracy is lost between a CNN and its spikes. */
#ifndef BACKENDS_REPORT_EXPLAIN_H
#define BACKENDS_REPORT_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;
struct comp;

/* Images that one network has right and another has not, and the reverse. */
struct explain_change {
  uint64_t lost, gained;
};

/* A layer's own error is what its spikes stand for, less what the CNN's layer gives for the same
 * inputs: those that the spikes of the layers before it stand for. */
struct explain_layer {
  const char *name;
  double correlation;         /* of rate with activation; NaN where undefined */
  double bias;                /* mean of (rate - activation), of the mean activation */
  double own_bias;            /* mean of the own error, of the mean activation */
  double own_error;           /* root mean square of the own error, of that of the activation */
  double saturated_fraction;  /* (unit, image) pairs with a spike in every step */
  double silent_fraction;     /* units that never spiked but have activations above 0 */
  struct explain_change cost; /* by its own error; zero without `is_matched` */
  bool is_matched;            /* the CNN has a node to compare with */
};

struct explain_advice {
  const char *try; /* options, or what else to do */
  const char *why;
};

struct explain {
  size_t images;
  uint64_t ann_correct, snn_correct; /* the SNN after all steps, or after its early exit */
  struct explain_change all;         /* CNN to SNN */
  struct explain_change network;     /* CNN to what spikes replace (averages for maxima) */
  struct explain_change readout;     /* activations with all own errors to the SNN's answer */
  struct explain_change early_exit;  /* answer after all steps to that at the exit */
  const struct explain_layer *layers;
  size_t n_layers;
  const struct explain_advice *advice; /* the most important first */
  size_t n_advice;
};

/* Points lost, with their 95 % interval. */
struct explain_points {
  double lost, low, high;
};
struct explain_points explain_points_of(const struct explain *x, struct explain_change change);

void report_explain_text(struct comp *c, const struct explain *x);
/* As member "explain" of `o`. */
void report_explain_json(const struct comp *c, const struct explain *x, struct cJSON *o);

#endif
