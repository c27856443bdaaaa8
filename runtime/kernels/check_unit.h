/* kernels/check_unit.h -- refuses what cannot become spikes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_CHECK_UNIT_H
#define SNN_CHECK_UNIT_H

#include "snn/number.h"

/* 1 when all n values are from 0 to 1. */
static inline int snn_is_unit_input(const snn_input *x, int32_t n) {
  for (int32_t i = 0; i < n; i++)
    if (!(x[i] >= 0 && x[i] <= 1))
      return 0;
  return 1;
}

#endif
