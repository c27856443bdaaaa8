/* tests/unit/test_options.c -- the command line. */
#include "unit.h"

static void defaults_are_those_of_the_table(void **state) {
  struct options o;

  assert_true(unit_parse(*state, &o, "m.onnx -o net.c"));
  assert_int_equal(o.command, CMD_COMPILE);
  assert_string_equal(o.model, "m.onnx");
  assert_string_equal(o.out, "net.c");
  assert_int_equal(o.steps, 32);
  assert_int_equal(o.limit, -1);
  assert_int_equal(o.calib_limit, 1000);
  assert_true(o.percentile == 99.9 && o.v_init == 0.5 && o.input_scale == 0);
  assert_int_equal(o.normalize, NORMALIZE_MSE);
  assert_int_equal(o.neuron, NEURON_IF_SIGNED);
  assert_int_equal(o.scope, SCOPE_CHANNEL);
  assert_int_equal(o.input_layout, INPUT_LAYOUT_AUTO);
  assert_int_equal(o.input_mean.n, 0);
  assert_int_equal(options_max_memory(&o, 10), (64u << 20) + 20);
}

static void values_are_read_with_an_equals_sign_and_without(void **state) {
  struct options o;

  assert_true(unit_parse(*state, &o, "eval m --data d.npz:x --steps=8 --reset zero -v --jobs 3"));
  assert_int_equal(o.command, CMD_EVAL);
  assert_string_equal(o.data, "d.npz:x");
  assert_int_equal(o.steps, 8);
  assert_int_equal(o.reset, RESET_ZERO);
  assert_true(o.verbose);
  assert_int_equal(o.jobs, 3);
}

static void lists_take_fractions(void **state) {
  struct options o;

  assert_true(unit_parse(*state, &o, "inspect m --input-mean 0.5,1/4,-2e-1 --input-scale 1/255"));
  assert_int_equal(o.input_mean.n, 3);
  assert_true(o.input_mean.v[1] == 0.25 && o.input_mean.v[2] == -0.2);
  assert_true(o.input_scale == 1.0 / 255);
  assert_true(number_list_at(o.input_mean, 2, 0) == -0.2);
  assert_true(number_list_at(o.input_std, 2, 1) == 1);
}

static void a_dash_is_a_file_and_two_dashes_end_the_options(void **state) {
  struct options o;

  assert_true(unit_parse(*state, &o, "-o - -- -v"));
  assert_string_equal(o.model, "-v");
  assert_string_equal(o.out, "-");
  assert_false(o.verbose);
  assert_true(unit_parse(*state, &o, "inspect -"));
  assert_string_equal(o.model, "-");
}

static void options_may_stand_before_the_command(void **state) {
  struct options o;

  assert_true(unit_parse(*state, &o, "-q --json j eval eval --data d"));
  assert_int_equal(o.command, CMD_EVAL);
  assert_string_equal(o.model, "eval");
  assert_true(unit_parse(*state, &o, "-o x -- eval"));
  assert_int_equal(o.command, CMD_COMPILE);
}

static void a_preset_sets_what_the_line_does_not(void **state) {
  struct unit *u = *state;
  struct options o;

  assert_true(unit_parse(u, &o, "m -o net.c --v-init 1/4 --preset snntoolbox --scope channel"));
  assert_int_equal(o.preset, PRESET_SNNTOOLBOX);
  assert_int_equal(o.steps, 200);
  assert_int_equal(o.scope, SCOPE_CHANNEL);
  assert_int_equal(o.pool_threshold, POOL_THRESHOLD_SOURCE);
  assert_true(o.v_init == 0.25);
  assert_non_null(strstr(options_given_by(&o, u->comp.arena, OPTION_BY_PRESET), "--steps 200"));
  assert_null(strstr(options_given_by(&o, u->comp.arena, OPTION_BY_PRESET), "v-init"));
  assert_true(unit_parse(u, &o, "m -o net.c"));
  assert_string_equal(options_given_by(&o, u->comp.arena, OPTION_BY_PRESET), "");
}

