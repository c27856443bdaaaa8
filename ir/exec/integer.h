/* ir/exec/integer.h -- what generated C asks of the output of an integer network. */
#ifndef IR_EXEC_INTEGER_H
#define IR_EXEC_INTEGER_H

#include <stdint.h>

/* runtime/kernels/winner.h, spike_winner.h and lead.h on integers. */
int32_t integer_winner(const int32_t *y, int32_t n);
int32_t integer_spike_winner(const int32_t *y, int32_t n);
int32_t integer_lead(const int32_t *y, int32_t n);

#endif
