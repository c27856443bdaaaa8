#include "tests/unit/unit.h"

static void a_message_has_the_form_of_its_place(void **state) {
  static const struct {
    struct loc loc;
    const char *text;
  } rows[] = {
      {{0}, "error: bad 7\n"},
      {{.file = "m.onnx"}, "m.onnx: error: bad 7\n"},
      {{.file = "m.onnx", .node = "conv1", .op = "Conv"},
       "m.onnx: node \"conv1\" (Conv): error: bad 7\n"},
      {{.file = "m.onnx", .op = "Conv"}, "m.onnx: node (Conv): error: bad 7\n"},
      {{.file = "m.onnx", .node = "w"}, "m.onnx: tensor \"w\": error: bad 7\n"},
      {{.file = "n.ir", .line = 3, .col = 9}, "n.ir:3:9: error: bad 7\n"},
      {{.file = "a\x1B", .node = "\n", .op = "\x07"},
       "a\\x1B: node \"\\n\" (\\x07): error: bad 7\n"},
  };
  struct unit *u = *state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_false(diag_error(u->comp.diag, rows[i].loc, "bad %d", 7));
    assert_string_equal(unit_said(u), rows[i].text);
  }
}

static void a_text_place_shows_its_line_and_a_caret(void **state) {
  static const char text[] = "first\nse\tcond \xC3\xBC line\nlast";
  static const struct {
    struct loc loc;
    const char *shown;
  } rows[] = {
      {{.file = "n.ir", .line = 1, .col = 1, .len = 5}, "  first\n  ^~~~~\n"},
      {{.file = "n.ir", .line = 2, .col = 4, .len = 2}, "  se cond ?? line\n     ^~\n"},
      {{.file = "n.ir", .line = 3, .col = 5, .len = 1}, "  last\n      ^\n"},
      {{.file = "n.ir", .line = 3, .col = 4, .len = 99}, "  last\n     ^\n"},
  };
  struct unit *u = *state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    diag_add_source(u->comp.diag, "n.ir", text, strlen(text));
    diag_error(u->comp.diag, rows[i].loc, "x");
    unit_assert_said(u, rows[i].shown);
  }
}

static void a_place_outside_the_text_shows_no_line(void **state) {
  static const struct loc rows[] = {{.file = "n.ir", .line = 4, .col = 1},
                                    {.file = "n.ir", .line = 1, .col = 7},
                                    {.file = "o.ir", .line = 1, .col = 1},
                                    {.file = "n.ir", .line = UINT32_MAX, .col = 1}};
  struct unit *u = *state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    diag_add_source(u->comp.diag, "n.ir", "a\nb\nc", 5);
    diag_error(u->comp.diag, rows[i], "x");
    assert_null(strchr(unit_said(u), '^'));
  }
}

static void of_a_long_line_the_part_around_the_caret_is_shown(void **state) {
  struct unit *u = *state;
  char text[1000];
  memset(text, 'a', sizeof text);
  text[500] = 'X';
  diag_add_source(u->comp.diag, "n.ir", text, sizeof text);
  diag_error(u->comp.diag, (struct loc){.file = "n.ir", .line = 1, .col = 501, .len = 1}, "x");
  const char *said = unit_said(u), *line = strchr(said, '\n') + 1, *caret = strchr(line, '\n') + 1;
  assert_true(caret - line < 110);
  assert_int_equal(line[strchr(caret, '^') - caret], 'X');
}

static void only_twenty_errors_are_shown(void **state) {
  struct unit *u = *state;
  for (int i = 0; i < 30; i++)
    diag_error(u->comp.diag, (struct loc){0}, "number %d.", i);
  const char *said = unit_said(u);
  assert_non_null(strstr(said, "number 19."));
  assert_null(strstr(said, "number 20."));
  assert_non_null(strstr(said, "more than 20 errors"));
}

static void quiet_hides_warnings_and_notes_only(void **state) {
  struct unit *u = *state;
  diag_set_quiet(u->comp.diag, true);
  diag_warning(u->comp.diag, (struct loc){0}, "one");
  diag_note(u->comp.diag, (struct loc){0}, "two");
  diag_error(u->comp.diag, (struct loc){0}, "three");
  assert_string_equal(unit_said(u), "error: three\n");
}

static void a_bug_asks_for_a_report_and_unwinds(void **state) {
  struct unit *u = *state;
  jmp_buf env;
  diag_on_bug(u->comp.diag, &env);
  if (setjmp(env) == 0)
    diag_bug(u->comp.diag, (struct loc){0}, "lost");
  unit_assert_said(u, "bug in snncc: lost\nplease report it");
}

static void long_strings_are_shortened_when_quoted(void **state) {
  struct unit *u = *state;
  char text[200];
  memset(text, 'a', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  const char *quoted = diag_quote(u->comp.diag, text);
  assert_int_equal(strlen(quoted), 85);
  assert_string_equal(quoted + 79, "aa...\"");
}

static void the_nearest_word_is_a_likely_one(void **state) {
  static const char *const words[] = {"conv", "dense",     "maxpool", "avgpool",
                                      "x",    "max_pool2", "rest"};
  static const struct {
    const char *typed, *meant;
  } rows[] = {
      {"cnov", "conv"},
      {"denes", "dense"},
      {"maxpol", "maxpool"},
      {"avpgool", "avgpool"},
      {"relu", NULL},
      {"maxpools", "maxpool"},
      {"", NULL},
      {"maxpool2", "max_pool2"},
      {"v_rest", "rest"},
      {"conv", "conv"},
      {"c", NULL},
      {"an extremely long word that nobody would ever type as the name of an op", NULL},
  };
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *nearest = diag_nearest(rows[i].typed, words, sizeof words / sizeof words[0]);
    if (!rows[i].meant)
      assert_null(nearest);
    else
      assert_string_equal(nearest, rows[i].meant);
  }
}

static void held_messages_come_in_the_order_of_lines_and_once(void **state) {
  static const struct loc rows[] = {
      {.file = "n.snn", .line = 7, .col = 2}, {.file = "x.npz"},
      {.file = "n.snn", .line = 3, .col = 9}, {.file = "n.snn", .line = 7, .col = 2},
      {.file = "n.snn", .line = 3, .col = 1}, {.file = "y.npz"}};
  struct unit *u = *state;

  diag_hold(u->comp.diag);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    diag_error(u->comp.diag, rows[i], "x");
  diag_release(u->comp.diag);
  assert_string_equal(unit_said(u), "n.snn:3:1: error: x\nx.npz: error: x\nn.snn:3:9: error: x\n"
                                    "n.snn:7:2: error: x\ny.npz: error: x\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_message_has_the_form_of_its_place, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_text_place_shows_its_line_and_a_caret, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_place_outside_the_text_shows_no_line, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(of_a_long_line_the_part_around_the_caret_is_shown, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(only_twenty_errors_are_shown, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(quiet_hides_warnings_and_notes_only, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_bug_asks_for_a_report_and_unwinds, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(long_strings_are_shortened_when_quoted, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(held_messages_come_in_the_order_of_lines_and_once, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(the_nearest_word_is_a_likely_one, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
