/* kernels/dense_current.h -- a real-valued input through an all-to-all projection.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_DENSE_CURRENT_H
#define SNN_DENSE_CURRENT_H

#include "add_scaled.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Weights as in dense_scatter.h: rows in channels-last order, wherever the inputs lie. */
static inline void snn_dense_current(const struct snn_dense *d, const snn_input *x,
                                     const snn_weight *w, snn_current *i) {
  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t p = 0; p < d->in_width; p++)
      for (int32_t c = 0; c < d->in_channels; c++, w += d->out_channels) {
        const snn_input value = x[y * d->step_y + p * d->step_x + c * d->step_c];
        if (value != 0)
          snn_add_scaled(i, w, value, d->out_channels);
      }
}

#endif
