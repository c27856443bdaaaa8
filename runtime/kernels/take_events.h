/* kernels/take_events.h -- what push_event.h has kept, as the spikes of a step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_TAKE_EVENTS_H
#define SNN_TAKE_EVENTS_H

#include "put_spike.h"
#include "snn/descriptor.h"

/* Writes the bitmap and empties `pending`, a bit for each element of the input; returns the spikes.
 */
static inline uint32_t snn_take_events(const struct snn_encode *d, uint32_t *pending,
                                       uint32_t *spikes) {
  uint32_t n_spikes = 0;

  for (int32_t y = 0; y < d->height; y++)
    for (int32_t p = 0; p < d->width; p++)
      for (int32_t c = 0; c < d->channels; c++) {
        const int32_t at = y * d->step_y + p * d->step_x + c * d->step_c;
        n_spikes += snn_put_spike(&spikes, c, pending[at / 32] >> at % 32 & 1u);
      }
  for (int32_t i = 0; i < (d->height * d->width * d->channels + 31) / 32; i++)
    pending[i] = 0;
  return n_spikes;
}

#endif
