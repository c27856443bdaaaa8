/* passes/analysis/ranges.h -- what is known about the values of an analog graph. Recomputed by each
 * pass that wants it, never kept in the IR. */
#ifndef PASSES_ANALYSIS_RANGES_H
#define PASSES_ANALYSIS_RANGES_H

#include <stdbool.h>

struct arena;
struct ir_graph;

/* Indexed by id: true where no element can be below 0, whatever the input is. */
bool *ranges_nonnegative(const struct ir_graph *g, struct arena *scratch);

#endif
