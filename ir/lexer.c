#include "ir/lexer.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"

struct loc lex_place(const struct lexer *x, size_t from) {
  size_t len = x->pos > from ? x->pos - from : 1;
  return (struct loc){.file = x->path,
                      .line = x->line,
                      .col = (uint32_t)(from - x->line_start + 1),
                      .len = (uint32_t)len};
}

bool lex_fail(const struct lexer *x, size_t from, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  diag_error(x->diag, lex_place(x, from), "%s", arena_vprintf(x->arena, fmt, ap));
  va_end(ap);
  return false;
}

/* The byte `ahead` of the position; 0 behind the end. */
static char peek(const struct lexer *x, size_t ahead) {
  return ahead < x->len - x->pos ? x->text[x->pos + ahead] : '\0';
}

size_t lex_skip_blanks(struct lexer *x) {
  while (peek(x, 0) == ' ' || peek(x, 0) == '\t')
    x->pos++;
  return x->pos;
}

bool lex_is_at(struct lexer *x, char c) {
  lex_skip_blanks(x);
  return x->pos < x->len && peek(x, 0) == c;
}

bool lex_take(struct lexer *x, char c) {
  bool is_there = lex_is_at(x, c);
  x->pos += is_there;
  return is_there;
}

/* What stands at the position, for messages. */
static const char *found(const struct lexer *x) {
  if (x->pos == x->len)
    return "the text ends";
  if (peek(x, 0) == '\n')
    return "the line ends";
  const char one[] = {peek(x, 0), '\0'};
  return arena_printf(x->arena, "there is %s", diag_quote(x->diag, one));
}

bool lex_expect(struct lexer *x, char c) {
  if (lex_take(x, c))
    return true;
  return lex_fail(x, x->pos, "expected \"%c\", but %s", c, found(x));
}

bool lex_at_end(struct lexer *x) {
  lex_skip_blanks(x);
  return x->pos == x->len;
}

bool lex_end_line(struct lexer *x) {
  if (lex_at_end(x))
    return true;
  if (!lex_is_at(x, '\n'))
    return lex_fail(x, x->pos, "expected the end of the line, but %s", found(x));
  x->pos++;
  x->line++;
  x->line_start = x->pos;
  return true;
}

