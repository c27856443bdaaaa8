/* tests/unit/test_onnx_ops.c -- what each operator becomes in the IR. */
#include "onnx_model.h"

struct row {
  int64_t opset;
  const char *op, *operands, *attrs;
  const char *want; /* part of the IR's text, or of the message */
};

static void check_rows(struct unit *u, const struct row *rows, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const struct row *r = &rows[i];
    struct onnx_model *m = model_new(u, r->opset, r->op, r->operands, r->attrs);
    const char *got = model_read(u, model_pack(m));
    if (!strstr(got, r->want))
      fail_msg("row %zu, %s of opset %d: \"%s\" is not in:\n%s", i, r->op, (int)r->opset, r->want,
               got);
  }
}
#define CHECK_ROWS(state, rows) check_rows(*(state), rows, sizeof(rows) / sizeof(*(rows)))

static void windows_become_explicit_pads(void **state) {
  static const struct row rows[] = {
      {13, "Conv", "x:1,1,5,5 w:2,1,3,3", "", "%n = conv %x, %w : f32[1, 2, 3, 3]"},
      {13, "Conv", "x:1,1,5,5 w:2,1,3,3 b:2", "pads=[1,0,1,2] strides=[2,1]",
       "%n = conv %x, %w, %b {stride=[2, 1], pad=[1, 0, 1, 2]} : f32[1, 2, 3, 5]"},
      {13, "Conv", "x:1,4,5,5 w:4,1,3,3", "group=4 dilations=[2,2]",
       "%n = conv %x, %w {dilation=[2, 2], group=4} : f32[1, 4, 1, 1]"},
      {13, "Conv", "x:1,1,5,5 w:2,1,2,2", "auto_pad=SAME_UPPER", "{pad=[0, 0, 1, 1]}"},
      {13, "Conv", "x:1,1,5,5 w:2,1,2,2", "auto_pad=SAME_LOWER", "{pad=[1, 1, 0, 0]}"},
      {13, "Conv", "x:1,1,6,6 w:2,1,3,3", "auto_pad=SAME_UPPER strides=[2,2]",
       "{stride=[2, 2], pad=[0, 0, 1, 1]} : f32[1, 2, 3, 3]"},
      {13, "Conv", "x:1,1,5,5 w:2,1,3,3", "auto_pad=SAME_UPPER dilations=[2,2]",
       "{pad=[2, 2, 2, 2], dilation=[2, 2]} : f32[1, 2, 5, 5]"},
      {13, "Conv", "x:1,1,5,5 w:2,1,3,3", "auto_pad=VALID", "%n = conv %x, %w : f32[1, 2, 3, 3]"},
      {13, "Conv", "x:1,1,7 w:2,1,3", "kernel_shape=[3]", "%n = conv %x, %w : f32[1, 2, 5]"},
      {13, "Conv", "x:1,1,5,5 w:2,1,3,3", "kernel_shape=[5,5]", "3 is allowed"},
      {13, "Conv", "x:1,5 w:2,1", "", "1 to 3 spatial axes"},
      {13, "MaxPool", "x:1,1,5,5", "kernel_shape=[2,2] strides=[2,2] ceil_mode=1",
       "{kernel=[2, 2], stride=[2, 2], pad=[0, 0, 1, 1]} : f32[1, 1, 3, 3]"},
      {13, "MaxPool", "x:1,1,4,4", "kernel_shape=[2,2] strides=[2,2] ceil_mode=1",
       "{kernel=[2, 2], stride=[2, 2]} : f32[1, 1, 2, 2]"},
      /* The second window would begin in the trailing pad: it is dropped. */
      {13, "MaxPool", "x:1,1,2,2", "kernel_shape=[2,2] strides=[3,3] pads=[0,0,1,1] ceil_mode=1",
       "{kernel=[2, 2], stride=[3, 3], pad=[0, 0, 1, 1]} : f32[1, 1, 1, 1]"},
      {13, "MaxPool", "x:1,1,5,5", "", "kernel_shape is missing"},
      {13, "MaxPool", "x:1,1,5,5", "kernel_shape=[2,2] dilations=[2,2]", "dilation=[2, 2]"},
      {19, "AveragePool", "x:1,1,4,4", "kernel_shape=[3,3] pads=[1,1,1,1] count_include_pad=1",
       "{kernel=[3, 3], pad=[1, 1, 1, 1], count_pad=1}"},
      {19, "AveragePool", "x:1,1,5,5",
       "kernel_shape=[2,2] strides=[2,2] ceil_mode=1 count_include_pad=1",
       "{kernel=[2, 2], stride=[2, 2], pad=[0, 0, 1, 1]}"},
      {19, "AveragePool", "x:1,1,4,4",
       "kernel_shape=[2,2] strides=[3,3] pads=[1,1,1,1] ceil_mode=1 count_include_pad=1",
       ": f32[1, 1, 2, 2]"},
      {19, "AveragePool", "x:1,1,5,5",
       "kernel_shape=[3,3] strides=[2,2] pads=[1,1,0,0] ceil_mode=1 count_include_pad=1",
       "is not supported"},
      {19, "AveragePool", "x:1,1,5,5", "kernel_shape=[2,2] dilations=[2,2]",
       "dilations other than 1"},
      {13, "GlobalAveragePool", "x:1,3,5,5", "", "%n = global_avgpool %x : f32[1, 3, 1, 1]"},
      {13, "Pad", "x:1,4 i=0,1,0,2", "", "%n = padding %x {pads=[0, 1, 0, 2]} : f32[1, 7]"},
      {6, "Pad", "x:1,4", "pads=[0,1,0,2] value=0.5", "{pads=[0, 1, 0, 2], value_f=0x1p-1}"},
      {18, "Pad", "x:1,4 i=1,2 - j=-1", "mode=edge", "{pads=[0, 1, 0, 2], mode=edge}"},
      {13, "Pad", "x:1,4 i=0,0,0,0", "", "%y = output %x"},
      {19, "Pad", "x:1,4 i=0,1,0,2", "mode=wrap", "constant, reflect and edge"},
      {13, "Pad", "x:1,4 i=0,1", "", "4 are needed"},
  };
  CHECK_ROWS(state, rows);
}

