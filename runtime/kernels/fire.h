/* kernels/fire.h -- integrate-and-fire neurons: one step of all of a population.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_FIRE_H
#define SNN_FIRE_H

#include "count_bits.h"
#include "fire_word.h"
#include "sum.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_drive_word(snn_membrane *restrict v, const snn_table *restrict drive,
                                  int32_t n) {
  for (int32_t i = 0; i < n; i++)
    v[i] = snn_sum(v[i], drive[i]);
}

/* Both at once, one neuron after the other. */
static inline uint32_t snn_drive_and_fire_word(snn_membrane *restrict v,
                                               const snn_table *restrict drive,
                                               const snn_table *restrict threshold,
                                               int32_t reset_to_zero, int32_t n) {
  uint32_t word = 0;

  for (int32_t i = 0; i < n; i++) {
    snn_membrane m = snn_sum(v[i], drive[i]);
    if (m >= threshold[i]) {
      m = reset_to_zero ? 0 : snn_difference(m, threshold[i]);
      word |= (uint32_t)1 << i;
    }
    v[i] = m;
  }
  return word;
}

/* drive may be NULL: nothing is added. Writes the bitmap; returns the spikes. */
static inline uint32_t snn_fire(const struct snn_fire *d, snn_membrane *v, const snn_table *drive,
                                const snn_table *threshold, uint32_t *spikes) {
  uint32_t n_spikes = 0;

  for (int32_t p = 0; p < d->pixels; p++, v += d->channels)
    for (int32_t c = 0; c < d->channels; c += 32) {
      const int32_t n = d->channels - c < 32 ? d->channels - c : 32;
      if (drive && !SNN_SCALAR)
        snn_drive_word(v + c, drive + p * d->drive_step + c, n);
      *spikes = drive && SNN_SCALAR ? snn_drive_and_fire_word(v + c, drive + p * d->drive_step + c,
                                                              threshold + c, d->reset_to_zero, n)
                                    : snn_fire_word(v + c, threshold + c, d->reset_to_zero, n);
      n_spikes += snn_count_bits(*spikes++);
    }
  return n_spikes;
}

#endif
