#include "backends/host/run_record_internal.h"

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

/* What a file of arrays can hold: sizes in a zip file have 32 bits. */
static const size_t max_bytes = (size_t)1 << 31;

/* ---- what is asked for ---- */

struct record_file *run_record_file(struct run_record *r, const char *path) {
  const char *ending = file_ending(path);
  struct record_file *f = r->files;

  while (f && strcmp(f->path, path) != 0)
    f = f->next;
  if (f)
    return f;
  if (strcmp(ending, ".csv") != 0 && strcmp(ending, ".npz") != 0) {
    diag_error(r->comp->diag, loc_file(path),
               "is no name of a record; its ending must be .npz or .csv");
    return NULL;
  }
  f = ARENA_NEW(r->comp->arena, struct record_file, 1);
  f->path = path;
  f->is_csv = strcmp(ending, ".csv") == 0;
  f->track = ARENA_NEW(r->comp->arena, struct track, r->n);
  for (size_t i = 0; i < r->n; i++) {
    struct track *t = &f->track[i];
    t->p = sync_population(r->sync, i);
    t->words = (t->p->n + 31) / 32;
    t->columns = t->p->n_words > t->words ? 3 : 2;
    buf_init(&t->spikes, r->comp->arena);
    buf_init(&t->membrane, r->comp->arena);
  }
  f->next = r->files;
  return r->files = f;
}

static struct track *find_track(const struct run_record *r, const struct record_file *f,
                                const char *name) {
  const char **names = ARENA_NEW(r->comp->arena, const char *, r->n);
  const char *near;

  for (size_t i = 0; i < r->n; i++) {
    names[i] = f->track[i].p->node->name;
    if (strcmp(names[i], name) == 0)
      return &f->track[i];
  }
  near = diag_nearest(name, names, r->n);
  diag_error(r->comp->diag, loc_file(NULL), "--membranes: %s is no population of the network%s%s",
             diag_quote(r->comp->diag, name), near ? "; the nearest is " : "", near ? near : "");
  return NULL;
}

bool run_record_membrane(const struct run_record *r, struct track *t, struct part part,
                         const char *asked_by) {
  if (!t->p->membrane)
    return diag_error(r->comp->diag, loc_file(NULL),
                      "%s: the neurons of %s are sources of spikes, without a membrane", asked_by,
                      diag_quote(r->comp->diag, t->p->node->name));
  t->membrane_of = part;
  return true;
}

static struct part whole(const struct track *t) {
  return (struct part){0, t->p->n, 1};
}

/* Names between commas, or all that have membranes. */
static bool choose_membranes(const struct run_record *r, struct record_file *f) {
  struct arena *a = r->comp->arena;
  struct track *t;

  for (const char *at = r->comp->opt->membranes, *end; at; at = *end ? end + 1 : NULL) {
    const char *name = arena_strndup(a, at, strcspn(at, ","));
    end = at + strlen(name);
    if (strcmp(name, "all") != 0) {
      t = find_track(r, f, name);
      if (!t || !run_record_membrane(r, t, whole(t), "--membranes"))
        return false;
      continue;
    }
    for (size_t i = 0; i < r->n; i++)
      if (f->track[i].p->membrane)
        f->track[i].membrane_of = whole(&f->track[i]);
  }
  return true;
}

static size_t rows(const struct run_record *r, struct part part) {
  return part.every ? (r->steps + part.every - 1) / part.every : 0;
}

static bool check_membranes(const struct run_record *r) {
  for (const struct record_file *f = r->files; f; f = f->next) {
    size_t bytes = 0;

    for (size_t i = 0; i < r->n; i++)
      bytes += rows(r, f->track[i].membrane_of) * f->track[i].membrane_of.n * sizeof(float);
    if (bytes > max_bytes)
      return diag_error(r->comp->diag, loc_file(f->path),
                        "the membranes would take %zu bytes; at most %zu are recorded: fewer "
                        "steps, or fewer populations",
                        bytes, max_bytes);
  }
  return true;
}

/* All spikes, and the membranes of --membranes. */
static bool choose_by_options(struct run_record *r) {
  struct record_file *f = run_record_file(r, r->comp->opt->record);

  for (size_t i = 0; f && i < r->n; i++)
    f->track[i].spikes_of = whole(&f->track[i]);
  return f && choose_membranes(r, f);
}

struct run_record *run_record_new(struct comp *c, const struct ir_graph *g, const struct sync *s,
                                  size_t steps) {
  struct run_record *r = ARENA_NEW(c->arena, struct run_record, 1);
  const struct ir_attr *block = ir_graph_attr(g, IR_A_RECORD);

  *r = (struct run_record){.comp = c, .sync = s, .steps = steps, .n = sync_n_populations(s)};
  if ((c->opt->record && !choose_by_options(r)) || (block && !run_record_block(r, block->u.text)) ||
      !check_membranes(r))
    return NULL;
  return r;
}

