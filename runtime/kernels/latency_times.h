/* kernels/latency_times.h -- when the inputs send their one spike: the larger, the earlier.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LATENCY_TIMES_H
#define SNN_LATENCY_TIMES_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* Step floor((1 - x) (steps - 1)) of x from 0 to 1, counted from 0; UINT16_MAX, which is never, of
 * x = 0. Channels last. */
static inline void snn_latency_times(const struct snn_encode *d, const snn_input *x,
                                     uint16_t *times) {
  for (int32_t y = 0; y < d->height; y++)
    for (int32_t p = 0; p < d->width; p++)
      for (int32_t c = 0; c < d->channels; c++) {
        const snn_input value = x[y * d->step_y + p * d->step_x + c * d->step_c];
        *times++ = value > 0 ? (uint16_t)((1 - value) * (float)(d->steps - 1)) : UINT16_MAX;
      }
}

#endif
