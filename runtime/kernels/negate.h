/* kernels/negate.h -- turns the sign of membranes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Spikes of -1 go through the same kernels as those of +1: v - w is -(-v + w), exactly. */
#ifndef SNN_NEGATE_H
#define SNN_NEGATE_H

#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_negate(const struct snn_map *d, snn_membrane *v) {
  for (int32_t i = 0; i < d->pixels * d->channels; i++) {
#ifdef SNN_INTEGERS /* the smallest has no opposite: it stays */
    const uint32_t opposite = 0u - (uint32_t)v[i];
    v[i] = (snn_membrane)opposite;
#else
    v[i] = -v[i];
#endif
  }
}

#endif
