/* tests/fuzz/crc32c_fast.c -- linked before the library, it takes the place of its snn_crc32c. */
#include "tests/fuzz/crc32c_fast.h"

#define snn_crc32c crc32c_portable
#include "runtime/image/crc32c.c"
#undef snn_crc32c

uint32_t snn_crc32c(const uint8_t *bytes, size_t len);

uint32_t snn_crc32c(const uint8_t *bytes, size_t len) {
  return crc32c_has_fast() ? crc32c_fast(bytes, len) : crc32c_portable(bytes, len);
}
