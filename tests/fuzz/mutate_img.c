/* tests/fuzz/mutate_img.c -- libFuzzer's mutations of images, word by word.
 *
 * Images are tables of 32-bit words, so a word becomes another one of the image, a limit or a near
 * number; one in four is mutated as bytes, which may change the length. Checksums are made right by
 * the target. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max_len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed);

static uint32_t pick(uint32_t *seed, size_t n) {
  *seed = *seed * 1664525u + 1013904223u;
  return (uint32_t)((*seed >> 8) % n);
}

static uint32_t word_at(const uint8_t *data, size_t i) {
  uint32_t word;

  memcpy(&word, data + 4 * i, sizeof word);
  return word;
}

static uint32_t other(const uint8_t *data, size_t n, uint32_t old, uint32_t *seed) {
  static const uint32_t limits[] = {0,          1,          2,          31,        32,
                                    255,        256,        65535,      1 << 24,   0x1FFFFFFF,
                                    0x3FFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};

  switch (pick(seed, 5)) {
  case 0:
    return word_at(data, pick(seed, n));
  case 1:
    return limits[pick(seed, sizeof limits / sizeof *limits)];
  case 2:
    return old + pick(seed, 9) - 4;
  case 3:
    return old ^ UINT32_C(1) << pick(seed, 32);
  default:
    return pick(seed, 40);
  }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed) {
  uint32_t state = seed;
  size_t n = len / 4;

  if (n < 2 || pick(&state, 4) == 0)
    return LLVMFuzzerMutate(data, len, max_len);
  for (uint32_t k = pick(&state, 4) + 1; k > 0; k--) {
    size_t i = pick(&state, n);
    uint32_t word = other(data, n, word_at(data, i), &state);
    memcpy(data + 4 * i, &word, sizeof word);
  }
  return len;
}
