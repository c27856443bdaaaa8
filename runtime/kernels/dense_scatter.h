/* kernels/dense_scatter.h -- spikes through an all-to-all projection.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_DENSE_SCATTER_H
#define SNN_DENSE_SCATTER_H

#include "add_list.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Weights are [source, channels last][out channel]. Returns the synaptic operations. */
static inline uint32_t snn_dense_scatter(const struct snn_dense *d, const uint32_t *spikes,
                                         const snn_weight *w, snn_membrane *v) {
  struct snn_walk walk = snn_walk_start(spikes, d->in_height * d->in_width, d->in_channels);
  int32_t at[SNN_LIST_ROOM], n;
  uint32_t ops = 0;

  while ((n = snn_walk_list(&walk, at)) > 0) {
    for (int32_t k = 0; k < n; k++)
      at[k] *= d->out_channels;
    snn_add_row(v, w, at, n, d->out_channels);
    ops += (uint32_t)n * (uint32_t)d->out_channels;
  }
  return ops;
}

#endif
