/* kernels/settle.h -- end of a step in the synchronous schedule: what arrived acts on the
 * membranes, then who fired is reset.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_SETTLE_H
#define SNN_SETTLE_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* n <= 32 neurons, of which those in `fires` have fired. */
static inline void snn_settle_word(snn_membrane *restrict v, const int32_t *restrict left,
                                   snn_current *restrict arrived,
                                   const snn_membrane *restrict reset, const int32_t n_value[2],
                                   uint32_t fires) {
  for (int32_t i = 0; i < n_value[0]; i++) {
    const snn_membrane sum = left[i] > 0 ? v[i] : v[i] + arrived[i];
    const snn_membrane after = n_value[1] ? reset[i] : sum - reset[i];
    v[i] = fires >> i & 1u ? after : sum;
    arrived[i] = 0;
  }
}

/* `left` has the refractory steps that a neuron still has, and what arrives at it in them is lost;
 * `reset` what a spike subtracts, or where it sends the membrane. Clears `arrived`. */
static inline void snn_settle(const struct snn_neurons *d, snn_membrane *v, const int32_t *left,
                              snn_current *arrived, const snn_membrane *reset,
                              const uint32_t *spikes) {
  for (int32_t i = 0; i < d->neurons; i += 32) {
    const int32_t n_value[2] = {d->neurons - i < 32 ? d->neurons - i : 32, d->resets_to_value};
    snn_settle_word(v + i, left + i, arrived + i, reset + i, n_value, *spikes++);
  }
}

#endif
