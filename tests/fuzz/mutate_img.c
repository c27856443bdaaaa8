/* tests/fuzz/mutate_img.c -- libFuzzer's mutations of images, word by word.
 *
 * Images are tables of 32-bit words, so a word becomes another one of the image, a limit or a near
 * number; one in eight is mutated as bytes, which may change the length. Checksums are made right
 * by the target. Inputs that reach something new are mostly refused, and so is what becomes of
 * them, so that half of the mutations begin with one of the last images that the loader took. */
#include "tests/fuzz/image.h"

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

/* ---- images that were taken ---- */

enum { N_TAKEN = 64, LONGEST = 4096 };

struct taken {
  _Alignas(4) uint8_t bytes[LONGEST];
  size_t len;
};

static struct taken taken[N_TAKEN];

/* Keeps the input if it is an image, in the place of any other. */
static void keep(const uint8_t *data, size_t len, uint32_t *seed) {
  static struct taken sealed;

  if (len > LONGEST)
    return;
  memcpy(sealed.bytes, data, len);
  sealed.len = len;
  image_seal(sealed.bytes, len);
  if (snn_ram_needed(sealed.bytes, len) > 0)
    taken[pick(seed, N_TAKEN)] = sealed;
}

/* The input becomes an image that was kept, if one is in the place that is picked. */
static size_t begin_with_taken(uint8_t *data, size_t len, size_t max_len, uint32_t *seed) {
  const struct taken *t = &taken[pick(seed, N_TAKEN)];

  if (t->len == 0 || t->len > max_len)
    return len;
  memcpy(data, t->bytes, t->len);
  return t->len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed) {
  uint32_t state = seed;
  size_t n;

  keep(data, len, &state);
  if (pick(&state, 2) == 0)
    len = begin_with_taken(data, len, max_len, &state);
  n = len / 4;
  if (n < 2 || pick(&state, 8) == 0)
    return LLVMFuzzerMutate(data, len, max_len);
  for (uint32_t k = pick(&state, 2) * pick(&state, 4) + 1; k > 0; k--) {
    size_t i = pick(&state, n);
    uint32_t word = other(data, n, word_at(data, i), &state);
    memcpy(data + 4 * i, &word, sizeof word);
  }
  return len;
}
