/* passes/quantize_internal.h -- what the files of the pass quantize share. */
#ifndef PASSES_QUANTIZE_INTERNAL_H
#define PASSES_QUANTIZE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/ir.h"

struct comp;

/* Which layers have which weights, by node id of their population or readout. */
struct quantize_widths {
  bool *is_wide;        /* 16 bits, else 8 */
  double *weight_error; /* set by quantize_graph: see ir/widths.h */
  /* By node id: spikes that each unit sends in a step on average, channels last; NULL: unknown. */
  double **mean;
};

/* Whether a node is a layer with weights of its own. */
bool quantize_is_layer(const struct ir_graph *g, ir_id id);
/* The widths that --quantize and --int16 ask for. False: told. */
bool quantize_find_widths(struct comp *c, const struct ir_graph *g, struct quantize_widths *w);
/* Samples of --calib that are run for quantization. */
size_t quantize_n_samples(const struct comp *c);
/* Runs a graph of floats on them and fills in what its layers send. False: told. */
bool quantize_find_means(struct comp *c, const struct ir_graph *g, double **mean);
/* All numbers of a placed graph of floats become integers. False: told. */
bool quantize_graph(struct comp *c, struct ir_graph *g, const struct quantize_widths *w);
/* Sets c->widths to what 8 bits cost in each layer of `g`, a graph of floats. False: told. */
bool quantize_explain(struct comp *c, const struct ir_graph *g, const struct quantize_widths *w);

#endif
