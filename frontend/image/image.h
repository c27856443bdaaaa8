/* frontend/image/image.h -- an image (docs/IMAGE.md) back to the graph that it was made from. */
#ifndef FRONTEND_IMAGE_IMAGE_H
#define FRONTEND_IMAGE_IMAGE_H

#include <stdbool.h>

#include "ir/base/file.h"

struct comp;
struct ir_graph;

/* The bytes begin as an image does. */
bool image_is_magic(struct bytes file);

/* The placed graph of integers in the image's section of text. NULL: told. */
struct ir_graph *image_read(struct comp *c, const char *path, struct bytes file);

#endif
