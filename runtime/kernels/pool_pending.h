/* kernels/pool_pending.h -- which units of a max-pool may still spike: those that have not and have
 * an input that may.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_POOL_PENDING_H
#define SNN_POOL_PENDING_H

#include <string.h>

#include "bits.h"
#include "tap.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* `counts` as snn_maxpool leaves them. Writes the bitmap `out`. */
static inline void snn_pool_pending(const struct snn_window *d, const uint32_t *pending,
                                    const snn_count *counts, uint32_t *out) {
  const int32_t channels = d->in_channels, words = snn_words(channels);
  const snn_count *pooled = counts + d->in_height * d->in_width * channels;
  struct snn_walk walk;
  int32_t at[4];

  (void)memset(out, 0, sizeof *out * (size_t)(d->out_height * d->out_width * words));
  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t x = 0; x < d->in_width; x++, pending += words) {
      struct snn_tap tap = snn_tap_start(d, y, x);
      while (snn_tap_next(d, &tap) != 0)
        for (int32_t i = 0; i < words; i++)
          out[tap.target * words + i] |= pending[i];
    }
  for (int32_t p = 0; p < d->out_height * d->out_width; p++, out += words, pooled += channels)
    for (walk = snn_walk_start(out, 1, channels); snn_walk_take(&walk, 1, at) > 0;)
      if (pooled[at[0]] > 0)
        out[at[0] / 32] &= ~(UINT32_C(1) << at[0] % 32);
}

#endif
