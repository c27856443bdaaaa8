/* passes/calibration.h -- which values need a scale, and setting it; shared by the normalize
 * passes.
 *
 * A scale is the activation that one spike per step stands for: later the threshold of the channel.
 * It goes on every node that may become a spiking population: relu, clip from 0 or more, and
 * avgpool, global_avgpool and add of values that are never negative. A channel is an index of axis
 * 1 of [1, C, ..], or one element of a flat [1, n] or [n]. */
#ifndef PASSES_CALIBRATION_H
#define PASSES_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/ir.h"

struct arena;
struct comp;

/* One value that gets a scale. The pass fills `channel` and `layer`; 0 or less means dead. */
struct calibration_value {
  ir_id id;
  size_t n_channels;
  size_t n_each; /* elements of a channel, one behind the other */
  float *channel;
  float layer;
};

struct calibration {
  size_t n;
  struct calibration_value *value;
};

/* Channels of a value and elements in each. */
void calibration_channels(const struct ir_type *t, size_t *n_channels, size_t *n_each);

/* The values of g that need a scale, in execution order; memory from `scratch`. */
struct calibration calibration_new(struct arena *scratch, const struct ir_graph *g);

/* Puts the scales on the nodes: a dead channel takes the layer's value, a dead layer 1 with a
 * warning; --scope layer takes the layer's everywhere; a clip is never above its max. False: told,
 * a value has overflowed. */
bool calibration_apply(struct comp *c, struct ir_graph *g, const struct calibration *cal);

#endif
