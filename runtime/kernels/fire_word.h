/* kernels/fire_word.h -- which of up to 32 neurons reach their threshold, and their reset.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_FIRE_WORD_H
#define SNN_FIRE_WORD_H

#include "difference.h"
#include "scalar.h"
#include "snn/number.h"

/* n <= 32 neurons; returns their spikes as a word. But on scalar machines no branch depends on a
 * neuron, so that the loop becomes vector instructions. */
static inline uint32_t snn_fire_word(snn_membrane *restrict v, const snn_table *restrict threshold,
                                     int32_t reset_to_zero, int32_t n) {
  uint32_t word = 0;

  for (int32_t i = 0; SNN_SCALAR && i < n; i++)
    if (v[i] >= threshold[i]) {
      v[i] = reset_to_zero ? 0 : snn_difference(v[i], threshold[i]);
      word |= (uint32_t)1 << i;
    }
  for (int32_t i = 0; !SNN_SCALAR && i < n; i++) {
    const snn_membrane reset = reset_to_zero ? 0 : snn_difference(v[i], threshold[i]);
    const uint32_t fires = (uint32_t)(v[i] >= threshold[i]);
    v[i] = fires ? reset : v[i];
    word |= fires << i;
  }
  return word;
}

#endif
