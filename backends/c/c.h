/* backends/c/c.h -- C99 source and header of a placed spiking graph. */
#ifndef BACKENDS_C_C_H
#define BACKENDS_C_C_H

#include <stdbool.h>

struct comp;
struct ir_graph;

/* Adds `path` (.c) and its header beside it to comp->outputs. False: told. */
bool c_emit(struct comp *c, const struct ir_graph *g, const char *path);

#endif
