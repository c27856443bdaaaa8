/* tests/fuzz/crc32c_fast.h -- CRC-32C by the processor's instruction where it has one, for tests
 * that load an image millions of times: nearly all of their time would be the checksum. The same
 * number as snn_crc32c, with which tests/unit/test_image.c compares it. */
#ifndef TESTS_FUZZ_CRC32C_FAST_H
#define TESTS_FUZZ_CRC32C_FAST_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static inline uint32_t crc32c_fast(const uint8_t *bytes,
                                                                     size_t len) {
  uint64_t crc = 0xFFFFFFFF, word;

  for (; len >= sizeof word; len -= sizeof word, bytes += sizeof word) {
    memcpy(&word, bytes, sizeof word);
    crc = __builtin_ia32_crc32di(crc, word);
  }
  for (; len > 0; len--)
    crc = __builtin_ia32_crc32qi((uint32_t)crc, *bytes++);
  return ~(uint32_t)crc;
}

static inline int crc32c_has_fast(void) {
  return __builtin_cpu_supports("sse4.2");
}
#else
static inline uint32_t crc32c_fast(const uint8_t *bytes, size_t len) {
  (void)bytes;
  return (uint32_t)len;
}

static inline int crc32c_has_fast(void) {
  return 0;
}
#endif

#endif
