/* kernels/fire_word.h -- which of up to 32 neurons reach their threshold, and their reset.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_FIRE_WORD_H
#define SNN_FIRE_WORD_H

#include <stddef.h>

#include "difference.h"
#include "lanes.h"
#include "scalar.h"
#include "sum.h"
#include "snn/number.h"

/* n <= 32 neurons, to which the drive is added first unless it is NULL; returns their spikes as a
 * word. */
#ifdef SNN_LANES
static inline uint32_t snn_fire_word(snn_membrane *restrict v, const snn_table *restrict drive,
                                     const snn_table *restrict threshold, int32_t reset_to_zero,
                                     int32_t n) {
  uint32_t word = 0;

  for (int32_t i = 0; i < n; i += SNN_LANES) {
    const snn_lanes theta = snn_lanes_load(threshold + i, n - i);
    snn_lanes x = snn_lanes_load(v + i, n - i);
    snn_hits fires;
    if (drive != NULL)
      x = snn_lanes_add(x, snn_lanes_load(drive + i, n - i));
    fires = snn_lanes_at_least(x, theta, n - i);
    x = reset_to_zero ? snn_lanes_zero_where(fires, x) : snn_lanes_less_where(fires, x, theta);
    snn_lanes_store(v + i, x, n - i);
    word |= snn_hits_bits(fires) << i;
  }
  return word;
}
#elif SNN_SCALAR
static inline uint32_t snn_fire_word(snn_membrane *restrict v, const snn_table *restrict drive,
                                     const snn_table *restrict threshold, int32_t reset_to_zero,
                                     int32_t n) {
  uint32_t word = 0;

  for (int32_t i = 0; i < n; i++) {
    snn_membrane m = drive ? snn_sum(v[i], drive[i]) : v[i];
    if (m >= threshold[i]) {
      m = reset_to_zero ? 0 : snn_difference(m, threshold[i]);
      word |= (uint32_t)1 << i;
    }
    v[i] = m;
  }
  return word;
}
#else
/* No branch depends on a neuron, so that the loops become vector instructions. */
static inline uint32_t snn_fire_word(snn_membrane *restrict v, const snn_table *restrict drive,
                                     const snn_table *restrict threshold, int32_t reset_to_zero,
                                     int32_t n) {
  uint32_t word = 0;

  for (int32_t i = 0; drive && i < n; i++)
    v[i] = snn_sum(v[i], drive[i]);
  for (int32_t i = 0; i < n; i++) {
    const snn_membrane reset = reset_to_zero ? 0 : snn_difference(v[i], threshold[i]);
    const uint32_t fires = (uint32_t)(v[i] >= threshold[i]);
    v[i] = fires ? reset : v[i];
    word |= fires << i;
  }
  return word;
}
#endif

#endif
