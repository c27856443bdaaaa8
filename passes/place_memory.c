/* place-memory: a place for each spike bitmap in one shared region.
 *
 *   %r = population %p           ->   %r = population %p {spikes_at = word}; header spike_words
 *
 * A bitmap has ceil(C / 32) words per pixel. In the layered schedule it is needed from the node
 * that writes it to the last population, readout or other node that reads it within the step, and
 * may share words with others before and after that; in the synchronous schedule always. The
 * largest bitmap is placed first, each at the lowest place that is free as long as it is needed. */
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

static bool has_bitmap(enum ir_op op) {
  return op == IR_POPULATION || op == IR_SPIKE_MAXPOOL || op == IR_SPIKE_CONCAT;
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

static size_t bitmap_words(const struct ir_type *t) {
  size_t n_channels = (size_t)t->dims[0];

  return (size_t)ir_type_count(t) / n_channels * ((n_channels + 31) / 32);
}

/* Largest first; the order of nodes where sizes are equal. */
static int compare_size(const void *a, const void *b) {
  const struct bitmap *x = a, *y = b;

  if (x->words != y->words)
    return x->words < y->words ? 1 : -1;
  return x->id.idx < y->id.idx ? -1 : 1;
}

/* The lowest place where b[i] overlaps none of b[0 .. i-1] that is needed at the same time. */
static size_t first_fit(const struct bitmap *b, size_t i) {
  size_t at = 0;

  for (bool moved = true; moved;) {
    moved = false;
    for (size_t k = 0; k < i; k++) {
      bool meets = b[k].first <= b[i].last && b[i].first <= b[k].last;
      if (meets && at < b[k].at + b[k].words && b[k].at < at + b[i].words) {
        at = b[k].at + b[k].words;
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

  for (size_t i = 1; i <= n_nodes; i++) {
    const struct ir_node *node = ir_node(*g, ir_id_at(i));
    bool always = ir_is_synchronous(*g);
    if (has_bitmap(node->op))
      b[n++] = (struct bitmap){.id = ir_id_at(i),
                               .words = bitmap_words(&node->type),
                               .first = always ? 0 : i,
                               .last = always ? n_nodes : (last[i] > i ? last[i] : i)};
  }
  qsort(b, n, sizeof *b, compare_size);
  for (size_t i = 0; i < n; i++) {
    b[i].at = first_fit(b, i);
    if (b[i].at + b[i].words > total)
      total = b[i].at + b[i].words;
    ir_set_attr(*g, b[i].id, ir_int(IR_A_SPIKES_AT, (int64_t)b[i].at));
  }
  ir_graph_set_attr(*g, ir_int(IR_A_SPIKE_WORDS, (int64_t)total));
  return true;
}
