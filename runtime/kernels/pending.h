/* kernels/pending.h -- which neurons may still spike: those that have not and are driven up.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_PENDING_H
#define SNN_PENDING_H

#include "spent.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Writes a bitmap; i is what is added to v in every step. */
static inline void snn_pending(const struct snn_map *d, const snn_membrane *v, const snn_current *i,
                               uint32_t *pending) {
  for (int32_t p = 0; p < d->pixels; p++)
    for (int32_t c = 0; c < d->channels; c += 32) {
      const int32_t n = d->channels - c < 32 ? d->channels - c : 32, at = p * d->channels + c;
      uint32_t word = 0;
      for (int32_t k = 0; k < n; k++)
        word |= ((uint32_t)(v[at + k] > SNN_SPENT / 2) & (i[at + k] > 0)) << k;
      *pending++ = word;
    }
}

#endif
