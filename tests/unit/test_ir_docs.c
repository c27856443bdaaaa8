/* Every example of docs/IR.md parses, and prints as it stands there. */
#include "tests/unit/unit.h"

#include "ir/base/buf.h"
#include "ir/base/file.h"
#include "ir/ir.h"

static void assert_reads_back(struct unit *u, const char *text, size_t len) {
  struct buf b;
  const struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "docs/IR.md", text, len);
  if (!g)
    fail_msg("%s", unit_said(u));
  buf_init(&b, u->comp.arena);
  ir_print(g, &b, NULL, NULL);
  assert_string_equal(b.data, arena_strndup(u->comp.arena, text, len));
}

static void every_example_reads_back(void **state) {
  static const char fence[] = "```ir\n";
  struct unit *u = *state;
  struct bytes doc;
  size_t n = 0;
  if (access("docs/IR.md", R_OK) != 0)
    skip(); /* not run from the top of the tree */
  assert_true(file_read(u->comp.arena, u->comp.diag, "docs/IR.md", 1 << 20, &doc));
  const char *at = (const char *)doc.data;
  for (at = strstr(at, fence); at; at = strstr(at, fence), n++) {
    at += strlen(fence);
    const char *end = strstr(at, "```");
    assert_non_null(end);
    assert_reads_back(u, at, (size_t)(end - at));
  }
  assert_true(n >= 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(every_example_reads_back, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
