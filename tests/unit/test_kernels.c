/* The runtime's kernels, for every instruction set that this machine has, against their definition:
 * loops over sources in order, then taps. Sums are of random floats, so a wrong order shows. */
#include "tests/unit/graphs.h"

#include <math.h>

#include "ir/exec/plan.h"
#include "runtime/kernels/check_input.h"
#include "runtime/kernels/lead.h"
#include "runtime/kernels/winner.h"
#include "snn/descriptor.h"
#include "tests/unit/variants.h"

enum { MAX_ELEMENTS = 8192, N_STEPS = 40 };

static struct graphs_random random_state;
static float weight[2 * MAX_ELEMENTS], before[MAX_ELEMENTS], got[MAX_ELEMENTS], want[MAX_ELEMENTS];
static float input[MAX_ELEMENTS];
static uint32_t bitmap[MAX_ELEMENTS], bits_got[MAX_ELEMENTS], bits_want[MAX_ELEMENTS];

/* Numbers whose sums round. */
static void fill(float *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    x[i] = (float)graphs_random_int(&random_state, -3000, 3000) / 1777;
}

static bool has_spike(const uint32_t *bits, int32_t channels, int32_t pixel, int32_t c) {
  return bits[pixel * ((channels + 31) / 32) + c / 32] >> c % 32 & 1;
}

static void set_spike(uint32_t *bits, int32_t channels, int32_t pixel, int32_t c) {
  bits[pixel * ((channels + 31) / 32) + c / 32] |= 1u << c % 32;
}

/* Pixels are empty, sparse, busy and full in turn. */
static void fill_spikes(int32_t pixels, int32_t channels) {
  static const int64_t one_in[] = {1000, 7, 2, 1};

  memset(bitmap, 0, sizeof bitmap);
  for (int32_t p = 0; p < pixels; p++)
    for (int32_t c = 0; c < channels; c++)
      if (graphs_random_int(&random_state, 1, one_in[p % 4]) == 1)
        set_spike(bitmap, channels, p, c);
}

/* ---- windows ---- */

static const struct snn_window windows[] = {
    /* in h w c, out h w c, kernel, stride, dilation, pad, groups, steps of the input */
    {7, 9, 3, 7, 9, 5, 3, 3, 1, 1, 1, 1, 1, 1, 1, 9, 1, 63},
    {8, 8, 33, 6, 6, 32, 3, 3, 1, 1, 1, 1, 0, 0, 1, 264, 33, 1},
    {6, 5, 1, 9, 8, 7, 5, 5, 1, 1, 1, 1, 4, 4, 1, 5, 1, 30},
    {5, 5, 40, 5, 5, 6, 1, 1, 1, 1, 1, 1, 0, 0, 1, 5, 1, 25},
    {9, 7, 4, 5, 4, 6, 3, 3, 2, 2, 1, 1, 1, 1, 2, 7, 1, 63},
    {9, 9, 6, 5, 5, 6, 3, 3, 1, 1, 2, 2, 0, 0, 6, 54, 6, 1},
    {8, 8, 5, 4, 4, 3, 1, 1, 2, 2, 1, 1, 0, 0, 1, 8, 1, 64},
    {10, 8, 3, 3, 3, 4, 2, 3, 3, 2, 2, 1, 1, 0, 1, 8, 1, 80},
    {4, 4, 2, 1, 1, 2, 4, 4, 4, 4, 1, 1, 0, 0, 1, 4, 1, 16},
};

/* What one source adds to all targets of a window, times x; returns how many it adds to. An average
 * has one weight per channel. */
