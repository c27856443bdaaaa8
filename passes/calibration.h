/* passes/calibration.h -- which values need a scale, and setting it; shared by the normalize
 * passes.
 *
 * A scale is the activation that one spike per step stands for: later the threshold of the channel.
 * It goes on every node that may become a spiking population: relu, clip from 0 or more, and
 * avgpool, global_avgpool and add of values that are never negative; and on the output. A channel
 * is an index of axis 1 of [1, C, ..], or one element of a flat [1, n] or [n]. */
#ifndef PASSES_CALIBRATION_H
#define PASSES_CALIBRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

struct arena;
struct comp;

/* One value that gets a scale. The pass fills `channel` and `layer`; 0 or less means dead. */
struct calibration_value {
  ir_id id;   /* gets the scale */
  ir_id seen; /* whose elements are looked at: id, the pool behind it, what is read out */
  size_t n_channels;
  size_t n_each; /* elements of a channel of `seen`, one behind the other */
  float *channel;
  float layer;
};

struct calibration {
  size_t n;
  struct calibration_value *value;
};

/* Channels of a value and elements in each. */
void calibration_channels(const struct ir_type *t, size_t *n_channels, size_t *n_each);

/* The values of g that need a scale, in execution order; memory from comp->scratch. With --readout
 * count the output is one, of a single channel: all neurons at the end have one threshold, by what
 * is read out. */
struct calibration calibration_new(struct comp *c, const struct ir_graph *g);

/* Makes a max-pool that alone uses a value the one that is looked at. */
void calibration_see_pools(const struct ir_graph *g, struct calibration *cal);

/* What a pass collects about a channel, or (channel = n_channels) about all of them. */
struct calibration_item {
  size_t value, channel;
  void *state;
};
/* Takes n elements of one sample; no item is on two threads at once. */
typedef void calibration_take(void *state, const float *x, size_t n, uint32_t weight);
struct calibration_items {
  struct calibration_item *item;
  size_t n;
  calibration_take *take;
  const uint32_t *weight; /* per sample, or NULL: all weigh 1 */
};

/* An item for every channel and every layer, each with a zeroed state of its own. */
struct calibration_items calibration_items_new(struct arena *scratch, const struct calibration *cal,
                                               size_t state_bytes, calibration_take *take);
/* Elements of one sample that the item takes. */
size_t calibration_count(const struct calibration *cal, const struct calibration_item *item);
/* The scale that came out for an item. */
void calibration_set(struct calibration *cal, const struct calibration_item *item, float scale);

/* False: told that `pass` needs samples, and which option does `instead`. */
bool calibration_check_samples(struct comp *c, const char *pass, const char *instead);

/* Runs the graph on all samples of --calib and lets every item take its elements of each, the same
 * for any --jobs. Memory is that of one executor per thread. */
void calibration_collect(struct comp *c, const struct ir_graph *g, const struct calibration *cal,
                         const struct calibration_items *items);

/* Puts the scales on the nodes: a dead channel takes the layer's value, a dead layer 1 with a
 * warning; --scope layer takes the layer's everywhere; a clip is never above its max. False: told,
 * a value has overflowed. */
bool calibration_apply(struct comp *c, struct ir_graph *g, const struct calibration *cal);

#endif
