/* kernels/maxpool_turn.h -- exact max-pool of spikes whose worth falls from step to step: what a
 * pooled unit has sent is worth the largest of its window.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_MAXPOOL_TURN_H
#define SNN_MAXPOOL_TURN_H

#include "maxpool_worth.h"
#include "snn/descriptor.h"

/* As snn_maxpool. */
static inline uint32_t snn_maxpool_turn(const struct snn_window *d, const uint16_t *worth,
                                        const uint32_t *spikes, uint16_t *counts, uint32_t *out) {
  return snn_maxpool_worth(d, spikes, counts, *worth, out);
}

#endif
