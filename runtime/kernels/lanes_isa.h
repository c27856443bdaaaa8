/* kernels/lanes_isa.h -- which vectors kernels use: those of the compiler's target; none with
 * -DSNN_PLAIN.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_LANES_ISA_H
#define SNN_LANES_ISA_H

#if defined(SNN_PLAIN) || !defined(__GNUC__)
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) &&                    \
    defined(__AVX512VL__)
#define SNN_AVX512
#elif defined(__AVX2__)
#define SNN_AVX2
#elif defined(__SSE2__)
#define SNN_SSE2
#endif

#endif
