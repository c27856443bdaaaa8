/* Fuzz target: any bytes as a textual IR. What parses must print, and its print must parse to the
 * same text, also after ir_compact. */
#include "tests/fuzz/fuzz.h"

static void check_ir(struct fuzz *f, const uint8_t *data, size_t len) {
  struct comp *c = &f->comp;
  struct ir_graph *g = ir_parse(c->arena, c->diag, "/nowhere/in.ir", (const char *)data, len);

  if (!g)
    return;
  fuzz_check_round_trip(c, g);
  if (ir_compact(g, c->diag)) {
    require(ir_verify(g, c->diag));
    fuzz_check_round_trip(c, g);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static const char *const argv[] = {"snncc", "in.ir", "-o", "out.ir"};
  static struct fuzz f;

  if (!f.null)
    fuzz_begin(&f, 4, argv);
  return fuzz_one(&f, check_ir, data, len);
}
