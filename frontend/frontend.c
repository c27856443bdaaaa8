#include "frontend/frontend.h"

#include <stdbool.h>
#include <string.h>

#include "frontend/image/image.h"
#include "frontend/onnx/onnx.h"
#include "frontend/snn/snn.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"

enum { SNIFFED_BYTES = 512 };

/* What people give by mistake, by its first bytes. */
struct mistake {
  const char *magic;
  size_t len, at;
  const char *what;
};

static const struct mistake mistakes[] = {
    {"version https://git-lfs", 23, 0,
     "this is a Git LFS pointer, not the model itself; `git lfs pull` fetches it"},
    {"\223NUMPY", 6, 0, "these are samples (.npy), not a model; they go behind --calib or --data"},
    {"PK\3\4", 4, 0,
     "this is a zip archive, as PyTorch (.pt) and Keras (.keras) write; export the model to ONNX"},
    {"\211HDF", 4, 0, "this is an HDF5 file, as Keras (.h5) writes; export the model to ONNX"},
    {"\x80\2", 2, 0, "this is a Python pickle, as PyTorch (.pth) writes; export the model to ONNX"},
    {"TFL3", 4, 4, "this is a TensorFlow Lite model; export the model to ONNX"},
    {"\37\213", 2, 0, "this is compressed with gzip; unpack it first"},
    {"\211PNG", 4, 0, "this is an image; a model in ONNX, .snn or IR text is wanted"},
    {"\177ELF", 4, 0, "this is a program; a model in ONNX, .snn or IR text is wanted"},
};

static bool starts_with(struct bytes b, size_t at, const char *magic, size_t len) {
  return at <= b.len && len <= b.len - at && !memcmp(b.data + at, magic, len);
}

/* No model is without control bytes: lengths and tags of protobuf are small numbers. */
static bool looks_like_text(struct bytes b) {
  size_t n = b.len < SNIFFED_BYTES ? b.len : SNIFFED_BYTES;

  for (size_t i = 0; i < n; i++)
    if ((b.data[i] < 0x20 && !memchr("\t\n\r\f", b.data[i], 4)) || b.data[i] == 0x7f)
      return false;
  return true;
}

/* A zip archive whose first file is an array, as numpy.savez writes. */
static bool is_npz(struct bytes b) {
  const size_t name_at = 30; /* of the first local header; its length is at 26 */
  size_t len;

  if (!starts_with(b, 0, "PK\3\4", 4) || b.len < name_at)
    return false;
  len = (size_t)b.data[26] | (size_t)b.data[27] << 8;
  return len >= 4 && starts_with(b, name_at + len - 4, ".npy", 4);
}

static bool check_content(struct diag *d, const char *path, struct bytes b) {
  static const char wanted[] = "a model in ONNX, .snn or IR text is wanted";

  if (b.len == 0)
    return diag_error(d, loc_file(path), "the file is empty; %s", wanted);
  if (is_npz(b))
    return diag_error(d, loc_file(path),
                      "these are samples (.npz), not a model; they go behind --calib or --data");
  for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
    if (starts_with(b, mistakes[i].at, mistakes[i].magic, mistakes[i].len))
      return diag_error(d, loc_file(path), "%s", mistakes[i].what);
  if (looks_like_text(b))
    return diag_error(d, loc_file(path),
                      "this is a text, but not one that starts with \"ir \" or, as a .snn, with "
                      "network, param, neuron or include; %s",
                      wanted);
  return true;
}

struct ir_graph *frontend_read(struct comp *c, const char *path) {
  size_t max_bytes = c->opt->max_memory > 0 ? (size_t)c->opt->max_memory : INT32_MAX;
  struct ir_graph *g = NULL;
  struct bytes b;

  if (!file_map(c->arena, c->diag, path, max_bytes, &b))
    return NULL;
  if (starts_with(b, 0, "ir ", 3)) /* messages show its lines as long as the compilation lives */
    g = ir_parse(c->arena, c->diag, path, arena_strndup(c->arena, (const char *)b.data, b.len),
                 b.len);
  else if (snn_is_text(b))
    g = snn_read(c, path, (struct bytes){arena_memdup(c->arena, b.data, b.len), b.len});
  else if (image_is_magic(b))
    g = image_read(c, path, b);
  else if (check_content(c->diag, path, b))
    g = onnx_read(c, path, b);
  arena_reset(c->scratch);
  return g;
}
