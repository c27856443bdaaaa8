/* kernels/poisson.h -- input as spikes at random: one with probability x in each step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_POISSON_H
#define SNN_POISSON_H

#include "draw.h"
#include "put_spike.h"
#include "snn/descriptor.h"

/* `x` is channels last, from 0 to 1. Writes the bitmap; returns the spikes. */
static inline uint32_t snn_poisson(const struct snn_encode *d, const float *x,
                                   const uint32_t *clock, uint32_t *spikes) {
  const int32_t seed[2] = {d->seed_low, d->seed_high};
  struct snn_random r = {{0, 0, 0, 0}};
  uint32_t n_spikes = 0;
  int32_t i = 0;

  for (int32_t p = 0; p < d->height * d->width; p++)
    for (int32_t c = 0; c < d->channels; c++, i++) {
      if (i % 4 == 0)
        r = snn_draw(clock, SNN_DRAW_INPUT, i / 4, seed);
      n_spikes += snn_put_spike(&spikes, c, snn_unit(r.word[i % 4]) < x[i]);
    }
  return n_spikes;
}

#endif
