/* frontend/snn/snn_tree.c -- pieces of the tree, and what scanner and grammar have to tell. */
#include "frontend/snn/snn_parse.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/comp.h"

/* Expressions are walked by recursion. */
enum { MAX_DEPTH = 100, SIZE_BYTES = 64 };

/* ---- places ---- */

void snn_advance(struct snn_parse *p, struct loc *loc, size_t len) {
  *loc = (struct loc){.file = p->path, .line = p->line, .col = p->col, .len = (uint32_t)len};
  p->col += (uint32_t)len;
}

void snn_new_line(struct snn_parse *p) {
  p->line++;
  p->col = 1;
}

/* From the first to the last word; what goes over several lines is marked on its first. */
struct loc snn_span(const struct loc *from, const struct loc *to) {
  struct loc loc = *from;

  if (to->line == from->line && to->col >= from->col)
    loc.len = to->col + to->len - from->col;
  return loc;
}

/* ---- words ---- */

struct snn_name snn_word(struct snn_parse *p, struct loc loc, const char *text) {
  return (struct snn_name){arena_strdup(p->c->arena, text), loc, false};
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What a backslash stands for; *s is moved behind it. 0: nothing. */
static char unescape(const char **s) {
  char c = *(*s)++;
  int high, low;

  if (c == 'n' || c == 't')
    return c == 'n' ? '\n' : '\t';
  if (c == '"' || c == '\\')
    return c;
  high = c == 'x' ? hex_digit((*s)[0]) : -1;
  low = high < 0 ? -1 : hex_digit((*s)[1]);
  if (low < 0)
    return 0;
  *s += 2;
  return (char)(high * 16 + low);
}

struct snn_name snn_text(struct snn_parse *p, struct loc loc, const char *quoted) {
  struct buf b;

  buf_init(&b, p->c->arena);
  buf_puts(&b, "");
  for (const char *s = quoted + 1; *s != '"' || s[1];) {
    char c = *s++;

    if (c == '\\') {
      c = unescape(&s);
      if (c == 0) {
        snn_wrong(p, loc,
                  "a backslash in a text is followed by n, t, \\, \" or x with two of 0-9 A-F, "
                  "not 00");
        break;
      }
    }
    buf_put(&b, &c, 1);
  }
  return (struct snn_name){b.data, loc, true};
}

struct snn_name snn_open_text(struct snn_parse *p, struct loc loc, const char *text) {
  snn_wrong(p, loc, "this text has no end on its line; a \" closes it");
  p->is_cut = true;
  return (struct snn_name){arena_strdup(p->c->arena, text + 1), loc, true};
}

struct snn_expr *snn_number(struct snn_parse *p, struct loc loc, const char *text) {
  struct snn_expr *e = ARENA_NEW(p->c->arena, struct snn_expr, 1);

  *e = (struct snn_expr){.kind = SNN_E_NUMBER,
                         .loc = loc,
                         .text = arena_strdup(p->c->arena, text),
                         .number = strtod(text, NULL)};
  if (!isfinite(e->number)) {
    snn_wrong(p, loc, "this number is too large; at most 1.797e308 is allowed");
    e->number = 1;
  }
  return e;
}

void snn_strange_byte(struct snn_parse *p, struct loc loc, const char *text) {
  snn_wrong(p, loc,
            "%s has no meaning here; names, numbers, texts in quotes and { } ( ) [ ] ; , = + - "
            "* / -> .. make up a network, # begins a comment",
            diag_quote(p->c->diag, text));
}

void *snn_alloc(struct snn_parse *p, size_t size) {
  char *block = arena_alloc(p->c->arena, SIZE_BYTES + size, 1);

  memcpy(block, &size, sizeof size);
  return block + SIZE_BYTES;
}

void *snn_realloc(struct snn_parse *p, void *old, size_t size) {
  void *block = snn_alloc(p, size);
  size_t before = 0;

  if (old)
    memcpy(&before, (char *)old - SIZE_BYTES, sizeof before);
  if (old)
    memcpy(block, old, before < size ? before : size);
  return block;
}

/* ---- messages of the grammar ---- */

static bool is_in(const char *word, const char *const *list, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!strcmp(list[i], word))
      return true;
  return false;
}

