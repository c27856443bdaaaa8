/* backends/c/c.h -- C99 source and header of a placed spiking graph. */
#ifndef BACKENDS_C_C_H
#define BACKENDS_C_C_H

#include <stdbool.h>

struct comp;
struct ir_graph;

/* Adds `path` (.c) and its header beside it to comp->outputs. False: told. */
bool c_emit(struct comp *c, const struct ir_graph *g, const char *path);

/* --package: adds the folder `path` to comp->outputs; c_check_package finds what is wrong with its
 * name, or with the target, before there is a graph. False: told. */
bool c_check_package(struct comp *c, const char *path);
bool c_emit_package(struct comp *c, const struct ir_graph *g, const char *path);

#endif
