/* tests/unit/test_snn.c -- the network language where a golden cannot look: threads, hostile texts.
 */
#include "tests/unit/unit.h"

#include <pthread.h>

#include "frontend/snn/snn.h"
#include "ir/base/buf.h"
#include "ir/ir.h"

/* The network of a text, with options as on a command line. */
static struct ir_graph *build(struct unit *u, const char *path, const char *text, size_t len) {
  char *argv[] = {(char *)(uintptr_t) "snncc", (char *)(uintptr_t) "m", (char *)(uintptr_t) "-o",
                  (char *)(uintptr_t) "x.ir"};

  assert_true(options_parse(&u->opt, u->comp.arena, u->comp.diag, 4, argv));
  u->comp.opt = &u->opt;
  return snn_read(&u->comp, path, (struct bytes){(const uint8_t *)text, len});
}

static void assert_refused(struct unit *u, const char *text, const char *said) {
  assert_null(build(u, "/nowhere/net.snn", text, strlen(text)));
  unit_assert_said(u, said);
}

/* `n` times `part`, between `before` and `after`. */
static const char *repeat(struct unit *u, const char *before, const char *part, size_t n,
                          const char *after) {
  struct buf b;

  buf_init(&b, u->comp.arena);
  buf_puts(&b, before);
  for (size_t i = 0; i < n; i++)
    buf_puts(&b, part);
  buf_puts(&b, after);
  return b.data;
}

/* ---- two parses at once ---- */

enum { ROUNDS = 50 };

static void *parse_often(void *width) {
  void *state = NULL;
  struct unit *u;
  long n = *(const long *)width, n_good = 0;

  unit_begin(&state);
  u = state;
  for (int i = 0; i < ROUNDS; i++) {
    const char *text = arena_printf(u->comp.arena,
                                    "network n { input x[%ld]; dense d (x) { units %ld; weight "
                                    "glorot(); bias 1 / %ld; } output y (d); }",
                                    n, n, n);
    const struct ir_graph *g = build(u, "/nowhere/net.snn", text, strlen(text));

    n_good += g && ir_node(g, ir_nth(g, IR_OUTPUT, 0))->type.dims[1] == n;
  }
  unit_end(&state);
  return n_good == ROUNDS ? width : NULL;
}

static void two_parses_run_in_two_threads(void **state) {
  long widths[] = {3, 40};
  pthread_t threads[2];
  void *good;

  (void)state;
  for (size_t i = 0; i < 2; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, parse_often, &widths[i]), 0);
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(pthread_join(threads[i], &good), 0);
    assert_ptr_equal(good, &widths[i]);
  }
}

/* ---- hostile texts ---- */

static void what_is_nested_too_deeply_is_refused(void **state) {
  struct unit *u = *state;

  assert_refused(u, repeat(u, "param n = ", "(", 5000, ";"), "nested too deeply");
  assert_refused(u, repeat(u, "param n = 1", "+1", 5000, ";"), "nested too deeply");
  assert_refused(u, repeat(u, "network n { x ", "y { ", 5000, ""), "nested too deeply");
}

static void what_is_too_large_is_refused(void **state) {
  struct unit *u = *state;

  assert_refused(u, repeat(u, "param n = 1;", "          ", 110000, ""), "more than 1048576 bytes");
  assert_refused(
      u, "network n { input x[65535]; dense d (x) { units 30000; weight 0; } output y (d); }",
      "--max-memory");
  assert_refused(u,
                 "network n { run { dt 1 ms; } population A[60000] { model if; } connect A -> A { "
                 "all_to_all; weight 1; } }",
                 "2^31 - 1");
}

static void errors_beyond_twenty_are_not_shown(void **state) {
  struct unit *u = *state;
  const char *text = repeat(u, "network n { ", "relu r (x);\n", 30, "}"), *said;
  size_t n = 0;

  assert_null(build(u, "/nowhere/net.snn", text, strlen(text)));
  said = unit_said(u);
  for (const char *s = said; (s = strstr(s, ": error: ")); s++)
    n++;
  assert_int_equal(n, 20);
  assert_non_null(strstr(said, "the rest are not shown"));
}

static void includes_stay_in_their_folder_and_end(void **state) {
  struct unit *u = *state;
  const char *a = "include \"b.snn\";\nnetwork n { input x[2]; output y (x); }",
             *b = "include \"a.snn\";";
  const char *outside = "include \"../x.snn\";";
  const char *path = unit_file(u, "a.snn", a, strlen(a));

  unit_file(u, "b.snn", b, strlen(b));
  assert_null(build(u, path, a, strlen(a)));
  unit_assert_said(u, "includes itself");
  unit_file(u, "b.snn", "param n = 2;", strlen("param n = 2;"));
  assert_non_null(build(u, path, a, strlen(a)));
  assert_null(build(u, path, outside, strlen(outside)));
  unit_assert_said(u, "leads out of it");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(two_parses_run_in_two_threads),         TEST(what_is_nested_too_deeply_is_refused),
      TEST(what_is_too_large_is_refused),          TEST(errors_beyond_twenty_are_not_shown),
      TEST(includes_stay_in_their_folder_and_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
