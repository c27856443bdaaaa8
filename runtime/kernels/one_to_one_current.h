/* kernels/one_to_one_current.h -- a real-valued input to the neurons at the same places.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ONE_TO_ONE_CURRENT_H
#define SNN_ONE_TO_ONE_CURRENT_H

#include "sum.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_one_to_one_current(const struct snn_one_to_one *d, const snn_input *x,
                                          const snn_weight *w, snn_current *i) {
  for (int32_t y = 0; y < d->height; y++)
    for (int32_t p = 0; p < d->width; p++, i += d->channels) {
      const snn_weight *row = w + (y * d->width + p) * d->table_step;
      for (int32_t c = 0; c < d->channels; c++) {
        const snn_input value = x[y * d->step_y + p * d->step_x + c * d->step_c];
        if (value != 0)
          i[c] = snn_sum(i[c], (snn_current)row[c] * value);
      }
    }
}

#endif
