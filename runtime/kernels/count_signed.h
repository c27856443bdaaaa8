/* kernels/count_signed.h -- what each unit of a signed bitmap has sent so far.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_COUNT_SIGNED_H
#define SNN_COUNT_SIGNED_H

#include "bits.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_count_signed(const struct snn_map *d, const uint32_t *spikes,
                                    snn_count *sent) {
  struct snn_walk up = snn_walk_start(spikes, d->pixels, d->channels);
  struct snn_walk down =
      snn_walk_start(spikes + d->pixels * snn_words(d->channels), d->pixels, d->channels);
  int32_t at[4];

  while (snn_walk_take(&up, 1, at) > 0)
    sent[at[0]]++;
  while (snn_walk_take(&down, 1, at) > 0)
    sent[at[0]]--;
}

#endif
