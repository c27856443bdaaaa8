/* kernels/fire_once.h -- neurons that spike once, above a threshold that rises by what may still
 * come.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A neuron that has spiked is at SNN_SPENT, from where no current brings it back. */
#ifndef SNN_FIRE_ONCE_H
#define SNN_FIRE_ONCE_H

#include "count_bits.h"
#include "spent.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* n <= 32 neurons; `more` may be NULL. */
static inline uint32_t snn_fire_once_word(snn_membrane *restrict v,
                                          const snn_membrane *restrict threshold,
                                          const snn_current *restrict more, int32_t n) {
  uint32_t word = 0;

  for (int32_t i = 0; i < n; i++) {
    const uint32_t fires = v[i] >= (more ? threshold[i] + more[i] : threshold[i]);
    v[i] = fires ? SNN_SPENT : v[i];
    word |= fires << i;
  }
  return word;
}

/* `more` may be NULL: nothing is to come. Writes the bitmap; returns the spikes. */
static inline uint32_t snn_fire_once(const struct snn_map *d, snn_membrane *v,
                                     const snn_current *more, const snn_membrane *threshold,
                                     uint32_t *spikes) {
  uint32_t n_spikes = 0;

  for (int32_t p = 0; p < d->pixels; p++)
    for (int32_t c = 0; c < d->channels; c += 32) {
      const int32_t n = d->channels - c < 32 ? d->channels - c : 32, at = p * d->channels + c;
      *spikes = snn_fire_once_word(v + at, threshold + c, more ? more + at : NULL, n);
      n_spikes += snn_count_bits(*spikes++);
    }
  return n_spikes;
}

#endif
