/* kernels/count_spikes.h -- spikes of a whole bitmap, where no other kernel counts them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_COUNT_SPIKES_H
#define SNN_COUNT_SPIKES_H

#include "bits.h"
#include "count_bits.h"
#include "snn/descriptor.h"

static inline uint32_t snn_count_spikes(const struct snn_map *d, const uint32_t *spikes) {
  const int32_t n = d->pixels * snn_words(d->channels);
  uint32_t count = 0;

  for (int32_t i = 0; i < n; i++)
    count += snn_count_bits(spikes[i]);
  return count;
}

#endif
