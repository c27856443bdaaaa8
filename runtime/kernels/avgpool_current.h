/* kernels/avgpool_current.h -- a real-valued input through an average pool.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_AVGPOOL_CURRENT_H
#define SNN_AVGPOOL_CURRENT_H

#include "add_scaled.h"
#include "input_tap.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_avgpool_current(const struct snn_window *d, const snn_input *x,
                                       const snn_weight *w, snn_current *i) {
  struct snn_input_tap at = snn_input_start(d);

  while (snn_input_next(d, x, &at) != 0)
    snn_add_scaled(i + at.tap.target * d->out_channels + at.channel, w + at.channel, at.value, 1);
}

#endif
