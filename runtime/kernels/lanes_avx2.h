/* kernels/lanes_avx2.h -- what lanes.h says, for AVX2.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LANES_AVX2_H
#define SNN_LANES_AVX2_H

#include "helper.h"
#include "lanes_isa.h"
#include <string.h>

#include "snn/number.h"

#ifdef SNN_AVX2
#include <immintrin.h>
#define SNN_LANES 8
#define SNN_TILE  12
typedef __m256i snn_hits;

SNN_HELPER __m256i snn_first(int32_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

SNN_HELPER uint32_t snn_hits_bits(snn_hits hits) {
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(hits));
}

SNN_HELPER snn_hits snn_hits_both(snn_hits a, snn_hits b) {
  return _mm256_and_si256(a, b);
}

SNN_HELPER snn_hits snn_hits_without(snn_hits a, snn_hits b) {
  return _mm256_andnot_si256(b, a);
}

#ifdef SNN_INTEGERS
typedef __m256i snn_lanes;

SNN_HELPER snn_lanes snn_lanes_load(const snn_membrane *v, int32_t n) {
  return n < SNN_LANES ? _mm256_maskload_epi32(v, snn_first(n))
                       : _mm256_loadu_si256((const __m256i *)(const void *)v);
}

SNN_HELPER void snn_lanes_store(snn_membrane *v, snn_lanes x, int32_t n) {
  if (n < SNN_LANES)
    _mm256_maskstore_epi32(v, snn_first(n), x);
  else
    _mm256_storeu_si256((__m256i *)(void *)v, x);
}

SNN_HELPER snn_lanes snn_lanes_add(snn_lanes a, snn_lanes b) {
  return _mm256_add_epi32(a, b);
}

SNN_HELPER snn_lanes snn_lanes_add_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm256_add_epi32(a, _mm256_and_si256(hit, b));
}

SNN_HELPER snn_lanes snn_lanes_less_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm256_sub_epi32(a, _mm256_and_si256(hit, b));
}

SNN_HELPER snn_lanes snn_lanes_zero_where(snn_hits hit, snn_lanes a) {
  return _mm256_andnot_si256(hit, a);
}

SNN_HELPER snn_hits snn_lanes_at_least(snn_lanes a, snn_lanes b, int32_t n) {
  return _mm256_andnot_si256(_mm256_cmpgt_epi32(b, a), snn_first(n));
}

SNN_HELPER snn_hits snn_lanes_below_zero(snn_lanes a) {
  return _mm256_srai_epi32(a, 31);
}
#else
typedef __m256 snn_lanes;

SNN_HELPER snn_lanes snn_lanes_load(const snn_membrane *v, int32_t n) {
  return n < SNN_LANES ? _mm256_maskload_ps(v, snn_first(n)) : _mm256_loadu_ps(v);
}

SNN_HELPER void snn_lanes_store(snn_membrane *v, snn_lanes x, int32_t n) {
  if (n < SNN_LANES)
    _mm256_maskstore_ps(v, snn_first(n), x);
  else
    _mm256_storeu_ps(v, x);
}

SNN_HELPER snn_lanes snn_lanes_add(snn_lanes a, snn_lanes b) {
  return _mm256_add_ps(a, b);
}

SNN_HELPER snn_lanes snn_lanes_add_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm256_blendv_ps(a, _mm256_add_ps(a, b), _mm256_castsi256_ps(hit));
}

SNN_HELPER snn_lanes snn_lanes_less_where(snn_hits hit, snn_lanes a, snn_lanes b) {
  return _mm256_blendv_ps(a, _mm256_sub_ps(a, b), _mm256_castsi256_ps(hit));
}

SNN_HELPER snn_lanes snn_lanes_zero_where(snn_hits hit, snn_lanes a) {
  return _mm256_andnot_ps(_mm256_castsi256_ps(hit), a);
}

SNN_HELPER snn_hits snn_lanes_at_least(snn_lanes a, snn_lanes b, int32_t n) {
  const __m256i hit = _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_GE_OQ));

  return _mm256_and_si256(hit, snn_first(n));
}

SNN_HELPER snn_hits snn_lanes_below_zero(snn_lanes a) {
  return _mm256_castps_si256(_mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_LT_OQ));
}
#endif

#ifdef SNN_INTEGERS
#define SNN_SHORTS 16
typedef __m256i snn_shorts;

SNN_HELPER snn_shorts snn_shorts_zero(void) {
  return _mm256_setzero_si256();
}

SNN_HELPER void snn_shorts_spill(snn_membrane *v, snn_shorts sum) {
  const snn_lanes low = _mm256_cvtepi16_epi32(_mm256_castsi256_si128(sum));
  const snn_lanes high = _mm256_cvtepi16_epi32(_mm256_extracti128_si256(sum, 1));

  snn_lanes_store(v, snn_lanes_add(snn_lanes_load(v, SNN_LANES), low), SNN_LANES);
  v += SNN_LANES;
  snn_lanes_store(v, snn_lanes_add(snn_lanes_load(v, SNN_LANES), high), SNN_LANES);
}
#endif

typedef __m256i snn_counts;

SNN_HELPER snn_counts snn_counts_load(const snn_count *sent, int32_t n) {
  __m128i x = _mm_setzero_si128();

  memcpy(&x, sent, sizeof *sent * (size_t)(n < SNN_LANES ? n : SNN_LANES));
#ifdef SNN_COUNT8
  return _mm256_cvtepu8_epi32(x);
#else
  return _mm256_cvtepu16_epi32(x);
#endif
}

SNN_HELPER void snn_counts_store(snn_count *sent, snn_counts x, int32_t n) {
  const __m128i low = _mm256_castsi256_si128(x), high = _mm256_extracti128_si256(x, 1);
  __m128i packed = _mm_packus_epi32(low, high);

#ifdef SNN_COUNT8
  packed = _mm_packus_epi16(packed, packed);
#endif
  memcpy(sent, &packed, sizeof *sent * (size_t)(n < SNN_LANES ? n : SNN_LANES));
}

SNN_HELPER snn_hits snn_counts_not_zero(snn_counts x) {
  return _mm256_cmpgt_epi32(x, _mm256_setzero_si256());
}

SNN_HELPER snn_counts snn_counts_change(snn_counts x, snn_hits up, snn_hits down) {
  return _mm256_add_epi32(_mm256_sub_epi32(x, up), down);
}
#endif

#endif
