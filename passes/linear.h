/* passes/linear.h -- two linear layers that follow each other as one: dense behind dense, and conv,
 * average pool or dense behind conv. merge-linear does so where it costs nothing, merge-needed
 * where there would be no spikes between them. Computed in double, rounded once. */
#ifndef PASSES_LINEAR_H
#define PASSES_LINEAR_H

#include "passes/rewrite.h"

/* Multiplications and weights of one layer, and of both before. */
struct linear_cost {
  double macs, macs_apart, weights, weights_apart;
};
typedef bool linear_is_worth(struct rewrite *r, const struct linear_cost *cost);

/* The window of an average over all of a map [N, C, ..]. */
struct ir_window linear_whole_window(const struct ir_type *map);

/* Merges the linear layer at `id` with the one before it, which only it uses, if that can be done
 * exactly and is worth it. True: something has changed. */
bool linear_merge(struct rewrite *r, ir_id id, linear_is_worth *is_worth);

#endif
