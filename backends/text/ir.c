#include "backends/text/text.h"
#include "ir/write.h"

bool text_emit_ir(struct comp *c, const struct ir_graph *g, const char *path) {
  return ir_write(c, g, path);
}
