/* kernels/winner.h -- the class that an output stands for.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_WINNER_H
#define SNN_WINNER_H

#include "snn/number.h"

/* Index of the largest of n values; ties go to the lowest. */
static inline int32_t snn_winner(const snn_answer *y, int32_t n) {
  int32_t best = 0;

  for (int32_t i = 1; i < n; i++)
    if (y[i] > y[best])
      best = i;
  return best;
}

#endif
