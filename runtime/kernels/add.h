/* kernels/add.h -- adds rows of weights to a run of membranes, in order.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ADD_H
#define SNN_ADD_H

#include "helper.h"
#include "scalar.h"
#include "sum.h"
#include "snn/number.h"

SNN_APART void snn_add_1(snn_membrane *restrict v, const snn_weight *restrict a, int32_t n) {
  int32_t i = 0;

#define SNN_ADD_1(i) v[i] = snn_sum(v[i], a[i])
  SNN_EACH(i, n, SNN_ADD_1);
}

SNN_APART void snn_add_2(snn_membrane *restrict v, const snn_weight *restrict a,
                         const snn_weight *restrict b, int32_t n) {
  int32_t i = 0;

#define SNN_ADD_2(i) v[i] = snn_sum(snn_sum(v[i], a[i]), b[i])
  SNN_EACH(i, n, SNN_ADD_2);
}

/* Rows at w + at[0] .. w + at[3]. */
SNN_APART void snn_add_4(snn_membrane *restrict v, const snn_weight *restrict w,
                         const int32_t at[4], int32_t n) {
  const snn_weight *a = w + at[0], *b = w + at[1], *c = w + at[2], *d = w + at[3];
  int32_t i = 0;

#define SNN_ADD_4(i) v[i] = snn_sum(snn_sum(snn_sum(snn_sum(v[i], a[i]), b[i]), c[i]), d[i])
  SNN_EACH(i, n, SNN_ADD_4);
}

/* The first n_rows of the rows w + at[k] of n weights each. */
SNN_HELPER void snn_add_rows(snn_membrane *v, const snn_weight *w, const int32_t at[4],
                             int32_t n_rows, int32_t n) {
  if (n_rows == 4) {
    snn_add_4(v, w, at, n);
    return;
  }
  if (n_rows >= 2)
    snn_add_2(v, w + at[0], w + at[1], n);
  if (n_rows != 2)
    snn_add_1(v, w + at[n_rows - 1], n);
}

#endif
