/* frontend/onnx/onnx_check.h -- looks over the protobuf wire format before protobuf-c unpacks it.
 *
 * protobuf-c neither bounds recursion (a 42 KB file overflows the stack) nor memory (4 MiB of empty
 * messages become 0.5 GB), and copies everything. The walk follows the generated descriptors and
 * writes the file anew without the numbers of its tensors: these stay where they are. */
#ifndef FRONTEND_ONNX_ONNX_CHECK_H
#define FRONTEND_ONNX_ONNX_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/base/diag.h"
#include "ir/base/file.h"

struct buf;

enum { ONNX_MAX_NESTING = 64 };

/* What stands in a cut field for its bytes. Every raw_data of a TensorProto is one of these;
 * float_data and double_data are a list of them, one for each piece, in elements that only carry
 * its bytes. */
struct onnx_cut {
  const uint8_t *data; /* in the file */
  size_t len;
};

/* True when `file` is a well-formed ModelProto nested at most ONNX_MAX_NESTING deep, whose strings
 * hold no NUL and whose unpacked form takes about budget_bytes at most; *cut is then the message to
 * unpack. False: told, with the offset. */
bool onnx_check(struct diag *d, struct loc loc, struct bytes file, size_t budget_bytes,
                struct buf *cut);

#endif
