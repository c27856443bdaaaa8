#include "backends/backend.h"

#include <string.h>

#include "backends/c/c.h"
#include "backends/image/image.h"
#include "backends/text/text.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/options.h"

static const struct backend backends[] = {
    {".c", true, c_emit, "C99 source and header with its runtime"},
    {".img", true, image_emit, "an image of integers for microcontrollers, read in place"},
    {".snn", false, text_emit_snn, "the network language, weights in an .npz beside it"},
    {".ir", false, text_emit_ir, "the intermediate form as text"},
    {".dot", false, text_emit_dot, "the graph for Graphviz"},
};
enum { N_BACKENDS = sizeof backends / sizeof *backends };

static const struct backend package = {"", true, c_emit_package, "a folder for --package"};

const struct backend *backend_for(struct comp *c, const char *path) {
  const char *ending = strcmp(path, "-") == 0 ? ".ir" : file_ending(path);
  struct buf known;

  if (c->opt->package != PACKAGE_NONE)
    return c_check_package(c, path) ? &package : NULL;
  for (size_t i = 0; i < N_BACKENDS; i++)
    if (strcmp(backends[i].ending, ending) == 0)
      return &backends[i];
  buf_init(&known, c->arena);
  for (size_t i = 0; i < N_BACKENDS; i++)
    buf_printf(&known, "%s%s (%s)", i ? ", " : "", backends[i].ending, backends[i].summary);
  diag_error(c->diag, loc_file(path), "the ending of the output says its kind; known are %s",
             known.data);
  return NULL;
}
