/* kernels/check_input.h -- refuses what would spoil every membrane.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_CHECK_INPUT_H
#define SNN_CHECK_INPUT_H

#include "snn/number.h"

/* 1 when all n values are finite. */
static inline int snn_is_finite_input(const snn_input *x, int32_t n) {
  for (int32_t i = 0; i < n; i++)
    if (!(x[i] - x[i] == 0)) /* infinity - infinity is not a number, which equals nothing */
      return 0;
  return 1;
}

#endif
