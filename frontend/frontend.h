/* frontend/frontend.h -- reads a model into IR, whatever its format. */
#ifndef FRONTEND_FRONTEND_H
#define FRONTEND_FRONTEND_H

struct comp;
struct ir_graph;

/* Picks the reader by content: "ir " starts a textual IR, a word of the network language a .snn,
 * its magic an image, anything else must be ONNX. A .snn may give options: comp->opt is another one
 * then. The graph is verified, all types are known (an open batch is 1), constant shapes are
 * folded. NULL: told. */
struct ir_graph *frontend_read(struct comp *c, const char *path);

#endif