static void products_become_dense_where_a_matrix_is_constant(void **state) {
  static const struct row rows[] = {
      {13, "Gemm", "x:1,2 w:3,2 b:3", "transB=1", "%n = dense %x, %w, %b : f32[1, 3]"},
      {13, "Gemm", "x:1,2 w:2,3", "",
       "%w = const {value=f32[3, 2]{0x1p+0, 0x1p+2, 0x1p+1, 0x1.4p+2, 0x1.8p+1, 0x1.8p+2}}"},
      {13, "Gemm", "x:1,2 w:1,2 b:1", "transB=1 alpha=0.5 beta=2.0",
       "value=f32[1, 2]{0x1p-1, 0x1p+0}}"},
      {13, "Gemm", "x:1,2 w:1,2 b:1", "transB=1 alpha=0.5 beta=2.0", "value=f32[1]{0x1p+1}}"},
      {13, "Gemm", "x:1,2 w:3,2 b:1", "transB=1", "f32[3]{0x1p+0, 0x1p+0, 0x1p+0}"},
      {13, "Gemm", "x:1,2 w:3,2 b:1,3", "transB=1", "%b = const {value=f32[3]"},
      {13, "Gemm", "x:1,2 w:3,2 b:3", "transB=1 beta=0.0", "%n = dense %x, %w : f32[1, 3]"},
      {13, "Gemm", "x:2,2 w:3,2 b:2,3", "transB=1", "%n = add %n.product, %b : f32[2, 3]"},
      {13, "Gemm", "x:2,4 w:3,2", "transA=1 transB=1", "dense %n.transpose, %w : f32[4, 3]"},
      {13, "Gemm", "x:1,2 x2:2,3", "", "%n = matmul %x, %x2 : f32[1, 3]"},
      {13, "Gemm", "x:1,2 x2:2,3", "alpha=0.5", "alpha is 0.5"},
      {13, "Gemm", "x:1,2,2 w:3,2", "transB=1", "both need two axes"},
      {13, "MatMul", "x:1,2 w:2,3", "", "%n = dense %x, %w : f32[1, 3]"},
      {13, "MatMul", "w:3,2 x:2,1", "", "%n = matmul %w, %x : f32[3, 1]"},
      {7, "Add", "x:1,2,3,3 b:2,1,1", "", "%n = add %x, %b"},
      {6, "Add", "x:1,2,3,3 b:2", "broadcast=1 axis=1", "%n = add %x, %n.in"},
      {6, "Add", "x:1,2,3,3 b:2", "broadcast=1 axis=1", "%n.in = const {value=f32[2, 1, 1]"},
      {6, "Add", "x:1,2 b:2,1", "broadcast=1 axis=1", "too few axes"},
      {13, "BatchNormalization", "x:1,1,2,2 g:1 b:1 m:1 v:1", "epsilon=0.5",
       "%n = batchnorm %x, %g, %b, %m, %v {epsilon=0x1p-1} : f32[1, 1, 2, 2]"},
      {7, "BatchNormalization", "x:3,1 g:3 b:3 m:3 v:3", "", "%n.out = reshape %n {shape=[3, 1]}"},
      {14, "BatchNormalization", "x:1,1,2,2 g:1 b:1 m:1 v:1", "training_mode=1", "for inference"},
      {7, "BatchNormalization", "x:1,1,2,2 g:1 b:1 m:1 v:1", "spatial=0", "spatial is 0"},
  };
  CHECK_ROWS(state, rows);
}

