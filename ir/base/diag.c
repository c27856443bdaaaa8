#include "ir/base/diag.h"

#include <stdarg.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"

enum { MAX_SHOWN = 20, QUOTE_BYTES = 80, LINE_BYTES = 100, MAX_WORD = 63 };

struct source {
  const char *file;
  const char *text;
  size_t len;
  struct source *next;
};

/* A message that is kept back. */
struct held {
  const char *text;
  struct loc loc;
  struct held *next;
};

struct diag {
  struct arena *arena;
  FILE *err;
  struct source *sources;
  size_t n_errors;
  bool is_quiet, is_holding;
  struct held *held; /* in the order they are shown in */
  struct buf loose;  /* without a line, before the next that has one */
  jmp_buf *on_bug;
};

struct diag *diag_new(struct arena *a, FILE *err) {
  struct diag *d = ARENA_NEW(a, struct diag, 1);
  d->arena = a;
  d->err = err;
  buf_init(&d->loose, a);
  return d;
}

void diag_add_source(struct diag *d, const char *file, const char *text, size_t len) {
  struct source *s = ARENA_NEW(d->arena, struct source, 1);
  *s = (struct source){arena_strdup(d->arena, file), text, len, d->sources};
  d->sources = s;
}

static void put_escaped(struct buf *b, const char *s) {
  while (*s)
    s += buf_put_escaped(b, s);
}

/* "model.onnx: node "conv1" (Conv): " and its shorter forms. */
static void put_place(struct buf *b, struct diag *d, struct loc loc) {
  if (loc.file)
    put_escaped(b, loc.file);
  if (loc.file && loc.line)
    buf_printf(b, ":%u:%u", (unsigned)loc.line, (unsigned)loc.col);
  if (loc.file)
    buf_puts(b, ": ");
  if (loc.node || loc.op) {
    buf_puts(b, loc.op ? "node" : "tensor");
    if (loc.node)
      buf_printf(b, " %s", diag_quote(d, loc.node));
    if (loc.op)
      buf_puts(b, " (");
    if (loc.op)
      put_escaped(b, loc.op);
    buf_puts(b, loc.op ? "): " : ": ");
  }
}

/* The bytes of line `number` (from 1), without its newline. */
static const char *find_line(const struct source *s, uint32_t number, size_t *len) {
  const char *at = s->text, *end = s->text + s->len;
  for (uint32_t i = 1; i < number && at; i++) {
    at = memchr(at, '\n', (size_t)(end - at));
    at = at ? at + 1 : NULL;
  }
  if (!at)
    return NULL;
  const char *stop = memchr(at, '\n', (size_t)(end - at));
  *len = (size_t)((stop ? stop : end) - at);
  return at;
}

/* The source line and a caret under loc.col. Of a long line (weights) a window is shown; bytes that
 * a terminal must not see become '?', so that columns stay in step. */
static void put_source(struct buf *b, const struct diag *d, struct loc loc) {
  const struct source *s = d->sources;
  while (s && strcmp(s->file, loc.file) != 0)
    s = s->next;
  size_t len = 0;
  const char *line = s ? find_line(s, loc.line, &len) : NULL;
  size_t col = loc.col ? loc.col - 1 : 0;
  if (!line || col > len)
    return;
  size_t from = col >= LINE_BYTES ? col - LINE_BYTES / 2 : 0;
  size_t to = len - from > LINE_BYTES ? from + LINE_BYTES : len;
  buf_puts(b, "  ");
  for (size_t i = from; i < to; i++) {
    unsigned char c = (unsigned char)line[i];
    buf_printf(b, "%c", c == '\t' ? ' ' : c < 0x20 || c > 0x7E ? '?' : c);
  }
  buf_printf(b, "\n  %*s^", (int)(col - from), "");
  for (size_t i = col + 1; i < to && i - col < loc.len; i++)
    buf_puts(b, "~");
  buf_puts(b, "\n");
}

/* Lines of other files stay where they are. False: told before. */
static bool hold(struct diag *d, struct loc loc, const char *text) {
  struct held *new = ARENA_NEW(d->arena, struct held, 1), **at = &d->held;

  for (const struct held *h = d->held; h; h = h->next)
    if (strcmp(h->text, text) == 0)
      return false;
  while (*at && (strcmp((*at)->loc.file, loc.file) != 0 || (*at)->loc.line < loc.line ||
                 ((*at)->loc.line == loc.line && (*at)->loc.col <= loc.col)))
    at = &(*at)->next;
  if (d->loose.len > 0)
    text = arena_printf(d->arena, "%s%s", d->loose.data, text);
  d->loose.len = 0;
  *new = (struct held){text, loc, *at};
  *at = new;
  return true;
}

