/* kernels/modulo.h -- reset by modulo: what a spike leaves is less than the threshold.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_MODULO_H
#define SNN_MODULO_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* After neurons have fired and the threshold was subtracted once: every further time that it goes
 * into the membrane is forgotten. Rounding may leave 0 in place of almost a threshold. */
static inline void snn_modulo(const struct snn_map *d, const snn_membrane *threshold,
                              snn_membrane *v) {
  for (int32_t p = 0; p < d->pixels; p++)
    for (int32_t c = 0; c < d->channels; c++, v++) {
      const snn_membrane times = *v >= threshold[c] ? *v / threshold[c] : 0;
      const snn_membrane whole = times < 16777216 ? (snn_membrane)(int32_t)times : times;
      const snn_membrane rest = *v - whole * threshold[c];
      if (*v >= threshold[c])
        *v = rest > 0 && rest < threshold[c] ? rest : 0;
    }
}

#endif
