/* kernels/count_bits.h -- number of spikes in a word.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_COUNT_BITS_H
#define SNN_COUNT_BITS_H

#include "helper.h"
#include <stdint.h>

SNN_HELPER uint32_t snn_count_bits(uint32_t w) {
#ifdef __POPCNT__
  return (uint32_t)__builtin_popcount(w);
#else
  w -= w >> 1 & 0x55555555u;
  w = (w & 0x33333333u) + (w >> 2 & 0x33333333u);
  w = (w + (w >> 4)) & 0x0F0F0F0Fu;
  return w * 0x01010101u >> 24;
#endif
}

#endif
