/* frontend/data/events.c -- recordings of an event camera, as N-MNIST is published: .bs2 files, and
 * lists of them.
 *
 * An event is five bytes, big-endian: x, y, then one bit of polarity (1: brighter) and 23 of
 * microseconds. A list is a text file .txt: a name and a label on each line, empty lines and those
 * that begin with # apart. NAME.bs2 is beside the list, NAME alone in the folder that is called as
 * the list without .txt: test.txt lists test/NAME.bs2. */
#include "frontend/data/data_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/options.h"
#include "ir/recordings.h"

enum { SIDE = 34, EVENT_BYTES = 5, MAX_NAME = 255 };

struct entry {
  const char *name; /* NULL: the path of all is this one recording */
  int32_t label;
  struct bytes file;
};

struct listing {
  struct comp *c;
  const char *path;
  struct entry *entry;
  size_t n;
};

bool events_is_path(const char *path) {
  return strcmp(file_ending(path), ".txt") == 0 || strcmp(file_ending(path), ".bs2") == 0;
}

static bool tell_line(const struct listing *l, size_t line, const char *text, size_t len) {
  struct loc loc = {.file = l->path, .line = (uint32_t)line, .col = 1};

  return diag_error(l->c->diag, loc,
                    "%s; the name of a recording and its label are wanted: 60001 7",
                    diag_quote(l->c->diag, arena_strndup(l->c->scratch, text, len)));
}

/* "60001\t7". False: told. */
static bool parse_line(struct listing *l, size_t line, const char *text, size_t len) {
  struct entry e = {NULL, 0, {0}};
  size_t n_name = 0, at;

  while (n_name < len && text[n_name] != ' ' && text[n_name] != '\t')
    n_name++;
  for (at = n_name; at < len && (text[at] == ' ' || text[at] == '\t');)
    at++;
  if (n_name == 0 || n_name > MAX_NAME || at == len || len - at > 6)
    return tell_line(l, line, text, len);
  for (; at < len; at++) {
    if (text[at] < '0' || text[at] > '9')
      return tell_line(l, line, text, len);
    e.label = 10 * e.label + text[at] - '0';
  }
  e.name = arena_strndup(l->c->scratch, text, n_name);
  l->entry[l->n++] = e;
  return true;
}

static bool parse_list(struct listing *l, const struct bytes *file) {
  const char *text = (const char *)file->data, *end = text + file->len;
  size_t n_lines = 1;

  for (const char *s = text; s < end; s++)
    n_lines += *s == '\n';
  l->entry = ARENA_NEW(l->c->scratch, struct entry, n_lines);
  for (size_t line = 1; text < end; line++) {
    const char *stop = memchr(text, '\n', (size_t)(end - text));
    size_t len = (size_t)((stop ? stop : end) - text), used = len;

    while (used > 0 && (text[used - 1] == '\r' || text[used - 1] == ' '))
      used--;
    if (used > 0 && *text != '#' && !parse_line(l, line, text, used))
      return false;
    text = stop ? stop + 1 : end;
  }
  return true;
}

/* ---- recordings ---- */

static const char *place_of(const struct listing *l, const struct entry *e) {
  struct arena *a = l->c->scratch;

  if (!e->name)
    return l->path;
  if (strcmp(file_ending(e->name), ".bs2") == 0)
    return e->name;
  return arena_printf(a, "%s/%s.bs2", file_stem(a, l->path), e->name);
}

static bool map_recording(const struct listing *l, struct entry *e) {
  const char *place = place_of(l, e), *why = NULL;

  if (!e->name && !file_map(l->c->scratch, l->c->diag, place, SIZE_MAX, &e->file))
    return false;
  if (e->name)
    why = file_map_beneath(l->c->scratch, file_dir(l->c->scratch, l->path), place, &e->file);
  if (why)
    return diag_error(l->c->diag, loc_file(l->path), "recording %s: %s",
                      diag_quote(l->c->diag, place), why);
  if (e->file.len % EVENT_BYTES != 0)
    return diag_error(l->c->diag, loc_file(place), "%zu bytes; events of %d bytes do not fit",
                      e->file.len, (int)EVENT_BYTES);
  return true;
}