static uint32_t add_source(const struct snn_window *d, bool is_average, const int32_t from[3],
                           float x) {
  const int32_t run = d->out_channels / d->groups, group = from[2] / (d->in_channels / d->groups);
  uint32_t n = 0;

  for (int32_t ky = 0; ky < d->kernel_height; ky++)
    for (int32_t kx = 0; kx < d->kernel_width; kx++) {
      int32_t y = from[0] + d->pad_top - ky * d->dilation_y;
      int32_t p = from[1] + d->pad_left - kx * d->dilation_x;
      int32_t at = (y / d->stride_y * d->out_width + p / d->stride_x) * d->out_channels;
      int32_t tap = (d->kernel_height - 1 - ky) * d->kernel_width + d->kernel_width - 1 - kx;
      int32_t row = (from[2] * d->kernel_height * d->kernel_width + tap) * run;
      if (y < 0 || p < 0 || y % d->stride_y || p % d->stride_x ||
          y / d->stride_y >= d->out_height || p / d->stride_x >= d->out_width)
        continue;
      for (int32_t o = 0; o < (is_average ? 1 : run); o++, n++)
        want[at + (is_average ? from[2] : group * run + o)] +=
            weight[is_average ? from[2] : row + o] * x;
    }
  return n;
}

/* Compares a kernel on window w, in every variant, with what `want` holds. */
static void check_variants(enum plan_kernel_tag kernel, const void *desc, const void *source,
                           uint32_t ops) {
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  for (size_t v = 0; v < n; v++) {
    void *arg[PLAN_MAX_ARGS] = {(void *)(uintptr_t)source, weight, got};
    memcpy(got, before, sizeof got);
    assert_int_equal(variant[v][kernel](desc, arg), ops);
    assert_memory_equal(got, want, sizeof got);
  }
}

static void check_window(const struct snn_window *d, bool is_average, bool is_current) {
  bool is_plain = d->stride_y == 1 && d->dilation_y == 1 && d->groups == 1;
  uint32_t ops = 0;

  fill_spikes(d->in_height * d->in_width, d->in_channels);
  memcpy(want, before, sizeof want);
  for (int32_t y = 0; y < d->in_height; y++)
    for (int32_t x = 0; x < d->in_width; x++)
      for (int32_t c = 0; c < d->in_channels; c++) {
        bool spikes = has_spike(bitmap, d->in_channels, y * d->in_width + x, c);
        float value = is_current ? input[y * d->step_y + x * d->step_x + c * d->step_c] : spikes;
        if (value != 0)
          ops += add_source(d, is_average, (int32_t[]){y, x, c}, value);
      }
  if (is_current)
    check_variants(is_average ? PLAN_AVGPOOL_CURRENT : PLAN_CONV_CURRENT, d, input, 0);
  else
    check_variants(is_average ? PLAN_AVGPOOL_SCATTER : PLAN_CONV_SCATTER_ANY, d, bitmap, ops);
  if (!is_current && !is_average && is_plain)
    check_variants(PLAN_CONV_SCATTER, d, bitmap, ops);
}

static void windows_add_in_source_order(void **state) {
  (void)state;
  fill(weight, 2 * MAX_ELEMENTS);
  fill(before, MAX_ELEMENTS);
  fill(input, MAX_ELEMENTS);
  for (size_t i = 0; i < MAX_ELEMENTS; i += 3)
    input[i] = 0;
  for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
    struct snn_window average = windows[i];
    check_window(&windows[i], false, false);
    check_window(&windows[i], false, true);
    average.out_channels = average.groups = average.in_channels;
    average.dilation_y = average.dilation_x = 1;
    check_window(&average, true, false);
    check_window(&average, true, true);
  }
}

/* ---- without windows ---- */

