#include "backends/emit.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "ir/base/arena.h"

static void indent(struct emit *e) {
  for (int i = 0; i < e->depth; i++)
    buf_puts(e->out, "  ");
}

static void put_line(struct emit *e, const char *fmt, va_list ap, const char *after) {
  indent(e);
  buf_puts(e->out, arena_vprintf(e->out->arena, fmt, ap));
  buf_puts(e->out, after);
}

void emit_line(struct emit *e, const char *fmt, ...) {
  va_list ap;

  va_start(ap, fmt);
  put_line(e, fmt, ap, "\n");
  va_end(ap);
}

void emit_open(struct emit *e, const char *fmt, ...) {
  va_list ap;

  va_start(ap, fmt);
  put_line(e, fmt, ap, " {\n");
  va_end(ap);
  e->depth++;
}

void emit_close(struct emit *e, const char *after) {
  e->depth--;
  emit_line(e, "}%s", after);
}

void emit_blank(struct emit *e) {
  buf_puts(e->out, "\n");
}

/* ---- text that is broken to fit the line ---- */

/* Words are put one behind the other; where one does not fit, `next_line` comes before it. */
struct flow {
  struct emit *e;
  const char *next_line; /* indentation of further lines, after depth */
  size_t start;          /* of the current line, in the output        */
};

static struct flow flow_begin(struct emit *e, const char *head, const char *next_line) {
  struct flow f = {e, next_line, e->out->len};

  indent(e);
  buf_puts(e->out, head);
  return f;
}

static void flow_next_line(struct flow *f) {
  buf_puts(f->e->out, "\n");
  f->start = f->e->out->len;
  indent(f->e);
  buf_puts(f->e->out, f->next_line);
}

/* `reserve` columns are kept free for what must follow on the same line. */
static void flow_put(struct flow *f, const char *space, const char *word, size_t reserve) {
  size_t used = f->e->out->len - f->start;

  if (used + strlen(space) + strlen(word) + reserve > EMIT_COLUMNS)
    flow_next_line(f);
  else
    buf_puts(f->e->out, space);
  buf_puts(f->e->out, word);
}

void emit_comment(struct emit *e, const char *text) {
  struct flow f = flow_begin(e, "/*", " *");
  const char *end;

  for (const char *at = text; *at; at = end) {
    if (*at == ' ' || *at == '\n') {
      end = at + 1;
      if (*at == '\n')
        flow_next_line(&f);
      continue;
    }
    struct buf word;
    buf_init(&word, e->out->arena);
    buf_puts(&word, " ");
    for (end = at; *end && *end != ' ' && *end != '\n'; end++) {
      buf_put(&word, isascii((unsigned char)*end) && isprint((unsigned char)*end) ? end : "?", 1);
      /* neither the end of the comment nor the start of another may arise */
      if ((*end == '*' && end[1] == '/') || (*end == '/' && end[1] == '*'))
        buf_puts(&word, " ");
    }
    flow_put(&f, "", word.data, 3);
  }
  buf_puts(e->out, " */\n");
}

/* Lines that a call takes from column `start` on. */
static size_t call_lines(size_t start, const char *const *arg, size_t n, const char *tail) {
  size_t lines = 1, column = start;

  for (size_t i = 0; i < n; i++) {
    size_t width = strlen(arg[i]) + (i + 1 < n ? 1 : strlen(tail));
    if (i > 0 && column + 1 + width > EMIT_COLUMNS) {
      lines++;
      column = start + width;
    } else {
      column += width + (i > 0 ? 1 : 0);
    }
  }
  return lines;
}

