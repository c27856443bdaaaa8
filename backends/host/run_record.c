#include "backends/host/run_record.h"

#include <string.h>

#include "backends/npz.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/sync.h"
#include "ir/ir.h"
#include "ir/options.h"

struct track {
  const struct sync_population *p;
  size_t words, columns; /* of one bitmap; of a row of spikes */
  struct buf spikes;     /* rows of i32 */
  struct buf membrane;   /* rows of f32 */
  bool has_membrane;
};

struct run_record {
  struct comp *comp;
  const struct sync *sync;
  bool is_csv;
  size_t n, steps, done;
  struct track *track;
};

/* What a file of arrays can hold: sizes in a zip file have 32 bits. */
static const size_t max_bytes = (size_t)1 << 31;

/* ---- what is asked for ---- */

static struct track *find_track(const struct run_record *r, const char *name) {
  const char **names = ARENA_NEW(r->comp->arena, const char *, r->n);
  const char *near;

  for (size_t i = 0; i < r->n; i++) {
    names[i] = r->track[i].p->node->name;
    if (strcmp(names[i], name) == 0)
      return &r->track[i];
  }
  near = diag_nearest(name, names, r->n);
  diag_error(r->comp->diag, loc_file(NULL), "--membranes: %s is no population of the network%s%s",
             diag_quote(r->comp->diag, name), near ? "; the nearest is " : "", near ? near : "");
  return NULL;
}

static bool choose_membrane(struct run_record *r, struct track *t) {
  if (!t)
    return false;
  if (!t->p->membrane)
    return diag_error(r->comp->diag, loc_file(NULL),
                      "--membranes: the neurons of %s are sources of spikes, without a membrane",
                      diag_quote(r->comp->diag, t->p->node->name));
  t->has_membrane = true;
  return true;
}

/* Names between commas, or all that have membranes. */
static bool choose_membranes(struct run_record *r) {
  struct arena *a = r->comp->arena;
  size_t bytes = 0;

  for (const char *at = r->comp->opt->membranes, *end; at; at = *end ? end + 1 : NULL) {
    const char *name = arena_strndup(a, at, strcspn(at, ","));
    end = at + strlen(name);
    if (strcmp(name, "all") != 0) {
      if (!choose_membrane(r, find_track(r, name)))
        return false;
      continue;
    }
    for (size_t i = 0; i < r->n; i++)
      r->track[i].has_membrane = r->track[i].p->membrane != NULL;
  }
  for (size_t i = 0; i < r->n; i++)
    bytes += r->track[i].has_membrane ? r->steps * r->track[i].p->n * sizeof(float) : 0;
  return bytes <= max_bytes ||
         diag_error(r->comp->diag, loc_file(r->comp->opt->record),
                    "the membranes would take %zu bytes; at most %zu are recorded: fewer steps, or "
                    "fewer populations in --membranes",
                    bytes, max_bytes);
}

struct run_record *run_record_new(struct comp *c, const struct sync *s, size_t steps) {
  struct run_record *r = ARENA_NEW(c->arena, struct run_record, 1);
  const char *ending = file_ending(c->opt->record);

  *r = (struct run_record){.comp = c, .sync = s, .steps = steps};
  r->is_csv = strcmp(ending, ".csv") == 0;
  if (!r->is_csv && strcmp(ending, ".npz") != 0) {
    diag_error(c->diag, loc_file(c->opt->record),
               "is no name of a record; its ending must be .npz or .csv");
    return NULL;
  }
  r->n = sync_n_populations(s);
  r->track = ARENA_NEW(c->arena, struct track, r->n);
  for (size_t i = 0; i < r->n; i++) {
    struct track *t = &r->track[i];
    t->p = sync_population(s, i);
    t->words = (t->p->n + 31) / 32;
    t->columns = t->p->n_words > t->words ? 3 : 2;
    buf_init(&t->spikes, c->arena);
    buf_init(&t->membrane, c->arena);
  }
  return choose_membranes(r) ? r : NULL;
}

/* ---- while it runs ---- */

static void add_spikes(struct track *t, int32_t step, size_t from, int32_t sign) {
  for (size_t w = 0; w < t->words; w++)
    for (uint32_t bits = t->p->spikes[from + w]; bits; bits &= bits - 1) {
      const int32_t row[] = {step, (int32_t)(32 * w) + __builtin_ctz(bits), sign};
      buf_put(&t->spikes, row, t->columns * sizeof *row);
    }
}

