/* kernels/maxpool_worth.h -- max-pool of spikes that are worth the same in a step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A unit emits in a step where what some input of its window has sent so far is worth more than
 * what it has. Where spikes are worth 1, inputs send at most one a step, so a unit lags behind by
 * one at most; where they are worth 2^k, k falling, or an input sends only one, of a worth that
 * falls, an input that was behind a unit stays behind. So only inputs that spike in this step can
 * be ahead, and nothing else needs to be looked at. Sums are exact up to 65535. */
#ifndef SNN_MAXPOOL_WORTH_H
#define SNN_MAXPOOL_WORTH_H

#include <string.h>

#include "tap.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* The spikes of one pixel against the units of one window. */
static inline void snn_maxpool_pixel(struct snn_walk walk, const snn_count *count,
                                     snn_count *pooled, uint16_t worth, uint32_t *out) {
  int32_t at[4];

  while (snn_walk_take(&walk, 1, at) > 0) {
    const int32_t c = at[0];
    const uint32_t ahead = (uint32_t)(count[c] > pooled[c]);
    pooled[c] = (snn_count)(pooled[c] + (ahead ? worth : 0));
    out[c / 32] |= ahead << c % 32;
  }
}

/* `counts` holds those of the inputs, then those of the pooled units, each channels last. Writes
 * the bitmap `out`; returns the input spikes that some window holds. */
static inline uint32_t snn_maxpool_worth(const struct snn_window *d, const uint32_t *spikes,
                                         snn_count *counts, uint16_t worth, uint32_t *out) {
  const int32_t channels = d->in_channels, words = snn_words(channels);
  const int32_t n_words = d->out_height * d->out_width * words;
  snn_count *pooled = counts + d->in_height * d->in_width * channels;
  uint32_t ops = 0;
  int32_t at[4];

  (void)memset(out, 0, sizeof *out * (size_t)n_words);
  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t x = 0; x < d->in_width; x++, spikes += words, counts += channels) {
      const struct snn_walk start = snn_walk_start(spikes, 1, channels);
      struct snn_walk walk = start;
      struct snn_tap tap = snn_tap_start(d, y, x);
      uint32_t n = 0;
      while (snn_walk_take(&walk, 1, at) > 0) {
        counts[at[0]] = (snn_count)(counts[at[0]] + worth);
        n++;
      }
      if (n == 0 || snn_tap_next(d, &tap) == 0)
        continue;
      ops += n;
      do {
        snn_maxpool_pixel(start, counts, pooled + tap.target * channels, worth,
                          out + tap.target * words);
      } while (snn_tap_next(d, &tap) != 0);
    }
  return ops;
}

#endif