static void dense_and_one_to_one_add_in_source_order(void **state) {
  static const int32_t shapes[][4] = {{1, 1, 70, 10}, {3, 2, 33, 5}, {4, 4, 6, 17}, {2, 5, 32, 8}};

  (void)state;
  for (size_t i = 0; i < 4; i++) {
    const int32_t *s = shapes[i], n = s[0] * s[1] * s[2];
    struct snn_dense dense = {s[0], s[1], s[2], s[3], s[1], 1, s[0] * s[1]};
    struct snn_one_to_one one = {s[0], s[1], s[2], (int32_t)(i % 2) * s[2], s[1], 1, s[0] * s[1]};
    for (int is_current = 0; is_current < 2; is_current++)
      for (int is_dense = 0; is_dense < 2; is_dense++) {
        uint32_t ops = 0;
        fill_spikes(s[0] * s[1], s[2]);
        memcpy(want, before, sizeof want);
        for (int32_t k = 0; k < n; k++) {
          int32_t pixel = k / s[2], c = k % s[2];
          float x = is_current ? input[c * s[0] * s[1] + pixel] : has_spike(bitmap, s[2], pixel, c);
          for (int32_t o = 0; x != 0 && o < (is_dense ? s[3] : 1); o++, ops++)
            want[is_dense ? o : k] +=
                weight[is_dense ? k * s[3] + o : pixel * one.table_step + c] * x;
        }
        if (is_current)
          check_variants(is_dense ? PLAN_DENSE_CURRENT : PLAN_ONE_TO_ONE_CURRENT,
                         is_dense ? (void *)&dense : (void *)&one, input, 0);
        else
          check_variants(is_dense ? PLAN_DENSE_SCATTER : PLAN_ONE_TO_ONE_SCATTER,
                         is_dense ? (void *)&dense : (void *)&one, bitmap, ops);
      }
  }
}

/* V += drive; fires at V >= threshold; then the threshold is taken away, or V is 0. */
static uint32_t fire_by_definition(const struct snn_fire *d, const float *drive) {
  uint32_t n = 0;

  memset(bits_want, 0, sizeof bits_want);
  for (int32_t i = 0; i < d->pixels * d->channels; i++) {
    int32_t pixel = i / d->channels, c = i % d->channels;
    want[i] += drive ? drive[pixel * d->drive_step + c] : 0;
    if (want[i] < weight[c])
      continue;
    want[i] = d->reset_to_zero ? 0 : want[i] - weight[c];
    set_spike(bits_want, d->channels, pixel, c);
    n++;
  }
  return n;
}

static void fire_tests_every_neuron_once(void **state) {
  static const struct snn_fire fires[] = {{11, 6, 0, 0},  {5, 32, 32, 0}, {7, 33, 33, 1},
                                          {1, 120, 0, 1}, {3, 64, 0, 0},  {2, 31, 31, 0}};
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t i = 0; i < 64 * 2; i++)
    weight[i] = 1 + (float)(i % 5) / 3;
  for (size_t i = 0; i < 6; i++)
    for (size_t v = 0; v < n; v++) {
      float *drive = i == 2 ? NULL : input;
      void *arg[PLAN_MAX_ARGS] = {got, drive, weight, bits_got};
      memcpy(got, before, sizeof got);
      memcpy(want, before, sizeof want);
      for (int t = 0; t < N_STEPS; t++) {
        memset(bits_got, 0xFF, sizeof bits_got);
        uint32_t spikes = fire_by_definition(&fires[i], drive);
        assert_int_equal(variant[v][PLAN_FIRE](&fires[i], arg), spikes);
        assert_memory_equal(got, want, sizeof got);
        assert_memory_equal(bits_got, bits_want,
                            (size_t)(fires[i].pixels * ((fires[i].channels + 31) / 32)) * 4);
      }
    }
}

