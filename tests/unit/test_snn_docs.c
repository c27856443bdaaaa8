/* Every example of docs/DSL.md builds. */
#include "tests/unit/unit.h"

#include "frontend/snn/snn.h"
#include "ir/base/file.h"
#include "ir/ir.h"

static void assert_builds(struct unit *u, const char *text, size_t len) {
  struct options o;
  char *argv[] = {(char *)(uintptr_t) "snncc", (char *)(uintptr_t) "m", (char *)(uintptr_t) "-o",
                  (char *)(uintptr_t) "x.ir"};

  assert_true(options_parse(&o, u->comp.arena, u->comp.diag, 4, argv));
  u->comp.opt = &o;
  /* Files that examples name are those of models/. */
  assert_true(snn_is_text((struct bytes){(const uint8_t *)text, len}));
  if (!snn_read(&u->comp, "models/example.snn", (struct bytes){(const uint8_t *)text, len}))
    fail_msg("%s%s", arena_strndup(u->comp.arena, text, len), unit_said(u));
  u->comp.opt = &u->opt;
}

static void every_example_builds(void **state) {
  static const char fence[] = "```snn\n";
  struct unit *u = *state;
  struct bytes doc;
  size_t n = 0;

  if (access("docs/DSL.md", R_OK) != 0)
    skip(); /* not run from the top of the tree */
  assert_true(file_read(u->comp.arena, u->comp.diag, "docs/DSL.md", 1 << 20, &doc));
  for (const char *at = strstr((const char *)doc.data, fence); at; at = strstr(at, fence), n++) {
    const char *end;

    at += strlen(fence);
    end = strstr(at, "```");
    assert_non_null(end);
    assert_builds(u, at, (size_t)(end - at));
  }
  assert_true(n >= 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_example_builds, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
