/* Kernels of networks whose layers send in turn, for every instruction set that this machine has,
 * against sums of what each spike is worth. */
#include "tests/unit/graphs.h"
#include "tests/unit/variants.h"

#include <math.h>

#include "ir/exec/plan.h"
#include "snn/descriptor.h"

enum { MAX_ELEMENTS = 512 };

static struct graphs_random random_state;
static float weight[MAX_ELEMENTS], got[MAX_ELEMENTS], want[MAX_ELEMENTS], sum[MAX_ELEMENTS];
static uint32_t bits_got[MAX_ELEMENTS];

static bool has_spike(const uint32_t *bits, int32_t channels, int32_t pixel, int32_t c) {
  return bits[pixel * ((channels + 31) / 32) + c / 32] >> c % 32 & 1;
}

/* Two turns of 4 steps, of both codes, from step 4 on. */
static const struct snn_turn turns[] = {
    {5, 33, 4, 12, 4, 1}, {1, 64, 4, 12, 4, 0}, {3, 31, 4, 12, 4, 1}, {2, 7, 4, 12, 4, 0}};
enum { N_TURN_STEPS = 14, TURN_STEPS = 4 };

static uint16_t worth_of(uint32_t t, bool is_binary) {
  const uint32_t left = TURN_STEPS - 1 - t % TURN_STEPS;

  return (uint16_t)(is_binary ? 1u << left : left);
}

static void a_spike_is_worth_less_in_every_step_of_a_turn(void **state) {
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t i = 0; i < 2 * n; i++)
    for (uint32_t t = 0; t < N_TURN_STEPS; t++) {
      uint32_t clock[2] = {7, t};
      uint16_t worth = 99;
      void *arg[PLAN_MAX_ARGS] = {clock, &worth};
      variant[i / 2][PLAN_WORTH](&turns[i % 2], arg);
      assert_int_equal(worth, worth_of(t, turns[i % 2].is_binary));
    }
}

/* Horner's rule and the ramp, against sums of what each step brings times its worth. */
static void turns_add_up_what_spikes_are_worth(void **state) {
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t i = 0; i < n * sizeof turns / sizeof *turns; i++) {
    const struct snn_turn *d = &turns[i / n];
    const bool is_binary = d->is_binary;
    const int32_t n_neurons = d->pixels * d->channels;
    uint32_t clock[2] = {7, 0};
    void *arg[PLAN_MAX_ARGS] = {clock, is_binary ? got : sum, got};
    memset(got, 0, sizeof got);
    memset(sum, 0, sizeof sum);
    for (int32_t k = 0; k < n_neurons; k++)
      got[k] = want[k] = (float)graphs_random_int(&random_state, -9, 9);
    for (int t = 0; t < N_TURN_STEPS; t++) {
      const bool is_turn = t >= d->first && t < d->end;
      const bool is_start = t % TURN_STEPS == 0;
      clock[1] = (uint32_t)t;
      assert_int_equal(variant[i % n][is_binary ? PLAN_DOUBLE : PLAN_RAMP](d, arg),
                       is_turn && (is_binary || !is_start) ? n_neurons : 0);
      for (int32_t k = 0; k < n_neurons && is_turn; k++) {
        const float w = (float)graphs_random_int(&random_state, -9, 9);
        (is_binary ? got : sum)[k] += w;
        want[k] += w * (float)worth_of((uint32_t)t, is_binary);
      }
    }
    assert_memory_equal(got, want, (size_t)n_neurons * sizeof *got);
  }
}

/* The digits of V / threshold rounded down; or one spike, that of the first step whose worth it
 * reaches. */
static void neurons_send_a_number_in_their_turn(void **state) {
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t i = 0; i < 64 * 2; i++)
    weight[i] = 0.5f + (float)(i % 5) / 2;
  for (size_t i = 0; i < n * sizeof turns / sizeof *turns; i++) {
    struct snn_turn d = turns[i / n];
    const bool is_binary = d.is_binary;
    const int32_t n_neurons = d.pixels * d.channels, words = d.pixels * ((d.channels + 31) / 32);
    const double most = is_binary ? 15 : 3;
    uint32_t clock[2] = {7, 0};
    uint16_t sent[MAX_ELEMENTS] = {0};
    void *arg[PLAN_MAX_ARGS] = {clock, got, weight, bits_got};
    d.end = d.first + TURN_STEPS;
    for (int32_t k = 0; k < n_neurons; k++)
      got[k] = want[k] =
          (float)graphs_random_int(&random_state, -20, 160) / 8 * weight[k % d.channels];
    for (int t = 0; t < N_TURN_STEPS; t++) {
      uint32_t spikes = 0;
      clock[1] = (uint32_t)t;
      memset(bits_got, 0xFF, sizeof bits_got);
      uint32_t said = variant[i % n][PLAN_FIRE_TURN](&d, arg);
      for (int32_t k = 0; k < n_neurons; k++)
        if (has_spike(bits_got, d.channels, k / d.channels, k % d.channels)) {
          assert_in_range(t, d.first, d.end - 1);
          assert_true(is_binary || sent[k] == 0);
          sent[k] = (uint16_t)(sent[k] + worth_of((uint32_t)t, is_binary));
          spikes++;
        }
      assert_int_equal(said, spikes);
      assert_true(bits_got[words] == 0xFFFFFFFFu);
    }
    for (int32_t k = 0; k < n_neurons; k++)
      assert_int_equal(sent[k],
                       fmin(fmax(floor((double)(want[k] / weight[k % d.channels])), 0), most));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_spike_is_worth_less_in_every_step_of_a_turn),
      cmocka_unit_test(turns_add_up_what_spikes_are_worth),
      cmocka_unit_test(neurons_send_a_number_in_their_turn),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
