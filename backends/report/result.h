/* backends/report/result.h -- what an evaluation found, for the table and the JSON.
 *
 * Arrays per step hold sums over all images; index t - 1 is "if stopped after step t". Operations
 * are counted as docs/RESULTS.md names them: synops exist (no padded borders), the first layer's
 * MACs stand apart. */
#ifndef BACKENDS_REPORT_RESULT_H
#define BACKENDS_REPORT_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct comp;
struct explain;

struct result_layer {
  const char *name;
  size_t neurons;            /* that integrate */
  size_t n_outputs;          /* whose spikes count (after a fused pool); 0 for the readout */
  uint64_t spikes, synops;   /* over all images and steps */
  double rate_correlation;   /* Pearson: rate against activation, NaN where undefined */
  double saturated_fraction; /* (unit, image) pairs that sent as much as they can */
  double dead_fraction;      /* units that never spiked */
};

struct result {
  const char *model;
  size_t images, steps; /* steps 0: only the ANN ran */
  size_t turn_steps;    /* of each layer's turn; 0: all send in all steps */
  uint64_t ann_correct;
  double ann_macs, ann_ops; /* of one image */
  double n_parameters;
  const uint64_t *snn_correct;  /* [steps] */
  const uint64_t *snn_lost;     /* [steps], where the ANN is right and the SNN is not */
  const uint64_t *image_steps;  /* [steps], run so far: fewer where images exit early */
  double early_exit;            /* margin; 0: none */
  const uint64_t *synops;       /* [steps], cumulated, without the first layer */
  const uint64_t *pool_ops;     /* [steps], cumulated */
  const uint64_t *input_synops; /* [steps], cumulated: of the first layer, on spikes */
  double input_macs;            /* of one image: first layer, on a constant current */
  bool is_spike_input;
  const uint64_t *bias_ops; /* [steps], cumulated */
  double seconds_per_image, seconds_convert, seconds_ann, seconds_snn;
  const struct result_layer *layers;
  size_t n_layers, n_diagnosed;  /* images behind correlation, saturated, dead */
  const struct explain *explain; /* NULL: not asked for */
};

void report_eval_text(struct comp *c, const struct result *r);
/* To --json, as an output of comp->outputs. False: told. */
bool report_eval_json(struct comp *c, const struct result *r);

#endif
