/* backends/text/text.h -- graphs as text again: the intermediate form, the network language, and
 * Graphviz. */
#ifndef BACKENDS_TEXT_TEXT_H
#define BACKENDS_TEXT_TEXT_H

#include <stdbool.h>

struct buf;
struct comp;
struct ir_graph;

bool text_emit_ir(struct comp *c, const struct ir_graph *g, const char *path);
/* The network language; weights go to <stem>.weights.npz in the same folder. */
bool text_emit_snn(struct comp *c, const struct ir_graph *g, const char *path);
/* The same with everything in the text, which is appended. Names of shared constants are lost. */
void text_print_snn(struct comp *c, const struct ir_graph *g, struct buf *text);
bool text_emit_dot(struct comp *c, const struct ir_graph *g, const char *path);

#endif
