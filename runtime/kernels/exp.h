/* kernels/exp.h -- e to a power that is not above 0, the same bits everywhere.
 * SPDX-License-Identifier: Apache-2.0
 *
 * x = k ln 2 + r with |r| <= ln 2 / 2 and a polynomial of r: reduction and coefficients of expf in
 * the Cephes library (Moshier 1992). The relative error is below 1e-7 (8.2e-8 over all floats
 * from -87 to 0). */
#ifndef SNN_EXP_H
#define SNN_EXP_H

#include <stdint.h>
#include <string.h>

/* 0 below -87, where results would lose bits, and of what is not a number. */
static inline float snn_exp(float x) {
  float r, sum, power;
  uint32_t bits;
  int32_t k;

  if (!(x >= -87))
    return 0;
  k = (int32_t)(x * 1.44269504f - 0.5f);
  r = x - (float)k * 0.693359375f;
  r = r - (float)k * -2.12194440e-4f;
  sum = 1.9875691500e-4f;
  sum = sum * r + 1.3981999507e-3f;
  sum = sum * r + 8.3334519073e-3f;
  sum = sum * r + 4.1665795894e-2f;
  sum = sum * r + 1.6666665459e-1f;
  sum = sum * r + 5.0000001201e-1f;
  sum = sum * (r * r) + r + 1;
  bits = (uint32_t)(k + 127) << 23;
  memcpy(&power, &bits, sizeof power);
  return sum * power;
}

#endif