static void activations_follow_their_opset(void **state) {
  static const struct row rows[] = {
      {13, "Relu", "x:1,2", "", "%n = relu %x : f32[1, 2]"},
      {6, "Clip", "x:1,2", "min=0.0 max=6.0", "%n = clip %x {min=0x0p+0, max=0x1.8p+2}"},
      {13, "Clip", "x:1,2 - i=6", "", "%n = clip %x {max=0x1.8p+2}"},
      {13, "Clip", "x:1,2 i=0", "", "%n = relu %x"},
      {13, "Clip", "x:1,2", "", "%y = output %x"},
      {13, "Clip", "x:1,2 x2:1,1 i=6", "", "it must be constant"},
      {13, "Softmax", "x:1,2,3", "", "{axis=2}"},
      {13, "Softmax", "x:1,2,3", "axis=-2", "{axis=1}"},
      {12, "Softmax", "x:1,2,1,1", "", "%n = softmax %x {axis=1} : f32[1, 2, 1, 1]"},
      {12, "LogSoftmax", "x:2,2,3", "", "%n = log_softmax %n.in {axis=1} : f32[2, 6]"},
      {12, "LogSoftmax", "x:2,2,3", "", "%n.out = reshape %n {shape=[2, 2, 3]}"},
      {13, "Softmax", "x:1,2", "axis=2", "-2 to 1 is allowed"},
      {13, "Dropout", "x:1,2", "", "%y = output %x"},
      {13, "Identity", "x:1,2", "", "%y = output %x"},
  };
  CHECK_ROWS(state, rows);
}

static void shapes_are_resolved(void **state) {
  static const struct row rows[] = {
      {13, "Flatten", "x:2,3,4", "", "shape=[2, 12]"},
      {13, "Flatten", "x:2,3,4", "axis=0", "shape=[1, 24]"},
      {13, "Flatten", "x:2,3,4", "axis=3", "shape=[24, 1]"},
      {13, "Flatten", "x:2,3,4", "axis=-1", "shape=[6, 4]"},
      {13, "Flatten", "x:2,3,4", "axis=4", "-3 to 2 is allowed"},
      {13, "Reshape", "x:2,3,4 i=0,-1", "", "shape=[2, 12]"},
      {13, "Reshape", "x:2,3,4 i=4,3,2", "", "shape=[4, 3, 2]"},
      {13, "Reshape", "x:2,3,4 i=5,-1", "", "cannot be divided"},
      {13, "Reshape", "x:2,3,4 i=-1,-1", "", "one -1"},
      {14, "Reshape", "x:2,3,4 i=0,12", "allowzero=1", "shape[0] is 0"},
      {13, "Reshape", "x:2,3 i=4,2", "", "6 elements"},
      {13, "Reshape", "x:2,3", "", "the shape, is missing"},
      {13, "Transpose", "x:2,3,4", "", "{perm=[2, 1, 0]} : f32[4, 3, 2]"},
      {13, "Transpose", "x:2,3", "perm=[0]", "perm has 1 values"},
      {13, "Squeeze", "x:1,3,1", "", "shape=[3]"},
      {13, "Squeeze", "x:1,3,1 i=-1", "", "shape=[1, 3]"},
      {11, "Squeeze", "x:1,3,1", "axes=[1]", "axis 1 has size 3"},
      {13, "Unsqueeze", "x:2,3 i=0,-1", "", "shape=[1, 2, 3, 1]"},
      {11, "Unsqueeze", "x:2,3", "axes=[1]", "shape=[2, 1, 3]"},
      {11, "Unsqueeze", "x:2,3", "axes=[1,1]", "twice"},
      {13, "Concat", "x:1,2 x2:1,3", "axis=-1", "%n = concat %x, %x2 {axis=1} : f32[1, 5]"},
      {13, "Concat", "x:1,2 x2:1,3", "", "axis is missing"},
  };
  CHECK_ROWS(state, rows);
}