static void signed_neurons_take_back_what_they_sent(void **state) {
  static const struct snn_map maps[] = {
      {11, 6, 0}, {5, 32, 0}, {7, 33, 0}, {1, 120, 0}, {2, 31, 0}};
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t i = 0; i < 5 * n; i++) {
    const struct snn_map *d = &maps[i / n];
    const int32_t n_neurons = d->pixels * d->channels,
                  n_words = d->pixels * ((d->channels + 31) / 32);
    uint16_t sent[MAX_ELEMENTS] = {0}, sent_want[MAX_ELEMENTS] = {0};
    void *arg[PLAN_MAX_ARGS] = {got, weight, sent, bits_got};
    memcpy(got, before, sizeof got);
    memcpy(want, before, sizeof want);
    for (int t = 0; t < N_STEPS; t++) {
      uint32_t spikes = 0;
      memset(bits_want, 0, sizeof bits_want);
      for (int32_t k = 0; k < n_neurons; k++) {
        const float threshold = weight[k % d->channels], x = t % 3 ? -input[k] : input[k];
        int32_t spike;
        got[k] += x;
        want[k] += x;
        spike = want[k] >= threshold ? 1 : want[k] < 0 && sent_want[k] > 0 ? -1 : 0;
        want[k] = spike > 0 ? want[k] - threshold : spike < 0 ? want[k] + threshold : want[k];
        sent_want[k] = (uint16_t)(sent_want[k] + spike);
        spikes += spike != 0;
        if (spike)
          set_spike(bits_want + (spike < 0 ? n_words : 0), d->channels, k / d->channels,
                    k % d->channels);
      }
      assert_int_equal(variant[i % n][PLAN_FIRE_SIGNED](d, arg), spikes);
      assert_memory_equal(got, want, sizeof got);
      assert_memory_equal(sent, sent_want, sizeof sent);
      assert_memory_equal(bits_got, bits_want, (size_t)(2 * n_words) * 4);
    }
  }
}

/* Largest count of a window, and whether a source is in any. */
static void pool_by_definition(const struct snn_window *d, const uint16_t *sent, uint16_t *most,
                               bool *is_held) {
  for (int32_t t = 0; t < d->out_height * d->out_width; t++)
    for (int32_t k = 0; k < d->kernel_height * d->kernel_width; k++) {
      int32_t y = t / d->out_width * d->stride_y + k / d->kernel_width * d->dilation_y - d->pad_top;
      int32_t x =
          t % d->out_width * d->stride_x + k % d->kernel_width * d->dilation_x - d->pad_left;
      if (y < 0 || x < 0 || y >= d->in_height || x >= d->in_width)
        continue;
      is_held[y * d->in_width + x] = true;
      for (int32_t c = 0; c < d->in_channels; c++)
        if (sent[(y * d->in_width + x) * d->in_channels + c] > most[t * d->in_channels + c])
          most[t * d->in_channels + c] = sent[(y * d->in_width + x) * d->in_channels + c];
    }
}

/* What the steps of check_maxpool are worth: 1, or falling by halves, or falling by 1 with one
 * spike of each source. */
enum worth { WORTH_ONE, WORTH_BINARY, WORTH_FIRST };

static void forget_later(const uint16_t *sent, int32_t pixels, int32_t channels) {
  for (int32_t i = 0; i < pixels * channels; i++)
    if (sent[i] > 0)
      bitmap[i / channels * ((channels + 31) / 32) + i % channels / 32] &=
          ~(1u << i % channels % 32);
}

