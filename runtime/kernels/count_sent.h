/* kernels/count_sent.h -- how many spikes each unit has sent.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_COUNT_SENT_H
#define SNN_COUNT_SENT_H

#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_count_sent(const struct snn_map *d, const uint32_t *spikes,
                                  snn_count *sent) {
  struct snn_walk walk = snn_walk_start(spikes, d->pixels, d->channels);
  int32_t at[4];

  while (snn_walk_take(&walk, 1, at) > 0)
    sent[at[0]]++;
}

#endif
