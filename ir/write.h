/* ir/write.h -- a graph as an .ir file, with its big tensors in a .bin beside it. */
#ifndef IR_WRITE_H
#define IR_WRITE_H

#include <stdbool.h>

struct comp;
struct ir_graph;

/* Adds `path` and, if there are big tensors, <stem>.bin in the same folder to comp->outputs; "-" is
 * standard output with everything inline. False: told. */
bool ir_write(struct comp *c, const struct ir_graph *g, const char *path);

#endif
