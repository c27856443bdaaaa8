/* kernels/worth.h -- what the spikes of this step are worth, for pools.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_WORTH_H
#define SNN_WORTH_H

#include "worth_of.h"
#include "snn/descriptor.h"

static inline void snn_worth(const struct snn_turn *d, const uint32_t *clock, uint16_t *worth) {
  *worth = snn_worth_of(d, clock);
}

#endif