static void an_option_chooses_another_that_nobody_gives(void **state) {
  struct options o;

  assert_true(unit_parse(*state, &o, "m -o net.c --percentile 99 --reset zero"));
  assert_int_equal(o.normalize, NORMALIZE_PERCENTILE);
  assert_int_equal(o.neuron, NEURON_IF);
  assert_true(unit_parse(*state, &o, "m -o net.c --percentile 99 --normalize weights"));
  assert_int_equal(o.normalize, NORMALIZE_WEIGHTS);
  assert_int_equal(o.quantize, QUANTIZE_FLOAT);
  assert_true(unit_parse(*state, &o, "m -o net.c --target cortex-m4"));
  assert_int_equal(o.quantize, QUANTIZE_INT8);
  assert_true(unit_parse(*state, &o, "m -o net.c --target rv32 --quantize float"));
  assert_int_equal(o.quantize, QUANTIZE_FLOAT);
  assert_true(unit_parse(*state, &o, "m -o net.c --neuron if_signed --reset zero"));
  assert_int_equal(o.neuron, NEURON_IF_SIGNED);
}

static void information_needs_no_model(void **state) {
  struct options o;

  assert_true(unit_parse(*state, &o, "--help") && o.help);
  assert_true(unit_parse(*state, &o, "eval --help") && o.command == CMD_EVAL);
  assert_true(unit_parse(*state, &o, "--version") && o.version);
  assert_true(unit_parse(*state, &o, "--list-ops") && o.list == LIST_OPS);
}

static void a_wrong_line_is_refused_with_what_would_be_right(void **state) {
  static const struct {
    const char *line, *said;
  } rows[] = {
      {"", "no file is given"},
      {"m", "-o FILE.c"},
      {"eval m", "--data FILE"},
      {"m n -o x", "two files"},
      {"evall m", "nearest is eval"},
      {"m --stepss 8", "nearest is --steps"},
      {"m --step 8", "nearest is --steps"},
      {"m -x", "\"-x\" is not an option"},
      {"inspect m --data d", "it belongs to eval"},
      {"m --json j", "it belongs to eval and inspect"},
      {"m --steps", "--steps needs a value: T"},
      {"m --steps 8x", "whole number from 1 to 65535"},
      {"m --steps 65536", "whole number from 1 to 65535"},
      {"m --steps 99999999999999999999", "whole number from 1 to 65535"},
      {"m -o x --steps 0", "only for eval"},
      {"m --verbose=1", "takes no value"},
      {"m --normalize msq", "percentile|mse|max|weights|none"},
      {"m --normalize percent", "percentile|mse|max|weights|none"},
      {"m --encode rate", "current|poisson|latency|events"},
      {"m --readout rate", "membrane|count|softmax"},
      {"m --input-std 0", "above 0"},
      {"m --input-std 1,,1", "above 0"},
      {"m --input-mean nan", "one number, or one per channel"},
      {"m --input-scale 1/0", "above 0"},
      {"m -o x --code pattern --steps 17", "--steps is 17; with --code pattern it is 1 to 16"},
      {"m -o x --code ttfs --steps 1", "2 to 65535"},
      {"m -o x --code ttfs --neuron if_signed", "does not go with --neuron if_signed"},
      {"m -o x --code ttfs --encode poisson", "all of its input at once"},
      {"m -o x --code ttfs --readout softmax", "have to hear all of it"},
      {"m -o x --code ttfs --reset zero", "does not go with --reset zero"},
      {"m -o x --code pattern --steps 8 --early-exit auto", "no answer before the last layer"},
      {"m --percentile 100.5", "above 0, at most 100"},
      {"m --early-exit automatic", "auto, or a number or fraction above 0"},
      {"m --percentile auto", "a number or fraction above 0, at most 100"},
      {"m -o x.c --int16 a", "--int16 is for layers of a network of --quantize int8"},
      {"m --output= ", "not empty"},
      {"m -o ~", "not empty"},
  };

  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct options o;

    if (unit_parse(*state, &o, rows[i].line))
      fail_msg("accepted: %s", rows[i].line);
    unit_assert_said(*state, rows[i].said);
  }
}

static void help_fits_100_columns(void **state) {
  struct unit *u = *state;

  for (int cmd = 0; cmd < CMD_N; cmd++) {
    options_help(u->err, (enum command)cmd);
    for (const char *s = unit_said(u); *s; s += strcspn(s, "\n"), s += *s == '\n')
      assert_true(strcspn(s, "\n") <= 100);
  }
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(defaults_are_those_of_the_table),
      TEST(values_are_read_with_an_equals_sign_and_without),
      TEST(lists_take_fractions),
      TEST(a_dash_is_a_file_and_two_dashes_end_the_options),
      TEST(options_may_stand_before_the_command),
      TEST(a_preset_sets_what_the_line_does_not),
      TEST(an_option_chooses_another_that_nobody_gives),
      TEST(information_needs_no_model),
      TEST(a_wrong_line_is_refused_with_what_would_be_right),
      TEST(help_fits_100_columns),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
