/* kernels/difference.h -- one subtraction; integers wrap around, as in sum.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_DIFFERENCE_H
#define SNN_DIFFERENCE_H

#include "helper.h"
#include "snn/number.h"

SNN_HELPER snn_membrane snn_difference(snn_membrane a, snn_membrane b) {
#ifdef SNN_INTEGERS
  const uint32_t difference = (uint32_t)a - (uint32_t)b;

  return (snn_membrane)difference;
#else
  return a - b;
#endif
}

#endif
