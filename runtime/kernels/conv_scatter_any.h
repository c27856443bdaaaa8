/* kernels/conv_scatter_any.h -- spikes through a convolution with any stride, dilation and groups.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Weights are [in channel][ky'][kx'][out channel of the group], both axes reversed. */
#ifndef SNN_CONV_SCATTER_ANY_H
#define SNN_CONV_SCATTER_ANY_H

#include "add.h"
#include "tap.h"
#include "walk.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* The spikes of one pixel through one tap; returns the synaptic operations. Only spikes of one
 * group share their targets, so with groups they are taken one by one. */
static inline uint32_t snn_conv_tap(const struct snn_window *d, struct snn_walk walk,
                                    const snn_weight *w, snn_membrane *v) {
  const int32_t run = d->out_channels / d->groups, sources = d->in_channels / d->groups;
  const int32_t kernel = d->kernel_height * d->kernel_width * run;
  int32_t at[4], n;
  uint32_t ops = 0;

  while ((n = snn_walk_take(&walk, d->groups == 1 ? 4 : 1, at)) > 0) {
    const int32_t group = at[0] / sources;
    for (int32_t k = 0; k < n; k++)
      at[k] *= kernel;
    snn_add_rows(v + group * run, w, at, n, run);
    ops += (uint32_t)n * (uint32_t)run;
  }
  return ops;
}

/* Returns the synaptic operations. */
static inline uint32_t snn_conv_scatter_any(const struct snn_window *d, const uint32_t *spikes,
                                            const snn_weight *w, snn_membrane *v) {
  const int32_t words = snn_words(d->in_channels), run = d->out_channels / d->groups;
  uint32_t ops = 0;

  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t x = 0; x < d->in_width; x++, spikes += words) {
      struct snn_tap tap = snn_tap_start(d, y, x);
      while (snn_tap_next(d, &tap) != 0)
        ops += snn_conv_tap(d, snn_walk_start(spikes, 1, d->in_channels), w + tap.weight * run,
                            v + tap.target * d->out_channels);
    }
  return ops;
}

#endif
