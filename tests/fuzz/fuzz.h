/* tests/fuzz/fuzz.h -- what the fuzz targets share: a compilation that is used again and again.
 *
 * A target is bytes in, and nothing but what require() traps on is wrong: refusals are as good as
 * results. Out of memory counts as a refusal, a bug of ours (exit code 70) does not. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct fuzz {
  struct arena_guard guard;
  jmp_buf bug;
  struct options opt;
  struct comp comp;
  struct arena *kept; /* what lives from one input to the next */
  FILE *null;         /* messages are formatted and thrown away */
};

typedef void fuzz_fn(struct fuzz *f, const uint8_t *data, size_t len);

static inline void require(bool is_true) {
  if (!is_true)
    __builtin_trap();
}

/* Options as on a command line; the arenas. */
static inline void fuzz_begin(struct fuzz *f, int argc, const char *const *argv) {
  struct diag *d;

  f->kept = arena_new(&f->guard);
  f->comp.arena = arena_new(&f->guard);
  f->comp.scratch = arena_new(&f->guard);
  f->null = fopen("/dev/null", "w");
  require(f->kept && f->comp.arena && f->comp.scratch && f->null);
  d = diag_new(f->kept, stderr);
  require(options_parse(&f->opt, f->kept, d, argc, (char **)(uintptr_t)argv));
  f->comp.opt = &f->opt;
}

/* One input through `fn`, with fresh messages and empty arenas afterwards. */
static inline int fuzz_one(struct fuzz *f, fuzz_fn *fn, const uint8_t *data, size_t len) {
  if (setjmp(f->bug))
    __builtin_trap();
  if (!setjmp(f->guard.env)) {
    f->comp.diag = diag_new(f->comp.arena, f->null);
    diag_on_bug(f->comp.diag, &f->bug);
    fn(f, data, len);
  }
  arena_reset(f->comp.scratch);
  arena_reset(f->comp.arena);
  return 0;
}

static inline struct buf fuzz_print(struct arena *a, const struct ir_graph *g) {
  struct buf b;

  buf_init(&b, a);
  ir_print(g, &b, NULL, NULL);
  return b;
}

/* Prints, parses, prints: the same text, and no complaint. */
static inline void fuzz_check_round_trip(struct comp *c, const struct ir_graph *g) {
  struct buf text = fuzz_print(c->arena, g), text_again;
  const struct ir_graph *again = ir_parse(c->arena, c->diag, "again.ir", text.data, text.len);

  require(again != NULL);
  text_again = fuzz_print(c->arena, again);
  require(text.len == text_again.len && !memcmp(text.data, text_again.data, text.len));
}

#endif
