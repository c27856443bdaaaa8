/* kernels/avgpool_scatter.h -- spikes through an average pool.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_AVGPOOL_SCATTER_H
#define SNN_AVGPOOL_SCATTER_H

#include "sum.h"
#include "tap.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* One weight per channel: the inverse of the area. Returns the synaptic operations. */
static inline uint32_t snn_avgpool_scatter(const struct snn_window *d, const uint32_t *spikes,
                                           const snn_weight *w, snn_membrane *v) {
  const int32_t words = snn_words(d->in_channels);
  int32_t at[4];
  uint32_t ops = 0;

  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t x = 0; x < d->in_width; x++, spikes += words) {
      struct snn_tap tap = snn_tap_start(d, y, x);
      while (snn_tap_next(d, &tap) != 0) {
        struct snn_walk walk = snn_walk_start(spikes, 1, d->in_channels);
        while (snn_walk_take(&walk, 1, at) > 0) {
          snn_membrane *to = v + tap.target * d->out_channels + at[0];
          *to = snn_sum(*to, w[at[0]]);
          ops++;
        }
      }
    }
  return ops;
}

#endif
