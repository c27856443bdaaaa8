/* ir/lexer.h -- reads the small pieces of the textual IR: names, words, numbers, strings.
 *
 * A lexer walks over text that need not end in NUL and is never read past its end. Blanks before a
 * piece are skipped; a newline is a piece of its own. Functions that return bool tell what is wrong
 * with a caret under it and return false; the lexer may then stand anywhere. */
#ifndef IR_LEXER_H
#define IR_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/base/diag.h"

struct arena;

enum { LEX_MAX_WORD = 31 };

struct lexer {
  struct arena *arena; /* of the strings that are read */
  struct diag *diag;
  const char *path;
  const char *text;
  size_t len, pos;
  size_t line_start;
  uint32_t line; /* from 1 */
};

/* The place of text[from .. pos-1] in the current line. */
struct loc lex_place(const struct lexer *x, size_t from);
bool lex_fail(const struct lexer *x, size_t from, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Skips blanks and returns where the next piece begins. */
size_t lex_skip_blanks(struct lexer *x);
bool lex_is_at(struct lexer *x, char c);
bool lex_take(struct lexer *x, char c); /* only if it is there; no message */
bool lex_expect(struct lexer *x, char c);
bool lex_end_line(struct lexer *x); /* a newline or the end of the text */
bool lex_at_end(struct lexer *x);

bool lex_word(struct lexer *x, char word[LEX_MAX_WORD + 1]); /* letters, digits, '_' */
bool lex_string(struct lexer *x, const char **s);            /* as buf_put_quoted wrote it */
bool lex_name(struct lexer *x, const char **name);           /* %bare or %"quoted" */
bool lex_int(struct lexer *x, int64_t min, int64_t max, int64_t *v);
bool lex_u32(struct lexer *x, uint32_t *v); /* decimal or 0x */
bool lex_float(struct lexer *x, float *v);  /* hexadecimal or decimal, nan, inf */
bool lex_double(struct lexer *x, double *v);

#endif
