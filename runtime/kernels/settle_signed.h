/* kernels/settle_signed.h -- as kernels/settle.h, of neurons that send spikes of both signs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_SETTLE_SIGNED_H
#define SNN_SETTLE_SIGNED_H

#include "bits.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* A spike of +1 subtracts the threshold, one of -1 adds it. Clears `arrived`. */
static inline void snn_settle_signed(const struct snn_neurons *d, snn_membrane *v,
                                     snn_current *arrived, const snn_membrane *threshold,
                                     const uint32_t *spikes) {
  const int32_t n_words = snn_words(d->neurons);

  for (int32_t i = 0; i < d->neurons; i++) {
    const uint32_t up = spikes[i / 32] >> i % 32 & 1u;
    const uint32_t down = spikes[n_words + i / 32] >> i % 32 & 1u;
    const snn_membrane sum = v[i] + arrived[i];
    v[i] = up ? sum - threshold[i] : down ? sum + threshold[i] : sum;
    arrived[i] = 0;
  }
}

#endif
