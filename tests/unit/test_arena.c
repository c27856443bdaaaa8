#include "tests/unit/unit.h"

static void memory_is_zero_and_aligned(void **state) {
  struct unit *u = *state;
  for (size_t len = 0; len < 300000; len = len * 3 + 1) {
    const unsigned char *p = arena_alloc(u->comp.arena, len, 1);
    assert_non_null(p);
    assert_int_equal((uintptr_t)p % 64, 0);
    for (size_t i = 0; i < len; i++)
      assert_int_equal(p[i], 0);
  }
}

static void pieces_do_not_overlap(void **state) {
  struct unit *u = *state;
  unsigned char *p[200];
  for (size_t i = 0; i < 200; i++) {
    p[i] = arena_alloc(u->comp.arena, 2000, 1);
    memset(p[i], (int)i, 2000);
  }
  for (size_t i = 0; i < 200; i++)
    for (size_t k = 0; k < 2000; k++)
      assert_int_equal(p[i][k], i);
}

static void memory_after_a_reset_is_zero_again(void **state) {
  struct unit *u = *state;
  for (int round = 0; round < 3; round++) {
    unsigned char *p = arena_alloc(u->comp.scratch, 1000, 1);
    for (size_t i = 0; i < 1000; i++)
      assert_int_equal(p[i], 0);
    memset(p, 0xFF, 1000);
    arena_reset(u->comp.scratch);
    assert_int_equal(arena_used(u->comp.scratch), 0);
  }
}

static void append_letter(void *letter) {
  char **at = letter;
  *(*at)++ = 'x';
}

static void what_is_to_be_undone_is_undone_once_at_the_end(void **state) {
  struct unit *u = *state;
  char text[8] = "", *at = text;
  arena_at_end(u->comp.scratch, append_letter, &at);
  arena_at_end(u->comp.scratch, append_letter, &at);
  assert_string_equal(text, "");
  arena_reset(u->comp.scratch);
  arena_reset(u->comp.scratch);
  assert_string_equal(text, "xx");
}

/* The guard's arena unwinds; wanted_bytes tells what could not be had. */
static void a_request_that_cannot_be_served_unwinds_to_the_guard(void **state) {
  static const struct {
    size_t n, size;
  } rows[] = {{SIZE_MAX, 1}, {SIZE_MAX, SIZE_MAX}, {SIZE_MAX / 2 + 1, 2}, {SIZE_MAX - 70, 1}};
  struct arena_guard guard = {.wanted_bytes = 0};
  struct arena *volatile a = arena_new(&guard);
  volatile size_t n_unwound = 0;
  (void)state;
  for (volatile size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (setjmp(guard.env) == 0) {
      arena_alloc(a, rows[i].n, rows[i].size);
      fail();
    }
    assert_true(guard.wanted_bytes > SIZE_MAX / 2);
    n_unwound++;
  }
  assert_int_equal(n_unwound, sizeof rows / sizeof rows[0]);
  assert_non_null(arena_alloc(a, 1, 1));
  arena_free(a);
}

static void copies_and_formatted_text_are_whole(void **state) {
  struct arena *a = ((struct unit *)*state)->comp.arena;
  char text[5000];
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  assert_string_equal(arena_strdup(a, text), text);
  assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
  assert_string_equal(arena_strndup(a, NULL, 0), "");
  assert_string_equal(arena_printf(a, "%s-%d", "a", 7), "a-7");
  assert_int_equal(strlen(arena_printf(a, "%s!", text)), sizeof text);
  assert_memory_equal(arena_memdup(a, "a\0b", 3), "a\0b", 3);
  assert_non_null(arena_memdup(a, NULL, 0));
}

static void freeing_nothing_is_fine(void **state) {
  (void)state;
  arena_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(memory_is_zero_and_aligned, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(pieces_do_not_overlap, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(memory_after_a_reset_is_zero_again, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(what_is_to_be_undone_is_undone_once_at_the_end, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_request_that_cannot_be_served_unwinds_to_the_guard,
                                      unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(copies_and_formatted_text_are_whole, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(freeing_nothing_is_fine, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
