#include "ir/exec/analog_internal.h"

/* Which element types a kernel computes on. */
enum elements {
  ELEMENTS_F32,    /* operands and result are f32                                 */
  ELEMENTS_NUMBER, /* any but signals                                             */
};

struct kernel {
  analog_fn *run;
  enum elements elements;
};

/* Ops that have no row are not computed: input, const and output, and the spiking level. Gather's
 * indices are integers, whatever the data; cast may change the type. */
static const struct kernel kernels[IR_N_OPS] = {
    [IR_CONV] = {analog_conv, ELEMENTS_F32},
    [IR_DENSE] = {analog_dense, ELEMENTS_F32},
    [IR_MATMUL] = {analog_matmul, ELEMENTS_F32},
    [IR_CONV_TRANSPOSE] = {analog_conv_transpose, ELEMENTS_F32},
    [IR_ADD] = {analog_binary, ELEMENTS_NUMBER},
    [IR_SUB] = {analog_binary, ELEMENTS_NUMBER},
    [IR_MUL] = {analog_binary, ELEMENTS_NUMBER},
    [IR_DIV] = {analog_binary, ELEMENTS_NUMBER},
    [IR_MAX] = {analog_binary, ELEMENTS_NUMBER},
    [IR_MIN] = {analog_binary, ELEMENTS_NUMBER},
    [IR_POW] = {analog_binary, ELEMENTS_NUMBER},
    [IR_PRELU] = {analog_binary, ELEMENTS_NUMBER},
    [IR_RELU] = {analog_relu, ELEMENTS_F32},
    [IR_CLIP] = {analog_clip, ELEMENTS_F32},
    [IR_NEG] = {analog_unary, ELEMENTS_F32},
    [IR_ABS] = {analog_unary, ELEMENTS_F32},
    [IR_SIGN] = {analog_unary, ELEMENTS_F32},
    [IR_SQRT] = {analog_unary, ELEMENTS_F32},
    [IR_EXP] = {analog_unary, ELEMENTS_F32},
    [IR_LOG] = {analog_unary, ELEMENTS_F32},
    [IR_FLOOR] = {analog_unary, ELEMENTS_F32},
    [IR_CEIL] = {analog_unary, ELEMENTS_F32},
    [IR_ROUND] = {analog_unary, ELEMENTS_F32},
    [IR_RECIPROCAL] = {analog_unary, ELEMENTS_F32},
    [IR_TANH] = {analog_unary, ELEMENTS_F32},
    [IR_SIGMOID] = {analog_unary, ELEMENTS_F32},
    [IR_SOFTPLUS] = {analog_unary, ELEMENTS_F32},
    [IR_SOFTSIGN] = {analog_unary, ELEMENTS_F32},
    [IR_LEAKY_RELU] = {analog_unary, ELEMENTS_F32},
    [IR_ELU] = {analog_unary, ELEMENTS_F32},
    [IR_SELU] = {analog_unary, ELEMENTS_F32},
    [IR_HARD_SIGMOID] = {analog_unary, ELEMENTS_F32},
    [IR_THRESHOLDED_RELU] = {analog_unary, ELEMENTS_F32},
    [IR_SHRINK] = {analog_unary, ELEMENTS_F32},
    [IR_MAXPOOL_INDEX] = {analog_maxpool_index, ELEMENTS_NUMBER},
    [IR_MAXPOOL] = {analog_maxpool, ELEMENTS_F32},
    [IR_AVGPOOL] = {analog_avgpool, ELEMENTS_F32},
    [IR_GLOBAL_AVGPOOL] = {analog_global_avgpool, ELEMENTS_F32},
    [IR_REDUCE_MEAN] = {analog_reduce_sum, ELEMENTS_F32},
    [IR_REDUCE_SUM] = {analog_reduce_sum, ELEMENTS_F32},
    [IR_REDUCE_MAX] = {analog_reduce_extreme, ELEMENTS_F32},
    [IR_REDUCE_MIN] = {analog_reduce_extreme, ELEMENTS_F32},
    [IR_ARGMAX] = {analog_argmax, ELEMENTS_NUMBER},
    [IR_BATCHNORM] = {analog_batchnorm, ELEMENTS_F32},
    [IR_SOFTMAX] = {analog_softmax, ELEMENTS_F32},
    [IR_LOG_SOFTMAX] = {analog_log_softmax, ELEMENTS_F32},
    [IR_RESHAPE] = {analog_reshape, ELEMENTS_NUMBER},
    [IR_TRANSPOSE] = {analog_transpose, ELEMENTS_NUMBER},
    [IR_CONCAT] = {analog_concat, ELEMENTS_NUMBER},
    [IR_PADDING] = {analog_padding, ELEMENTS_NUMBER},
    [IR_SLICE] = {analog_slice, ELEMENTS_NUMBER},
    [IR_GATHER] = {analog_gather, ELEMENTS_NUMBER},
    [IR_GATHER_ELEMENTS] = {analog_gather_elements, ELEMENTS_NUMBER},
    [IR_GATHER_ND] = {analog_gather_nd, ELEMENTS_NUMBER},
    [IR_QUANTIZE] = {analog_quantize, ELEMENTS_NUMBER},
    [IR_DEQUANTIZE] = {analog_dequantize, ELEMENTS_NUMBER},
    [IR_CAST] = {analog_cast, ELEMENTS_NUMBER},
};

