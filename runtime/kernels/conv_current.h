/* kernels/conv_current.h -- a real-valued input through a convolution: the constant current.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Weights as in conv_scatter_any.h. Once per input, so it serves every shape of window. */
#ifndef SNN_CONV_CURRENT_H
#define SNN_CONV_CURRENT_H

#include "add_scaled.h"
#include "input_tap.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_conv_current(const struct snn_window *d, const snn_input *x,
                                    const snn_weight *w, snn_current *i) {
  const int32_t run = d->out_channels / d->groups, sources = d->in_channels / d->groups;
  const int32_t kernel = d->kernel_height * d->kernel_width * run;
  struct snn_input_tap at = snn_input_start(d);

  while (snn_input_next(d, x, &at) != 0)
    snn_add_scaled(i + at.tap.target * d->out_channels + at.channel / sources * run,
                   w + at.channel * kernel + at.tap.weight * run, at.value, run);
}

#endif
