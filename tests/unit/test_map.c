#include "tests/unit/unit.h"

#include "ir/base/map.h"

static void what_was_put_is_found(void **state) {
  struct unit *u = *state;
  struct map *m = map_new(u->comp.arena);
  for (uint32_t i = 0; i < 5000; i++)
    assert_true(map_put(m, arena_printf(u->comp.arena, "key%u", i), i));
  for (uint32_t i = 0; i < 5000; i++) {
    uint32_t value = 0;
    assert_true(map_get(m, arena_printf(u->comp.arena, "key%u", i), &value));
    assert_int_equal(value, i);
  }
}

static void an_unknown_key_leaves_the_value_alone(void **state) {
  struct map *m = map_new(((struct unit *)*state)->comp.arena);
  uint32_t value = 42;
  assert_false(map_get(m, "x", &value));
  assert_true(map_put(m, "y", 1));
  assert_false(map_get(m, "x", &value));
  assert_int_equal(value, 42);
}

static void a_key_that_is_there_keeps_its_value(void **state) {
  struct map *m = map_new(((struct unit *)*state)->comp.arena);
  uint32_t value = 0;
  assert_true(map_put(m, "", 1));
  assert_false(map_put(m, "", 2));
  assert_true(map_get(m, "", &value));
  assert_int_equal(value, 1);
}

static void the_key_is_copied(void **state) {
  struct map *m = map_new(((struct unit *)*state)->comp.arena);
  char key[] = "abc";
  uint32_t value = 0;
  assert_true(map_put(m, key, 1));
  key[0] = 'x';
  assert_true(map_get(m, "abc", &value));
  assert_false(map_get(m, "xbc", &value));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_was_put_is_found, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(an_unknown_key_leaves_the_value_alone, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_key_that_is_there_keeps_its_value, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(the_key_is_copied, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
