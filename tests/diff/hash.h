/* tests/diff/hash.h -- FNV-1a of what happened to one image, the same in both programs. C99. */
#ifndef TESTS_DIFF_HASH_H
#define TESTS_DIFF_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What net_run gives where no output has sent a spike. */
#define NO_ANSWER ((uint32_t)-2)

struct hash {
  uint64_t spikes, output;
};

static inline struct hash hash_new(void) {
  struct hash h = {0xcbf29ce484222325u, 0xcbf29ce484222325u};

  return h;
}

static inline void hash_word(uint64_t *h, uint32_t word) {
  for (int i = 0; i < 4; i++)
    *h = (*h ^ (word >> 8 * i & 0xFF)) * 0x100000001b3u;
}

static inline void hash_bytes(uint64_t *h, const void *bytes, size_t n) {
  const unsigned char *b = (const unsigned char *)bytes;

  for (size_t i = 0; i < n; i++)
    *h = (*h ^ b[i]) * 0x100000001b3u;
}

static inline void hash_floats(uint64_t *h, const float *y, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    memcpy(&bits, &y[i], sizeof bits);
    hash_word(h, bits);
  }
}

static inline void hash_print(const struct hash *h, unsigned long image) {
  printf("%lu %08lx%08lx %08lx%08lx\n", image, (unsigned long)(h->spikes >> 32),
         (unsigned long)(h->spikes & 0xFFFFFFFFu), (unsigned long)(h->output >> 32),
         (unsigned long)(h->output & 0xFFFFFFFFu));
}

#endif
