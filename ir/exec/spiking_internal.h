/* ir/exec/spiking_internal.h -- the kernels as functions of one type, built per instruction set. */
#ifndef IR_EXEC_SPIKING_INTERNAL_H
#define IR_EXEC_SPIKING_INTERNAL_H

#include <stdint.h>

#include "ir/exec/plan.h"
#include "runtime/image/call.h"

typedef snn_call spiking_call;

/* One table per instruction set and kind of numbers; integer tables lack the kernels that are REAL
 * in kernels.def. */
#define SPIKING_TABLES(isa)                                                                        \
  extern spiking_call *const spiking_kernels_float_##isa[PLAN_N_KERNELS];                          \
  extern spiking_call *const spiking_kernels_int8_##isa[PLAN_N_KERNELS];                           \
  extern spiking_call *const spiking_kernels_int16_##isa[PLAN_N_KERNELS]
SPIKING_TABLES(baseline);
#if defined(__x86_64__)
SPIKING_TABLES(avx2);
SPIKING_TABLES(avx512);
#endif

/* The table for the widest vectors of this processor, with weights of type f32, i8 or i16. */
spiking_call *const *spiking_best_kernels(enum ir_dtype weight);

#endif
