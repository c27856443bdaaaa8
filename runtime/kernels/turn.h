/* kernels/turn.h -- whether it is the turn of a layer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_TURN_H
#define SNN_TURN_H

#include <stdint.h>

#include "snn/descriptor.h"

static inline int snn_is_turn(const struct snn_turn *d, const uint32_t *clock) {
  return clock[1] >= (uint32_t)d->first && clock[1] < (uint32_t)d->end;
}

#endif
