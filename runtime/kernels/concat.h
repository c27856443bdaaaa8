/* kernels/concat.h -- bitmaps of several maps as one, channels one behind the other.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_CONCAT_H
#define SNN_CONCAT_H

#include "bits.h"
#include "snn/descriptor.h"

/* One operand. Operands are put in ascending order: a word of the result is written by the first
 * that has a channel in it, and added to by the others. */
static inline void snn_concat(const struct snn_concat *d, const uint32_t *in, uint32_t *out) {
  const int32_t in_words = snn_words(d->in_channels), out_words = snn_words(d->out_channels);
  const int32_t shift = d->first % 32;

  for (int32_t p = 0; p < d->pixels; p++) {
    const uint32_t *from = in + p * in_words;
    uint32_t *to = out + p * out_words + d->first / 32;
    uint32_t carry = shift ? to[0] : 0;
    for (int32_t i = 0; i < in_words; i++) {
      to[i] = carry | from[i] << shift;
      carry = shift ? from[i] >> (32 - shift) : 0;
    }
    if (shift + d->in_channels > 32 * in_words)
      to[in_words] = carry;
  }
}

#endif
