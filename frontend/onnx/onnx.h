/* frontend/onnx/onnx.h -- ONNX models to analog IR, and the list of operators that are known. */
#ifndef FRONTEND_ONNX_ONNX_H
#define FRONTEND_ONNX_ONNX_H

#include <stdio.h>

#include "ir/base/file.h"

struct comp;
struct ir_graph;

/* `file` is the whole model; it has to live as long as c->arena, since weights stay where they are
 * in it. The rest of the result lives in c->arena, the unpacked message in c->scratch, which the
 * caller resets. NULL: told. */
struct ir_graph *onnx_read(struct comp *c, const char *path, struct bytes file);

/* A row per operator: its opsets, what it becomes at both levels, its restrictions. Two blanks or
 * more part the columns: docs/OPS.md is made from this text. */
void onnx_list_ops(FILE *f);

#endif
