/* kernels/add_map.h -- the bias of a readout, every step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ADD_MAP_H
#define SNN_ADD_MAP_H

#include "scalar.h"
#include "sum.h"
#include "snn/descriptor.h"
#include "snn/number.h"

SNN_APART void snn_add_table(snn_membrane *restrict v, const snn_table *restrict table, int32_t n) {
  int32_t i = 0;

#define SNN_ADD_ENTRY(i) v[i] = snn_sum(v[i], table[i])
  SNN_EACH(i, n, SNN_ADD_ENTRY);
}

static inline void snn_add_map(const struct snn_map *d, const snn_table *table, snn_membrane *v) {
  for (int32_t p = 0; p < d->pixels; p++)
    snn_add_table(v + p * d->channels, table + p * d->table_step, d->channels);
}

#endif
