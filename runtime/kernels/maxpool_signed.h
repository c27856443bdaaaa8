/* kernels/maxpool_signed.h -- exact max-pool of signed spikes: what a pooled unit has sent is the
 * largest of what the inputs of its window have.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What an input has sent changes by one a step at most, and so does the largest of several. It can
 * only change where some input of the window spikes: such units are marked, then settled. */
#ifndef SNN_MAXPOOL_SIGNED_H
#define SNN_MAXPOOL_SIGNED_H

#include <string.h>

#include "count_bits.h"
#include "tap.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* The largest of what the inputs of target (y, x) have sent; `sent` is that of a channel. */
static inline snn_count snn_window_most(const struct snn_window *d, int32_t y, int32_t x,
                                        const snn_count *sent) {
  snn_count most = 0;

  for (int32_t ky = 0; ky < d->kernel_height; ky++) {
    const int32_t from_y = y * d->stride_y + ky * d->dilation_y - d->pad_top;
    if (from_y < 0 || from_y >= d->in_height)
      continue;
    for (int32_t kx = 0; kx < d->kernel_width; kx++) {
      const int32_t from_x = x * d->stride_x + kx * d->dilation_x - d->pad_left;
      if (from_x < 0 || from_x >= d->in_width)
        continue;
      if (sent[(from_y * d->in_width + from_x) * d->in_channels] > most)
        most = sent[(from_y * d->in_width + from_x) * d->in_channels];
    }
  }
  return most;
}

/* Marks in `out` the units whose window holds a spike; returns the spikes that some window holds.
 */
static inline uint32_t snn_maxpool_mark(const struct snn_window *d, const uint32_t *spikes,
                                        uint32_t *out) {
  const int32_t words = snn_words(d->in_channels), n_words = d->in_height * d->in_width * words;
  uint32_t ops = 0;

  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t x = 0; x < d->in_width; x++, spikes += words) {
      struct snn_tap tap = snn_tap_start(d, y, x);
      uint32_t n = 0;
      for (int32_t i = 0; i < words; i++)
        n += snn_count_bits(spikes[i] | spikes[i + n_words]);
      if (n == 0 || snn_tap_next(d, &tap) == 0)
        continue;
      ops += n;
      do {
        for (int32_t i = 0; i < words; i++)
          out[tap.target * words + i] |= spikes[i] | spikes[i + n_words];
      } while (snn_tap_next(d, &tap) != 0);
    }
  return ops;
}

/* `sent` is that of the inputs after this step, `pooled` that of the units before it. */
static inline uint32_t snn_maxpool_signed(const struct snn_window *d, const uint32_t *spikes,
                                          const snn_count *sent, snn_count *pooled, uint32_t *out) {
  const int32_t words = snn_words(d->in_channels), n_words = d->out_height * d->out_width * words;
  const int32_t n_both = 2 * n_words;
  uint32_t ops;
  int32_t at[4];

  (void)memset(out, 0, sizeof *out * (size_t)n_both);
  ops = snn_maxpool_mark(d, spikes, out);
  for (int32_t y = 0; y < d->out_height; y++)
    for (int32_t x = 0; x < d->out_width; x++, out += words, pooled += d->in_channels) {
      struct snn_walk marked = snn_walk_start(out, 1, d->in_channels);
      while (snn_walk_take(&marked, 1, at) > 0) {
        const int32_t c = at[0];
        const snn_count most = snn_window_most(d, y, x, sent + c);
        const uint32_t bit = UINT32_C(1) << c % 32;
        if (most <= pooled[c])
          out[c / 32] &= ~bit;
        if (most < pooled[c])
          out[n_words + c / 32] |= bit;
        pooled[c] = most;
      }
    }
  return ops;
}

#endif
