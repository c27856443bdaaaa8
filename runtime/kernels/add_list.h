/* kernels/add_list.h -- adds listed rows of weights to a run of membranes, in order, with the
 * membranes in registers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ADD_LIST_H
#define SNN_ADD_LIST_H

#include "add.h"
#include "lanes_weights.h"
#include "list.h"
#include "snn/number.h"

#ifdef SNN_LANES
/* The sources at w + at[0], ..., each with `rows` rows of weights for as many of membranes: `lanes`
 * lanes each, n weights. rows * lanes <= SNN_TILE are constants. */
static inline void snn_add_tile(snn_membrane *v, const snn_weight *w, struct snn_rows step,
                                const int32_t *at, int32_t n_sources, const int32_t rows,
                                const int32_t lanes, int32_t n) {
  snn_lanes sum[SNN_TILE];

  SNN_UNROLL
  for (int32_t r = 0; r < rows; r++)
    SNN_UNROLL
  for (int32_t i = 0; i < lanes; i++)
    sum[r * lanes + i] = snn_lanes_load(v + r * step.target_row + i * SNN_LANES, n - i * SNN_LANES);
  for (int32_t k = 0; k < n_sources; k++) {
    const snn_weight *from = w + at[k];
    SNN_UNROLL
    for (int32_t r = 0; r < rows; r++)
      SNN_UNROLL
    for (int32_t i = 0; i < lanes; i++)
      sum[r * lanes + i] = snn_lanes_add(
          sum[r * lanes + i],
          snn_weights_load(from + r * step.weight_row + i * SNN_LANES, n - i * SNN_LANES));
  }
  SNN_UNROLL
  for (int32_t r = 0; r < rows; r++)
    SNN_UNROLL
  for (int32_t i = 0; i < lanes; i++)
    snn_lanes_store(v + r * step.target_row + i * SNN_LANES, sum[r * lanes + i], n - i * SNN_LANES);
}

/* The same for any number of weights in a row. */
static inline void snn_add_tiles(snn_membrane *v, const snn_weight *w, struct snn_rows step,
                                 const int32_t *at, int32_t n_sources, const int32_t rows,
                                 int32_t n) {
  const int32_t wide = SNN_TILE / rows;
  int32_t i = 0;

  for (; i + wide * SNN_LANES <= n; i += wide * SNN_LANES)
    snn_add_tile(v + i, w + i, step, at, n_sources, rows, wide, wide * SNN_LANES);
  for (; i + 2 * SNN_LANES <= n; i += 2 * SNN_LANES)
    snn_add_tile(v + i, w + i, step, at, n_sources, rows, 2, 2 * SNN_LANES);
  for (; i < n; i += SNN_LANES)
    snn_add_tile(v + i, w + i, step, at, n_sources, rows, 1, n - i);
}

#if defined(SNN_SHORTS) && defined(SNN_INT8)
static inline void snn_add_shorts(snn_membrane *v, const snn_weight *w, const int32_t *at,
                                  int32_t n_rows, int32_t shorts) {
  snn_shorts sum[2];

  for (int32_t i = 0; i < shorts; i++)
    sum[i] = snn_shorts_zero();
  for (int32_t k = 0; k < n_rows; k++)
    for (int32_t i = 0; i < shorts; i++)
      sum[i] = snn_shorts_add(sum[i], w + at[k] + i * SNN_SHORTS);
  for (int32_t i = 0; i < shorts; i++)
    snn_shorts_spill(v + i * SNN_SHORTS, sum[i]);
}
#endif
#endif

/* The same, one row. */
static inline void snn_add_row(snn_membrane *v, const snn_weight *w, const int32_t *at,
                               int32_t n_sources, int32_t n) {
#ifdef SNN_LANES
  const struct snn_rows none = {0, 0};
  int32_t i = 0;

#if defined(SNN_SHORTS) && defined(SNN_INT8)
  if (n_sources >= 8) {
    for (; i + 2 * SNN_SHORTS <= n; i += 2 * SNN_SHORTS)
      snn_add_shorts(v + i, w + i, at, n_sources, 2);
    for (; i + SNN_SHORTS <= n; i += SNN_SHORTS)
      snn_add_shorts(v + i, w + i, at, n_sources, 1);
  }
#endif
  snn_add_tiles(v + i, w + i, none, at, n_sources, 1, n - i);
#else
  snn_add_rows(v, w, at, n_sources, n);
#endif
}

#endif