/* Runs one window; pooled units must have sent what is worth the most after each step. */
static void check_maxpool(const struct snn_window *d, spiking_call *const *kernels,
                          enum worth worth) {
  static uint16_t counts[MAX_ELEMENTS], sent[MAX_ELEMENTS], pooled[MAX_ELEMENTS];
  const int32_t n_in = d->in_height * d->in_width, n_out = d->out_height * d->out_width;

  memset(counts, 0, sizeof counts);
  memset(sent, 0, sizeof sent);
  memset(pooled, 0, sizeof pooled);
  for (int t = 0; t < (worth == WORTH_ONE ? N_STEPS : 16); t++) {
    uint16_t now = (uint16_t)(worth == WORTH_ONE      ? 1
                              : worth == WORTH_BINARY ? 1 << (15 - t)
                                                      : 15 - t);
    void *arg[PLAN_MAX_ARGS] = {bitmap, counts, bits_got},
         *turn_arg[PLAN_MAX_ARGS] = {&now, bitmap, counts, bits_got};
    uint16_t most[MAX_ELEMENTS] = {0};
    bool is_held[MAX_ELEMENTS] = {false};
    uint32_t ops = 0;
    fill_spikes(n_in, d->in_channels);
    if (worth == WORTH_FIRST)
      forget_later(sent, n_in, d->in_channels);
    for (int32_t i = 0; i < n_in * d->in_channels; i++)
      if (has_spike(bitmap, d->in_channels, i / d->in_channels, i % d->in_channels))
        sent[i] = (uint16_t)(sent[i] + now);
    pool_by_definition(d, sent, most, is_held);
    for (int32_t i = 0; i < n_in * d->in_channels; i++)
      ops += is_held[i / d->in_channels] &&
             has_spike(bitmap, d->in_channels, i / d->in_channels, i % d->in_channels);
    memset(bits_got, 0xFF, sizeof bits_got);
    assert_int_equal(worth == WORTH_ONE ? kernels[PLAN_MAXPOOL](d, arg)
                                        : kernels[PLAN_MAXPOOL_TURN](d, turn_arg),
                     ops);
    for (int32_t i = 0; i < n_out * d->in_channels; i++)
      if (has_spike(bits_got, d->in_channels, i / d->in_channels, i % d->in_channels))
        pooled[i] = (uint16_t)(pooled[i] + now);
    assert_memory_equal(pooled, most, (size_t)(n_out * d->in_channels) * sizeof *pooled);
  }
}

/* The bitmaps of +1, then of -1 where something was sent; adds them to `sent`. */
static void fill_signed(int32_t pixels, int32_t channels, uint16_t *sent) {
  uint32_t *negative = bitmap + pixels * ((channels + 31) / 32);

  fill_spikes(pixels, channels);
  for (int32_t i = 0; i < pixels * channels; i++) {
    const int32_t p = i / channels, c = i % channels;
    const bool is_up = has_spike(bitmap, channels, p, c);
    const bool is_down = !is_up && sent[i] > 0 && graphs_random_int(&random_state, 0, 2) == 0;
    if (is_down)
      set_spike(negative, channels, p, c);
    sent[i] = (uint16_t)(sent[i] + is_up - is_down);
  }
}

/* As check_maxpool, with spikes that are taken back. */
static void check_maxpool_signed(const struct snn_window *d, spiking_call *const *kernels) {
  const int32_t n_in = d->in_height * d->in_width, n_out = d->out_height * d->out_width;
  const int32_t n_words = n_out * ((d->in_channels + 31) / 32);
  const struct snn_map in = {n_in, d->in_channels, 0};
  uint16_t counts[MAX_ELEMENTS] = {0}, sent[MAX_ELEMENTS] = {0}, pooled[MAX_ELEMENTS] = {0};
  uint16_t units[MAX_ELEMENTS] = {0};

  for (int t = 0; t < N_STEPS; t++) {
    void *count[PLAN_MAX_ARGS] = {bitmap, counts},
         *arg[PLAN_MAX_ARGS] = {bitmap, counts, units, bits_got};
    uint16_t most[MAX_ELEMENTS] = {0};
    bool is_held[MAX_ELEMENTS] = {false};
    fill_signed(n_in, d->in_channels, sent);
    pool_by_definition(d, sent, most, is_held);
    memset(bits_got, 0xFF, sizeof bits_got);
    kernels[PLAN_COUNT_SIGNED](&in, count);
    assert_memory_equal(counts, sent, sizeof sent);
    kernels[PLAN_MAXPOOL_SIGNED](d, arg);
    for (int32_t i = 0; i < n_out * d->in_channels; i++) {
      const int32_t p = i / d->in_channels, c = i % d->in_channels;
      pooled[i] = (uint16_t)(pooled[i] + has_spike(bits_got, d->in_channels, p, c) -
                             has_spike(bits_got + n_words, d->in_channels, p, c));
    }
    assert_memory_equal(pooled, most, sizeof pooled);
    assert_memory_equal(units, most, sizeof units);
  }
}

