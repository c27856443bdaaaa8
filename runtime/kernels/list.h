/* kernels/list.h -- lists of sources, whose rows are then summed in registers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LIST_H
#define SNN_LIST_H

#include <stdint.h>

#include "count_bits.h"
#include "helper.h"
#include "lanes.h"
#include "walk.h"

/* Constant loops whose sums are to be in registers: gcc has to be told. */
#if defined(__GNUC__) && !defined(__clang__)
#define SNN_UNROLL _Pragma("GCC unroll 8")
#else
#define SNN_UNROLL
#endif

/* Where rows of membranes are, and those of the weights of one source. */
struct snn_rows {
  int32_t target_row, weight_row;
};

/* Rows that are listed at a time. On machines without vectors the rows of four sources fit in
 * registers; elsewhere a sum of so many int8 weights fits in 16 bits. */
#ifdef SNN_LANES
enum { SNN_LIST = 96 };
#else
enum { SNN_LIST = 4 };
#endif

/* Sources as snn_walk_take lists them, up to SNN_LIST; 0 at the end. `source` has room for
 * SNN_LIST_ROOM. */
#ifdef SNN_LANES
enum { SNN_LIST_ROOM = SNN_LIST + 32 };

/* Four bits at a time without a branch; what they were too many is overwritten. */
#ifndef SNN_LANES_LIST
static inline int32_t snn_lanes_list(int32_t *to, uint32_t bits, int32_t base) {
  const int32_t n = (int32_t)snn_count_bits(bits);

  for (; bits != 0; to += 4)
    for (int32_t k = 0; k < 4; k++) {
      to[k] = base + snn_lowest_bit(bits | UINT32_C(1) << 31);
      bits &= bits - 1;
    }
  return n;
}
#endif

static inline int32_t snn_walk_list(struct snn_walk *w, int32_t *source) {
  int32_t n = 0;

  while (n <= SNN_LIST - 32 && w->next != w->end) {
    n += snn_lanes_list(source + n, *w->next++, w->next_base);
    w->next_base += 32;
    if (--w->left == 0) {
      w->next_base += w->channels - 32 * w->words;
      w->left = w->words;
    }
  }
  return n;
}
#else
enum { SNN_LIST_ROOM = SNN_LIST };

static inline int32_t snn_walk_list(struct snn_walk *w, int32_t *source) {
  return snn_walk_take(w, SNN_LIST, source);
}
#endif

#endif
