/* kernels/bits.h -- words of a spike bitmap.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_BITS_H
#define SNN_BITS_H

#include <stdint.h>

/* Words of one pixel. */
static inline int32_t snn_words(int32_t channels) {
  return (channels + 31) / 32;
}

/* Index of the lowest set bit; bits is not 0. */
static inline int32_t snn_lowest_bit(uint32_t bits) {
#if defined(__GNUC__)
  return __builtin_ctz(bits);
#else
  int32_t n = 0;

  if ((bits & 0xFFFFu) == 0) {
    n += 16;
    bits >>= 16;
  }
  while ((bits & 1u) == 0) {
    n++;
    bits >>= 1;
  }
  return n;
#endif
}

#endif
