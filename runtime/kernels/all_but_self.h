/* kernels/all_but_self.h -- spikes from each neuron to all others of its population.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A sum minus one's own: v = v + weight (n - s), where n neurons fired and s is 1 for one that
 * did itself. So the work is that of one pass, not of neurons times neurons. */
#ifndef SNN_ALL_BUT_SELF_H
#define SNN_ALL_BUT_SELF_H

#include "bits.h"
#include "count_bits.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* One weight for all. Returns the synaptic operations. */
static inline uint32_t snn_all_but_self(const struct snn_neurons *d, const uint32_t *spikes,
                                        const snn_weight *w, snn_current *v) {
  int32_t n = 0;

  for (int32_t i = 0; i < snn_words(d->neurons); i++)
    n += (int32_t)snn_count_bits(spikes[i]);
  if (n == 0)
    return 0;
  for (int32_t i = 0; i < d->neurons; i++)
    v[i] += *w * (snn_current)(n - (int32_t)(spikes[i / 32] >> i % 32 & 1u));
  return (uint32_t)n * (uint32_t)(d->neurons - 1);
}

#endif
