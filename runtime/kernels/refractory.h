/* kernels/refractory.h -- one neuron of the synchronous schedule that may be refractory.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_REFRACTORY_H
#define SNN_REFRACTORY_H

#include "snn/number.h"

/* The membrane moves to `next` and fires at the threshold; 1 for a spike. `left` has the refractory
 * steps that the neuron still has, the one of its spike included: it is held in those behind. */
static inline uint32_t snn_move(snn_membrane *v, int32_t *left, snn_membrane next,
                                snn_membrane threshold, int32_t refractory) {
  const int32_t held = *left > 1;
  const int32_t fires = !held & (next >= threshold);

  *v = held ? *v : next;
  *left = fires ? refractory : *left > 0 ? *left - 1 : 0;
  return (uint32_t)fires;
}

#endif
