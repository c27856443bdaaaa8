/* ir/exec/gemm.h -- the matrix product of the analog executor.
 *
 * A BLAS chooses its kernels, and so the order of its sums, by the processor; thresholds would
 * follow, and the C that is generated with them. Here the order is part of the definition:
 *   c[i][j] (+)= the sums over blocks of GEMM_BLOCK k, one after the other, each block's products
 *   added in ascending k, without contraction;
 *   where m is 1 and b transposed: GEMM_LANES sums of every GEMM_LANES-th product, then
 *   lane l + lane l + GEMM_LANES / 2, and so on by halves, then the products that are left. */
#ifndef IR_EXEC_GEMM_H
#define IR_EXEC_GEMM_H

#include <stdbool.h>
#include <stdint.h>

enum { GEMM_BLOCK = 128, GEMM_LANES = 16 };

/* Row-major c = a b, or c += a b where `add`; a is [m, k], c is [m, n], b is [k, n], or [n, k]
 * where `b_is_transposed`. */
struct gemm {
  int64_t m, n, k;
  const float *a, *b;
  float *c;
  int64_t ldb, ldc; /* elements between rows; of a they are k */
  bool b_is_transposed, add;
};

typedef void gemm_fn(const struct gemm *p);

/* All give the same bits. */
gemm_fn gemm_baseline;
#if defined(__x86_64__)
gemm_fn gemm_avx2, gemm_avx512;
#endif

/* With the widest vectors of this processor. */
void gemm(const struct gemm *p);

#endif