static bool suits(enum elements wanted, const struct ir_type *t) {
  return wanted == ELEMENTS_F32 ? t->dtype == IR_F32 : ir_dtype_size(t->dtype) > 0;
}

static bool has_window(enum ir_op op) {
  return op == IR_CONV || op == IR_CONV_TRANSPOSE || op == IR_MAXPOOL || op == IR_MAXPOOL_INDEX ||
         op == IR_AVGPOOL;
}

/* The same window over three axes: those it lacks come first and have one tap. */
static struct ir_window widen(const struct ir_window *narrow) {
  struct ir_window w = {.n_axes = IR_MAX_SPATIAL, .group = narrow->group};
  size_t lacks = IR_MAX_SPATIAL - narrow->n_axes;

  for (size_t i = 0; i < IR_MAX_SPATIAL; i++) {
    bool is_missing = i < lacks;
    size_t from = is_missing ? 0 : i - lacks;
    w.kernel[i] = is_missing ? 1 : narrow->kernel[from];
    w.stride[i] = is_missing ? 1 : narrow->stride[from];
    w.dilation[i] = is_missing ? 1 : narrow->dilation[from];
    w.pad_begin[i] = is_missing ? 0 : narrow->pad_begin[from];
    w.pad_end[i] = is_missing ? 0 : narrow->pad_end[from];
  }
  return w;
}

bool analog_walk_next(struct analog_walk *w) {
  for (size_t i = w->rank; i-- > 0;) {
    w->offset[0] += w->stride[0][i];
    w->offset[1] += w->stride[1][i];
    if (++w->at[i] < w->dims[i])
      return true;
    /* The axis is through: back to its start, and on along the axis before it. */
    w->offset[0] -= w->stride[0][i] * w->dims[i];
    w->offset[1] -= w->stride[1][i] * w->dims[i];
    w->at[i] = 0;
  }
  return false;
}

void analog_broadcast_strides(const struct ir_type *t, size_t rank, int64_t *stride) {
  size_t added = rank - t->rank;
  int64_t step = 1;

  for (size_t i = rank; i-- > 0;) {
    int64_t dim = i < added ? 1 : t->dims[i - added];
    stride[i] = dim == 1 ? 0 : step;
    step *= dim;
  }
}

int64_t analog_product(const int64_t *dims, size_t from, size_t to) {
  int64_t product = 1;

  for (size_t i = from; i < to; i++)
    product *= dims[i];
  return product;
}

size_t analog_type_bytes(const struct ir_type *t) {
  return (size_t)ir_type_count(t) * ir_dtype_size(t->dtype);
}

bool analog_call_init(struct analog_call *c, const struct ir_graph *g, const struct ir_node *n,
                      const struct ir_tensor *in) {
  const struct kernel *k = &kernels[n->op];

  if (k->run == NULL || !suits(k->elements, &n->type))
    return false;
  for (size_t i = 0; i < n->n_in; i++)
    if (!suits(k->elements, &in[i].type))
      return false;
  *c = (struct analog_call){.node = n, .in = in};
  if (has_window(n->op)) {
    struct ir_window narrow = ir_window_of(g, n);
    c->window = widen(&narrow);
  }
  return true;
}

size_t analog_scratch_floats(const struct analog_call *c) {
  if (c->node->op == IR_REDUCE_MEAN || c->node->op == IR_REDUCE_SUM)
    return analog_reduce_scratch(c);
  return c->node->op == IR_CONV ? analog_conv_scratch(c) : 0;
}

void analog_call_run(const struct analog_call *c) {
  kernels[c->node->op].run(c);
}
