/* kernels/turn_start.h -- whether a turn begins, among those that a layer hears.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_TURN_START_H
#define SNN_TURN_START_H

#include <stdint.h>

#include "snn/descriptor.h"

static inline int snn_is_turn_start(const struct snn_turn *d, const uint32_t *clock) {
  return (clock[1] - (uint32_t)d->first) % (uint32_t)d->steps == 0;
}

#endif
