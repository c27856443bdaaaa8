/* backends/image/image.h -- writes a network of integers as an image (docs/IMAGE.md). */
#ifndef BACKENDS_IMAGE_IMAGE_H
#define BACKENDS_IMAGE_IMAGE_H

#include <stdbool.h>

struct arena;
struct buf;
struct comp;
struct diag;
struct ir_graph;

/* The bytes of the image of a placed graph. False: told. */
bool image_write(struct arena *a, struct diag *d, const struct ir_graph *g, struct buf *out);

/* The backend: FILE.img. False: told. */
bool image_emit(struct comp *c, const struct ir_graph *g, const char *path);

#endif
