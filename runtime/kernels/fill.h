/* kernels/fill.h -- first values of membranes and currents.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_FILL_H
#define SNN_FILL_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* Zeros where table is NULL. */
static inline void snn_fill(const struct snn_map *d, const snn_table *table, snn_membrane *v) {
  for (int32_t p = 0; p < d->pixels; p++)
    for (int32_t c = 0; c < d->channels; c++)
      *v++ = table ? table[p * d->table_step + c] : 0;
}

#endif
