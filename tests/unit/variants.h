/* tests/unit/variants.h -- the tables of kernels that this machine can run. */
#ifndef TESTS_UNIT_VARIANTS_H
#define TESTS_UNIT_VARIANTS_H

#include "ir/exec/isa.h"
#include "ir/exec/spiking_internal.h"

static inline spiking_call *const *const *variants(size_t *n) {
  static spiking_call *const *all[] = {
    spiking_kernels_float_baseline,
#if defined(__x86_64__)
    spiking_kernels_float_avx2,
    spiking_kernels_float_avx512,
#endif
  };

  *n = (size_t)isa_best() + 1;
  return all;
}

#endif
