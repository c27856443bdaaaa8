/* ir/base/diag.h -- messages to the user: one form, one place that counts them.
 *
 *   path:line:col: error: what is wrong; what would be right    (text; with source line and caret)
 *   model.onnx: node "conv1" (Conv): error: ...                 (ONNX)
 *   error: ...                                                  (no place)
 *
 * A message names the thing, the value found and the values allowed. Strings that come from a file
 * are quoted with diag_quote, which escapes what a terminal or a log must not see. At most 20
 * errors are shown, the rest are counted. */
#ifndef IR_BASE_DIAG_H
#define IR_BASE_DIAG_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct diag;

/* A place in the input. All strings live in the arena of the compilation; NULL where unknown. */
struct loc {
  const char *file; /* as the user wrote it                     */
  const char *node; /* ONNX: name of the node, tensor or input   */
  const char *op;   /* ONNX: operator type                       */
  uint32_t line;    /* text: from 1; 0 = not a text place        */
  uint32_t col;     /* text: from 1, in bytes                    */
  uint32_t len;     /* text: bytes to underline                  */
};

struct diag *diag_new(struct arena *a, FILE *err);

/* Lets text places show their source line. `text` need not end in NUL and must outlive the diag. */
void diag_add_source(struct diag *d, const char *file, const char *text, size_t len);

/* All return false, so that `return diag_error(...)` reads well. */
bool diag_error(struct diag *d, struct loc loc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool diag_warning(struct diag *d, struct loc loc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool diag_note(struct diag *d, struct loc loc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What no input can cause: prints, asks for the repro file, and does not return (exit code 70). */
_Noreturn void diag_bug(struct diag *d, struct loc loc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void diag_on_bug(struct diag *d, jmp_buf *env); /* where diag_bug unwinds to */

/* Until diag_release, messages of text places are kept back: shown in the order of their lines, one
 * that is told again not at all. Those without a line stay before the one that was told next. */
void diag_hold(struct diag *d);
void diag_release(struct diag *d); /* takes no memory; nothing to do if nothing is held */

void diag_set_quiet(struct diag *d, bool quiet); /* -q: no warnings, no notes */

/* `s` in double quotes, control bytes and non-UTF-8 as \xNN, shortened to 80 bytes. */
const char *diag_quote(struct diag *d, const char *s);

/* The candidate nearest to `word` (edit distance at most a third of its length; first one that
 * underscores alone tell apart, or that is its last part), or NULL. */
const char *diag_nearest(const char *word, const char *const *candidates, size_t n);

/* A location that only names a file. */
struct loc loc_file(const char *path);

#endif
