/* kernels/keep_input.h -- the input, kept for all steps of a presentation.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_KEEP_INPUT_H
#define SNN_KEEP_INPUT_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* Channels last. */
static inline void snn_keep_input(const struct snn_encode *d, const snn_input *x, float *kept) {
  for (int32_t y = 0; y < d->height; y++)
    for (int32_t p = 0; p < d->width; p++)
      for (int32_t c = 0; c < d->channels; c++)
        *kept++ = x[y * d->step_y + p * d->step_x + c * d->step_c];
}

#endif
