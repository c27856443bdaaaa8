#include "tests/unit/unit.h"

#include <float.h>
#include <math.h>

#include "ir/base/buf.h"

static void text_grows_and_ends_in_nul(void **state) {
  struct buf b;
  buf_init(&b, ((struct unit *)*state)->comp.arena);
  for (int i = 0; i < 10000; i++)
    buf_printf(&b, "%d,", i % 10);
  buf_puts(&b, "");
  buf_put(&b, "x\0y", 3);
  assert_int_equal(b.len, 20003);
  assert_int_equal(b.data[b.len], '\0');
  assert_memory_equal(b.data + 20000, "x\0y", 4);
}

static void strings_are_quoted(void **state) {
  static const struct {
    const char *s, *quoted;
  } rows[] = {
      {"", "\"\""},
      {"a b/c", "\"a b/c\""},
      {"\"\\\n\t", "\"\\\"\\\\\\n\\t\""},
      {"\x1B[0m\x7F\r", "\"\\x1B[0m\\x7F\\x0D\""},
      {"gr\xC3\xBC\xC3\x9F", "\"gr\xC3\xBC\xC3\x9F\""},
      {"\xE2\x82\xAC \xF0\x9F\x98\x80", "\"\xE2\x82\xAC \xF0\x9F\x98\x80\""},
      {"\xC3", "\"\\xC3\""},                                       /* cut short */
      {"\xC3(", "\"\\xC3(\""},                                     /* no continuation */
      {"\xC0\xAF \xE0\x80\xAF", "\"\\xC0\\xAF \\xE0\\x80\\xAF\""}, /* over-long */
      {"\xED\xA0\x80", "\"\\xED\\xA0\\x80\""},                     /* a surrogate */
      {"\xF4\x90\x80\x80", "\"\\xF4\\x90\\x80\\x80\""},            /* above U+10FFFF */
      {"\xC2\x9B", "\"\\xC2\\x9B\""},                              /* a C1 control character */
      {"\xFF", "\"\\xFF\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct buf b;
    buf_init(&b, ((struct unit *)*state)->comp.arena);
    buf_put_quoted(&b, rows[i].s);
    assert_string_equal(b.data, rows[i].quoted);
  }
}

static void floats_read_back_to_the_same_bits(void **state) {
  static const float rows[] = {0.0f,     -0.0f,          1.0f,        0.1f,   FLT_MAX,
                               -FLT_MIN, FLT_MIN / 8.0f, 1.0f / 3.0f, 1e-45f, 16777216.0f + 2};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct buf b;
    buf_init(&b, ((struct unit *)*state)->comp.arena);
    buf_put_float(&b, rows[i]);
    float back = strtof(b.data, NULL);
    assert_memory_equal(&back, &rows[i], sizeof back);
  }
}

static void numbers_are_written_as_by_printf(void **state) {
  static const double rows[] = {0,        -0.0,     1,       0.1,         DBL_MAX,     DBL_MIN,
                                0x1p-500, 0x1p-100, 0x1p+10, DBL_MIN / 3, -0x1.8p+1023};
  struct buf b;
  uint64_t bits = 1;
  buf_init(&b, ((struct unit *)*state)->comp.arena);
  for (size_t i = 0; i < 20000; i++) {
    double x = i < sizeof rows / sizeof rows[0] ? rows[i] : 0;
    char want[32];
    bits = bits * 6364136223846793005u + 1442695040888963407u;
    if (i >= sizeof rows / sizeof rows[0])
      memcpy(&x, &bits, sizeof x);
    if (!isfinite(x))
      continue;
    snprintf(want, sizeof want, "%a", x);
    b.len = 0;
    buf_put_double(&b, x);
    assert_string_equal(b.data, want);
  }
}

static void what_is_no_number_is_a_word(void **state) {
  struct buf b;
  buf_init(&b, ((struct unit *)*state)->comp.arena);
  buf_put_double(&b, (double)INFINITY);
  buf_put_float(&b, -INFINITY);
  buf_put_float(&b, -NAN);
  assert_string_equal(b.data, "inf-infnan");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(text_grows_and_ends_in_nul, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(strings_are_quoted, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(floats_read_back_to_the_same_bits, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(numbers_are_written_as_by_printf, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(what_is_no_number_is_a_word, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