void emit_call(struct emit *e, const char *head, const char *const *arg, size_t n,
               const char *tail) {
  const char *equals = strstr(head, " = "), *value = equals ? equals + strlen(" = ") : head;
  char *below = ARENA_NEW(e->out->arena, char, strlen(head) + 1);
  size_t start = 2 * (size_t)e->depth;
  struct flow f;

  if (equals && call_lines(start + 4 + strlen(value), arg, n, tail) <
                    call_lines(start + strlen(head), arg, n, tail)) {
    emit_line(e, "%.*s", (int)(value - head) - 1, head);
    e->depth += 2;
    emit_call(e, value, arg, n, tail);
    e->depth -= 2;
    return;
  }
  memset(below, ' ', strlen(head));
  f = flow_begin(e, head, below);
  for (size_t i = 0; i < n; i++) {
    bool is_last = i + 1 == n;
    flow_put(&f, i ? " " : "", arg[i], is_last ? strlen(tail) : 1);
    if (!is_last)
      buf_puts(e->out, ",");
  }
  buf_puts(e->out, tail);
  buf_puts(e->out, "\n");
}

void emit_f32(struct emit *e, const float *v, size_t n) {
  struct flow f = flow_begin(e, "", "");
  struct buf word;

  buf_init(&word, e->out->arena);
  for (size_t i = 0; i < n; i++) {
    word.len = 0;
    buf_put_float(&word, v[i]);
    buf_puts(&word, i + 1 < n ? "f," : "f");
    flow_put(&f, i ? " " : "", word.data, 0);
  }
  buf_puts(e->out, "\n");
}

static long integer_at(const void *v, size_t size, size_t i) {
  return size == 1   ? ((const int8_t *)v)[i]
         : size == 2 ? ((const int16_t *)v)[i]
                     : (long)((const int32_t *)v)[i];
}

void emit_integers(struct emit *e, const void *v, size_t size, size_t n) {
  struct flow f = flow_begin(e, "", "");
  struct buf word;

  buf_init(&word, e->out->arena);
  for (size_t i = 0; i < n; i++) {
    word.len = 0;
    buf_printf(&word, i + 1 < n ? "%ld," : "%ld", integer_at(v, size, i));
    flow_put(&f, i ? " " : "", word.data, 0);
  }
  buf_puts(e->out, "\n");
}

void emit_fields(struct emit *e, const char *const *name, const int32_t *v, size_t n) {
  struct flow f = flow_begin(e, "", "");

  for (size_t i = 0; i < n; i++)
    flow_put(&f, i ? " " : "",
             arena_printf(e->out->arena, ".%s = %ld%s", name[i], (long)v[i], i + 1 < n ? "," : ""),
             0);
  buf_puts(e->out, "\n");
}

/* ---- identifiers ---- */

static bool is_keyword(const char *s) {
  static const char *const words[] = {
      "_Bool",    "_Complex", "_Imaginary", "alignas",  "alignof",      "and",       "asm",
      "auto",     "bitand",   "bitor",      "bool",     "break",        "case",      "catch",
      "char",     "class",    "compl",      "const",    "const_cast",   "constexpr", "continue",
      "decltype", "default",  "delete",     "do",       "double",       "else",      "enum",
      "explicit", "export",   "extern",     "false",    "float",        "for",       "friend",
      "goto",     "if",       "inline",     "int",      "long",         "mutable",   "namespace",
      "new",      "noexcept", "not",        "nullptr",  "operator",     "or",        "private",
      "public",   "register", "restrict",   "return",   "short",        "signed",    "sizeof",
      "static",   "struct",   "switch",     "template", "this",         "throw",     "true",
      "try",      "typedef",  "typeid",     "typename", "thread_local", "union",     "unsigned",
      "using",    "virtual",  "void",       "volatile", "wchar_t",      "while",     "xor",
  };

  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(s, words[i]) == 0)
      return true;
  return false;
}

const char *emit_ident(struct arena *a, const char *name) {
  char *s = arena_strdup(a, name);

  for (char *c = s; *c; c++)
    if (!isascii((unsigned char)*c) || !(isalnum((unsigned char)*c) || *c == '_'))
      *c = '_';
  if (*s == '\0' || isdigit((unsigned char)*s) || is_keyword(s))
    return arena_printf(a, "n_%s", s);
  return s;
}