static void parts_are_cut_as_onnx_counts(void **state) {
  static const struct row rows[] = {
      {13, "Slice", "x:5,6 s=1 e=3", "", "{starts=[1, 0], steps_of=[1, 1], shape=[2, 6]}"},
      {9, "Slice", "x:5,6", "starts=[-2] ends=[99] axes=[1]",
       "{starts=[0, 4], steps_of=[1, 1], shape=[5, 2]}"},
      {13, "Slice", "x:5 s=-1 e=-99 a=0 t=-2", "", "{starts=[4], steps_of=[-2], shape=[3]}"},
      {13, "Slice", "x:5 s=0 e=5 a=0 t=3", "", "{starts=[0], steps_of=[3], shape=[2]}"},
      {13, "Slice", "x:5 s=3 e=3", "", "nothing is left of axis 0"},
      {13, "Slice", "x:5 s=0 e=5 a=0 t=0", "", "step of axis 0 is 0"},
      {13, "Slice", "x:5 s=0,1 e=5", "", "2 starts, 1 ends"},
      {13, "Gather", "x:5,2 i=0,-1", "axis=0", "%n = gather %x, %i {axis=0} : f32[2, 2]"},
      {13, "Gather", "x:5,2 i=5", "", "index 5 is outside axis 0 of f32[5, 2]"},
  };
  CHECK_ROWS(state, rows);
}

static void constants_are_folded_to_outputs(void **state) {
  static const struct row rows[] = {
      {13, "Shape", "w:2,3,4", "", "f32[3]{0x1p+1, 0x1.8p+1, 0x1p+2}"},
      {15, "Shape", "w:2,3,4", "start=-1", "f32[1]{0x1p+2}"},
      {13, "Gather", "i=7,8,9 j=-1", "", "f32[1]{0x1.2p+3}"},
      {13, "Concat", "i=1 j=2,3", "axis=0", "f32[3]{0x1p+0, 0x1p+1, 0x1.8p+1}"},
      {13, "Slice", "i=1,2,3 s=1 e=3", "", "f32[2]{0x1p+1, 0x1.8p+1}"},
      {13, "Unsqueeze", "i=5 a=0", "", "f32[1, 1]{0x1.4p+2}"},
      {13, "Cast", "i=5", "to=1", "f32[1]{0x1.4p+2}"},
      {13, "Cast", "i=5", "to=8", "(STRING)"},
      {13, "Cast", "i=5", "to=13", "(UINT64)"},
      {13, "Cast", "x:1", "to=7", "%n = cast %x : i64[1]"},
      {13, "Constant", "", "value_int=3", "f32[]{0x1.8p+1}"},
      {13, "Constant", "", "value_ints=[3,4]", "f32[2]{0x1.8p+1, 0x1p+2}"},
      {13, "Constant", "", "value_float=0.5", "f32[]{0x1p-1}"},
      {13, "Constant", "", "value_string=a", "holds value_string"},
      {13, "Constant", "", "", "has 0 attributes"},
      {13, "ConstantOfShape", "i=2", "", "f32[2]{0x0p+0, 0x0p+0}"},
      {13, "ConstantOfShape", "i=-2", "", "a negative dimension"},
      {13, "Transpose", "w:2,2", "", "f32[2, 2]{0x1p+0, 0x1.8p+1, 0x1p+1, 0x1p+2}"},
  };
  CHECK_ROWS(state, rows);
}

