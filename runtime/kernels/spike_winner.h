/* kernels/spike_winner.h -- the class that outputs which spike stand for.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_SPIKE_WINNER_H
#define SNN_SPIKE_WINNER_H

#include "winner.h"

/* As snn_winner, but -2 where nothing was sent: that is no answer. */
static inline int32_t snn_spike_winner(const snn_answer *y, int32_t n) {
  const int32_t best = snn_winner(y, n);

  return y[best] > 0 ? best : -2;
}

#endif
