#include "backends/c/c.h"

#include <ctype.h>
#include <string.h>

#include "backends/c/c_internal.h"
#include "ir/base/arena.h"
#include "ir/base/file.h"
#include "ir/base/map.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/options.h"

/* A float as text, with its comma and its share of the line end. */
enum { LITERAL_BYTES = 20 };

/* A name that nothing else in the file has. */
static const char *unique(const struct c_output *o, struct map *taken, const char *name) {
  const char *ident = emit_ident(o->arena, name), *s = ident;

  for (unsigned i = 2; !map_put(taken, s, 0); i++)
    s = arena_printf(o->arena, "%s_%u", ident, i);
  return s;
}

static void name_parts(struct c_output *o) {
  const struct plan *p = o->plan;
  struct map *members = map_new(o->arena), *statics = map_new(o->arena);

  o->buffer = ARENA_NEW(o->arena, const char *, plan_n_buffers(p));
  o->tensor = ARENA_NEW(o->arena, const char *, plan_n_tensors(p));
  o->desc = ARENA_NEW(o->arena, const char *, plan_n_ops(p));
  for (size_t i = 0; i < plan_n_buffers(p); i++) {
    const struct plan_buffer *b = plan_buffer(p, i);
    o->buffer[i] = b->kind == PLAN_SPIKES ? arena_printf(o->arena, "bits + %zu", b->at)
                                          : unique(o, members, b->name);
  }
  for (size_t i = 0; i < plan_n_tensors(p); i++)
    o->tensor[i] =
        unique(o, statics, arena_printf(o->arena, "%s_%s", o->prefix, plan_tensor(p, i)->name));
  for (size_t i = 0; i < plan_n_ops(p); i++) {
    const struct plan_op *op = plan_op(p, i);
    const char *kernel = plan_kernel(op->kernel)->function + strlen("snn_");
    o->desc[i] = unique(
        o, statics,
        arena_printf(o->arena, "%s_%s_%s", o->prefix, plan_layer(p, op->layer)->name, kernel));
  }
}

/* The line of every node, without the place in the user's files, which differs by folder. */
static void read_lines(struct c_output *o, const struct ir_graph *g) {
  size_t n = ir_n_nodes(g);
  const char **line = ARENA_NEW(o->arena, const char *, n + 1);
  struct buf text, blobs;
  const char *at;

  buf_init(&text, o->arena);
  buf_init(&blobs, o->arena);
  ir_print(g, &text, &blobs, arena_printf(o->arena, "%s.bin", o->prefix));
  at = text.data;
  o->version = arena_strndup(o->arena, at, strcspn(at, "\n"));
  at = strchr(at, '\n') + 1;
  for (size_t i = 1; i <= n; i++) {
    char *s, *place;
    at = strchr(at, '\n') + 1;
    s = arena_strndup(o->arena, at, strcspn(at, "\n"));
    for (place = s; (place = strstr(place, " ; ")); place++)
      if (strncmp(place, " ; onnx ", 8) == 0 || strncmp(place, " ; text ", 8) == 0) {
        *place = '\0';
        break;
      }
    line[i] = s;
  }
  o->line = line;
}

static const char *upper(struct arena *a, const char *s) {
  char *u = arena_strdup(a, s);

  for (char *c = u; *c; c++)
    *c = (char)toupper((unsigned char)*c);
  return u;
}

/* The prefix may not be that of the runtime, whose names the file carries. NULL: told. */
static const char *prefix_of(struct comp *c, const char *stem) {
  const char *wish = c->opt->name;
  const char *ident = emit_ident(c->arena, wish ? wish : stem);

  if (strncmp(ident, "snn", 3) == 0)
    ident = arena_printf(c->arena, "net_%s", ident);
  if (!wish || strcmp(ident, wish) == 0)
    return ident;
  diag_error(c->diag, loc_file(NULL),
             "--name is %s; a C name that does not begin with snn is wanted: %s would do",
             diag_quote(c->diag, wish), ident);
  return NULL;
}

bool c_begin(struct c_output *o, struct comp *c, const struct ir_graph *g, const char *stem) {
  *o = (struct c_output){.comp = c, .arena = c->arena, .graph = ir_graph_name(g)};
  o->plan = plan_new(c->arena, c->diag, g);
  if (!o->plan)
    return false;
  o->n_spiking_layers = plan_n_layers(o->plan) - 1;
  o->prefix = prefix_of(c, stem);
  if (!o->prefix)
    return false;
  o->upper = upper(c->arena, o->prefix);
  o->file = arena_printf(c->arena, "%s.c", stem);
  o->header = arena_printf(c->arena, "%s.h", stem);
  if (!c_check_target(o))
    return false;
  name_parts(o);
  read_lines(o, g);
  return true;
}

void c_write(const struct c_output *o, struct buf *source, struct buf *header) {
  struct emit e = {source, 0};

  buf_init(source, o->arena);
  buf_expect(source, plan_const_bytes(o->plan) / sizeof(float) * LITERAL_BYTES);
  buf_init(header, o->arena);
  c_write_tables(o, &e);
  c_write_functions(o, &e);
  e.out = header;
  c_write_header(o, &e);
}

bool c_emit(struct comp *c, const struct ir_graph *g, const char *path) {
  struct buf source, header;
  struct c_output o;

  if (!c_begin(&o, c, g, file_stem(c->arena, path)))
    return false;
  c_write(&o, &source, &header);
  return file_outputs_add(c->outputs, c->diag, path, source.data, source.len) &&
         file_outputs_add(c->outputs, c->diag,
                          arena_printf(c->arena, "%s%s", file_dir(c->arena, path), o.header),
                          header.data, header.len) &&
         (!c->opt->main || c_emit_main(&o, path));
}
