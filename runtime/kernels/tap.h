/* kernels/tap.h -- the (tap, target) pairs of one source pixel of a sliding window.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_TAP_H
#define SNN_TAP_H

#include "window.h"
#include "snn/descriptor.h"

struct snn_tap {
  int32_t weight; /* reversed tap ky' * kernel_width + kx' */
  int32_t target; /* pixel oy * out_width + ox             */
  int32_t at_y, at_x, oy, ox;
  struct snn_span rows, cols;
};

/* Before the first tap of source (y, x); snn_tap_next moves to it. */
static inline struct snn_tap snn_tap_start(const struct snn_window *d, int32_t y, int32_t x) {
  struct snn_tap t = {0, 0, y + d->pad_top, x + d->pad_left, 0, 0, {0, 0}, {0, 0}};

  t.rows = snn_window_targets(t.at_y, (d->kernel_height - 1) * d->dilation_y + 1, d->stride_y,
                              d->out_height);
  t.cols = snn_window_targets(t.at_x, (d->kernel_width - 1) * d->dilation_x + 1, d->stride_x,
                              d->out_width);
  t.oy = t.rows.first;
  t.ox = t.cols.first - 1;
  return t;
}

/* False when there are no more. Targets between the taps of a dilated window are passed over. */
static inline int snn_tap_next(const struct snn_window *d, struct snn_tap *t) {
  for (t->ox++; t->oy < t->rows.end; t->oy++, t->ox = t->cols.first) {
    const int32_t dy = t->at_y - t->oy * d->stride_y;
    for (; t->ox < t->cols.end; t->ox++) {
      const int32_t dx = t->at_x - t->ox * d->stride_x;
      if (dy % d->dilation_y != 0 || dx % d->dilation_x != 0)
        continue;
      t->weight = (d->kernel_height - 1 - dy / d->dilation_y) * d->kernel_width + d->kernel_width -
                  1 - dx / d->dilation_x;
      t->target = t->oy * d->out_width + t->ox;
      return 1;
    }
  }
  return 0;
}

#endif
