#include "backends/text/snn_text.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ir/base/arena.h"
#include "ir/base/file.h"

enum { COLUMNS = 100 };

/* ---- statements ---- */

void text_statement_begin(struct text_statement *s, struct arena *a, const char *keyword) {
  *s = (struct text_statement){.arena = a};
  s->last = &s->first;
  buf_init(&s->head, a);
  buf_puts(&s->head, keyword);
}

struct buf *text_attribute(struct text_statement *s, const char *name) {
  struct text_attribute *a = ARENA_NEW(s->arena, struct text_attribute, 1);

  *s->last = a;
  s->last = &a->next;
  s->n++;
  buf_init(&a->text, s->arena);
  buf_puts(&a->text, name);
  return &a->text;
}

void text_statement_end(struct text_statement *s, struct buf *to) {
  size_t len = s->head.len + strlen("   {  }");

  for (const struct text_attribute *a = s->first; a; a = a->next)
    len += a->text.len + 2;
  buf_printf(to, "  %s%s", s->head.data, s->n ? " {" : ";");
  for (const struct text_attribute *a = s->first; a; a = a->next)
    buf_printf(to, len > COLUMNS ? "\n    %s;" : " %s;", a->text.data);
  buf_puts(to, s->n == 0 ? "\n" : len > COLUMNS ? "\n  }\n" : " }\n");
}

/* ---- words ---- */

static bool is_keyword(const char *s) {
  return !strcmp(s, "param") || !strcmp(s, "include") || !strcmp(s, "network") ||
         !strcmp(s, "connect");
}

void text_put_name(struct buf *b, const char *name) {
  bool is_bare = (isalpha((unsigned char)*name) || *name == '_') && !is_keyword(name);

  for (const char *s = name; *s; s++)
    is_bare = is_bare && (isalnum((unsigned char)*s) || *s == '_' ||
                          (*s == '.' && (isalnum((unsigned char)s[1]) || s[1] == '_')));
  if (is_bare)
    buf_puts(b, name);
  else
    buf_put_quoted(b, name);
}

/* ---- numbers ---- */

void text_put_float(struct buf *b, float x) {
  char text[40] = "";

  if (!isfinite(x) || (fabsf(x) < 0x1p24f && x == floorf(x))) {
    buf_put_decimal(b, (double)x);
    return;
  }
  for (int digits = 1; digits <= 9; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, (double)x);
    if ((float)strtod(text, NULL) == x)
      break;
  }
  buf_puts(b, text);
}

void text_put_seconds(struct buf *b, double seconds) {
  struct buf ms;

  buf_init(&ms, b->arena);
  buf_put_decimal(&ms, seconds * 1e3);
  if (strtod(ms.data, NULL) * 1e-3 == seconds) {
    buf_printf(b, " %s ms", ms.data);
    return;
  }
  buf_puts(b, " ");
  buf_put_decimal(b, seconds);
  buf_puts(b, " s");
}

/* Length of a number as the language has it, or 0. */
static size_t number_len(const char *s) {
  size_t n = strspn(s, "0123456789"), more;

  if (n && s[n] == '.' && isdigit((unsigned char)s[n + 1]))
    n += 1 + strspn(s + n + 1, "0123456789");
  more = n && (s[n] == 'e' || s[n] == 'E') ? 1 + (size_t)(s[n + 1] == '-' || s[n + 1] == '+') : 0;
  if (more && isdigit((unsigned char)s[n + more]))
    n += more + strspn(s + n + more, "0123456789");
  return n;
}

/* A number, a negative one, a fraction, or a word; numbers and fractions also in a list. */
static bool is_plain(const char *s) {
  size_t n = 0;

  while (isalpha((unsigned char)s[n]) || s[n] == '_' || (n && isdigit((unsigned char)s[n])))
    n++;
  if (n > 0 && !s[n])
    return !is_keyword(s);
  do {
    s += *s == '-';
    n = number_len(s);
    if (!n)
      return false;
    s += n;
    if (*s == '/') {
      n = number_len(s + 1);
      s += n ? n + 1 : 0;
    }
  } while (*s++ == ',');
  return !s[-1];
}

void text_put_option(struct buf *b, const char *text) {
  if (!is_plain(text)) {
    buf_put_quoted(b, text);
    return;
  }
  for (; *text; text++)
    buf_printf(b, *text == ',' ? ", " : "%c", *text);
}

/* ---- paths ---- */

static bool is_same_file(const char *a, const char *b) {
  struct stat x, y;

  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Its folder may be the current one, or some levels below; else the path is made absolute. What is
 * behind ".npz:" is no part of the path. */
const char *text_path_from(struct arena *a, const char *out, const char *path) {
  const char *folder = file_dir(a, out), *key = strstr(path, ".npz:"), *up = "";
  const char *file = key ? arena_strndup(a, path, (size_t)(key + 4 - path)) : path;
  char absolute[PATH_MAX];

  key = key ? key + 4 : "";
  if (*path == '/' || !*folder)
    return path;
  for (const char *s = folder; *s; s++)
    up = *s == '/' ? arena_printf(a, "%s../", up) : up;
  if (is_same_file(arena_printf(a, "%s%s", folder, file), file))
    return path;
  if (is_same_file(arena_printf(a, "%s%s%s", folder, up, file), file))
    return arena_printf(a, "%s%s", up, path);
  return realpath(file, absolute) ? arena_printf(a, "%s%s", absolute, key) : path;
}
