/* kernels/conv_pool_current.h -- a real-valued input through a convolution and a max-pool: the
 * constant currents of pooled neurons.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What an integrate-and-fire neuron has sent grows with its constant current in every step, so the
 * largest count of a window is that of the largest current: one neuron stands for all of them.
 * Weights as in conv_scatter_any.h; sums in the order of snn/number.h. */
#ifndef SNN_CONV_POOL_CURRENT_H
#define SNN_CONV_POOL_CURRENT_H

#include "add_scaled.h"
#include "snn/descriptor.h"
#include "snn/number.h"

enum { SNN_FRONT_CHANNELS = 32 };

/* Adds to sum what reaches n channels from `first` on, all of one group, at (y, x) of the
 * convolution. */
static inline void snn_front_sum(const struct snn_front *d, const snn_input *values,
                                 const snn_weight *w, const int32_t at[2], snn_current *sum,
                                 int32_t first, int32_t n) {
  const int32_t run = d->out_channels / d->groups, sources = d->in_channels / d->groups;
  const int32_t taps = d->kernel_height * d->kernel_width, from = first / run * sources;

  for (int32_t ky = 0; ky < d->kernel_height; ky++) {
    const int32_t y = at[0] * d->stride_y + ky * d->dilation_y - d->pad_top;
    if (y < 0 || y >= d->in_height)
      continue;
    for (int32_t kx = 0; kx < d->kernel_width; kx++) {
      const int32_t x = at[1] * d->stride_x + kx * d->dilation_x - d->pad_left;
      const int32_t tap = taps - 1 - ky * d->kernel_width - kx;
      if (x < 0 || x >= d->in_width)
        continue;
      for (int32_t c = from; c < from + sources; c++) {
        const snn_input value = values[y * d->step_y + x * d->step_x + c * d->step_c];
        if (value != 0)
          snn_add_scaled(sum, w + (c * taps + tap) * run + first % run, value, n);
      }
    }
  }
}

/* The largest of a window at (y, x) of the pool; i has the biases and takes them. */
static inline void snn_front_window(const struct snn_front *d, const snn_input *values,
                                    const snn_weight *w, const int32_t pooled[2], snn_current *i,
                                    int32_t first, int32_t n) {
  snn_current best[SNN_FRONT_CHANNELS], sum[SNN_FRONT_CHANNELS];
  int32_t is_first = 1;

  for (int32_t k = 0; k < d->pool_height * d->pool_width; k++) {
    const int32_t at[2] = {
        pooled[0] * d->pool_stride_y + k / d->pool_width * d->pool_dilation_y - d->pool_pad_top,
        pooled[1] * d->pool_stride_x + k % d->pool_width * d->pool_dilation_x - d->pool_pad_left};
    if (at[0] < 0 || at[0] >= d->out_height || at[1] < 0 || at[1] >= d->out_width)
      continue;
    for (int32_t c = 0; c < n; c++)
      sum[c] = i[c];
    snn_front_sum(d, values, w, at, sum, first, n);
    for (int32_t c = 0; c < n; c++)
      best[c] = is_first || sum[c] > best[c] ? sum[c] : best[c];
    is_first = 0;
  }
  for (int32_t c = 0; !is_first && c < n; c++)
    i[c] = best[c];
}

/* i: the currents of the pooled map, which hold the biases before. */
static inline void snn_conv_pool_current(const struct snn_front *d, const snn_input *x,
                                         const snn_weight *w, snn_current *i) {
  const int32_t run = d->out_channels / d->groups;

  for (int32_t p = 0; p < d->pooled_height * d->pooled_width; p++, i += d->out_channels) {
    const int32_t pooled[2] = {p / d->pooled_width, p % d->pooled_width};
    int32_t n;
    for (int32_t c = 0; c < d->out_channels; c += n) {
      n = run - c % run < SNN_FRONT_CHANNELS ? run - c % run : SNN_FRONT_CHANNELS;
      snn_front_window(d, x, w, pooled, i + c, c, n);
    }
  }
}

#endif
