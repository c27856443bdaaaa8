/* kernels/lanes_avx512.h -- what lanes.h says, for AVX-512.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LANES_AVX512_H
#define SNN_LANES_AVX512_H

#include "helper.h"
#include "lanes_isa.h"
#include "snn/number.h"

#ifdef SNN_AVX512
#include <immintrin.h>
#define SNN_LANES 16
#define SNN_TILE  18
typedef __mmask16 snn_hits;

SNN_HELPER __mmask16 snn_first(int32_t n) {
  return (__mmask16)(n < SNN_LANES ? (1u << n) - 1u : 0xFFFFu);
}

SNN_HELPER uint32_t snn_hits_bits(snn_hits hits) {
  return hits;
}

SNN_HELPER snn_hits snn_hits_both(snn_hits a, snn_hits b) {
  return (snn_hits)(a & b);
}

SNN_HELPER snn_hits snn_hits_without(snn_hits a, snn_hits b) {
  return (snn_hits)(a & ~b);
}

#ifdef SNN_INTEGERS
typedef __m512i snn_lanes;

SNN_HELPER snn_lanes snn_lanes_load(const snn_membrane *v, int32_t n) {
  return n < SNN_LANES ? _mm512_maskz_loadu_epi32(snn_first(n), v) : _mm512_loadu_si512(v);
}

SNN_HELPER void snn_lanes_store(snn_membrane *v, snn_lanes x, int32_t n) {
  if (n < SNN_LANES)
    _mm512_mask_storeu_epi32(v, snn_first(n), x);
  else
    _mm512_storeu_si512(v, x);
}

SNN_HELPER snn_lanes snn_lanes_add(snn_lanes a, snn_lanes b) {
  return _mm512_add_epi32(a, b);
}

SNN_HELPER snn_lanes snn_lanes_add_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm512_mask_add_epi32(a, hit, a, b);
}

SNN_HELPER snn_lanes snn_lanes_less_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm512_mask_sub_epi32(a, hit, a, b);
}

SNN_HELPER snn_lanes snn_lanes_zero_where(snn_hits hit, snn_lanes a) {
  return _mm512_mask_mov_epi32(a, hit, _mm512_setzero_si512());
}

SNN_HELPER snn_hits snn_lanes_at_least(snn_lanes a, snn_lanes b, int32_t n) {
  return _mm512_mask_cmp_epi32_mask(snn_first(n), a, b, _MM_CMPINT_NLT);
}

SNN_HELPER snn_hits snn_lanes_below_zero(snn_lanes a) {
  return _mm512_movepi32_mask(a);
}
#else
typedef __m512 snn_lanes;

SNN_HELPER snn_lanes snn_lanes_load(const snn_membrane *v, int32_t n) {
  return n < SNN_LANES ? _mm512_maskz_loadu_ps(snn_first(n), v) : _mm512_loadu_ps(v);
}

SNN_HELPER void snn_lanes_store(snn_membrane *v, snn_lanes x, int32_t n) {
  if (n < SNN_LANES)
    _mm512_mask_storeu_ps(v, snn_first(n), x);
  else
    _mm512_storeu_ps(v, x);
}

SNN_HELPER snn_lanes snn_lanes_add(snn_lanes a, snn_lanes b) {
  return _mm512_add_ps(a, b);
}

SNN_HELPER snn_lanes snn_lanes_add_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm512_mask_add_ps(a, hit, a, b);
}

SNN_HELPER snn_lanes snn_lanes_less_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm512_mask_sub_ps(a, hit, a, b);
}

SNN_HELPER snn_lanes snn_lanes_zero_where(snn_hits hit, snn_lanes a) {
  return _mm512_mask_mov_ps(a, hit, _mm512_setzero_ps());
}

SNN_HELPER snn_hits snn_lanes_at_least(snn_lanes a, snn_lanes b, int32_t n) {
  return _mm512_mask_cmp_ps_mask(snn_first(n), a, b, _CMP_GE_OQ);
}

SNN_HELPER snn_hits snn_lanes_below_zero(snn_lanes a) {
  return _mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_LT_OQ);
}
#endif

#ifdef SNN_INTEGERS
#define SNN_SHORTS 32
typedef __m512i snn_shorts;

SNN_HELPER snn_shorts snn_shorts_zero(void) {
  return _mm512_setzero_si512();
}

SNN_HELPER void snn_shorts_spill(snn_membrane *v, snn_shorts sum) {
  const snn_lanes low = _mm512_cvtepi16_epi32(_mm512_castsi512_si256(sum));
  const snn_lanes high = _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(sum, 1));

  snn_lanes_store(v, snn_lanes_add(snn_lanes_load(v, SNN_LANES), low), SNN_LANES);
  v += SNN_LANES;
  snn_lanes_store(v, snn_lanes_add(snn_lanes_load(v, SNN_LANES), high), SNN_LANES);
}
#endif

#define SNN_LANES_LIST
SNN_HELPER int32_t snn_lanes_list(int32_t *to, uint32_t bits, int32_t base) {
  const __m512i first = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i low = _mm512_add_epi32(first, _mm512_set1_epi32(base));
  const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(SNN_LANES));
  const int32_t n = __builtin_popcount(bits & 0xFFFFu);

  _mm512_storeu_si512(to, _mm512_maskz_compress_epi32((__mmask16)bits, low));
  _mm512_storeu_si512(to + n, _mm512_maskz_compress_epi32((__mmask16)(bits >> 16), high));
  return n + __builtin_popcount(bits >> 16);
}

typedef __m512i snn_counts;

SNN_HELPER snn_counts snn_counts_load(const snn_count *sent, int32_t n) {
#ifdef SNN_COUNT8
  return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(snn_first(n), sent));
#else
  return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(snn_first(n), sent));
#endif
}

SNN_HELPER void snn_counts_store(snn_count *sent, snn_counts x, int32_t n) {
#ifdef SNN_COUNT8
  _mm512_mask_cvtepi32_storeu_epi8(sent, snn_first(n), x);
#else
  _mm512_mask_cvtepi32_storeu_epi16(sent, snn_first(n), x);
#endif
}

SNN_HELPER snn_hits snn_counts_not_zero(snn_counts x) {
  return _mm512_test_epi32_mask(x, x);
}

SNN_HELPER snn_counts snn_counts_change(snn_counts x, snn_hits up, snn_hits down) {
  const snn_counts one = _mm512_set1_epi32(1);

  x = _mm512_mask_add_epi32(x, up, x, one);
  return _mm512_mask_sub_epi32(x, down, x, one);
}
#endif

#endif
