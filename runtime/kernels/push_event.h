/* kernels/push_event.h -- input spikes from outside, kept for the next step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_PUSH_EVENT_H
#define SNN_PUSH_EVENT_H

#include <stdint.h>

/* `address` is the place in an input of n values, in the order of the model. Two at one address are
 * one spike. 0, or -1 where there is no such place. */
static inline int snn_keep_event(uint32_t *pending, uint32_t n, uint32_t address) {
  if (address >= n)
    return -1;
  pending[address / 32] |= UINT32_C(1) << address % 32;
  return 0;
}

#endif
