/* kernels/output.h -- what a network answers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_OUTPUT_H
#define SNN_OUTPUT_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* A channels-last map in the order of the model: channels, rows, columns. */
static inline void snn_read_output(const struct snn_readout *d, const snn_membrane *v,
                                   snn_answer *y) {
  for (int32_t c = 0; c < d->channels; c++)
    for (int32_t p = 0; p < d->pixels; p++) {
      const snn_answer sum = v[p * d->channels + c];
      *y++ = d->has_relu && sum < 0 ? 0 : sum;
    }
}

#endif
