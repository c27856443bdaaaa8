/* place-memory: a place for each spike bitmap in one shared region.
 *
 *   %r = population %p           ->   %r = population %p {spikes_at = word}; header spike_words
 *
 * A bitmap has ceil(C / 32) words per pixel, twice that many where spikes are signed. In the
 * layered schedule it is needed from the node that writes it to the last population, readout or
 * other node that reads it within the step, and may share words with others before and after that;
 * in the synchronous schedule always. The largest bitmap is placed first, each at the lowest place
 * that is free as long as it is needed. */
#include <stdlib.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/passes.h"

struct bitmap {
  ir_id id;
  size_t words;
  size_t first, last; /* nodes: written at, last read at */
  size_t at;
};

static bool has_bitmap(const struct ir_node *n) {
  return n->op == IR_POPULATION || n->op == IR_SPIKE_MAXPOOL || n->op == IR_SPIKE_CONCAT ||
         (n->op == IR_ENCODE && n->type.dtype == IR_SPIKES);
}

static bool is_passed_on(enum ir_op op) {
  return op == IR_VIEW || op == IR_PROJECT_CONV || op == IR_PROJECT_DENSE ||
         op == IR_PROJECT_AVGPOOL || op == IR_PROJECT_ONE_TO_ONE || op == IR_PROJECT_ALL_BUT_SELF ||
         op == IR_PROJECT_SPARSE;
}

/* The last node that reads node i, directly or through views and projections: a projection may run
 * as late as the population that it acts on. From the last node to the first, users come before. */
static size_t *find_last_reads(const struct ir_graph *g, struct arena *a) {
  size_t n_nodes = ir_n_nodes(g);
  size_t *last = ARENA_NEW(a, size_t, n_nodes + 1);

  for (size_t i = n_nodes; i > 0; i--) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    size_t read = is_passed_on(n->op) && last[i] > i ? last[i] : i;
    for (size_t k = 0; k < n->n_in; k++)
      if (read > last[n->in[k].idx])
        last[n->in[k].idx] = read;
  }
  return last;
}

/* Largest first; the order of nodes where sizes are equal. */
static int compare_size(const void *a, const void *b) {
  const struct bitmap *x = a, *y = b;

  if (x->words != y->words)
    return x->words < y->words ? 1 : -1;
  return x->id.idx < y->id.idx ? -1 : 1;
}

/* The bitmaps that have a place, so that those needed at some time are found without looking at
 * all. */
struct placed {
  const struct bitmap **at_node; /* by the node that writes it, NULL: none placed */
  size_t *latest; /* binary tree over nodes: the largest `last` of what is placed below */
  size_t n_leaves;
  const struct bitmap **found;
  size_t n_found;
};

static struct placed placed_new(struct arena *a, size_t n_nodes) {
  struct placed p = {.n_leaves = 1};

  while (p.n_leaves <= n_nodes)
    p.n_leaves *= 2;
  p.at_node = ARENA_NEW(a, const struct bitmap *, p.n_leaves);
  p.latest = ARENA_NEW(a, size_t, 2 * p.n_leaves);
  p.found = ARENA_NEW(a, const struct bitmap *, n_nodes + 1);
  return p;
}

static void placed_add(struct placed *p, const struct bitmap *b) {
  p->at_node[b->id.idx] = b;
  for (size_t i = p->n_leaves + b->id.idx; i > 0 && p->latest[i] < b->last; i /= 2)
    p->latest[i] = b->last;
}

/* Collects what is written up to b->last and read from b->first on, among the nodes `begin` to
 * begin + width - 1, which are below tree node i. */
static void placed_find(struct placed *p, const struct bitmap *b, size_t i, size_t begin,
                        size_t width) {
  if (p->latest[i] == 0 || p->latest[i] < b->first || begin > b->last)
    return;
  if (width == 1) {
    p->found[p->n_found++] = p->at_node[begin];
    return;
  }
  placed_find(p, b, 2 * i, begin, width / 2);
  placed_find(p, b, 2 * i + 1, begin + width / 2, width / 2);
}

/* The lowest place that none of the found takes. */
static size_t first_fit(const struct placed *p, size_t words) {
  size_t at = 0;

  for (bool moved = true; moved;) {
    moved = false;
    for (size_t k = 0; k < p->n_found; k++) {
      const struct bitmap *other = p->found[k];
      if (at < other->at + other->words && other->at < at + words) {
        at = other->at + other->words;
        moved = true;
      }
    }
  }
  return at;
}

bool pass_place_memory(struct comp *c, struct ir_graph **g) {
  size_t n_nodes = ir_n_nodes(*g), n = 0, total = 0;
  struct bitmap *b = ARENA_NEW(c->scratch, struct bitmap, n_nodes + 1);
  const size_t *last = find_last_reads(*g, c->scratch);
  struct placed placed = placed_new(c->scratch, n_nodes);

  for (size_t i = 1; i <= n_nodes; i++) {
    const struct ir_node *node = ir_node(*g, ir_id_at(i));
    bool always = ir_is_synchronous(*g);
    if (has_bitmap(node))
      b[n++] = (struct bitmap){.id = ir_id_at(i),
                               .words = (size_t)ir_type_spike_words(&node->type),
                               .first = always ? 0 : i,
                               .last = always ? n_nodes : (last[i] > i ? last[i] : i)};
  }
  qsort(b, n, sizeof *b, compare_size);
  for (size_t i = 0; i < n; i++) {
    placed.n_found = 0;
    placed_find(&placed, &b[i], 1, 0, placed.n_leaves);
    b[i].at = first_fit(&placed, b[i].words);
    placed_add(&placed, &b[i]);
    if (b[i].at + b[i].words > total)
      total = b[i].at + b[i].words;
    ir_set_attr(*g, b[i].id, ir_int(IR_A_SPIKES_AT, (int64_t)b[i].at));
  }
  ir_graph_set_attr(*g, ir_int(IR_A_SPIKE_WORDS, (int64_t)total));
  return true;
}
