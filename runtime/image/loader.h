/* runtime/image/loader.h -- what the loader's files and the interpreter share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LOADER_H
#define SNN_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "format.h"
#include "snn/image.h"

/* Products and sums that stay at UINT32_MAX, which is above every limit. */
static inline uint32_t snn_times(uint32_t a, uint32_t b) {
  return b != 0 && a > UINT32_MAX / b ? UINT32_MAX : a * b;
}

static inline uint32_t snn_plus(uint32_t a, uint32_t b) {
  return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static inline uint32_t snn_arg_kind(const struct snn_image_op *op, int k) {
  return op->arg[k] & 0xFFu;
}

static inline uint32_t snn_arg_index(const struct snn_image_op *op, int k) {
  return op->arg[k] >> 8;
}

/* Checks a whole image and fills in what it says; ram stays as it is. */
enum snn_status snn_image_load(struct snn_net *net, const void *image, size_t len);

/* Whether every call fits its arguments (check.c), and spikes are written before they are read
 * (order.c). The sections, sizes, buffers and tensors have been checked. */
bool snn_image_check_calls(const struct snn_net *net);
bool snn_image_check_order(const struct snn_net *net);

/* The bitmaps of a call: of `in` and `out`, the argument; -1: none. */
struct snn_maps {
  struct snn_map_use {
    int arg;
    uint32_t pixels, channels;
    uint32_t halves; /* 2: spikes of +1 and of -1, one behind the other */
  } in, out;
};
struct snn_maps snn_image_maps_of(const struct snn_net *net, const struct snn_image_op *op);

#endif
