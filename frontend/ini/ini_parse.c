/* frontend/ini/ini_parse.c -- lines to entries, by the rules of Python's configparser. */
#include <ctype.h>
#include <string.h>

#include "frontend/ini/ini_internal.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/map.h"

/* configparser follows %(key)s ten deep; the other bounds are ours. */
enum { MAX_DEPTH = 10, MAX_REFERENCES = 10000, MAX_VALUE = 4096 };

struct span {
  const char *from, *to;
};

struct parser {
  struct arena *arena;
  struct diag *diag;
  const char *path;
  struct ini_file *file;
  struct span *value; /* by entry: from its first byte to the end of its last line */
  size_t n_references;
  struct map *seen;    /* "[section]" and "section\nkey", to the line */
  const char *section; /* NULL before the first */
  struct loc section_at;
  bool is_in_entry; /* deeper lines go on with the last value */
  size_t indent;    /* of the line that began it */
  uint32_t line;
};

static struct loc place(const struct parser *p, size_t col, size_t len) {
  return (struct loc){.file = p->path,
                      .line = p->line,
                      .col = (uint32_t)col + 1,
                      .len = len > 0 ? (uint32_t)len : 1};
}

static bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* False: it was there before, which is told. */
static bool is_new(struct parser *p, const char *id, const char *what, struct loc at) {
  uint32_t before;

  if (map_put(p->seen, id, p->line))
    return true;
  map_get(p->seen, id, &before);
  return diag_error(p->diag, at, "%s is given twice, first in line %u; once is right", what,
                    (unsigned)before);
}

/* line[0..len) begins with '['. */
static bool parse_section(struct parser *p, const char *line, size_t at, size_t len) {
  const char *end = memchr(line + at, ']', len - at);
  size_t n = end ? (size_t)(end - line) - at - 1 : 0;

  p->is_in_entry = false;
  if (n == 0)
    return diag_error(p->diag, place(p, at, len - at), "a section is [name]");
  p->section = arena_strndup(p->arena, line + at + 1, n);
  p->section_at = place(p, at, n + 2);
  return is_new(p, arena_printf(p->arena, "[%s]", p->section),
                arena_printf(p->arena, "section [%s]", p->section), p->section_at);
}

static bool parse_entry(struct parser *p, const char *line, size_t at, size_t len) {
  size_t mark = at, n_key, value;
  struct ini_entry *e;
  char *key;

  while (mark < len && line[mark] != '=' && line[mark] != ':')
    mark++;
  for (n_key = mark - at; n_key > 0 && is_blank(line[at + n_key - 1]);)
    n_key--;
  if (mark == len || n_key == 0)
    return diag_error(p->diag, place(p, at, len - at),
                      "is neither [section], nor key = value, nor a comment with # or ;");
  for (value = mark + 1; value < len && is_blank(line[value]);)
    value++;
  key = arena_strndup(p->arena, line + at, n_key);
  for (char *c = key; *c; c++)
    *c = (char)tolower((unsigned char)*c);
  p->value[p->file->n] = (struct span){line + value, line + len};
  e = &p->file->entry[p->file->n++];
  *e = (struct ini_entry){.section = p->section,
                          .key = key,
                          .section_at = p->section_at,
                          .key_at = place(p, at, n_key),
                          .value_at = place(p, value, len - value)};
  p->is_in_entry = true;
  return is_new(p, arena_printf(p->arena, "%s\n%s", p->section, key),
                arena_printf(p->arena, "%s", diag_quote(p->diag, key)), e->key_at);
}

/* One line without its newline. */
static bool parse_line(struct parser *p, const char *line, size_t len) {
  size_t at = 0;

  while (len > 0 && is_blank(line[len - 1]))
    len--;
  while (at < len && is_blank(line[at]))
    at++;
  if (at == len || line[at] == '#' || line[at] == ';')
    return true;
  if (p->is_in_entry && at > p->indent) {
    p->value[p->file->n - 1].to = line + len;
    return true;
  }
  p->indent = at;
  if (line[at] == '[')
    return parse_section(p, line, at, len);
  if (!p->section)
    return diag_error(p->diag, place(p, at, len - at), "stands before the first [section]");
  return parse_entry(p, line, at, len);
}

/* The lines of a value without what stands around them; comments between them are left out. */
static const char *join_lines(struct arena *a, struct span v) {
  struct buf out;

  buf_init(&out, a);
  buf_expect(&out, (size_t)(v.to - v.from) + 1);
  buf_puts(&out, "");
  for (const char *at = v.from; at < v.to;) {
    const char *stop = memchr(at, '\n', (size_t)(v.to - at)), *next = stop ? stop + 1 : v.to;
    const char *from = at, *to = stop ? stop : v.to;

    while (from < to && is_blank(*from))
      from++;
    while (to > from && is_blank(to[-1]))
      to--;
    if (from < to && (at == v.from || (*from != '#' && *from != ';'))) {
      buf_puts(&out, out.len > 0 ? "\n" : "");
      buf_put(&out, from, (size_t)(to - from));
    }
    at = next;
  }
  return out.data;
}

