/* kernels/rest.h -- refractory neurons: who has fired takes nothing in the next steps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_REST_H
#define SNN_REST_H

#include "bits.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Keeps the membranes for kernels/hold.h. */
static inline void snn_rest(const struct snn_rest *d, const uint32_t *spikes, const snn_membrane *v,
                            snn_membrane *before, snn_count *left) {
  for (int32_t p = 0; p < d->pixels; p++, spikes += snn_words(d->channels))
    for (int32_t c = 0; c < d->channels; c++, v++, before++, left++) {
      *before = *v;
      if (spikes[c / 32] >> c % 32 & 1u)
        *left = (snn_count)d->steps;
    }
}

#endif
