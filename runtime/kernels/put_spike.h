/* kernels/put_spike.h -- writes a bitmap, one unit after another.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_PUT_SPIKE_H
#define SNN_PUT_SPIKE_H

#include <stdint.h>

/* Channels ascend from 0 in every pixel; *spikes is the word after the one that is written. Returns
 * `fires`, which is 0 or 1. */
static inline uint32_t snn_put_spike(uint32_t **spikes, int32_t channel, uint32_t fires) {
  if (channel % 32 == 0)
    *(*spikes)++ = 0;
  (*spikes)[-1] |= fires << channel % 32;
  return fires;
}

#endif
