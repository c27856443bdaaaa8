/* kernels/lif.h -- leaky integrate-and-fire neurons of the synchronous schedule: one step of the
 * membrane, and who fires; kernels/settle.h does the rest of the step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * tau dv/dt = bias - v, exactly: v = bias + (v - bias) e^(-1 / tau), with tau in steps. A spike
 * where v >= threshold. A neuron that fired is held for the steps of its refractory time, the one
 * of the spike included. */
#ifndef SNN_LIF_H
#define SNN_LIF_H

#include "count_bits.h"
#include "refractory.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* What all neurons of a population share. */
struct snn_lif_step {
  snn_membrane decay;
  int32_t refractory;
};

/* n <= 32 neurons; returns their spikes as a word. */
static inline uint32_t snn_lif_word(const struct snn_lif_step *s, snn_membrane *restrict v,
                                    int32_t *restrict left, const snn_current *restrict bias,
                                    const snn_membrane *restrict threshold, int32_t n) {
  uint32_t word = 0;

  for (int32_t i = 0; i < n; i++) {
    const snn_membrane next = bias[i] + (v[i] - bias[i]) * s->decay;
    word |= snn_move(v + i, left + i, next, threshold[i], s->refractory) << i;
  }
  return word;
}

/* `left` has the refractory steps that a neuron still has. Writes the bitmap; returns the spikes.
 */
static inline uint32_t snn_lif(const struct snn_neurons *d, const snn_membrane *decay,
                               snn_membrane *v, int32_t *left, const snn_current *bias,
                               const snn_membrane *threshold, uint32_t *spikes) {
  const struct snn_lif_step step = {*decay, d->refractory};
  uint32_t n_spikes = 0;

  for (int32_t i = 0; i < d->neurons; i += 32) {
    const int32_t n = d->neurons - i < 32 ? d->neurons - i : 32;
    *spikes = snn_lif_word(&step, v + i, left + i, bias + i, threshold + i, n);
    n_spikes += snn_count_bits(*spikes++);
  }
  return n_spikes;
}

#endif
