/* kernels/philox.h -- random numbers that a counter stands for: Philox4x32-10.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", doi 10.1145/2063384.2063405.
 * There is no state, so that no result depends on what was drawn before, or by which thread. */
#ifndef SNN_PHILOX_H
#define SNN_PHILOX_H

#include <stdint.h>

struct snn_random {
  uint32_t word[4];
};

/* A counter of four words, already in *r, is replaced by four random ones. */
static inline void snn_philox(struct snn_random *r, uint32_t key_0, uint32_t key_1) {
  uint32_t *w = r->word;

  for (int round = 0; round < 10; round++) {
    const uint64_t a = (uint64_t)w[0] * 0xD2511F53u, b = (uint64_t)w[2] * 0xCD9E8D57u;
    w[0] = (uint32_t)(b >> 32) ^ w[1] ^ key_0;
    w[2] = (uint32_t)(a >> 32) ^ w[3] ^ key_1;
    w[1] = (uint32_t)b;
    w[3] = (uint32_t)a;
    key_0 += 0x9E3779B9u;
    key_1 += 0xBB67AE85u;
  }
}

#endif
