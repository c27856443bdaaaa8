/* Fuzz target: any bytes as a network in its language. What builds must print, and its print must
 * build and print the same text; its graph must be printed and read as IR as well. */
#include "backends/text/text.h"
#include "frontend/snn/snn.h"
#include "tests/fuzz/fuzz.h"

static void check_snn(struct fuzz *f, const uint8_t *data, size_t len) {
  struct comp *c = &f->comp;
  struct ir_graph *g;
  struct buf text, text_again;

  c->opt = &f->opt;
  g = snn_read(c, "/nowhere/in.snn", (struct bytes){data, len});
  if (!g)
    return;
  fuzz_check_round_trip(c, g);
  buf_init(&text, c->arena);
  buf_init(&text_again, c->arena);
  text_print_snn(c, g, &text);
  if (text.len > 1 << 18) /* a large constant, drawn or repeated: in an .npz it would be small */
    return;
  c->opt = &f->opt;
  g = snn_read(c, "/nowhere/again.snn", (struct bytes){(const uint8_t *)text.data, text.len});
  require(g != NULL);
  text_print_snn(c, g, &text_again);
  require(text.len == text_again.len && !memcmp(text.data, text_again.data, text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static const char *const argv[] = {"snncc", "in.snn", "-o", "out.snn", "--max-memory", "16K"};
  static struct fuzz f;

  if (!f.null)
    fuzz_begin(&f, 6, argv);
  return fuzz_one(&f, check_snn, data, len);
}
