/* frontend/snn/snn_read.c -- a file, what it includes, and the network in it. */
#include "frontend/snn/snn.h"

#include <math.h>
#include <string.h>

#include "frontend/onnx/onnx.h"
#include "frontend/snn/snn_internal.h"
#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/comp.h"
#include "ir/options.h"

/* A text of this size has a tree of some hundred MiB; numbers belong into an .npz. */
enum { MAX_TEXT_BYTES = 1 << 20, MAX_INCLUDES = 64 };

/* ---- names ---- */

const struct snn_symbol *snn_find(struct snn_build *b, const struct snn_name *name) {
  const char **names, *near;
  uint32_t at;

  if (map_get(b->symbol_index, name->text, &at))
    return b->symbols->v[at];
  names = ARENA_NEW(b->c->arena, const char *, b->symbols->n);
  for (size_t i = 0; i < b->symbols->n; i++)
    names[i] = ((const struct snn_symbol *)b->symbols->v[i])->stmt->name.text;
  near = diag_nearest(name->text, names, b->symbols->n);
  snn_fail(b, name->loc, "nothing above is called %s%s%s", diag_quote(b->c->diag, name->text),
           near ? "; did you mean " : "; what is used stands above its use",
           near ? arena_printf(b->c->arena, "%s?", near) : "");
  return NULL;
}

ir_id snn_value(struct snn_build *b, const struct snn_name *name) {
  const struct snn_symbol *symbol = snn_find(b, name);

  if (symbol && symbol->kind == SNN_IS_NEURON)
    snn_fail(b, name->loc, "%s is a neuron model; a layer or an input is wanted here",
             diag_quote(b->c->diag, name->text));
  if (symbol && symbol->kind == SNN_IS_POPULATION)
    snn_fail(b, name->loc, "%s is a population; connect leads from it, layers do not take it",
             diag_quote(b->c->diag, name->text));
  return symbol && symbol->kind == SNN_IS_VALUE ? symbol->id : (ir_id){0};
}

bool snn_define(struct snn_build *b, const struct snn_stmt *s, struct snn_symbol symbol) {
  symbol.stmt = s;
  if (!map_put(b->symbol_index, s->name.text, (uint32_t)b->symbols->n))
    return snn_fail(b, s->name.loc, "there is a %s above already; give this one another name",
                    diag_quote(b->c->diag, s->name.text));
  snn_list_add(&b->parse, b->symbols, arena_memdup(b->c->arena, &symbol, sizeof symbol));
  return true;
}

/* ---- files ---- */

/* Files on their way into one list of statements. */
struct gathering {
  struct comp *c;
  struct snn_parse parse; /* for lists and messages */
  struct snn_list *statements;
  const char **open; /* the files being read, for cycles */
  size_t n_open, n_files, left_bytes;
};

static bool gather(struct gathering *g, const char *path, struct bytes file);

static bool gather_include(struct gathering *g, const struct snn_stmt *s) {
  const char *folder = file_dir(g->c->arena, s->name.loc.file), *why;
  const char *path = arena_printf(g->c->arena, "%s%s", folder, s->name.text);
  struct bytes file;

  for (size_t i = 0; i < g->n_open; i++)
    if (!strcmp(g->open[i], path))
      return snn_wrong(&g->parse, s->name.loc,
                       "%s includes itself here; take one of the includes away",
                       diag_quote(g->c->diag, s->name.text));
  if (g->n_files == MAX_INCLUDES)
    return snn_wrong(&g->parse, s->name.loc, "more than %d files are included; put some together",
                     MAX_INCLUDES - 1);
  why = file_map_beneath(g->c->arena, folder, s->name.text, &file);
  if (why)
    return snn_wrong(&g->parse, s->name.loc, "%s is to be found in the folder of this file: %s",
                     diag_quote(g->c->diag, s->name.text), why);
  return gather(g, path, file);
}

