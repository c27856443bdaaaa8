/* The table of operators: what opset 1 to 20 say of them, read by one builder each. */
#include <stdio.h>
#include <string.h>

#include "frontend/onnx/onnx.h"
#include "frontend/onnx/onnx_internal.h"
#include "ir/base/buf.h"

enum { ANY = 1024 };

static const struct onnx_op ops[] = {
    {"Abs", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_ABS, "nothing: refused, with the way around",
     ""},
    {"Add", 1, 0, 2, 2, 1, "axis broadcast", onnx_build_binary, IR_ADD,
     "currents that add up; a constant is the bias", ""},
    {"ArgMax", 1, 0, 1, 1, 1, "axis keepdims select_last_index", onnx_build_argmax, IR_ARGMAX,
     "nothing: refused, with the way around", ""},
    {"ArgMin", 1, 0, 1, 1, 1, "axis keepdims select_last_index", onnx_build_argmax, IR_NEG,
     "nothing: refused, with the way around", ""},
    {"AveragePool", 1, 0, 1, 1, 1,
     "auto_pad ceil_mode count_include_pad dilations kernel_shape pads strides", onnx_build_avgpool,
     IR_AVGPOOL, "project_avgpool into a population",
     "no dilation; ceil_mode with count_include_pad only without padding"},
    {"BatchNormalization", 1, 0, 5, 5, 1, "epsilon is_test momentum spatial training_mode",
     onnx_build_batchnorm, IR_BATCHNORM, "weights and bias of the layer beside it",
     "inference only, spatial"},
    {"Cast", 1, 0, 1, 1, 1, "saturate to", onnx_build_cast, IR_CAST, "nothing: of constants only",
     "not to UINT16, UINT32, UINT64, STRING"},
    {"Ceil", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_CEIL, "nothing: refused, with the way around",
     ""},
    {"Clip", 1, 0, 1, 3, 1, "max min", onnx_build_clip, IR_CLIP,
     "population that sends at most the upper bound", "constant bounds"},
    {"Concat", 1, 0, 1, ANY, 1, "axis", onnx_build_concat, IR_CONCAT, "spike_concat of channels",
     ""},
    {"Constant", 1, 0, 0, 0, 1,
     "sparse_value value value_float value_floats value_int value_ints value_string value_strings",
     onnx_build_constant, IR_CONST, "weights", "numbers, not sparse"},
    {"ConstantOfShape", 9, 0, 1, 1, 1, "value", onnx_build_constant_of_shape, IR_CONST, "weights",
     "constant shape"},
    {"Conv", 1, 0, 2, 3, 1, "auto_pad dilations group kernel_shape pads strides", onnx_build_conv,
     IR_CONV, "project_conv", "one to three spatial axes; padding smaller than the kernel"},
    {"ConvInteger", 10, 0, 2, 4, 1, "auto_pad dilations group kernel_shape pads strides",
     onnx_build_conv_integer, IR_CONV, "nothing: refused, with the way around",
     "sums below 2^24 are exact"},
    {"ConvTranspose", 1, 0, 2, 3, 1,
     "auto_pad dilations group kernel_shape output_padding output_shape pads strides",
     onnx_build_conv_transpose, IR_CONV_TRANSPOSE, "nothing: refused, with the way around",
     "one to three spatial axes"},
    {"DequantizeLinear", 10, 0, 2, 3, 1, "axis", onnx_build_quantize, IR_DEQUANTIZE,
     "nothing, behind QuantizeLinear; of constants: weights", ""},
    {"Div", 1, 0, 2, 2, 1, "axis broadcast", onnx_build_binary, IR_DIV,
     "weights of a layer: one constant per channel", ""},
    {"Dropout", 1, 0, 1, 3, 2, "is_test ratio seed", onnx_build_dropout, IR_N_OPS, "nothing",
     "does nothing, as in inference"},
    {"Elu", 1, 0, 1, 1, 1, "alpha", onnx_build_unary, IR_ELU,
     "nothing: refused, with the way around", ""},
    {"Exp", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_EXP, "nothing: only as the end of the network",
     ""},
    {"Flatten", 1, 0, 1, 1, 1, "axis", onnx_build_flatten, IR_RESHAPE, "view", ""},
    {"Floor", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_FLOOR,
     "nothing: refused, with the way around", ""},
    {"Gather", 1, 0, 2, 2, 1, "axis", onnx_build_gather, IR_GATHER, "nothing: constants only",
     "an index out of range takes the nearest"},
    {"GatherElements", 11, 0, 2, 2, 1, "axis", onnx_build_gather, IR_GATHER_ELEMENTS,
     "nothing: constants only", ""},
    {"GatherND", 11, 0, 2, 2, 1, "batch_dims", onnx_build_gather_nd, IR_GATHER_ND,
     "nothing: constants only", ""},
    {"Gemm", 1, 0, 2, 3, 1, "alpha beta broadcast transA transB", onnx_build_gemm, IR_DENSE,
     "project_dense", "alpha only with constant B, beta only with constant C"},
    {"GlobalAveragePool", 1, 0, 1, 1, 1, "", onnx_build_global_avgpool, IR_GLOBAL_AVGPOOL,
     "project_avgpool into a population", ""},
    {"GlobalMaxPool", 1, 0, 1, 1, 1, "", onnx_build_global_maxpool, IR_MAXPOOL,
     "spike_maxpool, exact", ""},
    {"HardSigmoid", 1, 0, 1, 1, 1, "alpha beta", onnx_build_unary, IR_HARD_SIGMOID,
     "nothing: refused, with the way around", ""},
    {"Identity", 1, 0, 1, 1, 1, "", onnx_build_same, IR_N_OPS, "nothing", ""},
    {"InstanceNormalization", 1, 0, 3, 3, 1, "epsilon", onnx_build_instance_norm, IR_REDUCE_MEAN,
     "nothing: refused, with the way around", ""},
    {"LeakyRelu", 1, 0, 1, 1, 1, "alpha", onnx_build_unary, IR_LEAKY_RELU,
     "nothing: refused, with the way around", ""},
    {"Log", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_LOG, "nothing: only as the end of the network",
     ""},
    {"LogSoftmax", 1, 0, 1, 1, 1, "axis", onnx_build_softmax, IR_LOG_SOFTMAX,
     "nothing: only as the end of the network", ""},
    {"MatMul", 1, 0, 2, 2, 1, "", onnx_build_matmul, IR_DENSE,
     "project_dense; one operand constant", ""},
    {"MatMulInteger", 10, 0, 2, 4, 1, "", onnx_build_matmul_integer, IR_MATMUL,
     "nothing: refused, with the way around", "sums below 2^24 are exact"},
    {"Max", 1, 0, 1, ANY, 1, "", onnx_build_nary, IR_MAX, "nothing: refused, with the way around",
     ""},
    {"MaxPool", 1, 0, 1, 1, 2,
     "auto_pad ceil_mode dilations kernel_shape pads storage_order strides", onnx_build_maxpool,
     IR_MAXPOOL, "spike_maxpool, exact", "Indices not in spikes"},
    {"Mean", 1, 0, 1, ANY, 1, "", onnx_build_nary, IR_DIV, "currents that add up", ""},
    {"MeanVarianceNormalization", 9, 0, 1, 1, 1, "axes", onnx_build_mvn, IR_REDUCE_MEAN,
     "nothing: refused, with the way around", ""},
    {"Min", 1, 0, 1, ANY, 1, "", onnx_build_nary, IR_MIN, "nothing: refused, with the way around",
     ""},
    {"Mul", 1, 0, 2, 2, 1, "axis broadcast", onnx_build_binary, IR_MUL,
     "weights of a layer: one constant per channel", ""},
    {"Neg", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_NEG, "nothing: refused, with the way around",
     ""},
    {"PRelu", 1, 0, 2, 2, 1, "", onnx_build_prelu, IR_PRELU,
     "nothing: refused, with the way around", ""},
    {"Pad", 1, 0, 1, 4, 1, "mode pads value", onnx_build_pad, IR_PADDING,
     "pad of the conv or pool behind it; zeros only",
     "modes constant, reflect and edge; constant pads"},
    {"Pow", 1, 0, 2, 2, 1, "axis broadcast", onnx_build_binary, IR_POW,
     "nothing: refused, with the way around", "floating types"},
    {"QLinearConv", 10, 0, 8, 9, 1, "auto_pad dilations group kernel_shape pads strides",
     onnx_build_qlinear_conv, IR_CONV, "project_conv between quantizations",
     "read as real numbers"},
    {"QLinearMatMul", 10, 0, 8, 8, 1, "", onnx_build_qlinear_matmul, IR_MATMUL,
     "project_dense between quantizations", "read as real numbers"},
    {"QuantizeLinear", 10, 0, 2, 3, 1, "axis saturate", onnx_build_quantize, IR_QUANTIZE,
     "nothing, in front of DequantizeLinear", "8-bit types"},
    {"Reciprocal", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_RECIPROCAL,
     "nothing: refused, with the way around", ""},
    {"ReduceMax", 1, 0, 1, 2, 1, "axes keepdims noop_with_empty_axes", onnx_build_reduce,
     IR_REDUCE_MAX, "nothing: refused, with the way around", "constant axes"},
    {"ReduceMean", 1, 0, 1, 2, 1, "axes keepdims noop_with_empty_axes", onnx_build_reduce,
     IR_REDUCE_MEAN, "project_avgpool over the axes of the map", "constant axes"},
    {"ReduceMin", 1, 0, 1, 2, 1, "axes keepdims noop_with_empty_axes", onnx_build_reduce,
     IR_REDUCE_MIN, "nothing: refused, with the way around", "constant axes"},
    {"ReduceSum", 1, 0, 1, 2, 1, "axes keepdims noop_with_empty_axes", onnx_build_reduce,
     IR_REDUCE_SUM, "nothing: refused, with the way around", "constant axes"},
    {"Relu", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_RELU,
     "population of integrate-and-fire neurons", ""},
    {"Reshape", 1, 0, 1, 2, 1, "allowzero shape", onnx_build_reshape, IR_RESHAPE,
     "view, where it flattens", "constant shape"},
    {"Round", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_ROUND,
     "nothing: refused, with the way around", ""},
    {"Selu", 1, 0, 1, 1, 1, "alpha gamma", onnx_build_unary, IR_SELU,
     "nothing: refused, with the way around", ""},
    {"Shape", 1, 0, 1, 1, 1, "end start", onnx_build_shape, IR_CONST, "nothing: always a constant",
     ""},
    {"Shrink", 9, 0, 1, 1, 1, "bias lambd", onnx_build_unary, IR_SHRINK,
     "nothing: refused, with the way around", ""},
    {"Sigmoid", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_SIGMOID,
     "nothing: only as the end of the network", ""},
    {"Sign", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_SIGN, "nothing: refused, with the way around",
     ""},
    {"Slice", 1, 0, 1, 5, 1, "axes ends starts", onnx_build_slice, IR_SLICE,
     "nothing: constants only", "constant bounds, not empty"},
    {"Softmax", 1, 0, 1, 1, 1, "axis", onnx_build_softmax, IR_SOFTMAX,
     "nothing: only as the end of the network", ""},
    {"Softplus", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_SOFTPLUS,
     "nothing: only as the end of the network", ""},
    {"Softsign", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_SOFTSIGN,
     "nothing: only as the end of the network", ""},
    {"Split", 1, 0, 1, 2, ANY, "axis num_outputs split", onnx_build_split, IR_SLICE,
     "nothing: constants only", "constant sizes, none empty"},
    {"Sqrt", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_SQRT, "nothing: refused, with the way around",
     ""},
    {"Squeeze", 1, 0, 1, 2, 1, "axes", onnx_build_squeeze, IR_RESHAPE, "view, where it flattens",
     "constant axes"},
    {"Sub", 1, 0, 2, 2, 1, "axis broadcast", onnx_build_binary, IR_SUB,
     "weights of a layer; of a constant the bias", ""},
    {"Sum", 1, 0, 1, ANY, 1, "", onnx_build_nary, IR_ADD, "currents that add up", ""},
    {"Tanh", 1, 0, 1, 1, 1, "", onnx_build_unary, IR_TANH,
     "nothing: only as the end of the network", ""},
    {"ThresholdedRelu", 1, 0, 1, 1, 1, "alpha", onnx_build_unary, IR_THRESHOLDED_RELU,
     "nothing: refused, with the way around", ""},
    {"Tile", 6, 0, 2, 2, 1, "", onnx_build_tile, IR_CONCAT, "spike_concat of channels",
     "constant repeats"},
    {"Transpose", 1, 0, 1, 1, 1, "perm", onnx_build_transpose, IR_TRANSPOSE,
     "order of weights, or of the input", ""},
    {"Unsqueeze", 1, 0, 1, 2, 1, "axes", onnx_build_unsqueeze, IR_RESHAPE,
     "view, where it flattens", "constant axes"},
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
