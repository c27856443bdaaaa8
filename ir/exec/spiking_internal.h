/* ir/exec/spiking_internal.h -- the kernels as functions of one type, built per instruction set. */
#ifndef IR_EXEC_SPIKING_INTERNAL_H
#define IR_EXEC_SPIKING_INTERNAL_H

#include <stdint.h>

#include "ir/exec/plan.h"

/* What the kernel returns; 0 where it returns nothing. */
typedef uint32_t spiking_call(const void *desc, void *const *arg);

extern spiking_call *const spiking_kernels_baseline[PLAN_N_KERNELS];
#if defined(__x86_64__)
extern spiking_call *const spiking_kernels_avx2[PLAN_N_KERNELS];
extern spiking_call *const spiking_kernels_avx512[PLAN_N_KERNELS];
#endif

/* The table for the widest vectors of this processor. */
spiking_call *const *spiking_best_kernels(void);

#endif
