#include "ir/write.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/ir.h"

bool ir_write(struct comp *c, const struct ir_graph *g, const char *path) {
  bool is_inline = strcmp(path, "-") == 0;
  const char *blob_name = arena_printf(c->arena, "%s.bin", file_stem(c->arena, path));
  struct buf text, blobs;

  buf_init(&text, c->arena);
  buf_init(&blobs, c->arena);
  ir_print(g, &text, is_inline ? NULL : &blobs, blob_name);
  if (blobs.len > 0) {
    const char *blob_path = arena_printf(c->arena, "%s%s", file_dir(c->arena, path), blob_name);
    if (!file_outputs_add(c->outputs, c->diag, blob_path, blobs.data, blobs.len))
      return false;
  }
  return file_outputs_add(c->outputs, c->diag, path, text.data, text.len);
}
