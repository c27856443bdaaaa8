/* kernels/lanes_sse2.h -- what lanes.h says, for SSE2.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LANES_SSE2_H
#define SNN_LANES_SSE2_H

#include "helper.h"
#include "lanes_isa.h"
#include <string.h>

#include "snn/number.h"

#ifdef SNN_SSE2
#include <emmintrin.h>
#define SNN_LANES 4
#define SNN_TILE  12
typedef __m128i snn_hits;

SNN_HELPER __m128i snn_first(int32_t n) {
  return _mm_cmpgt_epi32(_mm_set1_epi32(n), _mm_setr_epi32(0, 1, 2, 3));
}

SNN_HELPER uint32_t snn_hits_bits(snn_hits hits) {
  return (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(hits));
}

SNN_HELPER snn_hits snn_hits_both(snn_hits a, snn_hits b) {
  return _mm_and_si128(a, b);
}

SNN_HELPER snn_hits snn_hits_without(snn_hits a, snn_hits b) {
  return _mm_andnot_si128(b, a);
}

/* Up to 4 elements of `size` bytes; memcpy of a constant size is one instruction. */
SNN_HELPER __m128i snn_bytes_load(const void *p, size_t size, int32_t n) {
  __m128i x = _mm_setzero_si128();

  if (n < SNN_LANES)
    memcpy(&x, p, size * (size_t)n);
  else
    memcpy(&x, p, size * SNN_LANES);
  return x;
}

SNN_HELPER void snn_bytes_store(void *p, __m128i x, size_t size, int32_t n) {
  if (n < SNN_LANES)
    memcpy(p, &x, size * (size_t)n);
  else
    memcpy(p, &x, size * SNN_LANES);
}

/* Bytes, or numbers of 16 bits, to 32 bits, with their sign. */
SNN_HELPER __m128i snn_widen_bytes(__m128i x) {
  x = _mm_unpacklo_epi8(x, x);
  return _mm_srai_epi32(_mm_unpacklo_epi16(x, x), 24);
}

SNN_HELPER __m128i snn_widen_low(__m128i x) {
  return _mm_srai_epi32(_mm_unpacklo_epi16(x, x), 16);
}

#ifdef SNN_INTEGERS
typedef __m128i snn_lanes;

SNN_HELPER snn_lanes snn_lanes_load(const snn_membrane *v, int32_t n) {
  return snn_bytes_load(v, sizeof *v, n);
}

SNN_HELPER void snn_lanes_store(snn_membrane *v, snn_lanes x, int32_t n) {
  snn_bytes_store(v, x, sizeof *v, n);
}

SNN_HELPER snn_lanes snn_lanes_add(snn_lanes a, snn_lanes b) {
  return _mm_add_epi32(a, b);
}

SNN_HELPER snn_lanes snn_lanes_add_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm_add_epi32(a, _mm_and_si128(hit, b));
}

SNN_HELPER snn_lanes snn_lanes_less_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm_sub_epi32(a, _mm_and_si128(hit, b));
}

SNN_HELPER snn_lanes snn_lanes_zero_where(snn_hits hit, snn_lanes a) {
  return _mm_andnot_si128(hit, a);
}

SNN_HELPER snn_hits snn_lanes_at_least(snn_lanes a, snn_lanes b, int32_t n) {
  return _mm_andnot_si128(_mm_cmpgt_epi32(b, a), snn_first(n));
}

SNN_HELPER snn_hits snn_lanes_below_zero(snn_lanes a) {
  return _mm_srai_epi32(a, 31);
}
#else
typedef __m128 snn_lanes;

SNN_HELPER snn_lanes snn_lanes_load(const snn_membrane *v, int32_t n) {
  return _mm_castsi128_ps(snn_bytes_load(v, sizeof *v, n));
}

SNN_HELPER void snn_lanes_store(snn_membrane *v, snn_lanes x, int32_t n) {
  snn_bytes_store(v, _mm_castps_si128(x), sizeof *v, n);
}

SNN_HELPER snn_lanes snn_lanes_add(snn_lanes a, snn_lanes b) {
  return _mm_add_ps(a, b);
}

/* b where hit, else a. */
SNN_HELPER snn_lanes snn_lanes_pick(snn_hits hit, snn_lanes a, snn_lanes b) {
  const snn_lanes mask = _mm_castsi128_ps(hit);

  return _mm_or_ps(_mm_and_ps(mask, b), _mm_andnot_ps(mask, a));
}

SNN_HELPER snn_lanes snn_lanes_add_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return snn_lanes_pick(hit, a, _mm_add_ps(a, b));
}

SNN_HELPER snn_lanes snn_lanes_less_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return snn_lanes_pick(hit, a, _mm_sub_ps(a, b));
}

SNN_HELPER snn_lanes snn_lanes_zero_where(snn_hits hit, snn_lanes a) {
  return _mm_andnot_ps(_mm_castsi128_ps(hit), a);
}

SNN_HELPER snn_hits snn_lanes_at_least(snn_lanes a, snn_lanes b, int32_t n) {
  return _mm_and_si128(_mm_castps_si128(_mm_cmpge_ps(a, b)), snn_first(n));
}

SNN_HELPER snn_hits snn_lanes_below_zero(snn_lanes a) {
  return _mm_castps_si128(_mm_cmplt_ps(a, _mm_setzero_ps()));
}
#endif

#ifdef SNN_INTEGERS
#define SNN_SHORTS 8
typedef __m128i snn_shorts;

SNN_HELPER snn_shorts snn_shorts_zero(void) {
  return _mm_setzero_si128();
}

SNN_HELPER void snn_shorts_spill(snn_membrane *v, snn_shorts sum) {
  const snn_lanes high = snn_widen_low(_mm_unpackhi_epi64(sum, sum));

  snn_lanes_store(v, snn_lanes_add(snn_lanes_load(v, SNN_LANES), snn_widen_low(sum)), SNN_LANES);
  v += SNN_LANES;
  snn_lanes_store(v, snn_lanes_add(snn_lanes_load(v, SNN_LANES), high), SNN_LANES);
}
#endif

typedef __m128i snn_counts;

SNN_HELPER snn_counts snn_counts_load(const snn_count *sent, int32_t n) {
  const __m128i x = snn_bytes_load(sent, sizeof *sent, n), zero = _mm_setzero_si128();

#ifdef SNN_COUNT8
  return _mm_unpacklo_epi16(_mm_unpacklo_epi8(x, zero), zero);
#else
  return _mm_unpacklo_epi16(x, zero);
#endif
}

SNN_HELPER void snn_counts_store(snn_count *sent, snn_counts x, int32_t n) {
  __m128i packed = _mm_srai_epi32(_mm_slli_epi32(x, 16), 16); /* packing saturates */

  packed = _mm_packs_epi32(packed, packed);
#ifdef SNN_COUNT8
  packed = _mm_packus_epi16(packed, packed);
#endif
  snn_bytes_store(sent, packed, sizeof *sent, n);
}

SNN_HELPER snn_hits snn_counts_not_zero(snn_counts x) {
  return _mm_cmpgt_epi32(x, _mm_setzero_si128());
}

SNN_HELPER snn_counts snn_counts_change(snn_counts x, snn_hits up, snn_hits down) {
  return _mm_add_epi32(_mm_sub_epi32(x, up), down);
}
#endif

#endif
