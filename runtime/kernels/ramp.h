/* kernels/ramp.h -- membranes of the latency code, before the spikes of a step: V <- V + I.
 * SPDX-License-Identifier: Apache-2.0
 *
 * I is the sum of the weights of all sources that have spiked in this turn, so that a spike acts
 * in every later step of it: steps - 1 - j times if sent in step j. */
#ifndef SNN_RAMP_H
#define SNN_RAMP_H

#include <string.h>

#include "turn.h"
#include "turn_start.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Returns the membranes changed. */
static inline uint32_t snn_ramp(const struct snn_turn *d, const uint32_t *clock, snn_current *i,
                                snn_membrane *v) {
  const int32_t n = d->pixels * d->channels;

  if (!snn_is_turn(d, clock))
    return 0;
  if (snn_is_turn_start(d, clock)) {
    memset(i, 0, sizeof *i * (size_t)n);
    return 0;
  }
  for (int32_t k = 0; k < n; k++)
    v[k] += i[k];
  return (uint32_t)n;
}

#endif
