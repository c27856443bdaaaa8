/* kernels/worth_of.h -- what a spike is worth, in thresholds of its neuron, by its step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_WORTH_OF_H
#define SNN_WORTH_OF_H

#include <stdint.h>

#include "snn/descriptor.h"

static inline uint16_t snn_worth_of(const struct snn_turn *d, const uint32_t *clock) {
  const uint32_t steps = (uint32_t)d->steps, left = steps - 1 - clock[1] % steps;

  return (uint16_t)(d->is_binary ? 1u << left : left);
}

#endif
