/* tests/unit/kernels_integer.h -- random layers through every variant of the integer kernels that
 * this machine can run, against their plain form, which is compiled here. For SNN_INT8 or
 * SNN_INT16, with EXECUTOR(isa) and IMAGE naming the tables of that type. */
#define SNN_PLAIN
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ir/exec/isa.h"
#include "ir/exec/spiking_internal.h"
#include "runtime/image/tables.h"
#include "runtime/kernels/conv_scatter.h"
#include "runtime/kernels/dense_scatter.h"
#include "runtime/kernels/fire.h"
#include "runtime/kernels/fire_signed.h"
#include "tests/unit/graphs.h"

enum { MAX_WEIGHTS = 1 << 17, MAX_MEMBRANES = 1 << 15, MAX_WORDS = 1 << 11, N_RANDOM = 1000 };

static struct graphs_random random_state = {23};
static snn_weight weight[MAX_WEIGHTS];
static int32_t before[MAX_MEMBRANES], got[MAX_MEMBRANES], want[MAX_MEMBRANES];
static int32_t drive[MAX_MEMBRANES];
static uint32_t bits[MAX_WORDS], bits_got[MAX_WORDS], bits_want[MAX_WORDS];
static uint16_t sent_before[MAX_MEMBRANES], sent_got[MAX_MEMBRANES], sent_want[MAX_MEMBRANES];

static int32_t any(int32_t low, int32_t high) {
  return (int32_t)graphs_random_int(&random_state, low, high);
}

/* One kernel in every variant: the executor's for each set of instructions, then the image's. */
struct variants {
  snn_call *call[4];
  size_t n;
};

static struct variants variants_of(enum plan_kernel_tag tag, snn_call *image) {
  struct variants v = {{EXECUTOR(baseline)[tag]}, 1};

#if defined(__x86_64__)
  if (isa_best() >= ISA_AVX2)
    v.call[v.n++] = EXECUTOR(avx2)[tag];
  if (isa_best() >= ISA_AVX512)
    v.call[v.n++] = EXECUTOR(avx512)[tag];
#endif
  v.call[v.n++] = image;
  return v;
}

/* Spikes of a map, of any density; bits above the last channel are 0. */
static void fill_spikes(int32_t pixels, int32_t channels) {
  const int32_t words = snn_words(channels), one_in = 1 << any(0, 6);

  memset(bits, 0, sizeof bits);
  for (int32_t p = 0; p < pixels; p++)
    for (int32_t c = 0; c < channels; c++)
      if (any(1, one_in) == 1)
        bits[p * words + c / 32] |= 1u << c % 32;
}

/* Numbers that wrap around now and then. */
static void fill_numbers(void) {
  for (size_t i = 0; i < MAX_MEMBRANES; i++) {
    before[i] = any(0, 9) ? any(-400, 400) : any(-INT32_MAX, INT32_MAX - 1);
    drive[i] = any(-99, 99);
    sent_before[i] = (uint16_t)any(0, 2);
  }
}

static void check_scatter(struct variants v, const void *desc, uint32_t ops) {
  for (size_t i = 0; i < v.n; i++) {
    void *arg[] = {bits, weight, got};
    memcpy(got, before, sizeof got);
    assert_int_equal(v.call[i](desc, arg), ops);
    assert_memory_equal(got, want, sizeof got);
  }
}

static void dense_layers_are_the_same(void **state) {
  struct variants v =
      variants_of(PLAN_DENSE_SCATTER, IMAGE[SNN_IMAGE_DENSE_SCATTER - SNN_FIRST_SCATTER]);

  (void)state;
  for (int k = 0; k < N_RANDOM; k++) {
    struct snn_dense d = {any(1, 5), any(1, 5), any(1, 70), any(1, 70), 0, 0, 0};
    fill_spikes(d.in_height * d.in_width, d.in_channels);
    memcpy(want, before, sizeof want);
    check_scatter(v, &d, snn_dense_scatter(&d, bits, weight, want));
  }
}

