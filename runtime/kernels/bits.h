/* kernels/bits.h -- size of a spike bitmap.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_BITS_H
#define SNN_BITS_H

#include <stdint.h>

/* Words of one pixel. */
static inline int32_t snn_words(int32_t channels) {
  return (channels + 31) / 32;
}

#endif