static bool read_event(const struct listing *l, const struct entry *e, size_t k, uint64_t *event) {
  const uint8_t *b = e->file.data + k * EVENT_BYTES;
  uint64_t time_us = (uint64_t)(b[2] & 0x7F) << 16 | (uint64_t)b[3] << 8 | b[4];
  uint64_t polarity = b[2] >> 7;

  if (b[0] >= SIDE || b[1] >= SIDE)
    return diag_error(l->c->diag, loc_file(place_of(l, e)),
                      "event %zu is at x %d, y %d; recordings are %d x %d", k, b[0], b[1],
                      (int)SIDE, (int)SIDE);
  *event = recordings_event(time_us / (uint64_t)l->c->opt->event_step,
                            (polarity * SIDE + b[1]) * SIDE + b[0]);
  return true;
}

/* Events of entries [first, first + n), of `total` bytes. */
static bool read_recordings(const struct listing *l, size_t first, struct recordings *r,
                            size_t total) {
  size_t most = options_max_memory(l->c->opt, total);

  if (total / EVENT_BYTES > most / sizeof *r->event)
    return diag_error(l->c->diag, loc_file(l->path),
                      "%zu events take %zu bytes of memory; at most %zu are allowed: use fewer "
                      "samples or raise --max-memory",
                      total / EVENT_BYTES, total / EVENT_BYTES * sizeof *r->event, most);
  r->event = ARENA_NEW(l->c->arena, uint64_t, total / EVENT_BYTES);
  r->begin = ARENA_NEW(l->c->arena, size_t, r->n + 1);
  for (size_t i = 0; i < r->n; i++) {
    const struct entry *e = &l->entry[first + i];
    size_t n = e->file.len / EVENT_BYTES;

    r->begin[i + 1] = r->begin[i] + n;
    for (size_t k = 0; k < n; k++)
      if (!read_event(l, e, k, &r->event[r->begin[i] + k]))
        return false;
  }
  recordings_sort(r);
  return true;
}

static bool open_listing(struct listing *l) {
  size_t most = options_max_memory(l->c->opt, 0);
  struct bytes file;

  if (strcmp(file_ending(l->path), ".bs2") == 0) {
    l->entry = ARENA_NEW(l->c->scratch, struct entry, 1);
    l->n = 1;
    return true;
  }
  if (!file_map(l->c->scratch, l->c->diag, l->path, most, &file) || !parse_list(l, &file))
    return false;
  return l->n > 0 || diag_error(l->c->diag, loc_file(l->path), "lists no recordings");
}

struct samples *events_read(struct comp *c, const char *path, struct data_range range,
                            uint64_t *total) {
  struct samples *s = ARENA_NEW(c->arena, struct samples, 1);
  struct recordings *r = ARENA_NEW(c->arena, struct recordings, 1);
  struct listing l = {.c = c, .path = path};
  size_t first = (size_t)range.skip, bytes = 0;
  int32_t *labels;
  uint64_t n;

  if (!open_listing(&l))
    return NULL;
  n = *total = l.n;
  if (!data_count_rows(c, loc_file(path), range, &n))
    return NULL;
  r->n = (size_t)n;
  labels = ARENA_NEW(c->arena, int32_t, r->n);
  for (size_t i = 0; i < r->n; i++) {
    if (!map_recording(&l, &l.entry[first + i]))
      return NULL;
    bytes += l.entry[first + i].file.len;
    labels[i] = l.entry[first + i].label;
  }
  r->height = r->width = SIDE;
  if (!read_recordings(&l, first, r, bytes))
    return NULL;
  *s = (struct samples){.path = path,
                        .n = r->n,
                        .first = first,
                        .layout = SAMPLES_CHW,
                        .is_layout_known = true,
                        .channels = 2,
                        .height = SIDE,
                        .width = SIDE,
                        .labels = l.entry[0].name ? labels : NULL,
                        .recordings = r};
  return s;
}
