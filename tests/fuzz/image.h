/* tests/fuzz/image.h -- what fuzzing and unit tests do to images: making checksums right again, and
 * running one in memory whose ends are watched. */
#ifndef TESTS_FUZZ_IMAGE_H
#define TESTS_FUZZ_IMAGE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/image/crc32c.h"
#include "runtime/image/format.h"
#include "snn/image.h"

/* Both checksums and the length, as far as the header says where they are. */
static inline void image_seal(uint8_t *image, size_t len) {
  struct snn_image_header h;
  uint32_t crc;

  if (len < sizeof h + sizeof crc)
    return;
  memcpy(&h, image, sizeof h);
  if (h.header_bytes < sizeof h + sizeof crc || h.header_bytes > len)
    return;
  h.total_bytes = (uint32_t)len;
  h.payload_crc = snn_crc32c(image + h.header_bytes, len - h.header_bytes);
  memcpy(image, &h, sizeof h);
  crc = snn_crc32c(image, h.header_bytes - sizeof crc);
  memcpy(image + h.header_bytes - sizeof crc, &crc, sizeof crc);
}

enum { IMAGE_GUARD_BYTES = 64, IMAGE_MOST_BYTES = 1 << 15 };

static inline bool image_is_guarded(const uint8_t *guard) {
  for (int i = 0; i < IMAGE_GUARD_BYTES; i++)
    if (guard[i] != 0xA5)
      return false;
  return true;
}

/* Two steps of an open network, with an input of all kinds of values. */
static inline void image_run_two_steps(struct snn_net *net) {
  size_t width = net->input_kind == SNN_INPUT_BYTES ? 1 : 2;
  uint8_t *x = malloc(net->input_size * width);
  int32_t *y = malloc(net->output_size * sizeof *y), winner, n;

  if (x && y) {
    for (size_t i = 0; i < net->input_size * width; i++)
      x[i] = (uint8_t)(i * 37 + 255);
    snn_set_input(net, x, net->input_size);
    for (int t = 0; t < 2; t++) {
      for (uint32_t i = 0; net->input_kind == SNN_INPUT_EVENTS && i < net->input_size; i++)
        snn_push_event(net, i);
      snn_step(net, &n);
      snn_output(net, y, net->output_size);
    }
    if (net->steps <= 4)
      snn_run(net, x, net->input_size, y, net->output_size, &winner);
  }
  free(x);
  free(y);
}

/* Opens and runs an image in as much memory as it wants. False: something outside it was written,
 * or a refusal has written in it. *status is that of snn_open. */
static inline bool image_run_guarded(const uint8_t *image, size_t len, enum snn_status *status) {
  size_t need = snn_ram_needed(image, len), ram_len = need ? need : 256;
  uint8_t *memory = NULL, *ram;
  struct snn_net net = {.ram = NULL};
  bool is_good;

  *status = SNN_RAM_TOO_SMALL;
  if (need <= IMAGE_MOST_BYTES)
    memory = malloc(ram_len + 2 * IMAGE_GUARD_BYTES);
  if (!memory)
    return true;
  memset(memory, 0xA5, ram_len + 2 * IMAGE_GUARD_BYTES);
  ram = memory + IMAGE_GUARD_BYTES;
  *status = snn_open(&net, image, len, ram, ram_len);
  is_good = (need > 0) == (*status == SNN_OK);
  if (*status == SNN_OK && net.input_size <= IMAGE_MOST_BYTES &&
      net.output_size <= IMAGE_MOST_BYTES)
    image_run_two_steps(&net);
  for (size_t i = 0; *status != SNN_OK && i < ram_len; i++)
    is_good = is_good && ram[i] == 0xA5;
  is_good = is_good && image_is_guarded(memory) && image_is_guarded(ram + ram_len);
  free(memory);
  return is_good;
}

#endif
