/* The table of operators. Opsets before 6 are refused for a whole model, so 6 stands for "older".
 */
#include <stdio.h>
#include <string.h>

#include "frontend/onnx/onnx.h"
#include "frontend/onnx/onnx_internal.h"
#include "ir/base/buf.h"

enum { ANY = 1024 };

static const struct onnx_op ops[] = {
    {"Add", 6, 0, 2, 2, "axis broadcast", onnx_build_add, ""},
    {"AveragePool", 6, 0, 1, 1,
     "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides", onnx_build_avgpool,
     "no dilation; ceil_mode with count_include_pad only without padding"},
    {"BatchNormalization", 6, 0, 5, 5, "epsilon is_test momentum spatial training_mode",
     onnx_build_batchnorm, "inference only, spatial"},
    {"Cast", 6, 0, 1, 1, "saturate to", onnx_build_cast,
     "to floating types; to INT32 and INT64 where the operand is constant"},
    {"Clip", 6, 0, 1, 3, "max min", onnx_build_clip, "constant bounds"},
    {"Concat", 6, 0, 1, ANY, "axis", onnx_build_concat, ""},
    {"Constant", 6, 0, 0, 0,
     "sparse_value value value_float value_floats value_int value_ints value_string value_strings",
     onnx_build_constant, "numbers, not sparse"},
    {"ConstantOfShape", 9, 0, 1, 1, "value", onnx_build_constant_of_shape, "constant shape"},
    {"Conv", 6, 0, 2, 3, "auto_pad dilations group kernel_shape pads strides", onnx_build_conv,
     "one to three spatial axes; padding smaller than the kernel"},
    {"Dropout", 6, 0, 1, 3, "is_test ratio seed", onnx_build_dropout,
     "does nothing, as in inference; no mask"},
    {"Flatten", 6, 0, 1, 1, "axis", onnx_build_flatten, ""},
    {"Gather", 6, 0, 2, 2, "axis", onnx_build_gather, "constant indices"},
    {"Gemm", 6, 0, 2, 3, "alpha beta broadcast transA transB", onnx_build_gemm,
     "alpha only with constant B, beta only with constant C"},
    {"GlobalAveragePool", 6, 0, 1, 1, "", onnx_build_global_avgpool, ""},
    {"Identity", 6, 0, 1, 1, "", onnx_build_same, ""},
    {"LogSoftmax", 6, 0, 1, 1, "axis", onnx_build_log_softmax, ""},
    {"MatMul", 6, 0, 2, 2, "", onnx_build_matmul, ""},
    {"MaxPool", 6, 0, 1, 1, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides",
     onnx_build_maxpool, "no Indices output"},
    {"Pad", 6, 0, 1, 4, "mode pads value", onnx_build_pad,
     "modes constant, reflect and edge; constant pads"},
    {"Relu", 6, 0, 1, 1, "", onnx_build_relu, ""},
    {"Reshape", 6, 0, 1, 2, "allowzero shape", onnx_build_reshape, "constant shape"},
    {"Shape", 6, 0, 1, 1, "end start", onnx_build_shape, ""},
    {"Slice", 6, 0, 1, 5, "axes ends starts", onnx_build_slice, "constant bounds, not empty"},
    {"Softmax", 6, 0, 1, 1, "axis", onnx_build_softmax, ""},
    {"Squeeze", 6, 0, 1, 2, "axes", onnx_build_squeeze, "constant axes"},
    {"Transpose", 6, 0, 1, 1, "perm", onnx_build_transpose, ""},
    {"Unsqueeze", 6, 0, 1, 2, "axes", onnx_build_unsqueeze, "constant axes"},
};

enum { N_OPS = sizeof ops / sizeof *ops };

const struct onnx_op *onnx_op_find(const struct onnx_import *im, const Onnx__NodeProto *p) {
  if (!onnx_is_default_domain(onnx_str(p->domain)))
    return NULL;
  for (size_t i = 0; i < N_OPS; i++)
    if (!strcmp(ops[i].name, onnx_str(p->op_type)))
      return im->opset >= ops[i].first && (!ops[i].last || im->opset <= ops[i].last) ? &ops[i]
                                                                                     : NULL;
  return NULL;
}

const char *onnx_op_names(struct arena *a) {
  struct buf b;

  buf_init(&b, a);
  for (size_t i = 0; i < N_OPS; i++)
    buf_printf(&b, "%s%s", i ? ", " : "", ops[i].name);
  return b.data;
}

void onnx_list_ops(FILE *f) {
  fputs("| operator | opsets | attributes | restrictions |\n|---|---|---|---|\n", f);
  for (size_t i = 0; i < N_OPS; i++) {
    fprintf(f, "| %s | %d", ops[i].name, ops[i].first);
    if (ops[i].last)
      fprintf(f, " to %d", ops[i].last);
    fprintf(f, "%s | %s | %s |\n", ops[i].last ? "" : " on", ops[i].attrs, ops[i].limits);
  }
}
