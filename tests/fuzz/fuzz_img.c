/* Fuzz target: any bytes as an image, as they are and with checksums made right. What is taken runs
 * two steps and writes nowhere but in the memory that it has asked for. */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  enum snn_status status;
  uint8_t *image = calloc(len + 1, 1); /* aligned as images are */

  if (!image)
    return 0;
  if (len > 0)
    memcpy(image, data, len);
  require(image_run_guarded(image, len, &status));
  image_seal(image, len);
  require(image_run_guarded(image, len, &status));
  free(image);
  return 0;
}
