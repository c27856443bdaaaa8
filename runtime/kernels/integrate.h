/* kernels/integrate.h -- integrate-and-fire neurons of the synchronous schedule: what a step adds,
 * and who fires; kernels/settle.h does the rest of the step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * v = v + bias; a spike where v >= threshold. A neuron that fired is held for its refractory steps,
 * the one of the spike included. */
#ifndef SNN_INTEGRATE_H
#define SNN_INTEGRATE_H

#include "count_bits.h"
#include "refractory.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* n <= 32 neurons; returns their spikes as a word. */
static inline uint32_t snn_integrate_word(snn_membrane *restrict v, int32_t *restrict left,
                                          const snn_current *restrict bias,
                                          const snn_membrane *restrict threshold,
                                          const int32_t n_refractory[2]) {
  uint32_t word = 0;

  for (int32_t i = 0; i < n_refractory[0]; i++) {
    const snn_membrane next = v[i] + bias[i];
    word |= snn_move(v + i, left + i, next, threshold[i], n_refractory[1]) << i;
  }
  return word;
}

/* `left` has the refractory steps that a neuron still has. Writes the bitmap; returns the spikes.
 */
static inline uint32_t snn_integrate(const struct snn_neurons *d, snn_membrane *v, int32_t *left,
                                     const snn_current *bias, const snn_membrane *threshold,
                                     uint32_t *spikes) {
  uint32_t n_spikes = 0;

  for (int32_t i = 0; i < d->neurons; i += 32) {
    const int32_t n_refractory[2] = {d->neurons - i < 32 ? d->neurons - i : 32, d->refractory};
    *spikes = snn_integrate_word(v + i, left + i, bias + i, threshold + i, n_refractory);
    n_spikes += snn_count_bits(*spikes++);
  }
  return n_spikes;
}

#endif
