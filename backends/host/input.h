/* backends/host/input.h -- the samples of --data, for a network. */
#ifndef BACKENDS_HOST_INPUT_H
#define BACKENDS_HOST_INPUT_H

#include <stdint.h>

struct comp;
struct ir_graph;
struct samples;

/* Those behind --skip, at most `limit` (below 0: all), fitted to the input of g; `labels` may be
 * NULL. NULL: told. */
struct samples *input_read(struct comp *c, const struct ir_graph *g, const char *labels,
                           int64_t limit);

#endif