/* ---- %(key)s ---- */

static const char *find_value(const struct parser *p, const char *section, const char *key) {
  const char *in_default = NULL;

  for (size_t i = 0; i < p->file->n; i++) {
    const struct ini_entry *e = &p->file->entry[i];
    if (strcmp(e->key, key) != 0)
      continue;
    if (strcmp(e->section, section) == 0)
      return e->value;
    if (strcmp(e->section, "DEFAULT") == 0)
      in_default = e->value;
  }
  return in_default || strcmp(key, "path_wd") != 0 ? in_default : ".";
}

static bool put_value(struct parser *p, const struct ini_entry *e, const char *value,
                      struct buf *out, size_t depth);

/* At "%(key)s"; its length, 0: told. */
static size_t put_reference(struct parser *p, const struct ini_entry *e, const char *at,
                            struct buf *out, size_t depth) {
  size_t n = at[1] == '(' ? strcspn(at + 2, ")") : 0;
  const char *value = NULL;
  char *key;

  if (n == 0 || at[2 + n] != ')' || at[3 + n] != 's') {
    diag_error(p->diag, e->value_at, "%% stands for %%%% or %%(key)s, and here for neither");
    return 0;
  }
  key = arena_strndup(p->arena, at + 2, n);
  for (char *c = key; *c; c++)
    *c = (char)tolower((unsigned char)*c);
  value = find_value(p, e->section, key);
  if (!value)
    diag_error(p->diag, e->value_at, "refers to %s, which [%s] does not have",
               diag_quote(p->diag, key), e->section);
  else if (depth == MAX_DEPTH || p->n_references++ >= MAX_REFERENCES)
    diag_error(p->diag, e->value_at, "refers to other keys more than %d deep, or too often",
               MAX_DEPTH);
  else if (put_value(p, e, value, out, depth + 1))
    return n + 4;
  return 0;
}

static bool put_value(struct parser *p, const struct ini_entry *e, const char *value,
                      struct buf *out, size_t depth) {
  for (const char *c = value; *c;) {
    size_t n = strcspn(c, "%");

    buf_put(out, c, n);
    c += n;
    if (out->len > MAX_VALUE)
      return diag_error(p->diag, e->value_at, "has more than %d bytes with the keys it refers to",
                        MAX_VALUE);
    if (*c && c[1] == '%')
      buf_puts(out, "%");
    n = *c == 0 ? 0 : c[1] == '%' ? 2 : put_reference(p, e, c, out, depth);
    if (*c && n == 0)
      return false;
    c += n;
  }
  return true;
}

/* [restrictions] of snn_toolbox holds expressions that nobody here reads. */
static bool replace_references(struct parser *p) {
  const char **value = ARENA_NEW(p->arena, const char *, p->file->n);
  bool is_good = true;

  for (size_t i = 0; i < p->file->n; i++) {
    const struct ini_entry *e = &p->file->entry[i];
    struct buf out;

    buf_init(&out, p->arena);
    buf_puts(&out, "");
    value[i] = e->value;
    if (!strchr(e->value, '%') || strcmp(e->section, "restrictions") == 0)
      continue;
    is_good = put_value(p, e, e->value, &out, 0) && is_good;
    value[i] = out.data;
  }
  for (size_t i = 0; i < p->file->n; i++)
    p->file->entry[i].value = value[i];
  return is_good;
}

bool ini_parse(struct arena *a, struct diag *d, const char *path, struct ini_file *file,
               const char *text, size_t len) {
  struct parser p = {.arena = a, .diag = d, .path = path, .file = file};
  size_t n_lines = 1;
  bool is_good = true;

  for (size_t i = 0; i < len; i++) {
    n_lines += text[i] == '\n';
    if (text[i] == 0)
      return diag_error(d, loc_file(path), "byte %zu is 0; an INI file is text", i);
  }
  file->n = 0;
  file->entry = ARENA_NEW(a, struct ini_entry, n_lines);
  p.value = ARENA_NEW(a, struct span, n_lines);
  p.seen = map_new(a);
  for (const char *at = text, *end = text + len; at < end;) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));

    p.line++;
    is_good = parse_line(&p, at, (size_t)((stop ? stop : end) - at)) && is_good;
    at = stop ? stop + 1 : end;
  }
  for (size_t i = 0; i < file->n; i++)
    file->entry[i].value = join_lines(a, p.value[i]);
  return is_good && replace_references(&p);
}
