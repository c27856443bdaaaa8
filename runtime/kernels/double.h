/* kernels/double.h -- membranes of the binary code, before the spikes of a step: V <- 2 V.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Horner's rule: bits that arrive most significant first add up to weight x code. What was there
 * before a turn keeps its value: at the start it is divided by what the turn multiplies it with,
 * a power of two. */
#ifndef SNN_DOUBLE_H
#define SNN_DOUBLE_H

#include "turn.h"
#include "turn_start.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Returns the membranes changed. */
static inline uint32_t snn_double(const struct snn_turn *d, const uint32_t *clock,
                                  snn_membrane *v) {
  const int32_t n = d->pixels * d->channels;
  const snn_membrane gain =
      snn_is_turn_start(d, clock) ? 1 / (snn_membrane)(INT32_C(1) << (d->steps - 1)) : 2;

  if (!snn_is_turn(d, clock))
    return 0;
  for (int32_t i = 0; i < n; i++)
    v[i] *= gain;
  return (uint32_t)n;
}

#endif
