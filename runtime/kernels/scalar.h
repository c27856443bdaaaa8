/* kernels/scalar.h -- SNN_SCALAR: the machine has no vectors, as far as the compiler says.
 * SPDX-License-Identifier: Apache-2.0
 *
 * There a loop costs as much as what it does, and a branch that is seldom taken less than
 * arithmetic on all that may happen. The numbers are the same. */
#ifndef SNN_SCALAR_H
#define SNN_SCALAR_H

#include "helper.h"

#if !defined(__SSE2__) && !defined(__ARM_NEON)
#define SNN_SCALAR 1
#else
#define SNN_SCALAR 0
#endif

/* A loop of its own: inside a function that holds many values its own would not fit in registers.
 */
#if SNN_SCALAR && defined(__GNUC__)
#define SNN_APART static __attribute__((noinline, unused))
#else
#define SNN_APART SNN_HELPER
#endif

/* element(i) for i below n, on scalar machines four a turn. */
#if SNN_SCALAR
#define SNN_EACH(i, n, element)                                                                    \
  for (; i + 4 <= n; i += 4) {                                                                     \
    element(i);                                                                                    \
    element(i + 1);                                                                                \
    element(i + 2);                                                                                \
    element(i + 3);                                                                                \
  }                                                                                                \
  for (; i < n; i++)                                                                               \
  element(i)
#else
#define SNN_EACH(i, n, element)                                                                    \
  for (; i < n; i++)                                                                               \
  element(i)
#endif

#endif
