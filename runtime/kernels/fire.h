/* kernels/fire.h -- integrate-and-fire neurons: one step of all of a population.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_FIRE_H
#define SNN_FIRE_H

#include "count_bits.h"
#include "fire_word.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* drive may be NULL: nothing is added. Writes the bitmap; returns the spikes. */
static inline uint32_t snn_fire(const struct snn_fire *d, snn_membrane *v, const snn_table *drive,
                                const snn_table *threshold, uint32_t *spikes) {
  uint32_t n_spikes = 0;

  for (int32_t p = 0; p < d->pixels; p++, v += d->channels)
    for (int32_t c = 0; c < d->channels; c += 32) {
      const int32_t n = d->channels - c < 32 ? d->channels - c : 32;
      *spikes = snn_fire_word(v + c, drive != NULL ? drive + p * d->drive_step + c : NULL,
                              threshold + c, d->reset_to_zero, n);
      n_spikes += snn_count_bits(*spikes++);
    }
  return n_spikes;
}

#endif