static void nodes_are_checked_against_their_row(void **state) {
  static const struct row rows[] = {
      {13, "Relu", "x:1 x2:1", "", "has 2 operands; Relu has up to 1"},
      {13, "Add", "x:1", "", "operand 2 is missing; Add has at least 2"},
      {13, "Add", "- x:1", "", "operand 1 is missing"},
      {13, "Relu", "x:1", "alpha=1", "attribute \"alpha\" is not known; Relu has none"},
      {13, "Concat", "x:1", "axis=0 axis=0", "attribute axis is given twice"},
      {13, "Concat", "x:1", "axis=0.5", "attribute axis is of type FLOAT; INT is allowed"},
      {8, "ConstantOfShape", "i=2", "", "operator ConstantOfShape is not supported"},
      {5, "Relu", "x:1", "consumed_inputs=[0]", "%n = relu %x : f32[1]"},
      {6, "Relu", "x:1", "consumed_inputs=[0]", "attribute \"consumed_inputs\" is not known"},
      {13, "Relu", "z", "", "input \"z\" is not made by any node"},
  };
  CHECK_ROWS(state, rows);
}

static void functions_become_nodes_of_their_own(void **state) {
  static const struct row rows[] = {
      {6, "Tanh", "x:1,2", "", "%n = tanh %x : f32[1, 2]"},
      {6, "LeakyRelu", "x:1,2", "alpha=0.25", "%n = leaky_relu %x {alpha=0x1p-2}"},
      {6, "Elu", "x:1,2", "alpha=nan.", "attribute alpha"},
      {6, "Selu", "x:1,2", "gamma=0.5", "%n = selu %x {beta=0x1p-1}"},
      {9, "Shrink", "x:1,2", "lambd=0.5 bias=0.25", "%n = shrink %x {alpha=0x1p-1, beta=0x1p-2}"},
      {8, "Shrink", "x:1,2", "", "operator Shrink is not supported"},
      {7, "Mul", "x:1,2 b:2", "", "%n = mul %x, %b : f32[1, 2]"},
      {6, "Sub", "x:1,2,3,3 b:2", "broadcast=1 axis=1", "%n = sub %x, %n.in"},
      {6, "PRelu", "x:1,2,3,3 b:2", "", "%n.in = const {value=f32[2, 1, 1]"},
      {7, "PRelu", "x:1,2,3,2 b:2", "", "%n = prelu %x, %b"},
      {8, "Sum", "x:1,2 b:2 c:2", "", "%n = add %n.part, %c"},
      {8, "Max", "x:1,2", "", "%y = output %x"},
      {8, "Mean", "x:1,2 b:2", "", "%n = div %n.part, %n.count"},
      {8, "Mean", "x:1,2 b:2", "", "%n.count = const {value=f32[]{0x1p+1}}"},
      {13, "Max", "x:1,2 i=1,2", "", "both need the same element type"},
  };
  CHECK_ROWS(state, rows);
}

static void reductions_name_their_axes(void **state) {
  static const struct row rows[] = {
      {13, "ReduceMean", "x:2,3,4", "axes=[1]", "%n = reduce_mean %x {axes=[1]} : f32[2, 1, 4]"},
      {13, "ReduceMean", "x:2,3,4,4", "axes=[2,3]", "%n = global_avgpool %x : f32[2, 3, 1, 1]"},
      {13, "ReduceMean", "x:2,3,4", "axes=[-1] keepdims=0", "%n.out = reshape %n {shape=[2, 3]}"},
      {13, "ReduceSum", "x:2,3 i=1", "", "%n = reduce_sum %x {axes=[1]} : f32[2, 1]"},
      {13, "ReduceSum", "x:2,3", "", "{axes=[0, 1]} : f32[1, 1]"},
      {13, "ReduceSum", "x:2,3", "noop_with_empty_axes=1", "%y = output %x"},
      {13, "ReduceMax", "x:2,3", "axes=[2]", "-2 to 1 is allowed"},
      {13, "ArgMax", "x:2,3", "axis=1 select_last_index=1",
       "argmax %x {axis=1, last=1} : i64[2, 1]"},
      {13, "ArgMin", "x:2,3", "keepdims=0", "%n = argmax %n.neg {axis=0} : i64[1, 3]"},
      {6, "InstanceNormalization", "x:1,2,3,3 s:2 b:2", "", "%n = add %n.scaled, %n.bias"},
      {6, "InstanceNormalization", "x:1,2 s:2 b:2", "", "and a map are wanted"},
      {13, "MeanVarianceNormalization", "x:1,2,3,3", "", "%n = div %n.centred, %n.root.1"},
  };
  CHECK_ROWS(state, rows);
}

