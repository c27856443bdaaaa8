/* kernels/sum.h -- one addition. Integers wrap around at 32 bits: snncc proves that sums stay below
 * that, but weights of a forged image, or steps without end, must not leave what C defines.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_SUM_H
#define SNN_SUM_H

#include "helper.h"
#include "snn/number.h"

SNN_HELPER snn_membrane snn_sum(snn_membrane a, snn_membrane b) {
#ifdef SNN_INTEGERS
  const uint32_t sum = (uint32_t)a + (uint32_t)b;

  return (snn_membrane)sum;
#else
  return a + b;
#endif
}

#endif
