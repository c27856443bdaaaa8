/* tests/unit/test_samples.c -- samples fitted to a model's input, and one sample converted. */
#include "unit.h"

#include "ir/ir.h"
#include "ir/samples.h"

enum { MAX_AXES = 4 };

/* Axes as written, 0 after the last. */
static struct ir_type type_of(const int64_t dims[MAX_AXES + 1]) {
  struct ir_type t = {.dtype = IR_F32};

  while (t.rank < MAX_AXES && dims[t.rank])
    t.rank++;
  memcpy(t.dims, dims, sizeof(int64_t) * MAX_AXES);
  return t;
}

/* Samples as data_read gives them for an array with these axes per sample. */
static struct samples samples_of(const int64_t axes[4]) {
  static const uint8_t none[1];
  struct samples s = {.path = "s", .n = 1, .data = none, .channels = 1, .height = 1, .width = 1};

  s.layout = axes[1] ? SAMPLES_CHW : SAMPLES_FLAT;
  s.is_layout_known = axes[1] && !axes[2];
  if (!axes[1] || axes[2])
    s.channels = (size_t)axes[0];
  if (axes[1]) {
    s.height = (size_t)axes[axes[2] ? 1 : 0];
    s.width = (size_t)axes[axes[2] ? 2 : 1];
  }
  return s;
}

static void samples_fit_models_of_every_shape(void **state) {
  static const struct {
    int64_t sample[4], model[5], pad;
    size_t size;
    enum samples_layout stored, wanted;
  } rows[] = {
      {{28, 28}, {1, 1, 28, 28}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {10, 1, 28, 28}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {1, 28, 28, 1}, 0, 784, SAMPLES_CHW, SAMPLES_HWC},
      {{28, 28}, {1, 28, 28}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {28, 28}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {1, 784}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {10, 784}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {784}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {1, 784, 1}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {1, 1, 32, 32}, 2, 1024, SAMPLES_CHW, SAMPLES_CHW},
      {{28, 28}, {1, 1024}, 2, 1024, SAMPLES_CHW, SAMPLES_CHW},
      {{784}, {1, 1, 28, 28}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{784}, {1, 1, 32, 32}, 2, 1024, SAMPLES_CHW, SAMPLES_CHW},
      {{784}, {1, 784}, 0, 784, SAMPLES_FLAT, SAMPLES_FLAT},
      {{3, 32, 32}, {1, 3, 32, 32}, 0, 3072, SAMPLES_CHW, SAMPLES_CHW},
      {{3, 32, 32}, {3, 32, 32}, 0, 3072, SAMPLES_CHW, SAMPLES_CHW},
      {{3, 32, 32}, {1, 32, 32, 3}, 0, 3072, SAMPLES_CHW, SAMPLES_HWC},
      {{32, 32, 3}, {1, 3, 32, 32}, 0, 3072, SAMPLES_HWC, SAMPLES_CHW},
      {{32, 32, 3}, {1, 32, 32, 3}, 0, 3072, SAMPLES_HWC, SAMPLES_HWC},
      {{28, 28, 1}, {1, 1, 32, 32}, 2, 1024, SAMPLES_HWC, SAMPLES_CHW},
      {{1, 28, 28}, {1, 784}, 0, 784, SAMPLES_CHW, SAMPLES_CHW},
      {{3072}, {1, 32, 32, 3}, 0, 3072, SAMPLES_HWC, SAMPLES_HWC},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct samples s = samples_of(rows[i].sample);
    struct ir_type t = type_of(rows[i].model);

    u->opt.input_pad = rows[i].pad;
    if (!samples_prepare(&s, u->comp.diag, &t, &u->opt))
      fail_msg("row %zu: %s", i, unit_said(u));
    if (s.model_size != rows[i].size || s.layout != rows[i].stored ||
        s.model_layout != rows[i].wanted)
      fail_msg("row %zu: size %zu, stored %d, wanted %d", i, s.model_size, (int)s.layout,
               (int)s.model_layout);
  }
}

