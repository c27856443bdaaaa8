/* kernels/izhikevich.h -- neurons of Izhikevich in the synchronous schedule: one step, and who
 * fires; kernels/izhikevich_settle.h does the rest of the step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Izhikevich 2003, "Simple model of spiking neurons", doi 10.1109/TNN.2003.820440, as its program
 * has it: two half steps of v, then one of u, in ms and mV:
 *   v = v + h/2 (0.04 v^2 + 5 v + 140 - u + I), twice; u = u + h a (b v - u) */
#ifndef SNN_IZHIKEVICH_H
#define SNN_IZHIKEVICH_H

#include "count_bits.h"
#include "izhikevich_param.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline snn_membrane snn_izhikevich_half(snn_membrane v, snn_membrane u, snn_current i,
                                               snn_membrane h) {
  return v + 0.5f * h * (0.04f * v * v + 5 * v + 140 - u + i);
}

/* `v` has the membranes, then as many recoveries; `current` what acts in this step. Writes the
 * bitmap; returns the spikes. */
static inline uint32_t snn_izhikevich(const struct snn_neurons *d, const snn_membrane *param,
                                      snn_membrane *v, const snn_current *current,
                                      const snn_membrane *threshold, uint32_t *spikes) {
  const snn_membrane h = param[SNN_IZHIKEVICH_STEP], a = param[SNN_IZHIKEVICH_A];
  const snn_membrane b = param[SNN_IZHIKEVICH_B];
  snn_membrane *u = v + d->neurons;
  uint32_t n_spikes = 0;

  for (int32_t i = 0; i < d->neurons; i += 32) {
    const int32_t end = d->neurons - i < 32 ? d->neurons : i + 32;
    uint32_t word = 0;
    for (int32_t k = i; k < end; k++) {
      const snn_membrane half = snn_izhikevich_half(v[k], u[k], current[k], h);
      v[k] = snn_izhikevich_half(half, u[k], current[k], h);
      u[k] = u[k] + h * a * (b * v[k] - u[k]);
      word |= (uint32_t)(v[k] >= threshold[k]) << (k - i);
    }
    *spikes++ = word;
    n_spikes += snn_count_bits(word);
  }
  return n_spikes;
}

#endif
