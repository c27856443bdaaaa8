#include "backends/report/json.h"

#include <cJSON.h>
#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/options.h"

/* The hooks of cJSON are global and get no context, so the arena is too. */
static struct arena *memory;

static void *take(size_t len) {
  return arena_alloc(memory, len, 1);
}

static void keep(void *p) {
  (void)p;
}

static void use_arena(struct comp *c) {
  memory = c->arena;
  cJSON_InitHooks(&(cJSON_Hooks){take, keep});
}

struct cJSON *report_json_new(struct comp *c) {
  use_arena(c);
  return cJSON_CreateObject();
}

struct cJSON *report_json_read(struct comp *c, const char *path) {
  const char *end = NULL;
  struct bytes text;
  cJSON *o;

  if (!file_read(c->arena, c->diag, path, options_max_memory(c->opt, 0), &text))
    return NULL;
  use_arena(c);
  o = cJSON_ParseWithLengthOpts((const char *)text.data, text.len, &end, false);
  if (!o)
    diag_error(c->diag, loc_file(path), "is no JSON behind byte %zu; a result of eval --json is",
               end ? (size_t)(end - (const char *)text.data) : 0);
  return o;
}

void report_json_number(struct cJSON *o, const char *name, double x) {
  if (isfinite(x))
    cJSON_AddNumberToObject(o, name, x);
  else
    cJSON_AddNullToObject(o, name);
}

bool report_write_json(struct comp *c, const struct cJSON *o) {
  char *text = cJSON_Print(o);
  const char *line;

  if (!text)
    return diag_error(c->diag, loc_file(c->opt->json), "cJSON cannot print the result");
  line = arena_printf(c->arena, "%s\n", text);
  return file_outputs_add(c->outputs, c->diag, c->opt->json, line, strlen(line));
}
