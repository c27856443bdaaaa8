/* kernels/lanes.h -- SNN_LANES membranes at a time, where the compiler's target has vectors:
 * AVX-512, AVX2 or SSE2. Without SNN_LANES kernels take loops over single neurons, which give the
 * same bits.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   snn_lanes, snn_counts, snn_hits    membranes; counts, as whole numbers of 32 bits; truths
 *   ..._load(p, n), ..._store(p, x, n) the first n, all if there are more; the others are 0 when
 *                                      loaded, and stay as they are in memory
 *   snn_weights_load(w, n)             weights as membranes
 *   snn_lanes_at_least(a, b, n)        a >= b in the first n lanes
 *   snn_lanes_below_zero(a)            a < 0
 *   ..._where(hit, a, b)               a + b, a - b or 0 where hit; else a
 *   snn_counts_change(x, up, down)     one more where up, one less where down
 *   snn_hits_bits(hit)                 bit i is lane i
 *   snn_lanes_list(to, bits, base)     lists base + the index of each bit, and returns how many;
 *                                      up to 32 more values are written, which mean nothing
 *
 * SNN_TILE is how many snn_lanes are best summed in registers, a multiple of 6. With int8 weights
 * there are also snn_shorts, SNN_SHORTS sums of 16 bits: they hold 255 weights before
 * snn_shorts_spill must add them to membranes. */
#ifndef SNN_LANES_H
#define SNN_LANES_H

#include "lanes_avx2.h"
#include "lanes_avx512.h"
#include "lanes_sse2.h"

#endif
