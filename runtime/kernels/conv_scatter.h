/* kernels/conv_scatter.h -- spikes through a convolution of stride 1, dilation 1 and one group.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Weights are [in channel][ky'][kx'][out channel] with both axes reversed, so that what one source
 * reaches in one row of targets is one run of weights. */
#ifndef SNN_CONV_SCATTER_H
#define SNN_CONV_SCATTER_H

#include "add_list.h"
#include "walk.h"
#include "window.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* rows_n[0] rows of rows_n[1] membranes from v take those of the sources at w + at[k]. */
static inline void snn_add_list(snn_membrane *v, const snn_weight *w, struct snn_rows step,
                                const int32_t *at, int32_t n_sources, const int32_t rows_n[2]) {
  int32_t r = 0;

#ifdef SNN_LANES
  for (; r + 3 <= rows_n[0]; r += 3)
    snn_add_tiles(v + r * step.target_row, w + r * step.weight_row, step, at, n_sources, 3,
                  rows_n[1]);
#endif
  for (; r < rows_n[0]; r++)
    snn_add_row(v + r * step.target_row, w + r * step.weight_row, at, n_sources, rows_n[1]);
}

/* The spikes of one pixel; all of them reach the same targets: `rows` by `run` membranes from v,
 * with weights from w. Returns the number of spikes. */
static inline uint32_t snn_conv_pixel(const struct snn_window *d, struct snn_walk walk,
                                      const snn_weight *w, snn_membrane *v,
                                      const int32_t rows_run[2]) {
  const struct snn_rows step = {d->out_width * d->out_channels, d->kernel_width * d->out_channels};
  int32_t at[SNN_LIST_ROOM], n;
  uint32_t spikes = 0;

  while ((n = snn_walk_list(&walk, at)) > 0) {
    spikes += (uint32_t)n;
    for (int32_t k = 0; k < n; k++)
      at[k] *= d->kernel_height * step.weight_row;
    snn_add_list(v, w, step, at, n, rows_run);
  }
  return spikes;
}

/* Returns the synaptic operations. */
static inline uint32_t snn_conv_scatter(const struct snn_window *d, const uint32_t *spikes,
                                        const snn_weight *w, snn_membrane *v) {
  const int32_t words = snn_words(d->in_channels), o = d->out_channels;
  uint32_t ops = 0;

  for (int32_t y = 0; y < d->in_height; y++) {
    const struct snn_span rows =
        snn_window_targets(y + d->pad_top, d->kernel_height, 1, d->out_height);
    const int32_t ky = rows.first - y - d->pad_top + d->kernel_height - 1;
    for (int32_t x = 0; x < d->in_width; x++, spikes += words) {
      if (words == 1 && *spikes == 0)
        continue;
      const struct snn_span cols =
          snn_window_targets(x + d->pad_left, d->kernel_width, 1, d->out_width);
      const int32_t kx = cols.first - x - d->pad_left + d->kernel_width - 1;
      const int32_t rows_run[2] = {rows.end - rows.first, (cols.end - cols.first) * o};
      if (rows_run[0] > 0 && rows_run[1] > 0)
        ops += (uint32_t)rows_run[0] * (uint32_t)rows_run[1] *
               snn_conv_pixel(d, snn_walk_start(spikes, 1, d->in_channels),
                              w + (ky * d->kernel_width + kx) * o,
                              v + (rows.first * d->out_width + cols.first) * o, rows_run);
    }
  }
  return ops;
}

#endif
