/* kernels/one_to_one_scatter.h -- spikes from each neuron to the one at the same place.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ONE_TO_ONE_SCATTER_H
#define SNN_ONE_TO_ONE_SCATTER_H

#include "sum.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Returns the synaptic operations. */
static inline uint32_t snn_one_to_one_scatter(const struct snn_one_to_one *d,
                                              const uint32_t *spikes, const snn_weight *w,
                                              snn_membrane *v) {
  const int32_t words = snn_words(d->channels);
  int32_t at[4];
  uint32_t ops = 0;

  for (int32_t p = 0; p < d->height * d->width; p++, spikes += words) {
    struct snn_walk walk = snn_walk_start(spikes, 1, d->channels);
    while (snn_walk_take(&walk, 1, at) > 0) {
      snn_membrane *to = v + p * d->channels + at[0];
      *to = snn_sum(*to, w[p * d->table_step + at[0]]);
      ops++;
    }
  }
  return ops;
}

#endif
