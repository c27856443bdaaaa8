/* kernels/fire_turn.h -- neurons that send in one turn, to a threshold that falls from step to
 * step: threshold x what a spike of the step is worth.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Binary code: a spike subtracts the threshold, so the spikes are the digits of V / threshold
 * rounded down, all 1 where it is too large. Latency code: a spike sets V to 0, which no later
 * threshold falls to, so there is one at most. */
#ifndef SNN_FIRE_TURN_H
#define SNN_FIRE_TURN_H

#include <string.h>

#include "bits.h"
#include "count_bits.h"
#include "fire_word.h"
#include "turn.h"
#include "worth_of.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Writes the bitmap, which is empty outside the turn; returns the spikes. */
static inline uint32_t snn_fire_turn(const struct snn_turn *d, const uint32_t *clock,
                                     snn_membrane *v, const snn_membrane *threshold,
                                     uint32_t *spikes) {
  const snn_membrane worth = (snn_membrane)snn_worth_of(d, clock);
  uint32_t n_spikes = 0;

  if (!snn_is_turn(d, clock) || worth == 0) {
    memset(spikes, 0, sizeof *spikes * (size_t)(d->pixels * snn_words(d->channels)));
    return 0;
  }
  for (int32_t p = 0; p < d->pixels; p++, v += d->channels)
    for (int32_t c = 0; c < d->channels; c += 32) {
      const int32_t n = d->channels - c < 32 ? d->channels - c : 32;
      snn_membrane falling[32];
      for (int32_t i = 0; i < n; i++)
        falling[i] = threshold[c + i] * worth;
      *spikes = snn_fire_word(v + c, NULL, falling, !d->is_binary, n);
      n_spikes += snn_count_bits(*spikes++);
    }
  return n_spikes;
}

#endif
