/* kernels/fire_online.h -- integrate-and-fire neurons whose threshold follows the largest rate of
 * their layer: one step of all of a population.
 * SPDX-License-Identifier: Apache-2.0
 *
 * snn_toolbox's online_normalization: before a step the threshold becomes theta / 100 +
 * 0.99 theta r, where r is the largest number of spikes that a neuron of the layer has sent, over
 * the steps so far; a spike has the size of the threshold of its step. */
#ifndef SNN_FIRE_ONLINE_H
#define SNN_FIRE_ONLINE_H

#include "bits.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* What `online` holds, 0 at first: threshold of this step as a part of theta, steps so far, largest
 * number of spikes so far. */
enum { SNN_ONLINE_GAIN, SNN_ONLINE_STEPS, SNN_ONLINE_MOST, SNN_ONLINE_SIZE };

static inline snn_membrane snn_online_gain(const snn_membrane *online) {
  const snn_membrane steps = online[SNN_ONLINE_STEPS];

  return 0.01f + (steps > 0 ? 0.99f * (online[SNN_ONLINE_MOST] / steps) : 0);
}

/* The drive has been added. `sent` has what each neuron sent so far. Writes the bitmap; returns the
 * spikes. */
static inline uint32_t snn_fire_online(const struct snn_fire *d, snn_membrane *v,
                                       const snn_membrane *threshold, snn_count *sent,
                                       snn_membrane *online, uint32_t *spikes) {
  const snn_membrane gain = snn_online_gain(online);
  uint32_t n_spikes = 0;
  snn_count most = 0;

  for (int32_t p = 0; p < d->pixels; p++)
    for (int32_t c = 0; c < d->channels; c++, v++, sent++) {
      const snn_membrane theta = threshold[c] * gain;
      const uint32_t fires = *v >= theta;
      uint32_t *word = spikes + p * snn_words(d->channels) + c / 32;
      if (fires)
        *v = d->reset_to_zero ? 0 : *v - theta;
      *sent = (snn_count)(*sent + fires);
      most = *sent > most ? *sent : most;
      *word = (c % 32 == 0 ? 0 : *word) | fires << c % 32;
      n_spikes += fires;
    }
  online[SNN_ONLINE_GAIN] = gain;
  online[SNN_ONLINE_STEPS] += 1;
  online[SNN_ONLINE_MOST] = most;
  return n_spikes;
}

#endif
