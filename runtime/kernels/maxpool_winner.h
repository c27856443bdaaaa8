/* kernels/maxpool_winner.h -- max-pool that hands on the spikes of one input of each window.
 * SPDX-License-Identifier: Apache-2.0
 *
 * That of snn_toolbox's TensorFlow backend: the input that has sent most so far, this step
 * included; the first of equal ones in rows of the window. What a unit has sent may be more or less
 * than the largest count, since the winner changes. Counts are exact for 65535 steps after a
 * reset. */
#ifndef SNN_MAXPOOL_WINNER_H
#define SNN_MAXPOOL_WINNER_H

#include <string.h>

#include "tap.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Channel c of target (oy, ox): the pixel of the winner, or -1 where the window holds none. */
static inline int32_t snn_winner_of(const struct snn_window *d, const snn_count *counts, int32_t oy,
                                    int32_t ox, int32_t c) {
  int32_t winner = -1;

  for (int32_t ky = 0; ky < d->kernel_height; ky++)
    for (int32_t kx = 0; kx < d->kernel_width; kx++) {
      const int32_t y = oy * d->stride_y + ky * d->dilation_y - d->pad_top;
      const int32_t x = ox * d->stride_x + kx * d->dilation_x - d->pad_left;
      const int32_t at = y * d->in_width + x;
      if (y < 0 || y >= d->in_height || x < 0 || x >= d->in_width)
        continue;
      if (winner < 0 || counts[at * d->in_channels + c] > counts[winner * d->in_channels + c])
        winner = at;
    }
  return winner;
}

/* Adds the spikes to the counts; returns those that some window holds. */
static inline uint32_t snn_winner_count(const struct snn_window *d, const uint32_t *spikes,
                                        snn_count *counts) {
  uint32_t ops = 0;

  for (int32_t at = 0; at < d->in_height * d->in_width; at++, counts += d->in_channels) {
    struct snn_walk walk =
        snn_walk_start(spikes + at * snn_words(d->in_channels), 1, d->in_channels);
    struct snn_tap tap = snn_tap_start(d, at / d->in_width, at % d->in_width);
    const uint32_t is_held = (uint32_t)snn_tap_next(d, &tap);
    int32_t c[4];
    while (snn_walk_take(&walk, 1, c) > 0) {
      counts[c[0]]++;
      ops += is_held;
    }
  }
  return ops;
}

/* `counts` holds those of the inputs, channels last. Writes the bitmap `out`; returns the input
 * spikes that some window holds. */
static inline uint32_t snn_maxpool_winner(const struct snn_window *d, const uint32_t *spikes,
                                          snn_count *counts, uint32_t *out) {
  const int32_t channels = d->in_channels, words = snn_words(channels);
  const int32_t n_words = d->out_height * d->out_width * words;
  const uint32_t ops = snn_winner_count(d, spikes, counts);

  (void)memset(out, 0, sizeof *out * (size_t)n_words);
  for (int32_t at = 0; at < d->out_height * d->out_width; at++)
    for (int32_t c = 0; c < channels; c++) {
      const int32_t winner = snn_winner_of(d, counts, at / d->out_width, at % d->out_width, c);
      if (winner >= 0)
        out[at * words + c / 32] |= (spikes[winner * words + c / 32] >> c % 32 & 1u) << c % 32;
    }
  return ops;
}

#endif