/* What the first input with the largest count of each window sends. */
static void check_maxpool_winner(const struct snn_window *d, spiking_call *kernel) {
  const int32_t n_in = d->in_height * d->in_width, n_out = d->out_height * d->out_width;
  uint16_t counts[MAX_ELEMENTS] = {0}, sent[MAX_ELEMENTS] = {0};

  for (int t = 0; t < N_STEPS; t++) {
    void *arg[PLAN_MAX_ARGS] = {bitmap, counts, bits_got};
    uint16_t most[MAX_ELEMENTS] = {0};
    bool is_held[MAX_ELEMENTS] = {false}, is_found;
    fill_spikes(n_in, d->in_channels);
    for (int32_t i = 0; i < n_in * d->in_channels; i++)
      sent[i] += has_spike(bitmap, d->in_channels, i / d->in_channels, i % d->in_channels);
    pool_by_definition(d, sent, most, is_held);
    memset(bits_got, 0xFF, sizeof bits_got);
    kernel(d, arg);
    assert_memory_equal(counts, sent, sizeof sent);
    for (int32_t i = 0; i < n_out * d->in_channels; i++) {
      const int32_t p = i / d->in_channels, c = i % d->in_channels;
      const int32_t y = p / d->out_width * d->stride_y - d->pad_top;
      const int32_t x = p % d->out_width * d->stride_x - d->pad_left;
      is_found = false;
      for (int32_t k = 0; k < d->kernel_height * d->kernel_width && !is_found; k++) {
        const int32_t ky = y + k / d->kernel_width * d->dilation_y;
        const int32_t kx = x + k % d->kernel_width * d->dilation_x, at = ky * d->in_width + kx;
        if (ky < 0 || kx < 0 || ky >= d->in_height || kx >= d->in_width ||
            sent[at * d->in_channels + c] != most[i])
          continue;
        is_found = true;
        assert_int_equal(has_spike(bits_got, d->in_channels, p, c),
                         has_spike(bitmap, d->in_channels, at, c));
      }
      assert_true(is_found);
    }
  }
}

static void pooled_counts_are_the_largest_of_their_window(void **state) {
  static const struct snn_window pools[] = {
      {7, 6, 5, 3, 3, 5, 2, 2, 2, 2, 1, 1, 0, 0, 1, 0, 0, 0},
      {6, 6, 40, 6, 6, 40, 3, 3, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0},
      {9, 8, 3, 4, 3, 3, 3, 3, 2, 2, 1, 1, 0, 0, 1, 0, 0, 0},
      {9, 9, 4, 5, 5, 4, 3, 3, 1, 1, 2, 2, 0, 0, 1, 0, 0, 0},
      {8, 8, 2, 2, 2, 2, 2, 3, 5, 4, 1, 1, 0, 0, 1, 0, 0, 0},
  };
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
    for (size_t v = 0; v < n; v++)
      for (enum worth w = WORTH_ONE; w <= WORTH_FIRST; w++)
        check_maxpool(&pools[i], variant[v], w);
  for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
    for (size_t v = 0; v < n; v++)
      check_maxpool_winner(&pools[i], variant[v][PLAN_MAXPOOL_WINNER]);
  for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
    for (size_t v = 0; v < n; v++)
      check_maxpool_signed(&pools[i], variant[v]);
}

