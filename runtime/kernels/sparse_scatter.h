/* kernels/sparse_scatter.h -- spikes through synapses that each have a delay of their own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_SPARSE_SCATTER_H
#define SNN_SPARSE_SCATTER_H

#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Synapses start[s] .. start[s + 1] - 1 are those of source s; synapse k has the target
 * synapse[2 k], the delay synapse[2 k + 1], below `slots`, and the weight w[k]. `now` is the slot
 * of this step. Returns the synaptic operations. */
static inline uint32_t snn_sparse_scatter(const struct snn_sparse *d, const int32_t *now,
                                          const uint32_t *spikes, const int32_t *start,
                                          const int32_t *synapse, const snn_weight *w,
                                          snn_current *ring) {
  struct snn_walk walk = snn_walk_start(spikes, 1, d->sources);
  int32_t source[4];
  uint32_t ops = 0;

  while (snn_walk_take(&walk, 1, source) > 0) {
    for (int32_t k = start[*source]; k < start[*source + 1]; k++) {
      const int32_t slot = *now + synapse[2 * k + 1];
      const int32_t row = slot < d->slots ? slot : slot - d->slots;
      ring[(int64_t)row * d->targets + synapse[2 * k]] += w[k];
    }
    ops += (uint32_t)(start[*source + 1] - start[*source]);
  }
  return ops;
}

#endif