/* False: kept back, and told before. */
static bool show(struct diag *d, struct loc loc, const char *text) {
  if (d->is_holding && loc.file && loc.line)
    return hold(d, loc, text);
  if (d->is_holding)
    buf_puts(&d->loose, text);
  else
    fputs(text, d->err);
  return true;
}

static bool tell(struct diag *d, struct loc loc, const char *kind, const char *fmt, va_list ap) {
  struct buf b;
  buf_init(&b, d->arena);
  put_place(&b, d, loc);
  buf_printf(&b, "%s: %s\n", kind, arena_vprintf(d->arena, fmt, ap));
  if (loc.file && loc.line)
    put_source(&b, d, loc);
  return show(d, loc, b.data);
}

bool diag_error(struct diag *d, struct loc loc, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  if (d->n_errors == MAX_SHOWN)
    show(d, loc_file(NULL), "error: more than 20 errors; the rest are not shown\n");
  if (d->n_errors >= MAX_SHOWN || tell(d, loc, "error", fmt, ap))
    d->n_errors++;
  va_end(ap);
  return false;
}

bool diag_warning(struct diag *d, struct loc loc, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  if (!d->is_quiet)
    tell(d, loc, "warning", fmt, ap);
  va_end(ap);
  return false;
}

bool diag_note(struct diag *d, struct loc loc, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  if (!d->is_quiet)
    tell(d, loc, "note", fmt, ap);
  va_end(ap);
  return false;
}

void diag_hold(struct diag *d) {
  d->is_holding = true;
}

void diag_release(struct diag *d) {
  for (const struct held *h = d->held; h; h = h->next)
    fputs(h->text, d->err);
  if (d->loose.len > 0)
    fputs(d->loose.data, d->err);
  d->held = NULL;
  d->loose.len = 0;
  d->is_holding = false;
}

void diag_bug(struct diag *d, struct loc loc, const char *fmt, ...) {
  va_list ap;
  diag_release(d);
  va_start(ap, fmt);
  tell(d, loc, "bug in snncc", fmt, ap);
  va_end(ap);
  fputs("please report it with this message, the command line and the input (or snncc-repro.ir)\n",
        d->err);
  if (!d->on_bug)
    __builtin_trap(); /* nobody asked to be unwound to: a unit test */
  longjmp(*d->on_bug, 1);
}

void diag_on_bug(struct diag *d, jmp_buf *env) {
  d->on_bug = env;
}

void diag_set_quiet(struct diag *d, bool quiet) {
  d->is_quiet = quiet;
}

const char *diag_quote(struct diag *d, const char *s) {
  struct buf b;
  buf_init(&b, d->arena);
  buf_puts(&b, "\"");
  const char *from = s;
  while (*s && (size_t)(s - from) < QUOTE_BYTES)
    s += buf_put_escaped(&b, s);
  buf_puts(&b, *s ? "...\"" : "\"");
  return b.data;
}

/* Edits that make b of a: a letter added, dropped or changed, or two neighbours swapped. Words have
 * at most MAX_WORD bytes; three rows of the table are kept. */
static size_t edit_distance(const char *a, const char *b) {
  size_t rows[3][MAX_WORD + 1], n = strlen(b);
  for (size_t j = 0; j <= n; j++)
    rows[0][j] = j;
  for (size_t i = 1; a[i - 1]; i++) {
    size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
    row[0] = i;
    for (size_t j = 1; j <= n; j++) {
      row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
      if (above[j] + 1 < row[j])
        row[j] = above[j] + 1;
      if (row[j - 1] + 1 < row[j])
        row[j] = row[j - 1] + 1;
      bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap && above2[j - 2] + 1 < row[j])
        row[j] = above2[j - 2] + 1;
    }
  }
  return rows[strlen(a) % 3][n];
}

/* vreset is v_reset, v_rest is rest. */
static bool is_but_underscores(const char *word, const char *candidate) {
  const char *end = strrchr(word, '_');
  if (end && candidate[0] && candidate[1] && !strcmp(end + 1, candidate))
    return true;
  do {
    word += strspn(word, "_");
    candidate += strspn(candidate, "_");
    if (*word != *candidate++)
      return false;
  } while (*word++);
  return true;
}

const char *diag_nearest(const char *word, const char *const *candidates, size_t n) {
  const char *nearest = NULL;
  size_t best = strlen(word) / 3 + 1;
  if (strlen(word) > MAX_WORD)
    return NULL;
  for (size_t i = 0; i < n; i++) {
    if (strlen(candidates[i]) > MAX_WORD)
      continue;
    if (is_but_underscores(word, candidates[i]))
      return candidates[i];
    size_t distance = edit_distance(word, candidates[i]);
    if (distance < best) {
      best = distance;
      nearest = candidates[i];
    }
  }
  return nearest;
}

struct loc loc_file(const char *path) {
  return (struct loc){.file = path};
}
