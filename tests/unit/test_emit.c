#include "tests/unit/unit.h"

#include "backends/emit.h"

static struct emit start(struct unit *u, struct buf *b, int depth) {
  buf_init(b, u->comp.arena);
  return (struct emit){b, depth};
}

static void identifiers_are_valid_c(void **state) {
  static const char *const rows[][2] = {
      {"conv1", "conv1"},   {"/layer1/Conv", "_layer1_Conv"},
      {"1st", "n_1st"},     {"int", "n_int"},
      {"class", "n_class"}, {"", "n_"},
      {"a b*/;", "a_b___"}, {"\xC3\xA9t\xC3\xA9", "__t__"},
      {"while_", "while_"},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_string_equal(emit_ident(u->comp.arena, rows[i][0]), rows[i][1]);
}

static void braces_indent(void **state) {
  struct buf b;
  struct emit e = start(*state, &b, 0);

  emit_open(&e, "void f(int %c)", 'x');
  emit_line(&e, "g(%d);", 3);
  emit_close(&e, "");
  emit_blank(&e);
  assert_string_equal(b.data, "void f(int x) {\n  g(3);\n}\n\n");
}

static void comments_cannot_be_closed_from_inside(void **state) {
  struct buf b;
  struct emit e = start(*state, &b, 1);

  emit_comment(&e, "a */ b /* c\nd */*/ \xE2\x80\xAE\x01");
  assert_string_equal(b.data, "  /* a * / b / * c\n   * d * / * / ???? */\n");
}

static void long_comments_are_broken_at_spaces(void **state) {
  struct buf b;
  struct emit e = start(*state, &b, 0);
  const char *line;

  emit_comment(&e, "one two three four five six seven eight nine ten one two three four five six "
                   "seven eight nine ten one two three four five six seven eight nine ten");
  for (line = b.data; *line; line += strcspn(line, "\n") + 1)
    assert_true(strcspn(line, "\n") <= EMIT_COLUMNS);
  assert_non_null(strstr(b.data, "\n * "));
}

static void calls_break_where_clang_format_breaks_them(void **state) {
  static const char *const arg[] = {"first_argument_of_the_call", "second_argument_of_the_call",
                                    "third_argument_of_the_call"};
  struct buf b;
  struct emit e = start(*state, &b, 1);

  emit_call(&e, "f(", arg, 1, ");");
  emit_call(&e, "long_function_name(", arg, 3, ");");
  assert_string_equal(b.data, "  f(first_argument_of_the_call);\n"
                              "  long_function_name(first_argument_of_the_call, "
                              "second_argument_of_the_call,\n"
                              "                     third_argument_of_the_call);\n");
  e = start(*state, &b, 1);
  emit_call(&e, "a_long_result = f(", arg, 3, ");");
  assert_string_equal(b.data, "  a_long_result =\n      f(first_argument_of_the_call, "
                              "second_argument_of_the_call, third_argument_of_the_call);\n");
}

/* Every float comes back with its bits, and no line is too long. */
static void floats_read_back(void **state) {
  float v[200], back;
  struct buf b;
  struct emit e = start(*state, &b, 1);
  char *at;

  for (uint32_t i = 0; i < 200; i++) {
    uint32_t bits = i * 21474836u; /* also denormals; below infinity */
    bits = (bits & 0x80000000u) | (bits & 0x7FFFFFFFu) % 0x7F800000u;
    memcpy(&v[i], &bits, sizeof bits);
  }
  emit_f32(&e, v, 200);
  at = b.data;
  for (int i = 0; i < 200; i++) {
    back = strtof(at, &at);
    assert_memory_equal(&back, &v[i], sizeof back);
    assert_true(*at++ == 'f');
    assert_true(*at++ == (i < 199 ? ',' : '\n'));
  }
  for (const char *line = b.data; *line; line += strcspn(line, "\n") + 1)
    assert_true(strcspn(line, "\n") <= EMIT_COLUMNS);
}

static void fields_are_designated(void **state) {
  static const char *const name[] = {"pixels", "channels"};
  struct buf b;
  struct emit e = start(*state, &b, 1);

  emit_fields(&e, name, (int32_t[]){7, -1}, 2);
  assert_string_equal(b.data, "  .pixels = 7, .channels = -1\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(identifiers_are_valid_c, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(braces_indent, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(comments_cannot_be_closed_from_inside, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(long_comments_are_broken_at_spaces, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(calls_break_where_clang_format_breaks_them, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(floats_read_back, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(fields_are_designated, unit_begin, unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