static bool gather(struct gathering *g, const char *path, struct bytes file) {
  struct snn_parse p = {.c = g->c, .path = arena_strdup(g->c->arena, path)};
  bool is_good;

  if (file.len > g->left_bytes)
    return snn_wrong(&g->parse, loc_file(p.path),
                     "the text has more than %d bytes, with all that it "
                     "includes; weights belong into an .npz beside it",
                     MAX_TEXT_BYTES);
  g->left_bytes -= file.len;
  diag_add_source(g->c->diag, p.path, (const char *)file.data, file.len);
  is_good = snn_parse_text(&p, (const char *)file.data, file.len);
  g->open[g->n_open++] = p.path;
  g->n_files++;
  for (size_t i = 0; i < p.statements->n; i++) {
    struct snn_stmt *s = p.statements->v[i];

    if (s->kind == SNN_S_INCLUDE)
      is_good = gather_include(g, s) && is_good;
    else
      snn_list_add(&g->parse, g->statements, s);
  }
  g->n_open--;
  return is_good;
}

/* ---- statements ---- */

static void build_statement(struct snn_build *b, const struct snn_stmt *s) {
  switch (s->kind) {
  case SNN_S_PARAM:
    snn_define_param(b, s);
    break;
  case SNN_S_BLOCK:
    snn_build_block(b, s);
    break;
  case SNN_S_LAYER:
    if (!b->g && strcmp(s->keyword.text, "neuron") != 0)
      snn_fail(b, s->keyword.loc,
               "%s stands inside of a network; param, neuron and include may stand above it",
               diag_quote(b->c->diag, s->keyword.text));
    else if (!snn_build_population(b, s))
      snn_build_layer(b, s);
    break;
  case SNN_S_CONNECT:
    snn_build_connect(b, s);
    break;
  case SNN_S_INCLUDE:
    snn_fail(b, s->name.loc, "include stands outside of a network, above it");
    break;
  case SNN_S_NETWORK:
    snn_fail(b, s->name.loc,
             "a network stands in another one; one behind the other is right, each in "
             "its file");
    break;
  }
}

static void build_statements(struct snn_build *b, const struct snn_list *list) {
  for (size_t i = 0; i < list->n && b->parse.n_errors <= SNN_MAX_ERRORS; i++)
    build_statement(b, list->v[i]);
}

/* The network starts as an ONNX model whose values are known by their names. */
static bool start_from_onnx(struct snn_build *b, const struct snn_stmt *network) {
  const struct snn_name *name = &network->target;
  const char *folder = file_dir(b->c->arena, name->loc.file);
  struct bytes file;
  const char *why = file_map_beneath(b->c->arena, folder, name->text, &file);

  if (why)
    return snn_fail(b, name->loc, "%s is to be found in the folder of this file: %s",
                    diag_quote(b->c->diag, name->text), why);
  b->g = onnx_read(b->c, arena_printf(b->c->arena, "%s%s", folder, name->text), file);
  if (!b->g)
    return snn_fail(b, name->loc, "%s cannot be read, as told above",
                    diag_quote(b->c->diag, name->text));
  for (size_t i = 1; b->g && i <= ir_n_nodes(b->g); i++) {
    struct snn_stmt *s = ARENA_NEW(b->c->arena, struct snn_stmt, 1);

    s->name = (struct snn_name){ir_node(b->g, ir_id_at(i))->name, name->loc, true};
    snn_define(b, s, (struct snn_symbol){.kind = SNN_IS_VALUE, .id = ir_id_at(i)});
  }
  return b->g != NULL;
}

static bool finish(struct snn_build *b) {
  bool is_synchronous = ir_is_synchronous(b->g);

  if (!is_synchronous && ir_is_none(ir_nth(b->g, IR_OUTPUT, 0)))
    return snn_fail(b, b->network->name.loc,
                    "network %s has no output; output scores (LAST); names what "
                    "it answers",
                    b->network->name.text);
  ir_set_facts(b->g, ir_facts(b->g) | IR_FACT_SHAPED);
  return ir_compact(b->g, b->c->diag) && ir_verify(b->g, b->c->diag);
}