/* ---- while it runs ---- */

static bool is_due(const struct run_record *r, struct part part) {
  return part.every && r->done % part.every == 0;
}

static void add_spikes(struct track *t, int32_t step, size_t from, int32_t sign) {
  for (size_t w = 0; w < t->words; w++)
    for (uint32_t bits = t->p->spikes[from + w]; bits; bits &= bits - 1) {
      const size_t neuron = 32 * w + (size_t)__builtin_ctz(bits);
      const int32_t row[] = {step, (int32_t)neuron, sign};
      if (neuron - t->spikes_of.first < t->spikes_of.n)
        buf_put(&t->spikes, row, t->columns * sizeof *row);
    }
}

static void record_step(const struct run_record *r, struct track *t) {
  if (is_due(r, t->spikes_of)) {
    add_spikes(t, (int32_t)r->done, 0, 1);
    if (t->columns == 3)
      add_spikes(t, (int32_t)r->done, t->words, -1);
  }
  if (is_due(r, t->membrane_of))
    buf_put(&t->membrane, t->p->membrane + t->membrane_of.first, t->membrane_of.n * sizeof(float));
}

void run_record_step(struct run_record *r) {
  for (struct record_file *f = r->files; f; f = f->next)
    for (size_t i = 0; i < r->n; i++)
      record_step(r, &f->track[i]);
  r->done++;
}

/* ---- files ---- */

static bool write_npz(const struct run_record *r, const struct record_file *f) {
  struct arena *a = r->comp->arena;
  struct npz *z = npz_new(a);
  int32_t steps = (int32_t)r->steps;
  double dt = sync_dt(r->sync);

  npz_add(z, &(struct npz_array){"steps", "<i4", 4, 1, {1}, &steps});
  npz_add(z, &(struct npz_array){"dt", "<f8", 8, 1, {1}, &dt});
  for (size_t i = 0; i < r->n; i++) {
    const struct track *t = &f->track[i];
    const char *name = t->p->node->name;
    size_t n = t->spikes.len / (4 * t->columns);
    if (t->spikes_of.every)
      npz_add(
          z, &(struct npz_array){
                 arena_printf(a, "spikes_%s", name), "<i4", 4, 2, {n, t->columns}, t->spikes.data});
    if (t->membrane_of.every)
      npz_add(z, &(struct npz_array){arena_printf(a, "membrane_%s", name),
                                     "<f4",
                                     4,
                                     2,
                                     {rows(r, t->membrane_of), t->membrane_of.n},
                                     t->membrane.data});
  }
  return npz_write(r->comp, z, f->path);
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
    buf_printf(text, "%s,%zu,%zu,%.9g\n", name, i / t->membrane_of.n * t->membrane_of.every,
               t->membrane_of.first + i % t->membrane_of.n, (double)v);
  }
}

static bool write_csv(const struct run_record *r, const struct record_file *f) {
  struct comp *c = r->comp;
  bool has_membranes = false;
  struct buf spikes, membranes;

  buf_init(&spikes, c->arena);
  buf_init(&membranes, c->arena);
  buf_puts(&spikes, "population,step,neuron,sign\n");
  buf_puts(&membranes, "population,step,neuron,membrane\n");
  for (size_t i = 0; i < r->n; i++) {
    has_membranes = has_membranes || f->track[i].membrane_of.every;
    put_spikes(r, &f->track[i], &spikes);
    put_membranes(r, &f->track[i], &membranes);
  }
  return file_outputs_add(c->outputs, c->diag, f->path, spikes.data, spikes.len) &&
         (!has_membranes ||
          file_outputs_add(c->outputs, c->diag,
                           arena_printf(c->arena, "%s%s.membranes.csv", file_dir(c->arena, f->path),
                                        file_stem(c->arena, f->path)),
                           membranes.data, membranes.len));
}

static bool write_file(const struct run_record *r, const struct record_file *f) {
  size_t bytes = 0;

  for (size_t i = 0; i < r->n; i++)
    bytes += f->track[i].spikes.len + f->track[i].membrane.len;
  if (!f->is_csv && bytes > max_bytes)
    return diag_error(r->comp->diag, loc_file(f->path),
                      "the record would take %zu bytes; an .npz of at most %zu is written", bytes,
                      max_bytes);
  return f->is_csv ? write_csv(r, f) : write_npz(r, f);
}

bool run_record_write(const struct run_record *r) {
  for (const struct record_file *f = r->files; f; f = f->next)
    if (!write_file(r, f))
      return false;
  return true;
}
