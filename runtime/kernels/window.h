/* kernels/window.h -- which targets of a sliding window a source reaches, along one axis.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_WINDOW_H
#define SNN_WINDOW_H

#include <stdint.h>

/* Targets first .. end - 1; none where first >= end. */
struct snn_span {
  int32_t first, end;
};

/* Of n targets whose windows of `extent` elements begin at 0, stride, 2 stride ..: those whose
 * window holds element `at` (counted from the first padding, so never below 0). */
static inline struct snn_span snn_window_targets(int32_t at, int32_t extent, int32_t stride,
                                                 int32_t n) {
  struct snn_span s = {0, at / stride + 1};

  if (at >= extent)
    s.first = (at - extent) / stride + 1;
  if (s.end > n)
    s.end = n;
  return s;
}

#endif
