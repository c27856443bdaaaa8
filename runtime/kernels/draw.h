/* kernels/draw.h -- random numbers in [0, 1) of a running network.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_DRAW_H
#define SNN_DRAW_H

#include "philox.h"
#include "snn/number.h"

/* What draws: no two draw the same numbers. */
enum { SNN_DRAW_INPUT, SNN_DRAW_OUTPUT, SNN_DRAW_POPULATION };

/* Four numbers at once: those of the neurons 4 block .. 4 block + 3, in the step and presentation
 * that the clock shows. */
static inline struct snn_random snn_draw(const uint32_t *clock, uint32_t who, int32_t block,
                                         const int32_t seed[2]) {
  struct snn_random r = {{(uint32_t)block, clock[1], clock[0], who}};

  snn_philox(&r, (uint32_t)seed[0], (uint32_t)seed[1]);
  return r;
}

/* The upper 24 bits, which are exact as float. */
static inline float snn_unit(uint32_t word) {
  return (float)(word >> 8) * 0x1p-24f;
}

#endif