static void parts_are_picked_and_repeated(void **state) {
  static const struct row rows[] = {
      {13, "Split", "x:1,4 i=4", "axis=1",
       "slice %x {starts=[0, 0], steps_of=[1, 1], shape=[1, 4]}"},
      {13, "Split", "x:1,4 i=3", "axis=1", "the parts have 3 elements, the operand 4"},
      {13, "Split", "x:1,4 i=2,2", "axis=1", "split has 2 sizes for 1 outputs"},
      {13, "Split", "x:1,4 i=0", "axis=1", "part 0 has 0 elements"},
      {13, "Tile", "x:1,2 i=1,3", "", "%n = concat %x, %x, %x {axis=1} : f32[1, 6]"},
      {13, "Tile", "x:1,2 i=1", "", "repeats has 1 values"},
      {13, "Tile", "x:1,2 i=1,0", "", "repeats[1] is 0"},
      {13, "GatherElements", "x:2 i=1,0", "", "%n = gather_elements %x, %i {axis=0} : f32[2]"},
      {13, "GatherElements", "x:2 i=1,2", "", "index 2 is outside axis 0"},
      {13, "GatherND", "x:2,3 i=1", "", "%n = gather_nd %x, %i {batch_dims=0} : f32[3]"},
      {13, "GatherND", "x:2,3 i=1,3", "", "index 3 is outside axis 1"},
      {13, "GatherND", "x:2,3 i=1,1,1", "", "that picks nothing"},
  };
  CHECK_ROWS(state, rows);
}

static void integers_are_read_as_the_numbers_they_stand_for(void **state) {
  static const struct row rows[] = {
      {13, "QuantizeLinear", "x:1,2 s:1", "", "%n = quantize %x, %s, %n.zero : u8[1, 2]"},
      {13, "QuantizeLinear", "x:2,2 s:2", "axis=0", "%n = quantize %x, %s, %n.zero {axis=0}"},
      {13, "QuantizeLinear", "x:2,3 s:2", "", "axis 1 of f32[2, 3] has another size"},
      {13, "DequantizeLinear", "x:2 s:1", "", "u8, i8, i16 or i32"},
  };
  CHECK_ROWS(state, rows);
}

static void transposed_windows_crop_their_result(void **state) {
  static const struct row rows[] = {
      {11, "ConvTranspose", "x:1,2,3,3 w:2,4,2,2", "strides=[2,2]",
       "%n = conv_transpose %x, %w {stride=[2, 2]} : f32[1, 4, 6, 6]"},
      {11, "ConvTranspose", "x:1,2,3 w:2,1,3", "strides=[2] pads=[1,1] output_padding=[1] group=2",
       "{stride=[2], pad=[1, 0], group=2} : f32[1, 2, 6]"},
      {11, "ConvTranspose", "x:1,1,3 w:1,1,3", "strides=[2] output_shape=[8]", "pad=[0, -1]"},
      {11, "ConvTranspose", "x:1,1,3 w:1,1,3", "strides=[2] auto_pad=SAME_UPPER", "f32[1, 1, 6]"},
      {11, "ConvTranspose", "x:1,1,3 w:2,1,3", "", "axis 0 of the weight must have 1 channels"},
      {13, "GlobalMaxPool", "x:1,1,3,4", "", "%n = maxpool %x {kernel=[3, 4]} : f32[1, 1, 1, 1]"},
  };
  CHECK_ROWS(state, rows);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(functions_become_nodes_of_their_own, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(reductions_name_their_axes, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(parts_are_picked_and_repeated, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(integers_are_read_as_the_numbers_they_stand_for, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(transposed_windows_crop_their_result, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(windows_become_explicit_pads, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(products_become_dense_where_a_matrix_is_constant, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(activations_follow_their_opset, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(shapes_are_resolved, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(parts_are_cut_as_onnx_counts, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(constants_are_folded_to_outputs, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(nodes_are_checked_against_their_row, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
