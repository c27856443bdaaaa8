/* frontend/snn/snn.h -- networks in the language of docs/DSL.md to IR. */
#ifndef FRONTEND_SNN_SNN_H
#define FRONTEND_SNN_SNN_H

#include "ir/base/file.h"

struct comp;
struct ir_graph;

/* The text begins as a .snn does: with one of its words, behind blanks and comments. */
bool snn_is_text(struct bytes file);

/* The one network of the file. Options of its convert block that the command line did not give are
 * in comp->opt afterwards. NULL: told, every error of the file up to the limit of diag. */
struct ir_graph *snn_read(struct comp *c, const char *path, struct bytes file);

#endif