/* A statement stands for all that begins one, ";" for all that goes on with a value. */
static bool is_implied(const char *word, const char *const *wanted, size_t n) {
  static const char *const starts[] = {
      "param", "include", "network", "connect", "a name", "the end of the file", "';'"};
  static const char *const goes_on[] = {"'+'", "'-'", "'*'",    "'/'", "','",
                                        "..",  "->",  "a name", "'('", "'['"};
  bool is_statement = is_in("param", wanted, n),
       is_value = !is_statement && is_in("';'", wanted, n);

  return (is_statement && is_in(word, starts, sizeof starts / sizeof *starts)) ||
         (is_value && is_in(word, goes_on, sizeof goes_on / sizeof *goes_on));
}

/* What may stand there, as words. */
static const char *list_wanted(struct snn_parse *p, const char *const *wanted, size_t n) {
  const char **left = ARENA_NEW(p->c->arena, const char *, n + 1), *text = "";
  size_t n_left = 0;

  if (is_in("param", wanted, n))
    left[n_left++] = "a statement";
  for (size_t i = 0; i < n; i++)
    if (!is_implied(wanted[i], wanted, n))
      left[n_left++] =
          wanted[i][0] == '\'' ? arena_printf(p->c->arena, "\"%c\"", wanted[i][1]) : wanted[i];
  for (size_t i = 0; i < n_left; i++)
    text = arena_printf(p->c->arena, "%s%s%s", text,
                        i == 0            ? ""
                        : i + 1 == n_left ? " or "
                                          : ", ",
                        left[i]);
  return text;
}

void snn_unexpected(struct snn_parse *p, struct loc loc, const char *found,
                    const char *const *wanted, size_t n) {
  const char *list = list_wanted(p, wanted, n);

  if (p->is_cut || (p->last.line == loc.line && p->last.col + p->last.len + 1 >= loc.col))
    return; /* what was told explains it */
  snn_wrong(p, loc, "%s stands here; %s%s",
            found ? diag_quote(p->c->diag, found) : "the end of the file",
            *list ? list : "a \";\" is missing before it", *list ? " is wanted" : "");
}

void snn_too_deep(struct snn_parse *p, const struct loc *loc) {
  snn_wrong(p, *loc,
            "blocks, lists or parentheses are nested too deeply here; a few levels are enough "
            "for any network");
}

void snn_stray_brace(struct snn_parse *p, struct loc loc) {
  snn_wrong(p, loc, "this \"}\" closes nothing; take it away, or look for one too many above it");
}

void snn_seed_in_parentheses(struct snn_parse *p, struct loc loc) {
  snn_wrong(p, loc,
            "a name and a number stand side by side in these parentheses; a seed stands behind "
            "them, as in glorot() { seed 3; }");
}

void snn_sizes_in_parentheses(struct snn_parse *p, struct loc loc) {
  snn_wrong(p, loc,
            "numbers stand in parentheses here, which hold names of sources; sizes are written in "
            "square brackets, as in E[400]");
}

/* ---- the tree ---- */

struct snn_list *snn_list_new(struct snn_parse *p) {
  return ARENA_NEW(p->c->arena, struct snn_list, 1);
}

struct snn_list *snn_list_add(struct snn_parse *p, struct snn_list *list, void *item) {
  if (list->n == list->cap) {
    list->cap = list->cap ? 2 * list->cap : 4;
    void **v = ARENA_NEW(p->c->arena, void *, list->cap);
    if (list->n)
      memcpy(v, list->v, list->n * sizeof *v);
    list->v = v;
  }
  list->v[list->n++] = item;
  return list;
}

struct snn_name *snn_keep(struct snn_parse *p, struct snn_name name) {
  return arena_memdup(p->c->arena, &name, sizeof name);
}

struct snn_attr *snn_attribute(struct snn_parse *p, struct snn_name name, struct snn_list *values,
                               struct snn_list *attrs) {
  struct snn_attr attr = {name, values, attrs};

  return arena_memdup(p->c->arena, &attr, sizeof attr);
}

static struct snn_stmt *keep_statement(struct snn_parse *p, struct snn_stmt s) {
  return arena_memdup(p->c->arena, &s, sizeof s);
}

struct snn_stmt *snn_param(struct snn_parse *p, struct snn_name name, struct snn_expr *value) {
  return keep_statement(p, (struct snn_stmt){.kind = SNN_S_PARAM, .name = name, .value = value});
}

struct snn_stmt *snn_include(struct snn_parse *p, struct snn_name file) {
  return keep_statement(p, (struct snn_stmt){.kind = SNN_S_INCLUDE, .name = file});
}

struct snn_stmt *snn_network(struct snn_parse *p, struct snn_name name, struct snn_list *body) {
  return keep_statement(p, (struct snn_stmt){.kind = SNN_S_NETWORK, .name = name, .body = body});
}

