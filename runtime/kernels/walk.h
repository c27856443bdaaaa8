/* kernels/walk.h -- visits the spikes of a bitmap in ascending channels-last order.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_WALK_H
#define SNN_WALK_H

#include "helper.h"
#include <stdint.h>

#include "bits.h"

/* Index of the lowest set bit; bits is not 0. */
SNN_HELPER int32_t snn_lowest_bit(uint32_t bits) {
#if defined(__GNUC__)
  return __builtin_ctzl(bits); /* int may have 16 bits */
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

/* `base` is the source index of bit 0 of `bits`; a pixel has `words` words for `channels` sources,
 * so that indices jump where a pixel's last word is not full. */
struct snn_walk {
  const uint32_t *next, *end;
  uint32_t bits;
  int32_t base, next_base, words, channels, left;
};

static inline struct snn_walk snn_walk_start(const uint32_t *spikes, int32_t pixels,
                                             int32_t channels) {
  const int32_t words = snn_words(channels);
  struct snn_walk w = {spikes, spikes + pixels * words, 0, 0, 0, words, channels, words};

  return w;
}

/* Up to `limit` (at most 4) further source indices; 0 at the end. Four at a time let a target be
 * loaded and stored once for four additions. */
SNN_HELPER int32_t snn_walk_take(struct snn_walk *w, int32_t limit, int32_t source[4]) {
  int32_t n = 0;

  for (;;) {
    while (w->bits != 0) {
      source[n++] = w->base + snn_lowest_bit(w->bits);
      w->bits &= w->bits - 1;
      if (n == limit)
        return n;
    }
    if (w->next == w->end)
      return n;
    w->bits = *w->next++;
    w->base = w->next_base;
    w->next_base += 32;
    if (--w->left == 0) {
      w->next_base += w->channels - 32 * w->words;
      w->left = w->words;
    }
  }
}

#endif
