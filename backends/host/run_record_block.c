/* The record block of a network, in the form that frontend/snn/snn_experiment.c gives it: lines as
 *   spikes "E", I[0 .. 4] { every 10; to "file.npz"; }      membranes "E";      weights "A" -> "B";
 * What names no file goes into that of --record. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/host/run_record_internal.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/sync.h"
#include "ir/ir.h"
#include "ir/options.h"

struct block {
  struct run_record *r;
  const char *at;
  const char **quoted; /* names of populations */
  bool lacks_file;     /* something is recorded nowhere */
};

/* Populations of one line, and what stands behind them. */
struct line {
  bool is_membranes;
  size_t n;
  size_t *population; /* indices */
  struct part *part;
  size_t every;
  const char *to; /* NULL: none */
};

static bool fail(const struct block *b, const char *why) {
  return diag_error(b->r->comp->diag, loc_file(b->r->comp->opt->model), "record: %s", why);
}

static bool fail_at(const struct block *b) {
  return fail(b, arena_printf(b->r->comp->arena,
                              "%s stands where spikes P, Q; or membranes P[0 .. 9] { every N; to "
                              "\"file.npz\"; } goes on",
                              diag_quote(b->r->comp->diag, b->at)));
}

static bool take(struct block *b, const char *word) {
  b->at += strspn(b->at, " ");
  if (strncmp(b->at, word, strlen(word)) != 0)
    return false;
  b->at += strlen(word);
  return true;
}

static bool take_count(struct block *b, size_t *n) {
  char *end;
  unsigned long long v;

  b->at += strspn(b->at, " ");
  if (!isdigit((unsigned char)*b->at))
    return fail_at(b);
  errno = 0;
  v = strtoull(b->at, &end, 10);
  if (errno || v > INT32_MAX)
    return fail_at(b);
  b->at = end;
  *n = (size_t)v;
  return true;
}

/* A population by its name, in quotes or, before brackets, without. */
static bool take_population(struct block *b, size_t *index) {
  b->at += strspn(b->at, " ");
  for (*index = 0; *index < b->r->n; ++*index) {
    const char *name = sync_population(b->r->sync, *index)->node->name;
    size_t len = strlen(name);

    if (take(b, b->quoted[*index]))
      return true;
    if (strncmp(b->at, name, len) == 0 && b->at[len] == '[') {
      b->at += len;
      return true;
    }
  }
  return fail_at(b);
}

/* P, P[3] or P[0 .. 9]; both ends count. */
static bool take_neurons(struct block *b, size_t *index, struct part *part) {
  size_t last;

  if (!take_population(b, index))
    return false;
  *part = (struct part){0, sync_population(b->r->sync, *index)->n, 0};
  if (!take(b, "["))
    return true;
  if (!take_count(b, &part->first))
    return false;
  last = part->first;
  if (take(b, "..") && !take_count(b, &last))
    return false;
  if (last < part->first || last >= part->n)
    return fail(b,
                arena_printf(b->r->comp->arena, "neurons %zu to %zu; %s has 0 to %zu", part->first,
                             last, sync_population(b->r->sync, *index)->node->name, part->n - 1));
  if (!take(b, "]"))
    return fail_at(b);
  part->n = last - part->first + 1;
  return true;
}

static bool take_attributes(struct block *b, struct line *l) {
  l->every = 1;
  if (take(b, ";"))
    return true;
  if (!take(b, "{"))
    return fail_at(b);
  while (!take(b, "}")) {
    if (take(b, "every ")) {
      if (!take_count(b, &l->every) || l->every == 0)
        return l->every == 0 ? fail(b, "every 0 steps; 1 or more is right") : false;
    } else if (take(b, "to \"")) {
      size_t len = strcspn(b->at, "\"");
      l->to = arena_strndup(b->r->comp->arena, b->at, len);
      b->at += len + (b->at[len] != '\0');
    } else {
      return fail_at(b);
    }
    if (!take(b, ";"))
      return fail_at(b);
  }
  return true;
}

/* In the folder of the network. NULL: told, or recorded nowhere. */
static struct record_file *file_of(struct block *b, const struct line *l) {
  struct comp *c = b->r->comp;

  b->lacks_file |= !l->to && !c->opt->record;
  if (!l->to)
    return c->opt->record ? run_record_file(b->r, c->opt->record) : NULL;
  if (!file_is_bare(l->to)) {
    fail(b, arena_printf(c->arena, "to %s; a name without folders is right",
                         diag_quote(c->diag, l->to)));
    return NULL;
  }
  return run_record_file(b->r,
                         arena_printf(c->arena, "%s%s", file_dir(c->arena, c->opt->model), l->to));
}

/* --record has all spikes, and what --membranes names. */
static bool choose(struct block *b, const struct line *l) {
  struct record_file *f = file_of(b, l);

  for (size_t i = 0; f && i < l->n; i++) {
    struct track *t = &f->track[l->population[i]];
    struct part part = {l->part[i].first, l->part[i].n, l->every};
    bool is_there = (l->is_membranes ? t->membrane_of : t->spikes_of).every > 0;

    if (is_there && l->to)
      return fail(b,
                  arena_printf(b->r->comp->arena, "%s of %s stand twice in %s; once is right",
                               l->is_membranes ? "membranes" : "spikes", t->p->node->name, l->to));
    if (!is_there && !l->is_membranes)
      t->spikes_of = part;
    if (!is_there && l->is_membranes && !run_record_membrane(b->r, t, part, "record"))
      return false;
  }
  return f || !l->to;
}

static bool take_line(struct block *b) {
  size_t room = strcspn(b->at, "\n") / 3 + 1; /* a population takes more than three bytes */
  struct line l = {.is_membranes = *b->at == 'm'};

  if (!take(b, l.is_membranes ? "membranes " : "spikes "))
    return fail_at(b);
  l.population = ARENA_NEW(b->r->comp->arena, size_t, room);
  l.part = ARENA_NEW(b->r->comp->arena, struct part, room);
  do {
    if (!take_neurons(b, &l.population[l.n], &l.part[l.n]))
      return false;
    l.n++;
  } while (take(b, ","));
  return take_attributes(b, &l) && choose(b, &l);
}

/* Learning is not simulated, so weights stay as they are. */
static void skip_weights(struct block *b) {
  diag_warning(b->r->comp->diag, loc_file(b->r->comp->opt->model),
               "record: weights are not written; they do not change in a run");
  b->at += strcspn(b->at, "\n");
}

bool run_record_block(struct run_record *r, const char *text) {
  struct block b = {.r = r, .at = text, .quoted = ARENA_NEW(r->comp->arena, const char *, r->n)};

  for (size_t i = 0; i < r->n; i++) {
    struct buf name;
    buf_init(&name, r->comp->arena);
    buf_put_quoted(&name, sync_population(r->sync, i)->node->name);
    b.quoted[i] = name.data;
  }
  for (b.at += strspn(b.at, " \n"); *b.at; b.at += strspn(b.at, " \n"))
    if (strncmp(b.at, "weights ", 8) == 0)
      skip_weights(&b);
    else if (!take_line(&b))
      return false;
  if (b.lacks_file)
    diag_warning(r->comp->diag, loc_file(r->comp->opt->model),
                 "record: what names no file is not written; --record FILE, or { to "
                 "\"file.npz\"; } behind it, names one");
  return true;
}
