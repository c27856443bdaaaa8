#include "ir/exec/gemm.h"

#include "ir/exec/isa.h"

void gemm(const struct gemm *p) {
  static gemm_fn *const variant[N_ISA] = {
    gemm_baseline,
#if defined(__x86_64__)
    gemm_avx2,
    gemm_avx512,
#endif
  };

  variant[isa_best()](p);
}