static bool is_word_byte(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

bool lex_word(struct lexer *x, char word[LEX_MAX_WORD + 1]) {
  size_t from = lex_skip_blanks(x), n = 0;
  while (is_word_byte(peek(x, n)))
    n++;
  if (n == 0)
    return lex_fail(x, from, "expected a word, but %s", found(x));
  x->pos += n;
  if (n > LEX_MAX_WORD)
    return lex_fail(x, from, "this word has %zu letters; no known one has more than %d", n,
                    LEX_MAX_WORD);
  memcpy(word, x->text + from, n);
  word[n] = '\0';
  return true;
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One character behind a backslash. Only what buf_put_quoted writes is read: one spelling. */
static bool unescape(struct lexer *x, char *out) {
  char c = peek(x, 1);
  int high = hex_digit(peek(x, 2)), low = high < 0 ? -1 : hex_digit(peek(x, 3));
  if (c == 'x' && low >= 0 && high + low > 0) {
    *out = (char)(high * 16 + low);
    x->pos += 4;
    return true;
  }
  if (c != 'n' && c != 't' && c != '"' && c != '\\')
    return lex_fail(
        x, x->pos, "a backslash must be followed by n, t, \\, \" or x with two of 0-9 A-F, not 00");
  *out = c == 'n' ? '\n' : c == 't' ? '\t' : c;
  x->pos += 2;
  return true;
}

bool lex_string(struct lexer *x, const char **s) {
  struct buf b;
  size_t from = lex_skip_blanks(x);
  if (!lex_expect(x, '"'))
    return false;
  buf_init(&b, x->arena);
  buf_puts(&b, "");
  while (peek(x, 0) != '"') {
    char c = peek(x, 0);
    if (x->pos == x->len || c == '\n' || c == '\0')
      return lex_fail(x, from, "this string has no end on its line");
    if (c != '\\')
      x->pos++;
    else if (!unescape(x, &c))
      return false;
    buf_put(&b, &c, 1);
  }
  x->pos++;
  *s = b.data;
  return true;
}

bool lex_name(struct lexer *x, const char **name) {
  size_t from = lex_skip_blanks(x), n = 0;
  if (!lex_expect(x, '%'))
    return false;
  if (peek(x, 0) == '"')
    return lex_string(x, name);
  while (is_word_byte(peek(x, n)) || peek(x, n) == '.')
    n++;
  if (n == 0)
    return lex_fail(x, from, "a name follows %%: letters, digits, _ and ., or a quoted string");
  *name = arena_strndup(x->arena, x->text + x->pos, n);
  x->pos += n;
  return true;
}

/* The longest run that can be a number, as a NUL-terminated copy. Numbers that are written out have
 * at most 24 bytes. */
static bool take_number(struct lexer *x, char copy[64]) {
  size_t from = lex_skip_blanks(x), n = 0;
  while (is_word_byte(peek(x, n)) || (peek(x, n) != '\0' && strchr("+-.", peek(x, n))))
    n++;
  if (n == 0)
    return lex_fail(x, from, "expected a number, but %s", found(x));
  x->pos += n;
  if (n > 63)
    return lex_fail(x, from, "this number has %zu digits; at most 63 are read", n);
  memcpy(copy, x->text + from, n);
  copy[n] = '\0';
  return true;
}

bool lex_int(struct lexer *x, int64_t min, int64_t max, int64_t *v) {
  char copy[64], *end;
  size_t from = lex_skip_blanks(x);
  if (!take_number(x, copy))
    return false;
  errno = 0;
  long long value = strtoll(copy, &end, 10);
  if (*end)
    return lex_fail(x, from, "%s is not a whole number", diag_quote(x->diag, copy));
  if (errno || value < min || value > max)
    return lex_fail(x, from, "%s is out of range; it must be %lld to %lld", copy, (long long)min,
                    (long long)max);
  *v = value;
  return true;
}

bool lex_u32(struct lexer *x, uint32_t *v) {
  char copy[64], *end;
  size_t from = lex_skip_blanks(x);
  if (!take_number(x, copy))
    return false;
  errno = 0;
  unsigned long long value = strtoull(copy, &end, copy[0] == '0' && copy[1] == 'x' ? 16 : 10);
  if (*end || errno || copy[0] == '-' || value > UINT32_MAX)
    return lex_fail(x, from, "%s is not a number of 0 to 4294967295", diag_quote(x->diag, copy));
  *v = (uint32_t)value;
  return true;
}

/* Rounds once, to the type that is asked for. Infinity only where it is written so. */
static bool take_real(struct lexer *x, bool is_float, double *v) {
  char copy[64], *end;
  size_t from = lex_skip_blanks(x);
  if (!take_number(x, copy))
    return false;
  *v = is_float ? (double)strtof(copy, &end) : strtod(copy, &end);
  bool is_word = isalpha((unsigned char)copy[copy[0] == '-']);
  if (*end || (is_word && strcmp(copy, "nan") && strcmp(copy, "inf") && strcmp(copy, "-inf")))
    return lex_fail(x, from, "%s is not a number", diag_quote(x->diag, copy));
  if (!is_word && isinf(*v))
    return lex_fail(x, from, "%s is too large for a %s", copy, is_float ? "float" : "double");
  return true;
}

bool lex_float(struct lexer *x, float *v) {
  double wide;
  bool is_good = take_real(x, true, &wide);
  if (is_good)
    *v = (float)wide;
  return is_good;
}

bool lex_double(struct lexer *x, double *v) {
  return take_real(x, false, v);
}
