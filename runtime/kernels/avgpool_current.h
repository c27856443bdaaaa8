/* kernels/avgpool_current.h -- a real-valued input through an average pool.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_AVGPOOL_CURRENT_H
#define SNN_AVGPOOL_CURRENT_H

#include "tap.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_avgpool_current(const struct snn_window *d, const snn_input *x,
                                       const snn_weight *w, snn_current *i) {
  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t p = 0; p < d->in_width; p++) {
      struct snn_tap tap = snn_tap_start(d, y, p);
      while (snn_tap_next(d, &tap))
        for (int32_t c = 0; c < d->in_channels; c++) {
          const snn_input value = x[y * d->step_y + p * d->step_x + c * d->step_c];
          if (value != 0)
            i[tap.target * d->out_channels + c] += w[c] * value;
        }
    }
}

#endif
