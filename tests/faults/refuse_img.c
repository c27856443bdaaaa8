/* tests/faults/refuse_img.c -- an image that was damaged, for damage.c: the loader refuses it. */
#include "snn/image.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  require(snn_ram_needed(data, len) == 0);
  return 0;
}
