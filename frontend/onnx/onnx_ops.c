/* The table of operators. Opsets before 6 are refused for a whole model, so 6 stands for "older".
 */
#include <stdio.h>
#include <string.h>

#include "frontend/onnx/onnx.h"
#include "frontend/onnx/onnx_internal.h"
#include "ir/base/buf.h"

enum { ANY = 1024 };

static const struct onnx_op ops[] = {
    {"Add", 6, 0, 2, 2, "axis broadcast", onnx_build_add, IR_ADD,
     "currents that add up; a constant is the bias", ""},
    {"AveragePool", 6, 0, 1, 1,
     "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides", onnx_build_avgpool,
     IR_AVGPOOL, "project_avgpool into a population",
     "no dilation; ceil_mode with count_include_pad only without padding"},
    {"BatchNormalization", 6, 0, 5, 5, "epsilon is_test momentum spatial training_mode",
     onnx_build_batchnorm, IR_BATCHNORM, "weights and bias of the layer beside it",
     "inference only, spatial"},
    {"Cast", 6, 0, 1, 1, "saturate to", onnx_build_cast, IR_CAST,
     "nothing: constants and float inputs only",
     "to floating types; to INT32 and INT64 where the operand is constant"},
    {"Clip", 6, 0, 1, 3, "max min", onnx_build_clip, IR_CLIP,
     "population that sends at most the upper bound", "constant bounds"},
    {"Concat", 6, 0, 1, ANY, "axis", onnx_build_concat, IR_CONCAT, "spike_concat of channels", ""},
    {"Constant", 6, 0, 0, 0,
     "sparse_value value value_float value_floats value_int value_ints value_string value_strings",
     onnx_build_constant, IR_CONST, "weights", "numbers, not sparse"},
    {"ConstantOfShape", 9, 0, 1, 1, "value", onnx_build_constant_of_shape, IR_CONST, "weights",
     "constant shape"},
    {"Conv", 6, 0, 2, 3, "auto_pad dilations group kernel_shape pads strides", onnx_build_conv,
     IR_CONV, "project_conv", "one to three spatial axes; padding smaller than the kernel"},
    {"Dropout", 6, 0, 1, 3, "is_test ratio seed", onnx_build_dropout, IR_N_OPS, "nothing",
     "does nothing, as in inference; no mask"},
    {"Flatten", 6, 0, 1, 1, "axis", onnx_build_flatten, IR_RESHAPE, "view", ""},
    {"Gather", 6, 0, 2, 2, "axis", onnx_build_gather, IR_GATHER, "nothing: constants only",
     "constant indices"},
    {"Gemm", 6, 0, 2, 3, "alpha beta broadcast transA transB", onnx_build_gemm, IR_DENSE,
     "project_dense", "alpha only with constant B, beta only with constant C"},
    {"GlobalAveragePool", 6, 0, 1, 1, "", onnx_build_global_avgpool, IR_GLOBAL_AVGPOOL,
     "project_avgpool into a population", ""},
    {"Identity", 6, 0, 1, 1, "", onnx_build_same, IR_N_OPS, "nothing", ""},
    {"LogSoftmax", 6, 0, 1, 1, "axis", onnx_build_log_softmax, IR_LOG_SOFTMAX,
     "nothing: only as the end of the network", ""},
    {"MatMul", 6, 0, 2, 2, "", onnx_build_matmul, IR_DENSE, "project_dense; one operand constant",
     ""},
    {"MaxPool", 6, 0, 1, 1, "auto_pad ceil_mode dilations kernel_shape pads storage_order strides",
     onnx_build_maxpool, IR_MAXPOOL, "spike_maxpool, exact", "no Indices output"},
    {"Pad", 6, 0, 1, 4, "mode pads value", onnx_build_pad, IR_PADDING,
     "pad of the conv or pool behind it; zeros only",
     "modes constant, reflect and edge; constant pads"},
    {"Relu", 6, 0, 1, 1, "", onnx_build_relu, IR_RELU, "population of integrate-and-fire neurons",
     ""},
    {"Reshape", 6, 0, 1, 2, "allowzero shape", onnx_build_reshape, IR_RESHAPE,
     "view, where it flattens", "constant shape"},
    {"Shape", 6, 0, 1, 1, "end start", onnx_build_shape, IR_CONST, "nothing: always a constant",
     ""},
    {"Slice", 6, 0, 1, 5, "axes ends starts", onnx_build_slice, IR_SLICE, "nothing: constants only",
     "constant bounds, not empty"},
    {"Softmax", 6, 0, 1, 1, "axis", onnx_build_softmax, IR_SOFTMAX,
     "nothing: only as the end of the network", ""},
    {"Squeeze", 6, 0, 1, 2, "axes", onnx_build_squeeze, IR_RESHAPE, "view, where it flattens",
     "constant axes"},
    {"Transpose", 6, 0, 1, 1, "perm", onnx_build_transpose, IR_TRANSPOSE,
     "order of weights, or of the input", ""},
    {"Unsqueeze", 6, 0, 1, 2, "axes", onnx_build_unsqueeze, IR_RESHAPE, "view, where it flattens",
     "constant axes"},
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
  static const char row[] = "%-18s  %-6s  %-14s  %-46s  %s\n";

  fprintf(f, row, "operator", "opsets", "analog", "in spikes", "restrictions");
  for (size_t i = 0; i < N_OPS; i++) {
    const char *analog = ops[i].analog == IR_N_OPS ? "-" : ir_op_name(ops[i].analog);
    char opsets[24];
    if (ops[i].last)
      snprintf(opsets, sizeof opsets, "%d-%d", ops[i].first, ops[i].last);
    else
      snprintf(opsets, sizeof opsets, "%d on", ops[i].first);
    fprintf(f, row, ops[i].name, opsets, analog, ops[i].spikes,
            *ops[i].limits ? ops[i].limits : "-");
  }
}
