/* kernels/latency.h -- input as one spike each, at the time that latency_times.h gives.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LATENCY_H
#define SNN_LATENCY_H

#include "put_spike.h"
#include "snn/descriptor.h"

/* Writes the bitmap of this step; returns the spikes. */
static inline uint32_t snn_latency(const struct snn_encode *d, const uint16_t *times,
                                   const uint32_t *clock, uint32_t *spikes) {
  uint32_t n_spikes = 0;

  for (int32_t p = 0; p < d->height * d->width; p++)
    for (int32_t c = 0; c < d->channels; c++)
      n_spikes += snn_put_spike(&spikes, c, *times++ == clock[1]);
  return n_spikes;
}

#endif
