/* kernels/hold.h -- refractory neurons: what came in this step is forgotten.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_HOLD_H
#define SNN_HOLD_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* `left` has the steps in which a neuron still takes nothing: its membrane goes back to `before`.
 */
static inline void snn_hold(const struct snn_map *d, const snn_membrane *before, snn_count *left,
                            snn_membrane *v) {
  for (int32_t i = 0; i < d->pixels * d->channels; i++)
    if (left[i] > 0) {
      v[i] = before[i];
      left[i]--;
    }
}

#endif
