/* snn/descriptor.h -- what a kernel works on: constant structs of 32-bit integers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each struct is listed once, as X-macro; its declaration, its text in generated C and its image
 * come from that list. Maps are channels last: element (y * width + x) * channels + c. A flat
 * population is a map of one pixel. A spike bitmap has ceil(channels / 32) words per pixel, bit
 * c % 32 of word c / 32; the bits above the last channel are 0.
 *
 * A network that draws or has to know the time has a clock: clock[0] is the number of the
 * presentation, clock[1] the steps that are done. */
#ifndef SNN_DESCRIPTOR_H
#define SNN_DESCRIPTOR_H

#include <stdint.h>

/* Where a real-valued input lies: element (y, x, c) at y * step_y + x * step_x + c * step_c. */
#define SNN_SOURCE_FIELDS(X) X(step_y) X(step_x) X(step_c)

/* A window that slides over a map: convolution and pool. Tap (ky, kx) of target (oy, ox) is source
 * (oy * stride_y + ky * dilation_y - pad_top, the same for x). */
/* clang-format off */
#define SNN_WINDOW_FIELDS(X)                                                                       \
  X(in_height) X(in_width) X(in_channels) X(out_height) X(out_width) X(out_channels)               \
  X(kernel_height) X(kernel_width) X(stride_y) X(stride_x) X(dilation_y) X(dilation_x)             \
  X(pad_top) X(pad_left) X(groups) SNN_SOURCE_FIELDS(X)
/* clang-format on */

/* A convolution whose targets a max-pool takes: tap (ky, kx) of pooled unit (y, x) is target
 * (y * pool_stride_y + ky * pool_dilation_y - pool_pad_top, the same for x). */
/* clang-format off */
#define SNN_FRONT_FIELDS(X)                                                                        \
  SNN_WINDOW_FIELDS(X) X(pooled_height) X(pooled_width) X(pool_height) X(pool_width)               \
  X(pool_stride_y) X(pool_stride_x) X(pool_dilation_y) X(pool_dilation_x) X(pool_pad_top)          \
  X(pool_pad_left)
/* clang-format on */

/* All to all: rows of out_channels weights, one per source in channels-last order. */
#define SNN_DENSE_FIELDS(X)                                                                        \
  X(in_height) X(in_width) X(in_channels) X(out_channels) SNN_SOURCE_FIELDS(X)

/* Neuron i to neuron i; element (pixel, c) of the weights is at pixel * table_step + c. */
#define SNN_ONE_TO_ONE_FIELDS(X) X(height) X(width) X(channels) X(table_step) SNN_SOURCE_FIELDS(X)

/* Integrate and fire. Element (pixel, c) of the drive is at pixel * drive_step + c; reset_to_zero
 * is 0 where the threshold is subtracted. */
#define SNN_FIRE_FIELDS(X) X(pixels) X(channels) X(drive_step) X(reset_to_zero)

/* A map whose turn, or the turns of those that it hears, are the steps first .. end - 1. Turns of
 * `steps` steps begin at `first`; step j of one is worth 2^(steps - 1 - j) where is_binary, else
 * steps - 1 - j. */
#define SNN_TURN_FIELDS(X) X(pixels) X(channels) X(first) X(end) X(steps) X(is_binary)

/* A map filled from a table; table_step as above. */
#define SNN_MAP_FIELDS(X) X(pixels) X(channels) X(table_step)

/* The answer of a network; where has_relu is 1, nothing below 0. */
#define SNN_READOUT_FIELDS(X) X(pixels) X(channels) X(has_relu)

/* Neurons that take nothing in the `steps` steps after a spike. */
#define SNN_REST_FIELDS(X) X(pixels) X(channels) X(steps)

/* One operand of a concatenation, whose channel 0 becomes channel `first` of the result. */
#define SNN_CONCAT_FIELDS(X) X(pixels) X(in_channels) X(out_channels) X(first)

/* Input as spikes, of a map and from a source as above; steps of a presentation; 64 bits of seed.
 */
#define SNN_ENCODE_FIELDS(X)                                                                       \
  X(height) X(width) X(channels) SNN_SOURCE_FIELDS(X) X(steps) X(seed_low) X(seed_high)

/* Outputs that spike at random. */
#define SNN_SOFTMAX_FIELDS(X) X(neurons) X(seed_low) X(seed_high)

/* Neurons of the synchronous schedule, a flat population: refractory steps, and 1 where a spike
 * resets to a value instead of subtracting one. */
#define SNN_NEURONS_FIELDS(X) X(neurons) X(refractory) X(resets_to_value)

/* Synapses one by one, from `sources` neurons into a ring of `slots` steps of `targets` sums. */
#define SNN_SPARSE_FIELDS(X) X(sources) X(targets) X(slots)

#define SNN_FIELD(name) int32_t name;
struct snn_window {
  SNN_WINDOW_FIELDS(SNN_FIELD)
};
struct snn_front {
  SNN_FRONT_FIELDS(SNN_FIELD)
};
struct snn_dense {
  SNN_DENSE_FIELDS(SNN_FIELD)
};
struct snn_one_to_one {
  SNN_ONE_TO_ONE_FIELDS(SNN_FIELD)
};
struct snn_fire {
  SNN_FIRE_FIELDS(SNN_FIELD)
};
struct snn_turn {
  SNN_TURN_FIELDS(SNN_FIELD)
};
struct snn_map {
  SNN_MAP_FIELDS(SNN_FIELD)
};
struct snn_readout {
  SNN_READOUT_FIELDS(SNN_FIELD)
};
struct snn_rest {
  SNN_REST_FIELDS(SNN_FIELD)
};
struct snn_concat {
  SNN_CONCAT_FIELDS(SNN_FIELD)
};
struct snn_encode {
  SNN_ENCODE_FIELDS(SNN_FIELD)
};
struct snn_softmax {
  SNN_SOFTMAX_FIELDS(SNN_FIELD)
};
struct snn_neurons {
  SNN_NEURONS_FIELDS(SNN_FIELD)
};
struct snn_sparse {
  SNN_SPARSE_FIELDS(SNN_FIELD)
};

#endif
