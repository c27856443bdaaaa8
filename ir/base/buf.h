/* ir/base/buf.h -- a growing run of bytes in an arena; text is always NUL-terminated.
 *
 * Numbers are written independently of any locale: snncc never calls setlocale. */
#ifndef IR_BASE_BUF_H
#define IR_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct buf {
  struct arena *arena;
  char *data; /* NUL-terminated once something was written */
  size_t len;
  size_t cap;
};

void buf_init(struct buf *b, struct arena *a);
/* More is to come, about so many bytes: what is put then moves seldom. */
void buf_expect(struct buf *b, size_t more);
void buf_put(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* C99 hexadecimal form that reads back to the same bits; nan and inf as words. */
void buf_put_float(struct buf *b, float x);
void buf_put_double(struct buf *b, double x);
/* The shortest decimal that reads back to the same bits; nan and inf as words. */
void buf_put_decimal(struct buf *b, double x);

/* `s` in double quotes; \\ \" \n \t and \xNN for other control characters and for bytes that are
 * not UTF-8. ir/lexer.c reads it back. */
void buf_put_quoted(struct buf *b, const char *s);
/* The first character of s (not empty) as it stands between the quotes; returns its bytes in s. */
size_t buf_put_escaped(struct buf *b, const char *s);

#endif
