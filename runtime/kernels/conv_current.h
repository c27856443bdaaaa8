/* kernels/conv_current.h -- a real-valued input through a convolution: the constant current.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Weights as in conv_scatter_any.h. Once per input, so it serves every shape of window. */
#ifndef SNN_CONV_CURRENT_H
#define SNN_CONV_CURRENT_H

#include "add_scaled.h"
#include "tap.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_conv_current(const struct snn_window *d, const snn_input *x,
                                    const snn_weight *w, snn_current *i) {
  const int32_t run = d->out_channels / d->groups, sources = d->in_channels / d->groups;
  const int32_t kernel = d->kernel_height * d->kernel_width * run;

  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t p = 0; p < d->in_width; p++) {
      struct snn_tap tap = snn_tap_start(d, y, p);
      while (snn_tap_next(d, &tap))
        for (int32_t c = 0; c < d->in_channels; c++) {
          const snn_input value = x[y * d->step_y + p * d->step_x + c * d->step_c];
          if (value != 0)
            snn_add_scaled(i + tap.target * d->out_channels + c / sources * run,
                           w + c * kernel + tap.weight * run, value, run);
        }
    }
}

#endif
