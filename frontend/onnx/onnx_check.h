/* frontend/onnx/onnx_check.h -- looks over the protobuf wire format before protobuf-c unpacks it.
 *
 * protobuf-c neither bounds recursion (a 42 KB file overflows the stack) nor memory (4 MiB of empty
 * messages become 0.5 GB). The walk allocates nothing and follows the generated descriptors. */
#ifndef FRONTEND_ONNX_ONNX_CHECK_H
#define FRONTEND_ONNX_ONNX_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/base/diag.h"
#include "ir/base/file.h"

enum { ONNX_MAX_NESTING = 64 };

/* True when `file` is a well-formed ModelProto nested at most ONNX_MAX_NESTING deep, whose strings
 * hold no NUL and whose unpacked form takes about budget_bytes at most. False: told, with the
 * offset. */
bool onnx_check(struct diag *d, struct loc loc, struct bytes file, size_t budget_bytes);

#endif
