/* kernels/lanes_weights.h -- weights as membranes, and as 16 bits where they have 8.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LANES_WEIGHTS_H
#define SNN_LANES_WEIGHTS_H

#include <string.h>

#include "helper.h"
#include "lanes.h"
#include "snn/number.h"

#if defined(SNN_AVX512)
SNN_HELPER snn_lanes snn_weights_load(const snn_weight *w, int32_t n) {
#ifdef SNN_INT8
  return _mm512_cvtepi8_epi32(n < SNN_LANES ? _mm_maskz_loadu_epi8(snn_first(n), w)
                                            : _mm_loadu_si128((const __m128i *)(const void *)w));
#elif defined(SNN_INT16)
  return _mm512_cvtepi16_epi32(n < SNN_LANES
                                   ? _mm256_maskz_loadu_epi16(snn_first(n), w)
                                   : _mm256_loadu_si256((const __m256i *)(const void *)w));
#else
  return snn_lanes_load(w, n);
#endif
}

#ifdef SNN_INT8
SNN_HELPER snn_shorts snn_shorts_add(snn_shorts sum, const snn_weight *w) {
  const __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)w);

  return _mm512_add_epi16(sum, _mm512_cvtepi8_epi16(x));
}
#endif
#elif defined(SNN_AVX2)
SNN_HELPER snn_lanes snn_weights_load(const snn_weight *w, int32_t n) {
#ifdef SNN_INTEGERS
  __m128i x = _mm_setzero_si128();

  memcpy(&x, w, sizeof *w * (size_t)(n < SNN_LANES ? n : SNN_LANES));
#ifdef SNN_INT8
  return _mm256_cvtepi8_epi32(x);
#else
  return _mm256_cvtepi16_epi32(x);
#endif
#else
  return snn_lanes_load(w, n);
#endif
}

#ifdef SNN_INT8
SNN_HELPER snn_shorts snn_shorts_add(snn_shorts sum, const snn_weight *w) {
  const __m128i x = _mm_loadu_si128((const __m128i *)(const void *)w);

  return _mm256_add_epi16(sum, _mm256_cvtepi8_epi16(x));
}
#endif
#elif defined(SNN_SSE2)
SNN_HELPER snn_lanes snn_weights_load(const snn_weight *w, int32_t n) {
#ifdef SNN_INT8
  return snn_widen_bytes(snn_bytes_load(w, sizeof *w, n));
#elif defined(SNN_INT16)
  return snn_widen_low(snn_bytes_load(w, sizeof *w, n));
#else
  return snn_lanes_load(w, n);
#endif
}

#ifdef SNN_INT8
SNN_HELPER snn_shorts snn_shorts_add(snn_shorts sum, const snn_weight *w) {
  const __m128i x = _mm_loadl_epi64((const __m128i *)(const void *)w);

  return _mm_add_epi16(sum, _mm_srai_epi16(_mm_unpacklo_epi8(x, x), 8));
}
#endif
#endif

#endif
