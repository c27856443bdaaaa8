#include "ir/base/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"

static void move(struct buf *b, size_t cap) {
  char *data = arena_alloc(b->arena, cap, 1);
  if (b->len)
    memcpy(data, b->data, b->len);
  b->data = data;
  b->cap = cap;
}

/* Room for `more` bytes and a NUL. The old bytes stay in the arena, so growing doubles. */
static void reserve(struct buf *b, size_t more) {
  if (b->data && more < b->cap - b->len)
    return;
  size_t cap = b->cap ? b->cap : 256;
  while (cap - b->len <= more && cap <= SIZE_MAX / 2)
    cap *= 2;
  move(b, cap - b->len <= more ? SIZE_MAX : cap); /* which arena_alloc refuses */
}

void buf_expect(struct buf *b, size_t more) {
  if (!b->data || more >= b->cap - b->len)
    move(b, more < SIZE_MAX - b->len ? b->len + more + 1 : SIZE_MAX);
}

void buf_init(struct buf *b, struct arena *a) {
  *b = (struct buf){.arena = a};
}

void buf_put(struct buf *b, const void *bytes, size_t len) {
  reserve(b, len);
  if (len)
    memcpy(b->data + b->len, bytes, len);
  b->len += len;
  b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s) {
  buf_put(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...) {
  va_list ap, again;
  va_start(ap, fmt);
  va_copy(again, ap);
  int len = vsnprintf(NULL, 0, fmt, again);
  va_end(again);
  if (len > 0) {
    reserve(b, (size_t)len);
    vsnprintf(b->data + b->len, (size_t)len + 1, fmt, ap);
    b->len += (size_t)len;
  }
  va_end(ap);
}

/* As printf writes "%a", which takes several times as long. */
static void put_finite(struct buf *b, double x) {
  enum { DIGITS = 13 };
  char text[32], *p = text, *last;
  uint64_t bits;
  int exponent;
  memcpy(&bits, &x, sizeof bits);
  exponent = (int)(bits >> 52 & 0x7ff);
  if (bits >> 63)
    *p++ = '-';
  *p++ = '0';
  *p++ = 'x';
  *p++ = exponent ? '1' : '0';
  *p++ = '.';
  last = p - 2; /* the dot goes where no digit follows */
  for (int i = 1; i <= DIGITS; i++, p++) {
    *p = "0123456789abcdef"[bits >> (4 * (DIGITS - i)) & 15];
    if (*p != '0')
      last = p;
  }
  p = last + 1;
  exponent = exponent ? exponent - 1023 : bits << 1 ? -1022 : 0;
  *p++ = 'p';
  *p++ = exponent < 0 ? '-' : '+';
  exponent = exponent < 0 ? -exponent : exponent;
  for (int unit = exponent < 10     ? 1
                  : exponent < 100  ? 10
                  : exponent < 1000 ? 100
                                    : 1000;
       unit; unit /= 10)
    *p++ = (char)('0' + exponent / unit % 10);
  buf_put(b, text, (size_t)(p - text));
}

static bool put_infinite(struct buf *b, double x) {
  if (isfinite(x))
    return false;
  buf_puts(b, isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
  return true;
}

void buf_put_double(struct buf *b, double x) {
  if (!put_infinite(b, x))
    put_finite(b, x);
}

void buf_put_decimal(struct buf *b, double x) {
  char text[32] = "";
  if (put_infinite(b, x))
    return;
  if (fabs(x) < 1e15 && x == floor(x)) {
    buf_printf(b, "%.0f", x);
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, x);
    if (strtod(text, NULL) == x)
      break;
  }
  buf_puts(b, text);
}

void buf_put_float(struct buf *b, float x) {
  buf_put_double(b, (double)x);
}

/* Length of the well-formed UTF-8 sequence at s (RFC 3629: no over-long forms, no surrogates), or
 * 0. */
static size_t utf8_len(const unsigned char *s) {
  unsigned char c = s[0];
  size_t len = c < 0x80 ? 1 : c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : 4;
  if (len == 4 && (c < 0xF0 || c > 0xF4))
    return 0;
  for (size_t i = 1; i < len; i++)
    if ((s[i] & 0xC0) != 0x80)
      return 0;
  if ((c == 0xE0 && s[1] < 0xA0) || (c == 0xED && s[1] > 0x9F) || (c == 0xF0 && s[1] < 0x90) ||
      (c == 0xF4 && s[1] > 0x8F))
    return 0;
  return len;
}

size_t buf_put_escaped(struct buf *b, const char *s) {
  const unsigned char *p = (const unsigned char *)s;
  size_t len = utf8_len(p);
  /* U+0080 .. U+009F are control characters too. */
  bool is_control = p[0] < 0x20 || p[0] == 0x7F || (p[0] == 0xC2 && len == 2 && p[1] < 0xA0);
  if (p[0] == '\n')
    buf_puts(b, "\\n");
  else if (p[0] == '\t')
    buf_puts(b, "\\t");
  else if (p[0] == '"' || p[0] == '\\')
    buf_printf(b, "\\%c", p[0]);
  else if (len && !is_control)
    buf_put(b, p, len);
  else
    buf_printf(b, "\\x%02X", p[0]);
  return len && !is_control ? len : 1;
}

void buf_put_quoted(struct buf *b, const char *s) {
  buf_puts(b, "\"");
  while (*s)
    s += buf_put_escaped(b, s);
  buf_puts(b, "\"");
}