static struct ir_graph *build_network(struct snn_build *b, const struct snn_list *statements) {
  const struct snn_list *body = b->network->body;

  for (size_t i = 0; i < statements->n; i++)
    if (((struct snn_stmt *)statements->v[i])->kind != SNN_S_NETWORK)
      build_statement(b, statements->v[i]);
  if (b->network->target.text ? !start_from_onnx(b, b->network) : false)
    return NULL;
  if (!b->g)
    b->g = ir_graph_new(b->c->arena, b->network->name.text);
  build_statements(b, body);
  snn_finish_populations(b);
  return !b->parse.is_bad && finish(b) ? b->g : NULL;
}

/* The network, where there is exactly one. */
static const struct snn_stmt *find_network(struct gathering *g, const char *path) {
  const struct snn_stmt *found = NULL;

  for (size_t i = 0; i < g->statements->n; i++) {
    const struct snn_stmt *s = g->statements->v[i];

    if (s->kind != SNN_S_NETWORK)
      continue;
    if (found) {
      snn_wrong(&g->parse, s->name.loc,
                "a second network, behind %s; a file has one, each other is put into its own",
                diag_quote(g->c->diag, found->name.text));
      return NULL;
    }
    found = s;
  }
  if (!found)
    snn_wrong(&g->parse, loc_file(path),
              "no network is in this file; network NAME { ... } is wanted");
  return found;
}

static struct ir_graph *read_network(struct comp *c, const char *path, struct bytes file) {
  struct gathering g = {.c = c, .parse = {.c = c, .path = path}, .left_bytes = MAX_TEXT_BYTES};
  struct options *opt = options_copy(c->arena, c->opt);
  struct snn_build b = {.parse = {.c = c, .path = path}, .c = c, .opt = opt};
  bool is_good;

  g.statements = snn_list_new(&g.parse);
  g.open = ARENA_NEW(c->arena, const char *, MAX_INCLUDES + 1);
  is_good = gather(&g, path, file);
  b.network = is_good ? find_network(&g, path) : NULL;
  if (!b.network)
    return NULL;
  b.param_index = map_new(c->arena);
  b.symbol_index = map_new(c->arena);
  b.const_index = map_new(c->arena);
  b.params = snn_list_new(&b.parse);
  b.symbols = snn_list_new(&b.parse);
  b.connections = snn_list_new(&b.parse);
  b.left_bytes = options_max_memory(c->opt, file.len);
  if (!build_network(&b, g.statements) || !options_complete(opt, c->arena, c->diag))
    return NULL;
  c->opt = opt;
  return b.g;
}

/* Connections are built behind all else, so messages are put in order of their lines. */
struct ir_graph *snn_read(struct comp *c, const char *path, struct bytes file) {
  struct ir_graph *g;

  diag_hold(c->diag);
  g = read_network(c, path, file);
  diag_release(c->diag);
  return g;
}

/* ---- what a .snn looks like ---- */

bool snn_is_text(struct bytes file) {
  static const char *const words[] = {"network", "param", "include", "neuron"};
  size_t at = 0;

  while (at < file.len && strchr(" \t\r\n#", file.data[at]) && file.data[at]) {
    const uint8_t *end = file.data[at] == '#' ? memchr(file.data + at, '\n', file.len - at) : NULL;

    if (file.data[at] == '#' && !end)
      return false;
    at = end ? (size_t)(end - file.data) : at + 1;
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t n = strlen(words[i]);

    if (file.len - at > n && !memcmp(file.data + at, words[i], n) &&
        strchr(" \t\r\n\"#", file.data[at + n]))
      return true;
  }
  return false;
}
