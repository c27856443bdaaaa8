/* ir/exec/isa.h -- the instruction sets that some files are built for, several times over. */
#ifndef IR_EXEC_ISA_H
#define IR_EXEC_ISA_H

enum isa { ISA_BASELINE, ISA_AVX2, ISA_AVX512, N_ISA };

/* The widest that this processor has. */
enum isa isa_best(void);

/* "baseline", "avx2", "avx512". */
const char *isa_name(enum isa isa);

#endif
