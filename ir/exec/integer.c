#define SNN_INT8
#include "ir/exec/integer.h"

#include "runtime/kernels/lead.h"
#include "runtime/kernels/spike_winner.h"

int32_t integer_winner(const int32_t *y, int32_t n) {
  return snn_winner(y, n);
}

int32_t integer_spike_winner(const int32_t *y, int32_t n) {
  return snn_spike_winner(y, n);
}

int32_t integer_lead(const int32_t *y, int32_t n) {
  return snn_lead(y, n);
}