static void a_mismatch_names_both_shapes_and_what_would_fit(void **state) {
  static const struct {
    int64_t sample[4], model[5], pad;
    const char *said;
  } rows[] = {
      {{28, 28},
       {1, 1, 32, 32},
       0,
       "shape [28, 28] do not fit the input [1, 1, 32, 32]; --input-pad 2"},
      {{28, 28},
       {1, 1, 28, 28},
       2,
       "with --input-pad 2 do not fit the input [1, 1, 28, 28]; --input-pad 0"},
      {{28, 28}, {1, 3, 32, 32}, 0, "32 x 32 with 3 channel(s) would be right"},
      {{32, 32}, {3, 32, 32}, 0, "32 x 32 with 3 channel(s) would be right"},
      {{28, 28}, {1, 100}, 0, "100 values would be right, not 784"},
      {{100}, {1, 1, 28, 28}, 0, "784 values would be right, not 100"},
      {{784}, {1, 784}, 2, "shape [784] with --input-pad 2"},
      {{3, 3, 3}, {1, 3, 3, 3}, 0, "--input-layout chw or hwc says which"},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct samples s = samples_of(rows[i].sample);
    struct ir_type t = type_of(rows[i].model);

    u->opt.input_pad = rows[i].pad;
    if (samples_prepare(&s, u->comp.diag, &t, &u->opt))
      fail_msg("accepted, not: %s", rows[i].said);
    unit_assert_said(u, rows[i].said);
  }
}

static void the_users_layout_is_obeyed(void **state) {
  struct unit *u = *state;
  struct ir_type t = type_of((int64_t[5]){1, 3, 4, 4});
  struct samples s = samples_of((int64_t[4]){4, 4, 3});

  u->opt.input_layout = INPUT_LAYOUT_CHW;
  assert_false(samples_prepare(&s, u->comp.diag, &t, &u->opt));
  unit_assert_said(u, "another --input-layout would fit");
  u->opt.input_layout = INPUT_LAYOUT_HWC;
  assert_true(samples_prepare(&s, u->comp.diag, &t, &u->opt));
  assert_int_equal(s.channels, 3);
}

/* A sample of 1 x 2 pixels with three channels last goes to planes; the border is a stored 0. */
static void a_sample_is_scaled_padded_and_turned(void **state) {
  static const uint8_t bytes[] = {99, 99, 99, 99, 99, 99, 1, 2, 3, 4, 5, 6};
  static const double mean[] = {1, 2, 3}, std[] = {2};
  struct unit *u = *state;
  struct ir_type t = type_of((int64_t[5]){1, 3, 3, 4});
  struct samples s = samples_of((int64_t[4]){1, 2, 3});
  float x[36];

  s.data = bytes;
  u->opt.input_pad = 1;
  u->opt.input_scale = 10;
  u->opt.input_mean = (struct number_list){mean, 3};
  u->opt.input_std = (struct number_list){std, 1};
  assert_true(samples_prepare(&s, u->comp.diag, &t, &u->opt));
  samples_get(&s, 1, x);
  for (size_t c = 0; c < 3; c++)
    for (size_t i = 0; i < 12; i++) {
      float stored = i == 5 ? (float)(c + 1) : i == 6 ? (float)(c + 4) : 0.0f;

      assert_true(x[c * 12 + i] == (stored * 10 - (float)(c + 1)) / 2);
    }
}

static void scale_is_a_255th_for_bytes_and_1_for_floats(void **state) {
  static const uint8_t bytes[] = {0, 51, 255};
  static const float floats[] = {-1, 0.5f, 300};
  struct unit *u = *state;
  struct ir_type t = type_of((int64_t[5]){1, 3});
  struct samples s = samples_of((int64_t[4]){3});
  float x[3];

  s.data = bytes;
  assert_true(samples_prepare(&s, u->comp.diag, &t, &u->opt));
  samples_get(&s, 0, x);
  assert_true(x[0] == 0 && x[1] == 51 * (1.0f / 255) && x[2] == 1);
  s = samples_of((int64_t[4]){3});
  s.dtype = SAMPLES_F32;
  s.data = floats;
  assert_true(samples_prepare(&s, u->comp.diag, &t, &u->opt));
  samples_get(&s, 0, x);
  assert_memory_equal(x, floats, sizeof(x));
}

static void numbers_per_channel_must_be_as_many_as_channels(void **state) {
  static const double two[] = {1, 2};
  struct unit *u = *state;
  struct ir_type t = type_of((int64_t[5]){1, 3, 4, 4});
  struct samples s = samples_of((int64_t[4]){3, 4, 4});

  u->opt.input_mean = (struct number_list){two, 2};
  assert_false(samples_prepare(&s, u->comp.diag, &t, &u->opt));
  unit_assert_said(u, "--input-mean has 2 numbers; one, or 3 (one per channel) is right");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(samples_fit_models_of_every_shape),
      TEST(a_mismatch_names_both_shapes_and_what_would_fit),
      TEST(the_users_layout_is_obeyed),
      TEST(a_sample_is_scaled_padded_and_turned),
      TEST(scale_is_a_255th_for_bytes_and_1_for_floats),
      TEST(numbers_per_channel_must_be_as_many_as_channels),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