void run_record_step(struct run_record *r) {
  for (size_t i = 0; i < r->n; i++) {
    struct track *t = &r->track[i];
    add_spikes(t, (int32_t)r->done, 0, 1);
    if (t->columns == 3)
      add_spikes(t, (int32_t)r->done, t->words, -1);
    if (t->has_membrane)
      buf_put(&t->membrane, t->p->membrane, t->p->n * sizeof(float));
  }
  r->done++;
}

/* ---- files ---- */

static bool write_npz(const struct run_record *r) {
  struct arena *a = r->comp->arena;
  struct npz *z = npz_new(a);
  int32_t steps = (int32_t)r->steps;
  double dt = sync_dt(r->sync);

  npz_add(z, &(struct npz_array){"steps", "<i4", 4, 1, {1}, &steps});
  npz_add(z, &(struct npz_array){"dt", "<f8", 8, 1, {1}, &dt});
  for (size_t i = 0; i < r->n; i++) {
    const struct track *t = &r->track[i];
    const char *name = t->p->node->name;
    size_t n = t->spikes.len / (4 * t->columns);
    npz_add(z,
            &(struct npz_array){
                arena_printf(a, "spikes_%s", name), "<i4", 4, 2, {n, t->columns}, t->spikes.data});
    if (t->has_membrane)
      npz_add(z, &(struct npz_array){arena_printf(a, "membrane_%s", name),
                                     "<f4",
                                     4,
                                     2,
                                     {r->steps, t->p->n},
                                     t->membrane.data});
  }
  return npz_write(r->comp, z, r->comp->opt->record);
}

/* A name as RFC 4180 wants it. */
static const char *csv_field(struct arena *a, const char *name) {
  struct buf b;

  if (!strpbrk(name, ",\""))
    return name;
  buf_init(&b, a);
  buf_puts(&b, "\"");
  for (; *name; name++)
    buf_printf(&b, *name == '"' ? "\"\"" : "%c", *name);
  buf_puts(&b, "\"");
  return b.data;
}

static void put_spikes(const struct run_record *r, const struct track *t, struct buf *text) {
  const char *name = csv_field(r->comp->arena, t->p->node->name);

  for (size_t at = 0; at < t->spikes.len; at += 4 * t->columns) {
    int32_t row[3] = {0, 0, 1};
    memcpy(row, t->spikes.data + at, 4 * t->columns);
    buf_printf(text, "%s,%d,%d,%d\n", name, (int)row[0], (int)row[1], (int)row[2]);
  }
}

static void put_membranes(const struct run_record *r, const struct track *t, struct buf *text) {
  const char *name = csv_field(r->comp->arena, t->p->node->name);

  for (size_t i = 0; i < t->membrane.len / sizeof(float); i++) {
    float v;
    memcpy(&v, t->membrane.data + i * sizeof v, sizeof v);
    buf_printf(text, "%s,%zu,%zu,%.9g\n", name, i / t->p->n, i % t->p->n, (double)v);
  }
}

static bool write_csv(const struct run_record *r) {
  struct comp *c = r->comp;
  const char *path = c->opt->record;
  bool has_membranes = false;
  struct buf spikes, membranes;

  buf_init(&spikes, c->arena);
  buf_init(&membranes, c->arena);
  buf_puts(&spikes, "population,step,neuron,sign\n");
  buf_puts(&membranes, "population,step,neuron,membrane\n");
  for (size_t i = 0; i < r->n; i++) {
    has_membranes = has_membranes || r->track[i].has_membrane;
    put_spikes(r, &r->track[i], &spikes);
    put_membranes(r, &r->track[i], &membranes);
  }
  return file_outputs_add(c->outputs, c->diag, path, spikes.data, spikes.len) &&
         (!has_membranes ||
          file_outputs_add(c->outputs, c->diag,
                           arena_printf(c->arena, "%s%s.membranes.csv", file_dir(c->arena, path),
                                        file_stem(c->arena, path)),
                           membranes.data, membranes.len));
}

bool run_record_write(const struct run_record *r) {
  size_t bytes = 0;

  for (size_t i = 0; i < r->n; i++)
    bytes += r->track[i].spikes.len + r->track[i].membrane.len;
  if (!r->is_csv && bytes > max_bytes)
    return diag_error(r->comp->diag, loc_file(r->comp->opt->record),
                      "the record would take %zu bytes; an .npz of at most %zu is written", bytes,
                      max_bytes);
  return r->is_csv ? write_csv(r) : write_npz(r);
}
