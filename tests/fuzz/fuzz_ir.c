/* libFuzzer target: any bytes as a textual IR. What parses must print, and its print must parse to
 * the same text, also after ir_compact. tests/fuzz/run.sh builds and runs it. */
#include <stdio.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/ir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *print(struct arena *a, const struct ir_graph *g, size_t *len) {
  struct buf b;
  buf_init(&b, a);
  ir_print(g, &b, NULL, NULL);
  *len = b.len;
  return b.data;
}

static void require(bool is_true) {
  if (!is_true)
    __builtin_trap();
}

/* Prints, parses, prints: the same text, and no complaint. */
static void check_round_trip(struct arena *a, struct diag *d, const struct ir_graph *g) {
  size_t len, len_again;
  const char *text = print(a, g, &len);
  const struct ir_graph *again = ir_parse(a, d, "again.ir", text, len);
  require(again != NULL);
  const char *text_again = print(a, again, &len_again);
  require(len == len_again && !memcmp(text, text_again, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  struct arena_guard guard;
  static FILE *null; /* messages are formatted and thrown away */
  struct arena *volatile a = arena_new(&guard);
  null = null ? null : fopen("/dev/null", "w");
  require(a && null);
  if (setjmp(guard.env)) {
    arena_free(a);
    return 0;
  }
  struct diag *d = diag_new(a, null);
  struct ir_graph *g = ir_parse(a, d, "/nowhere/in.ir", (const char *)data, len);
  if (g) {
    check_round_trip(a, d, g);
    if (ir_compact(g, d)) {
      require(ir_verify(g, d));
      check_round_trip(a, d, g);
    }
  }
  arena_free(a);
  return 0;
}
