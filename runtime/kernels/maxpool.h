/* kernels/maxpool.h -- exact spiking max-pool: a pooled unit's count is the largest of its window.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Counts are exact for 65535 steps after a reset. */
#ifndef SNN_MAXPOOL_H
#define SNN_MAXPOOL_H

#include "maxpool_worth.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* `counts` holds those of the inputs, then those of the pooled units, each channels last. Writes
 * the bitmap `out`; returns the input spikes that some window holds. */
static inline uint32_t snn_maxpool(const struct snn_window *d, const uint32_t *spikes,
                                   snn_count *counts, uint32_t *out) {
  return snn_maxpool_worth(d, spikes, counts, 1, out);
}

#endif
