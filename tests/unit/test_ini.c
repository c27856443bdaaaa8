/* tests/unit/test_ini.c -- configurations of snn_toolbox: lines, literals, keys. */
#include "unit.h"

#include "frontend/ini/ini.h"
#include "frontend/ini/ini_internal.h"

static bool parse(struct unit *u, const char *text, struct ini_file *file) {
  return ini_parse(u->comp.arena, u->comp.diag, "a/b.ini", file, text, strlen(text));
}

static void lines_are_read_as_configparser_reads_them(void **state) {
  static const struct {
    const char *text, *section, *key, *value;
  } rows[] = {
      {"[a]\nk=v", "a", "k", "v"},
      {"[a]\r\nK : v \r\n", "a", "k", "v"},
      {"[a b]\n two words = x = y : z", "a b", "two words", "x = y : z"},
      {"[a]\nk =\n", "a", "k", ""},
      {"[a]\nk = one\n  two\n\n  # not this\n\tthree\n\n", "a", "k", "one\ntwo\nthree"},
      {"[a]\nk =\n  one\n", "a", "k", "one"},
      {"[a]\nk = x ; y # z\n", "a", "k", "x ; y # z"},
      {"[a]\nk = # x\n", "a", "k", "# x"},
      {"[a]\n  k = x\n  l = y", "a", "l", "y"},
      {"[a]\nk = %(l)s%%\nl = 5", "a", "k", "5%"},
      {"[DEFAULT]\nl = 6\n[a]\nk = %(L)s", "a", "k", "6"},
      {"[a]\nk = %(path_wd)s/x", "a", "k", "./x"},
      {"[restrictions]\nk = %(nowhere)s | 5%", "restrictions", "k", "%(nowhere)s | 5%"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct ini_file file;
    bool is_found = false;

    assert_true(parse(*state, rows[i].text, &file));
    for (size_t k = 0; k < file.n; k++)
      is_found = is_found || (strcmp(file.entry[k].section, rows[i].section) == 0 &&
                              strcmp(file.entry[k].key, rows[i].key) == 0 &&
                              strcmp(file.entry[k].value, rows[i].value) == 0);
    if (!is_found)
      fail_msg("row %zu: no %s = %s in [%s]", i, rows[i].key, rows[i].value, rows[i].section);
  }
}

static void wrong_lines_are_told_with_their_place(void **state) {
  static const struct {
    const char *text, *said;
  } rows[] = {
      {"k = v", "a/b.ini:1:1: error: stands before"},
      {"[a]\n\n x", "a/b.ini:3:2: error: is neither"},
      {"[a]\n= v", "is neither"},
      {"[]\n", "a section is [name]"},
      {"[a\n", "a section is [name]"},
      {"[a]\n[b]\n[a]", "a/b.ini:3:1: error: section [a] is given twice, first in line 1"},
      {"[a]\nk=1\nK=2", "a/b.ini:3:1: error: \"k\" is given twice, first in line 2"},
      {"[a]\nk = 5 %", "stands for %% or %(key)s"},
      {"[a]\nk = %(l", "stands for %% or %(key)s"},
      {"[a]\nk = %(l)d", "stands for %% or %(key)s"},
      {"[a]\nk = %(l)s", "a/b.ini:2:5: error: refers to \"l\", which [a] does not have"},
      {"[a]\nk = %(k)s", "more than 10 deep"},
      {"[a]\nk = %(l)s%(l)s\nl = %(k)s", "more than 10 deep"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct ini_file file;

    if (parse(*state, rows[i].text, &file))
      fail_msg("accepted: %s", rows[i].text);
    unit_assert_said(*state, rows[i].said);
  }
}

/* Key i refers to key i + 1 as often as `times`: nested, the last would be there times^10 times. */
static const char *bomb(struct unit *u, int times, const char *last) {
  const char *text = "[a]\n";

  for (int i = 0; i < 10; i++) {
    text = arena_printf(u->comp.arena, "%sk%d = ", text, i);
    for (int n = 0; n < times; n++)
      text = arena_printf(u->comp.arena, "%s%%(k%d)s", text, i + 1);
    text = arena_printf(u->comp.arena, "%s\n", text);
  }
  return arena_printf(u->comp.arena, "%sk10 = %s\n", text, last);
}

static void references_that_multiply_end_soon(void **state) {
  struct ini_file file;

  assert_false(parse(*state, bomb(*state, 50, ""), &file));
  unit_assert_said(*state, "or too often");
  assert_false(parse(*state, bomb(*state, 4, "some text"), &file));
  unit_assert_said(*state, "more than 4096 bytes");
  assert_true(parse(*state, bomb(*state, 1, "some text"), &file));
  assert_string_equal(file.entry[0].value, "some text");
}

static void a_byte_of_0_is_refused(void **state) {
  struct unit *u = *state;
  struct ini_file file;

  assert_false(ini_parse(u->comp.arena, u->comp.diag, "b.ini", &file, "[a]\n\0", 5));
  unit_assert_said(u, "byte 4 is 0");
}

static void literals_are_those_of_python(void **state) {
  static const struct {
    const char *text;
    char open;
    size_t n;
    bool is_numbers;
  } good[] = {
      {"5", 0, 0, false},
      {" -1.5e3 ", 0, 0, false},
      {"None", 0, 0, false},
      {"'it\\'s' \"two\"", 0, 0, false},
      {"[]", '[', 0, true},
      {"[1, 2,\n 3.5,]", '[', 3, true},
      {"(7, 6)", '(', 2, true},
      {"{'a', 'b'}", '{', 2, false},
      {"{'a': 1, 'b': [1, {2: 3}]}", '{', 2, false},
      {"[True, 1]", '[', 2, false},
      {"[[1], 2]", '[', 2, false},
  };
  static const char *const bad[] = {
      "",          "[",         "]",     "[1",     "[1 2]", "[,]",   "[1,,2]", "{1: }",
      "{1: 2, 3}", "{1, 2: 3}", "'open", "'a\nb'", "nan",   "inf",   "0x10",   "1 2",
      "open('x')", "[1] | [2]", "[1)",   "\"\\",   "--1",   "Truee", "(1",     "1e999",
  };
  struct unit *u = *state;
  struct ini_literal literal;

  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    if (!ini_literal(u->comp.arena, good[i].text, &literal))
      fail_msg("refused: %s", good[i].text);
    assert_int_equal(literal.open, good[i].open);
    assert_int_equal(literal.n, good[i].n);
    assert_int_equal(literal.open && literal.number, good[i].is_numbers);
  }
  assert_true(ini_literal(u->comp.arena, "[1, 2.5]", &literal));
  assert_true(literal.number[0] == 1 && literal.number[1] == 2.5);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (ini_literal(u->comp.arena, bad[i], &literal))
      fail_msg("accepted: %s", bad[i]);
}

static void literals_are_not_read_deeper_than_16(void **state) {
  struct unit *u = *state;
  struct ini_literal literal;
  char text[1 << 15];

  memset(text, '[', sizeof text - 1);
  text[sizeof text - 1] = 0;
  assert_false(ini_literal(u->comp.arena, text, &literal));
  memset(text + 16, ']', 16);
  text[32] = 0;
  assert_true(ini_literal(u->comp.arena, text, &literal));
  memset(text, '[', 17);
  memset(text + 17, ']', 17);
  text[34] = 0;
  assert_false(ini_literal(u->comp.arena, text, &literal));
}

/* The options of a line with --config, after the file `text`. */
static bool configure(struct unit *u, const char *more, const char *text) {
  const char *line = arena_printf(u->comp.arena, "eval --config f/c.ini %s", more);

  assert_true(unit_parse(u, &u->opt, line));
  return ini_read_text(&u->comp, &u->opt, "f/c.ini", text, strlen(text));
}

static void a_file_names_model_and_samples(void **state) {
  struct unit *u = *state;
  const struct options *o = &u->opt;

  assert_true(configure(u, "",
                        "[paths]\nfilename_ann = net\ndataset_path = d\n"
                        "[simulation]\nnum_to_test = 25\nbatch_size = 10\nduration = 7\n"));
  assert_string_equal(o->model, "f/net.onnx");
  assert_string_equal(o->data, "f/d/x_test.npz");
  assert_string_equal(o->labels, "f/d/y_test.npz");
  assert_string_equal(o->calib, "f/d/x_norm.npz");
  assert_int_equal(o->limit, 20);
  assert_int_equal(o->steps, 7);
  assert_int_equal(o->scope, SCOPE_LAYER);
  assert_true(configure(u, "",
                        "[paths]\npath_wd = /w\nfilename_ann = net.ir\n"
                        "dataset_path = %(path_wd)s/d\n[tools]\nnormalize = no\n"));
  assert_string_equal(o->model, "/w/net.ir");
  assert_string_equal(o->data, "/w/d/x_test.npz");
  assert_null(o->calib);
  assert_int_equal(o->normalize, NORMALIZE_NONE);
}

static void the_command_line_beats_the_file(void **state) {
  struct unit *u = *state;
  const struct options *o = &u->opt;

  assert_true(configure(u, "m --data x --steps 3 --scope channel --limit 9",
                        "[paths]\nfilename_ann = net\ndataset_path = d\n[simulation]\n"
                        "duration = 7\nnum_to_test = 5\n[normalization]\npercentile = 98\n"));
  assert_string_equal(o->model, "m");
  assert_string_equal(o->data, "x");
  assert_null(o->labels);
  assert_int_equal(o->steps, 3);
  assert_int_equal(o->limit, 9);
  assert_int_equal(o->scope, SCOPE_CHANNEL);
  assert_true(o->percentile == 98);
}

static void neurons_are_those_that_the_file_says(void **state) {
  struct unit *u = *state;
  const struct options *o = &u->opt;

  assert_true(configure(u, "m --data x", "[cell]\ntau_refrac = 1\n"));
  assert_int_equal(o->refractory, 0);
  assert_int_equal(o->maxpool, MAXPOOL_WINNER);
  assert_int_equal(o->neuron, NEURON_IF);
  assert_true(configure(
      u, "m --data x",
      "[cell]\ntau_refrac = 2.5\nleak = True\nv_thresh = 0.5\n[conversion]\n"
      "max2avg_pool = True\nsoftmax_to_relu = True\n[normalization]\nonline_normalization = True\n"
      "normalization_schedule = True\n"));
  assert_int_equal(o->refractory, 2);
  assert_true(o->leak == 0.2 && o->threshold == 0.5);
  assert_int_equal(o->neuron, NEURON_IF_ONLINE);
  assert_int_equal(o->maxpool, MAXPOOL_AVERAGE);
  assert_int_equal(o->readout, READOUT_COUNT);
  assert_int_equal(o->percentile_schedule, SWITCHED_ON);
}

static void codes_bring_their_readout(void **state) {
  struct unit *u = *state;
  const struct options *o = &u->opt;

  assert_true(configure(u, "m --data x", "[conversion]\nspike_code = temporal_pattern\n"));
  unit_assert_said(u, "16 binary digits");
  assert_int_equal(o->code, CODE_PATTERN);
  assert_int_equal(o->steps, 16);
  assert_int_equal(o->readout, READOUT_MEMBRANE);
  assert_int_equal(o->maxpool, MAXPOOL_GATE);
  assert_true(o->v_init == 0.5 && options_check(o, u->comp.diag));
  assert_true(configure(u, "m --data x",
                        "[conversion]\nspike_code = temporal_pattern\n"
                        "num_bits = 6\nmax2avg_pool = True\n"));
  assert_int_equal(o->steps, 6);
  assert_int_equal(o->maxpool, MAXPOOL_AVERAGE);
  assert_true(configure(u, "m --data x", "[conversion]\nspike_code = ttfs\n"));
  assert_int_equal(o->code, CODE_TTFS);
  assert_true(options_check(o, u->comp.diag));
  assert_true(configure(u, "m --data x", "[conversion]\nspike_code = ttfs_dyn_thresh\n"));
  assert_int_equal(o->code, CODE_TTFS_DYN);
  assert_true(options_check(o, u->comp.diag));
}

static void samples_in_a_row_are_skipped_to(void **state) {
  struct unit *u = *state;

  assert_true(configure(u, "", "[simulation]\nsample_idxs_to_test = [4, 5, 6]\nnum_to_test = 1"));
  assert_int_equal(u->opt.skip, 4);
  assert_int_equal(u->opt.limit, 3);
}

static void a_sweep_of_one_value_is_that_value(void **state) {
  struct unit *u = *state;

  assert_true(configure(u, "", "[parameter_sweep]\nparam_values = [0.25]"));
  assert_true(u->opt.threshold == 0.25);
  assert_true(configure(u, "", "[parameter_sweep]\nparam_values = []\nparam_name = tau_m"));
  assert_true(u->opt.threshold == 1);
}

static void what_gives_other_results_is_refused(void **state) {
  static const struct {
    const char *text, *said;
  } rows[] = {
      {"[simulation]\nsimulator = brian2",
       "c.ini:2:13: error: simulator is \"brian2\"; it can be INI"},
      {"[simulation]\ndt = 2", "dt is \"2\"; it can be 1"},
      {"[simulation]\nduration = 1.5", "must be a whole number"},
      {"[simulation]\nduration = 70000", "gives --steps \"70000\"; it can be a whole number"},
      {"[simulation]\nsample_idxs_to_test = [1, 3]", "indices in a row"},
      {"[simulation]\nsample_idxs_to_test = ['a']", "indices in a row"},
      {"[simulation]\nnum_to_test = 5\nbatch_size = 6", "one full batch"},
      {"[simulation]\nreset_between_nth_sample = 0", "it can be 1"},
      {"[paths]\nfilename_clamp_indices = x.json", "it can be empty"},
      {"[cell]\nbinarize_weights = yes", "it can be False"},
      {"[cell]\nbinarize_weights = maybe", "True or False"},
      {"[cell]\nreset = Reset", "Reset by subtraction"},
      {"[conversion]\nspike_code = ttfs_corrective",
       "it can be temporal_mean_rate, temporal_pattern, ttfs or ttfs_dyn_thresh"},
      {"[parameter_sweep]\nparam_values = [1, 2]", "once for each value"},
      {"[parameter_sweep]\nparam_values = [1]\nparam_name = tau_m", "once for each value"},
      {"[normalization]\npercentile = 101", "gives --percentile \"101\""},
      {"[normalization]\npercentil = 99",
       "\"percentil\" is no key of [normalization]; the nearest is percentile"},
      {"[cell]\nduration = 9", "duration is a key of [simulation], not of [cell]"},
      {"[tool]\nx = 1",
       "c.ini:1:1: error: [tool] is no section of snn_toolbox; the nearest is [tools]"},
      {"[zzzzzz]\nx = 1", "[zzzzzz] is no section of snn_toolbox\n"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (configure(*state, "m --data x", rows[i].text))
      fail_msg("accepted: %s", rows[i].text);
    unit_assert_said(*state, rows[i].said);
  }
}

static void keys_without_a_meaning_are_named_in_one_note(void **state) {
  struct unit *u = *state;

  assert_true(configure(u, "m --data x",
                        "[output]\nverbose = 2\nlog_vars = {'all'}\n[cell]\n"
                        "payloads = True\ncm = 0.09\n[restrictions]\nx = y\n"));
  unit_assert_said(u, "these keys do nothing here: verbose, log_vars, cm; these do nothing in "
                      "snn_toolbox either: payloads\n");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(lines_are_read_as_configparser_reads_them),
      TEST(wrong_lines_are_told_with_their_place),
      TEST(references_that_multiply_end_soon),
      TEST(a_byte_of_0_is_refused),
      TEST(literals_are_those_of_python),
      TEST(literals_are_not_read_deeper_than_16),
      TEST(a_file_names_model_and_samples),
      TEST(the_command_line_beats_the_file),
      TEST(neurons_are_those_that_the_file_says),
      TEST(codes_bring_their_readout),
      TEST(samples_in_a_row_are_skipped_to),
      TEST(a_sweep_of_one_value_is_that_value),
      TEST(what_gives_other_results_is_refused),
      TEST(keys_without_a_meaning_are_named_in_one_note),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
