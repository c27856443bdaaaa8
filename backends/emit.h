/* backends/emit.h -- writes source text: indentation, identifiers, literals.
 *
 * Braces only through emit_open and emit_close. Output depends on nothing but the calls. */
#ifndef BACKENDS_EMIT_H
#define BACKENDS_EMIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/base/buf.h"

struct emit {
  struct buf *out;
  int depth;
};

void emit_line(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void emit_open(struct emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void emit_close(struct emit *e, const char *after); /* "}" and what follows it, such as ";" */
void emit_blank(struct emit *e);
void emit_comment(struct emit *e, const char *text); /* cannot be closed from inside */

/* A C identifier from any name: other bytes become '_', keywords and leading digits get a prefix.
 */
const char *emit_ident(struct arena *a, const char *name);

/* Rows of literals that fit the line, without braces. Floats in C99 hex with suffix f. */
void emit_f32(struct emit *e, const float *v, size_t n);
void emit_i32(struct emit *e, const int32_t *v, size_t n);

#endif
