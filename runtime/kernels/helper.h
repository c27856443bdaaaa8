/* kernels/helper.h -- SNN_HELPER: a function that only some forms of kernels call, so that
 * compilers shall not speak of it where none does. SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_HELPER_H
#define SNN_HELPER_H

#if defined(__GNUC__)
#define SNN_HELPER static inline __attribute__((unused))
#else
#define SNN_HELPER static inline
#endif

#endif
