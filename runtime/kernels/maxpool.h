/* kernels/maxpool.h -- exact spiking max-pool: a pooled unit's count is the largest of its window.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A unit emits in a step where some input of its window has sent more spikes so far than it has.
 * Inputs send at most one spike a step, so a unit lags behind by one at most and only inputs that
 * spike in this step can be ahead: nothing else needs to be looked at. Counts are exact for 65535
 * steps after a reset. */
#ifndef SNN_MAXPOOL_H
#define SNN_MAXPOOL_H

#include <string.h>

#include "tap.h"
#include "walk.h"
#include "snn/descriptor.h"

/* The spikes of one pixel against the units of one window. */
static inline void snn_maxpool_pixel(struct snn_walk walk, const uint16_t *count, uint16_t *pooled,
                                     uint32_t *out) {
  int32_t at[4];

  while (snn_walk_take(&walk, 1, at) > 0) {
    const int32_t c = at[0];
    const uint32_t ahead = count[c] > pooled[c];
    pooled[c] = (uint16_t)(pooled[c] + ahead);
    out[c / 32] |= ahead << c % 32;
  }
}

/* `counts` holds those of the inputs, then those of the pooled units, each channels last. Writes
 * the bitmap `out`; returns the input spikes that some window holds. */
static inline uint32_t snn_maxpool(const struct snn_window *d, const uint32_t *spikes,
                                   uint16_t *counts, uint32_t *out) {
  const int32_t channels = d->in_channels, words = snn_words(channels);
  uint16_t *pooled = counts + d->in_height * d->in_width * channels;
  uint32_t ops = 0;
  int32_t at[4];

  memset(out, 0, sizeof *out * (size_t)(d->out_height * d->out_width * words));
  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t x = 0; x < d->in_width; x++, spikes += words, counts += channels) {
      const struct snn_walk start = snn_walk_start(spikes, 1, channels);
      struct snn_walk walk = start;
      struct snn_tap tap = snn_tap_start(d, y, x);
      uint32_t n = 0;
      for (; snn_walk_take(&walk, 1, at) > 0; n++)
        counts[at[0]]++;
      if (n == 0 || !snn_tap_next(d, &tap))
        continue;
      ops += n;
      do {
        snn_maxpool_pixel(start, counts, pooled + tap.target * channels, out + tap.target * words);
      } while (snn_tap_next(d, &tap));
    }
  return ops;
}

#endif
