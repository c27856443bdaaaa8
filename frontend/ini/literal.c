/* frontend/ini/literal.c -- Python literals, as ast.literal_eval takes them. */
#include "frontend/ini/ini_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"

enum { MAX_DEPTH = 16 };

struct reader {
  const char *at;
  double number; /* of the last item; NAN where it was none */
};

static void skip_blanks(struct reader *r) {
  r->at += strspn(r->at, " \t\r\n\f");
}

static bool take(struct reader *r, char c) {
  skip_blanks(r);
  if (*r->at != c || c == 0)
    return false;
  r->at++;
  return true;
}

static bool read_word(struct reader *r) {
  static const char *const words[] = {"None", "True", "False"};

  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t n = strlen(words[i]);
    if (strncmp(r->at, words[i], n) == 0) {
      r->at += n;
      return true;
    }
  }
  return false;
}

/* Strings that stand side by side are one. */
static bool read_string(struct reader *r) {
  do {
    char quote = *r->at++;
    for (; *r->at != quote; r->at++)
      if (*r->at == 0 || *r->at == '\n' || (*r->at == '\\' && *++r->at == 0))
        return false;
    r->at++;
    skip_blanks(r);
  } while (*r->at == '\'' || *r->at == '"');
  return true;
}

/* strtod knows more than Python: hexadecimal, nan and inf. */
static bool read_number(struct reader *r) {
  const char *digits = r->at + (*r->at == '-' || *r->at == '+');
  char *end;

  if (strspn(digits, "0123456789.eE+-") == 0)
    return false;
  r->number = strtod(r->at, &end);
  if (end == r->at || strpbrk(digits, "xX") == digits + 1 || !isfinite(r->number))
    return false;
  r->at = end;
  return true;
}

static bool read_item(struct reader *r, size_t depth);

/* Items up to the closing bracket; a dict has a value behind every key. `number`, if any, has room
 * for them. */
static bool read_items(struct reader *r, size_t depth, double *number, size_t *n) {
  char open = *r->at++;
  char close = open == '[' ? ']' : open == '(' ? ')' : '}';
  bool is_dict = false;

  for (*n = 0; !take(r, close); ++*n) {
    if (*n > 0 && (!take(r, ',') || take(r, close)))
      return r->at[-1] == close;
    if (!read_item(r, depth))
      return false;
    if (number)
      number[*n] = r->number;
    if (*n == 0)
      is_dict = open == '{' && (skip_blanks(r), *r->at == ':');
    if (is_dict && (!take(r, ':') || !read_item(r, depth)))
      return false;
  }
  return true;
}

static bool read_item(struct reader *r, size_t depth) {
  size_t n;

  skip_blanks(r);
  r->number = NAN;
  if (*r->at == '\'' || *r->at == '"')
    return read_string(r);
  if (*r->at == '[' || *r->at == '(' || *r->at == '{') {
    bool is_good = depth < MAX_DEPTH && read_items(r, depth + 1, NULL, &n);
    r->number = NAN;
    return is_good;
  }
  return read_word(r) || read_number(r);
}

bool ini_literal(struct arena *a, const char *text, struct ini_literal *out) {
  struct reader r = {.at = text};
  double *number = NULL;
  bool is_good;

  *out = (struct ini_literal){0};
  skip_blanks(&r);
  if (*r.at && strchr("[({", *r.at)) {
    out->open = *r.at;
    number = ARENA_NEW(a, double, strlen(text));
    is_good = read_items(&r, 1, number, &out->n);
  } else {
    is_good = read_item(&r, 0);
  }
  skip_blanks(&r);
  out->number = number;
  for (size_t i = 0; i < out->n && is_good; i++)
    if (isnan(number[i]))
      out->number = NULL;
  return is_good && *r.at == 0;
}
