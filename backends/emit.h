/* backends/emit.h -- writes source text: indentation, identifiers, literals.
 *
 * Braces only through emit_open and emit_close. Output depends on nothing but the calls. */
#ifndef BACKENDS_EMIT_H
#define BACKENDS_EMIT_H

#include <stddef.h>
#include <stdint.h>

#include "ir/base/buf.h"

enum { EMIT_COLUMNS = 100 };

struct emit {
  struct buf *out;
  int depth;
};

void emit_line(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void emit_open(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void emit_close(struct emit *e, const char *after); /* "}" and what follows it, such as ";" */
void emit_blank(struct emit *e);

/* A block comment, broken at spaces to fit the line; each '\n' begins a new line. Cannot be closed
 * from inside; what is not ASCII becomes '?'. */
void emit_comment(struct emit *e, const char *text);

/* head, the arguments with commas between, tail. Broken as clang-format does it: after commas, and
 * then lines go on below the end of head; but after the " = " of head where that takes no more
 * lines. */
void emit_call(struct emit *e, const char *head, const char *const *arg, size_t n,
               const char *tail);

/* A C identifier from any name: other bytes become '_'; keywords and leading digits get "n_" in
 * front, and so does what is empty. */
const char *emit_ident(struct arena *a, const char *name);

/* Rows of literals that fit the line, without braces. Floats in C99 hex with suffix f. */
void emit_f32(struct emit *e, const float *v, size_t n);
/* The same of signed integers of `size` bytes: 1, 2 or 4. */
void emit_integers(struct emit *e, const void *v, size_t size, size_t n);
/* Rows of ".name = value". */
void emit_fields(struct emit *e, const char *const *name, const int32_t *v, size_t n);

#endif
