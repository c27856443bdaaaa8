#include "backends/report/json.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/options.h"

bool report_write_json(struct comp *c, const struct cJSON *o) {
  char *text = cJSON_Print(o);
  const char *line;

  if (!text)
    return diag_error(c->diag, loc_file(c->opt->json), "out of memory while writing the JSON");
  line = arena_printf(c->arena, "%s\n", text);
  free(text);
  return file_outputs_add(c->outputs, c->diag, c->opt->json, line, strlen(line));
}
