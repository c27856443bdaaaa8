/* kernels/add_map.h -- the bias of a readout, every step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ADD_MAP_H
#define SNN_ADD_MAP_H

#include "sum.h"
#include "snn/descriptor.h"
#include "snn/number.h"

static inline void snn_add_map(const struct snn_map *d, const snn_table *table, snn_membrane *v) {
  for (int32_t p = 0; p < d->pixels; p++)
    for (int32_t c = 0; c < d->channels; c++, v++)
      *v = snn_sum(*v, table[p * d->table_step + c]);
}

#endif
