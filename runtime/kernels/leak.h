/* kernels/leak.h -- what a membrane above 0 loses in a step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LEAK_H
#define SNN_LEAK_H

#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_leak(const struct snn_map *d, const snn_membrane *loss, snn_membrane *v) {
  for (int32_t p = 0; p < d->pixels; p++)
    for (int32_t c = 0; c < d->channels; c++, v++)
      *v = *v > 0 ? *v - loss[c] : *v;
}

#endif
