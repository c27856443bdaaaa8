/* kernels/read_sent.h -- what a network answers in spikes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_READ_SENT_H
#define SNN_READ_SENT_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* What outputs have sent so far: a channels-last map in the order of the model. */
static inline void snn_read_sent(const struct snn_map *d, const snn_count *sent, snn_answer *y) {
  for (int32_t c = 0; c < d->channels; c++)
    for (int32_t p = 0; p < d->pixels; p++)
      *y++ = sent[p * d->channels + c];
}

#endif
