/* tests/unit/unit.h -- what unit tests start from: a compilation whose messages are kept, and files
 * in a folder of their own. Used as cmocka's per-test setup and teardown. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/options.h"

struct unit {
  struct arena_guard guard;
  FILE *err;
  char *said; /* what err has collected; see unit_said */
  size_t len_said;
  struct options opt; /* zero: tests set what they need */
  struct comp comp;
  char folder[32];
};

static inline int unit_begin(void **state) {
  struct unit *u = calloc(1, sizeof(*u));

  u->err = open_memstream(&u->said, &u->len_said);
  u->comp.arena = arena_new(&u->guard);
  u->comp.scratch = arena_new(&u->guard);
  u->comp.diag = diag_new(u->comp.arena, u->err);
  u->comp.opt = &u->opt;
  strcpy(u->folder, "/tmp/snncc-unit-XXXXXX");
  *state = u;
  return mkdtemp(u->folder) ? 0 : -1;
}

static inline int unit_end(void **state) {
  struct unit *u = *state;
  char command[64];

  snprintf(command, sizeof(command), "rm -rf %s", u->folder);
  fclose(u->err);
  free(u->said);
  arena_free(u->comp.scratch);
  arena_free(u->comp.arena);
  free(u);
  return system(command);
}

/* All messages since the last call, which also forgets how many errors there were. */
static inline const char *unit_said(struct unit *u) {
  fclose(u->err);
  const char *said = arena_strdup(u->comp.arena, u->said);
  free(u->said);
  u->err = open_memstream(&u->said, &u->len_said);
  u->comp.diag = diag_new(u->comp.arena, u->err);
  return said;
}

static inline void unit_assert_said(struct unit *u, const char *part) {
  const char *said = unit_said(u);

  if (!strstr(said, part))
    fail_msg("\"%s\" is not in: %s", part, said);
}

/* The options of a command line without its first word. Splits at spaces; "~" stands for an empty
 * argument. */
static inline bool unit_parse(struct unit *u, struct options *o, const char *line) {
  enum { MAX_ARGS = 24 };
  char *argv[MAX_ARGS] = {(char *)(uintptr_t) "snncc"};
  int argc = 1;
  char *save = NULL;

  for (char *s = strtok_r(arena_strdup(u->comp.arena, line), " ", &save); s;
       s = strtok_r(NULL, " ", &save)) {
    assert_true(argc < MAX_ARGS);
    argv[argc++] = strcmp(s, "~") == 0 ? s + 1 : s;
  }
  return options_parse(o, u->comp.arena, u->comp.diag, argc, argv) &&
         (o->config || options_check(o, u->comp.diag));
}

/* Writes a file of the test's folder; its path lives in the arena. */
static inline const char *unit_file(struct unit *u, const char *name, const void *bytes,
                                    size_t len) {
  const char *path = arena_printf(u->comp.arena, "%s/%s", u->folder, name);
  FILE *f = fopen(path, "wb");

  assert_non_null(f);
  assert_int_equal(fwrite(bytes, 1, len, f), len);
  assert_int_equal(fclose(f), 0);
  return path;
}

#endif