struct snn_stmt *snn_network_of(struct snn_parse *p, struct snn_name name, struct snn_name format,
                                struct snn_name file, struct snn_list *body) {
  if (strcmp(format.text, "onnx") != 0)
    snn_wrong(p, format.loc, "%s is no format of networks; onnx \"model.onnx\" is right",
              diag_quote(p->c->diag, format.text));
  return keep_statement(
      p, (struct snn_stmt){.kind = SNN_S_NETWORK, .name = name, .target = file, .body = body});
}

struct snn_stmt *snn_connect(struct snn_parse *p, struct loc loc, struct snn_name from,
                             struct snn_name to, struct snn_list *attrs) {
  struct snn_name keyword = {"connect", snn_span(&loc, &to.loc), false};

  return keep_statement(
      p,
      (struct snn_stmt){
          .kind = SNN_S_CONNECT, .keyword = keyword, .name = from, .target = to, .attrs = attrs});
}

struct snn_stmt *snn_layer(struct snn_parse *p, struct snn_name keyword, struct snn_stmt head,
                           struct snn_list *attrs) {
  head.kind = SNN_S_LAYER;
  head.keyword = keyword;
  head.attrs = attrs;
  return keep_statement(p, head);
}

struct snn_stmt *snn_block(struct snn_parse *p, struct snn_name keyword, struct snn_list *attrs) {
  return keep_statement(p,
                        (struct snn_stmt){.kind = SNN_S_BLOCK, .keyword = keyword, .attrs = attrs});
}

/* ---- expressions ---- */

static unsigned deeper(unsigned depth, const struct snn_expr *e) {
  return e && e->depth + 1 > depth ? e->depth + 1 : depth;
}

static struct snn_expr *keep(struct snn_parse *p, struct snn_expr e) {
  e.depth = deeper(deeper(0, e.a), e.b);
  for (size_t i = 0; e.items && i < e.items->n; i++)
    e.depth = deeper(e.depth, e.items->v[i]);
  if (e.depth > MAX_DEPTH) {
    snn_too_deep(p, &e.loc);
    e = (struct snn_expr){.kind = SNN_E_NUMBER, .loc = e.loc, .text = "1", .number = 1};
  }
  return arena_memdup(p->c->arena, &e, sizeof e);
}

struct snn_expr *snn_with_unit(struct snn_parse *p, struct snn_expr *number, struct snn_name unit) {
  if (!snn_is_unit(unit.text))
    snn_wrong(p, unit.loc, "%s is no unit; %s are, %s", diag_quote(p->c->diag, unit.text),
              snn_units,
              unit.text[0] == 'x' && unit.text[1] >= '0' && unit.text[1] <= '9'
                  ? "and sizes have a comma between them: kernel 5, 5"
                  : "or a \";\" is missing before it");
  number->unit = unit.text;
  number->loc = snn_span(&number->loc, &unit.loc);
  return number;
}

struct snn_expr *snn_name_expr(struct snn_parse *p, struct snn_name name) {
  return keep(p, (struct snn_expr){.kind = name.is_quoted ? SNN_E_TEXT : SNN_E_WORD,
                                   .loc = name.loc,
                                   .text = name.text});
}

struct snn_expr *snn_call(struct snn_parse *p, enum snn_expr_kind kind, struct snn_name name,
                          struct snn_list *items) {
  return keep(p,
              (struct snn_expr){.kind = kind, .loc = name.loc, .text = name.text, .items = items});
}

struct snn_expr *snn_list_expr(struct snn_parse *p, struct loc loc, struct snn_list *items) {
  return keep(p, (struct snn_expr){.kind = SNN_E_LIST, .loc = loc, .items = items});
}

struct snn_expr *snn_path(struct snn_parse *p, struct snn_name from, struct snn_name to) {
  return keep(p, (struct snn_expr){.kind = SNN_E_PATH,
                                   .loc = snn_span(&from.loc, &to.loc),
                                   .a = snn_name_expr(p, from),
                                   .b = snn_name_expr(p, to)});
}

struct snn_expr *snn_negate(struct snn_parse *p, struct loc loc, struct snn_expr *a) {
  return keep(p, (struct snn_expr){.kind = SNN_E_NEGATE, .loc = snn_span(&loc, &a->loc), .a = a});
}

struct snn_expr *snn_binary(struct snn_parse *p, enum snn_expr_kind kind, struct snn_expr *a,
                            struct snn_expr *b) {
  return keep(p,
              (struct snn_expr){.kind = kind, .loc = snn_span(&a->loc, &b->loc), .a = a, .b = b});
}