static void concatenation_moves_every_spike(void **state) {
  static const int32_t channels[] = {5, 40, 64, 3, 32, 16};
  const int32_t pixels = 6, total = 160;
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t v = 0; v < n; v++) {
    struct snn_concat d = {pixels, 0, total, 0};
    memset(bits_want, 0, sizeof bits_want);
    memset(bits_got, 0xFF, sizeof bits_got);
    for (size_t k = 0; k < 6; k++) {
      void *arg[PLAN_MAX_ARGS] = {bitmap, bits_got};
      d.in_channels = channels[k];
      fill_spikes(pixels, channels[k]);
      for (int32_t i = 0; i < pixels * channels[k]; i++)
        if (has_spike(bitmap, channels[k], i / channels[k], i % channels[k]))
          set_spike(bits_want, total, i / channels[k], d.first + i % channels[k]);
      variant[v][PLAN_CONCAT](&d, arg);
      d.first += channels[k];
    }
    assert_memory_equal(bits_got, bits_want, (size_t)(pixels * total / 32) * 4);
    assert_true(bits_got[pixels * total / 32] == 0xFFFFFFFFu);
  }
}

static void maps_are_filled_added_counted_and_read(void **state) {
  static const struct snn_map per_channel = {4, 6, 0}, per_neuron = {4, 6, 6};
  void *table[PLAN_MAX_ARGS] = {input, got}, *zero[PLAN_MAX_ARGS] = {NULL, got};
  void *membranes[PLAN_MAX_ARGS] = {got};
  void *spikes[PLAN_MAX_ARGS] = {bitmap}, *read[PLAN_MAX_ARGS] = {got, want};
  spiking_call *const *kernels = spiking_kernels_float_baseline;
  uint32_t n = 0;

  (void)state;
  kernels[PLAN_FILL](&per_neuron, table);
  assert_memory_equal(got, input, 24 * sizeof *got);
  for (int32_t has_relu = 0; has_relu < 2; has_relu++) {
    kernels[PLAN_READ_OUTPUT](&(struct snn_readout){4, 6, has_relu}, read);
    for (int i = 0; i < 24; i++) {
      float sum = got[i % 4 * 6 + i / 4];
      assert_true(want[i] == (has_relu && sum < 0 ? 0 : sum));
    }
  }
  kernels[PLAN_FILL](&per_channel, zero);
  kernels[PLAN_ADD_MAP](&per_channel, table);
  kernels[PLAN_ADD_MAP](&per_neuron, table);
  for (int i = 0; i < 24; i++)
    assert_true(got[i] == input[i % 6] + input[i]);
  kernels[PLAN_NEGATE](&per_channel, membranes);
  for (int i = 0; i < 24; i++)
    assert_true(got[i] == -(input[i % 6] + input[i]));
  fill_spikes(4, 6);
  for (int32_t i = 0; i < 24; i++)
    n += has_spike(bitmap, 6, i / 6, i % 6);
  assert_int_equal(kernels[PLAN_COUNT_SPIKES](&per_channel, spikes), n);
}

static void ties_go_to_the_lowest_index(void **state) {
  (void)state;
  assert_int_equal(snn_winner((float[]){1, 3, 3, 2}, 4), 1);
  assert_int_equal(snn_winner((float[]){-2}, 1), 0);
  assert_true(snn_lead((float[]){1, 3, 2.5f, -1}, 4) == 0.5f);
  assert_true(snn_lead((float[]){3, 1, 3}, 3) == 0);
  assert_true(snn_lead((float[]){-2, -1}, 2) == 1);
  assert_true(snn_lead((float[]){5}, 1) == 0);
  assert_true(snn_is_finite_input((float[]){0, -1e38f}, 2));
  assert_false(snn_is_finite_input((float[]){0, (float)HUGE_VAL}, 2));
  assert_false(snn_is_finite_input((float[]){(float)NAN, 0}, 2));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(windows_add_in_source_order),
      cmocka_unit_test(dense_and_one_to_one_add_in_source_order),
      cmocka_unit_test(fire_tests_every_neuron_once),
      cmocka_unit_test(signed_neurons_take_back_what_they_sent),
      cmocka_unit_test(pooled_counts_are_the_largest_of_their_window),
      cmocka_unit_test(concatenation_moves_every_spike),
      cmocka_unit_test(maps_are_filled_added_counted_and_read),
      cmocka_unit_test(ties_go_to_the_lowest_index),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