static void convolutions_are_the_same(void **state) {
  struct variants v =
      variants_of(PLAN_CONV_SCATTER, IMAGE[SNN_IMAGE_CONV_SCATTER - SNN_FIRST_SCATTER]);

  (void)state;
  for (int k = 0; k < N_RANDOM; k++) {
    const int32_t kernel[2] = {any(1, 5), any(1, 5)};
    const int32_t pad[2] = {any(0, kernel[0] - 1), any(0, kernel[1] - 1)};
    const int32_t in[2] = {any(5, 9), any(5, 9)};
    struct snn_window d = {.in_height = in[0],
                           .in_width = in[1],
                           .in_channels = any(1, 40),
                           .out_height = in[0] + 2 * pad[0] - kernel[0] + 1,
                           .out_width = in[1] + 2 * pad[1] - kernel[1] + 1,
                           .out_channels = any(1, 70),
                           .kernel_height = kernel[0],
                           .kernel_width = kernel[1],
                           .stride_y = 1,
                           .stride_x = 1,
                           .dilation_y = 1,
                           .dilation_x = 1,
                           .pad_top = pad[0],
                           .pad_left = pad[1],
                           .groups = 1};
    fill_spikes(in[0] * in[1], d.in_channels);
    memcpy(want, before, sizeof want);
    check_scatter(v, &d, snn_conv_scatter(&d, bits, weight, want));
  }
}

static void neurons_are_the_same(void **state) {
  struct variants v = variants_of(PLAN_FIRE, snn_image_plain[SNN_IMAGE_FIRE - SNN_FIRST_PLAIN]);
  int32_t threshold[160];

  (void)state;
  for (int k = 0; k < N_RANDOM; k++) {
    struct snn_fire d = {any(1, 20), any(1, 160), 0, any(0, 1)};
    int32_t *added = any(0, 2) ? drive : NULL;
    uint32_t n;
    d.drive_step = any(0, 1) * d.channels;
    for (int32_t c = 0; c < d.channels; c++)
      threshold[c] = any(1, 300);
    memcpy(want, before, sizeof want);
    n = snn_fire(&d, want, added, threshold, bits_want);
    for (size_t i = 0; i < v.n; i++) {
      void *arg[] = {got, added, threshold, bits_got};
      memcpy(got, before, sizeof got);
      memcpy(bits_got, bits_want, sizeof bits_got);
      memset(bits_got, 0xAA, 4 * (size_t)(d.pixels * snn_words(d.channels)));
      assert_int_equal(v.call[i](&d, arg), n);
      assert_memory_equal(got, want, sizeof got);
      assert_memory_equal(bits_got, bits_want, sizeof bits_got);
    }
  }
}

static void signed_neurons_are_the_same(void **state) {
  struct variants v =
      variants_of(PLAN_FIRE_SIGNED, snn_image_plain[SNN_IMAGE_FIRE_SIGNED - SNN_FIRST_PLAIN]);
  int32_t threshold[160];

  (void)state;
  for (int k = 0; k < N_RANDOM; k++) {
    struct snn_map d = {any(1, 20), any(1, 160), 0};
    uint32_t n;
    for (int32_t c = 0; c < d.channels; c++)
      threshold[c] = any(1, 300);
    memcpy(want, before, sizeof want);
    memcpy(sent_want, sent_before, sizeof sent_want);
    n = snn_fire_signed(&d, want, threshold, sent_want, bits_want);
    for (size_t i = 0; i < v.n; i++) {
      void *arg[] = {got, threshold, sent_got, bits_got};
      memcpy(got, before, sizeof got);
      memcpy(sent_got, sent_before, sizeof sent_got);
      memcpy(bits_got, bits_want, sizeof bits_got);
      memset(bits_got, 0xAA, 8 * (size_t)(d.pixels * snn_words(d.channels)));
      assert_int_equal(v.call[i](&d, arg), n);
      assert_memory_equal(got, want, sizeof got);
      assert_memory_equal(sent_got, sent_want, sizeof sent_got);
      assert_memory_equal(bits_got, bits_want, sizeof bits_got);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dense_layers_are_the_same),
      cmocka_unit_test(convolutions_are_the_same),
      cmocka_unit_test(neurons_are_the_same),
      cmocka_unit_test(signed_neurons_are_the_same),
  };

  for (size_t i = 0; i < MAX_WEIGHTS; i++)
    weight[i] = (snn_weight)any(-128, 127);
  fill_numbers();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
