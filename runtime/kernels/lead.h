/* kernels/lead.h -- by how much the winner leads: what an early exit goes by.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LEAD_H
#define SNN_LEAD_H

#include "difference.h"
#include "winner.h"
#include "snn/number.h"

/* The largest of n values less the second; 0 where there is only one. */
static inline snn_answer snn_lead(const snn_answer *y, int32_t n) {
  const int32_t best = snn_winner(y, n);
  int32_t second = -1;

  for (int32_t i = 0; i < n; i++)
    if (i != best && (second < 0 || y[i] > y[second]))
      second = i;
  return second < 0 ? 0 : snn_difference(y[best], y[second]);
}

#endif
