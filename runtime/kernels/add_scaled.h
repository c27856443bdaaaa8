/* kernels/add_scaled.h -- adds a row of weights times one input value to a run of currents.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ADD_SCALED_H
#define SNN_ADD_SCALED_H

#include "sum.h"
#include "snn/number.h"

static inline void snn_add_scaled(snn_current *restrict i, const snn_weight *restrict w,
                                  snn_input x, int32_t n) {
  for (int32_t k = 0; k < n; k++)
    i[k] = snn_sum(i[k], (snn_current)w[k] * x);
}

#endif
