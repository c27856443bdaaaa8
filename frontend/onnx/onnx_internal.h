/* frontend/onnx/onnx_internal.h -- what the files of the ONNX reader share.
 *
 * Everything here lives in comp->scratch but what goes into the graph. Builders report through
 * onnx_fail, which tells the first problem of a node and marks it bad; a bad node gives "none". */
#ifndef FRONTEND_ONNX_ONNX_INTERNAL_H
#define FRONTEND_ONNX_ONNX_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/base/file.h"
#include "ir/ir.h"
#include "onnx.pb-c.h"

struct comp;
struct map;

/* One named tensor of the file: initializer, input or result of a node. */
struct onnx_value {
  const char *name;
  const Onnx__TensorProto *proto; /* initializer, else NULL                            */
  size_t producer;                /* 1 + index of the node that makes it, else 0        */
  bool is_input, is_output;       /* listed in graph.input, in graph.output             */
  bool is_used;                   /* an output depends on it                            */
  bool is_read;                   /* tensor holds the initializer or a folded constant  */
  struct ir_tensor tensor;
  ir_id id; /* none until something needs it as a node */
};

struct onnx_import {
  struct comp *c;
  struct ir_graph *g;
  const char *path;
  const Onnx__ModelProto *model;
  const Onnx__GraphProto *graph;
  int64_t opset;     /* of the default domain */
  struct map *index; /* value name -> position in values */
  struct onnx_value *values;
  size_t n_values;
  size_t left_bytes;         /* what constants that the file does not hold may still take */
  const char *external_name; /* file of the last tensor stored beside the model, or NULL */
  struct bytes external;     /* its bytes, mapped in c->arena */
};

struct onnx_node;
typedef ir_id onnx_build_fn(struct onnx_node *n);

/* A row of the operator table. */
struct onnx_op {
  const char *name;
  int first, last; /* opsets; last 0: no end */
  size_t min_in, max_in;
  size_t n_out;      /* outputs that are built; onnx_set_result gives those after the first */
  const char *attrs; /* known attributes, blanks between */
  onnx_build_fn *build;
  enum ir_op analog;           /* the node it becomes first of all; IR_N_OPS: none */
  const char *spikes, *limits; /* what that becomes; what is refused: --list-ops   */
};

/* A node while it is being built. */
struct onnx_node {
  struct onnx_import *im;
  const Onnx__NodeProto *proto;
  const struct onnx_op *op;
  struct onnx_value *result;
  struct loc loc;
  const char *name; /* of the IR node it becomes */
  bool is_bad;
};

struct onnx_ints {
  const int64_t *v; /* NULL: absent */
  size_t n;
};

/* protobuf-c gives NULL for an absent string. */
static inline const char *onnx_str(const char *s) {
  return s ? s : "";
}

bool onnx_fail(struct onnx_node *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- onnx_order.c ---- */

bool onnx_is_default_domain(const char *domain);
/* A name that the IR can carry: control bytes as \xNN, at most IR_MAX_NAME bytes. */
const char *onnx_ir_name(struct onnx_import *im, const char *name);
struct loc onnx_node_loc(struct onnx_import *im, const Onnx__NodeProto *p);
struct onnx_value *onnx_value_find(const struct onnx_import *im, const char *name);
/* Fills im->values. False: a name is defined twice. */
bool onnx_name_values(struct onnx_import *im);
/* Marks nodes and values that the outputs need. False: a name has no definition. */
bool onnx_mark_needed(struct onnx_import *im, bool *needed);
/* False: an operator that is needed is not supported; each is told. */
bool onnx_check_ops(struct onnx_import *im, const bool *needed);
/* Indices of the needed nodes, operands first, else in the file's order. False: a cycle. */
bool onnx_sort_nodes(struct onnx_import *im, const bool *needed, size_t *order, size_t *n_order);

/* ---- onnx_tensor.c ---- */

/* f32 for floating types, else the narrowest type that holds all values; checked against its dims.
 * Only tensors of one element may be infinite (a bound of Clip); NaN is refused. False: told at
 * loc. */
bool onnx_tensor_read(struct onnx_import *im, const Onnx__TensorProto *t, struct loc loc,
                      struct ir_tensor *out);
/* False: no element type that is read here. */
bool onnx_dtype(int32_t data_type, enum ir_dtype *dtype);
const char *onnx_dtype_name(int32_t data_type);
/* Elements of dims, false when one is negative or the product exceeds 2^31 - 1. */
bool onnx_count(const int64_t *dims, size_t rank, int64_t *count);

/* ---- onnx_external.c ---- */

/* The bytes of a tensor that lies in a file beside the model, `wanted` many where it does not say
 * the length itself. They live as long as c->arena. False: told at loc. */
bool onnx_external_read(struct onnx_import *im, const Onnx__TensorProto *t, struct loc loc,
                        uint64_t wanted, struct bytes *out);

/* ---- onnx_attr.c: attributes and operands ---- */

/* Every attribute is known to the operator and given once. */
bool onnx_check_attrs(struct onnx_node *n);
bool onnx_has_attr(const struct onnx_node *n, const char *name);
int64_t onnx_attr_int(struct onnx_node *n, const char *name, int64_t otherwise);
double onnx_attr_float(struct onnx_node *n, const char *name, double otherwise);
const char *onnx_attr_text(struct onnx_node *n, const char *name, const char *otherwise);
const Onnx__TensorProto *onnx_attr_tensor(struct onnx_node *n, const char *name);
struct onnx_ints onnx_attr_ints(struct onnx_node *n, const char *name);
/* Floats of a list attribute; *count is 0 when absent. */
const float *onnx_attr_floats(struct onnx_node *n, const char *name, size_t *count);

bool onnx_has_in(const struct onnx_node *n, size_t k);
/* Operand k as a node; none when absent, or bad. */
ir_id onnx_in(struct onnx_node *n, size_t k);
/* Operands 0 .. count - 1, in this order: C leaves the order of an initializer's calls open. */
void onnx_ins(struct onnx_node *n, size_t count, ir_id *in);
/* Operand k where it is a constant, else NULL. */
const struct ir_tensor *onnx_const(struct onnx_node *n, size_t k);
/* Of an operand that is there. */
const struct ir_type *onnx_type(struct onnx_node *n, size_t k);
const char *onnx_in_name(const struct onnx_node *n, size_t k);

/* A list that is operand k in newer opsets and attribute `name` in older ones. */
struct onnx_ints onnx_list(struct onnx_node *n, const char *name, size_t k);
/* The same for a number: false when absent, *v is unchanged then. */
bool onnx_number(struct onnx_node *n, const char *name, size_t k, double *v);
/* An axis counted from the back where negative, for a tensor of `rank`. */
size_t onnx_axis(struct onnx_node *n, int64_t axis, size_t rank);

/* ---- onnx_read.c ---- */

/* Appends `x` with the node's place, and its name where x.name is NULL. A node whose operands are
 * all constants becomes a constant where ir/exec can evaluate it. */
ir_id onnx_emit(struct onnx_node *n, struct ir_node x);
ir_id onnx_emit_const(struct onnx_node *n, const char *name, struct ir_tensor t);
/* Name of one of several nodes that an operator becomes: that of the operator, a dot, the part. */
const char *onnx_name(struct onnx_node *n, const char *part);
/* Makes t the result without a node, which is appended when something needs one: an empty list has
 * no place in the IR. Gives none. */
ir_id onnx_set_const(struct onnx_node *n, struct ir_tensor t);
/* The same as x where the shape does not change. */
ir_id onnx_emit_reshape(struct onnx_node *n, const char *name, ir_id x, const int64_t *dims,
                        size_t rank);
ir_id onnx_emit_transpose(struct onnx_node *n, const char *name, ir_id x, const int64_t *perm);
/* A small file may ask for large constants; what they may take is bounded like its unpacking.
 * False: told at loc. */
bool onnx_charge(struct onnx_import *im, struct loc loc, size_t bytes);
/* x as numbers of this type. */
ir_id onnx_emit_cast(struct onnx_node *n, const char *name, ir_id x, enum ir_dtype dtype);
ir_id onnx_emit_binary(struct onnx_node *n, const char *name, enum ir_op op, ir_id a, ir_id b);
/* Small integers are computed with as the real numbers they are: operand k as f32, and a node of
 * f32 that gives them back in the type of operand 0. */
ir_id onnx_real_in(struct onnx_node *n, size_t k);
ir_id onnx_emit_real(struct onnx_node *n, struct ir_node x);
/* Output k, and whether the model uses it. */
void onnx_set_result(struct onnx_node *n, size_t k, ir_id id);
bool onnx_is_wanted(const struct onnx_node *n, size_t k);
/* Zeroed; charged. False: told. */
bool onnx_new_tensor(struct onnx_node *n, struct ir_type type, struct ir_tensor *out);

/* ---- onnx_ops.c: the table ---- */

/* NULL: not supported, or not in this opset. */
const struct onnx_op *onnx_op_find(const struct onnx_import *im, const Onnx__NodeProto *p);
/* Names of all operators, ", " between; in arena a. */
const char *onnx_op_names(struct arena *a);

/* ---- builders: a node to IR; none where that fails, or where onnx_set_const gave the result ----
 */

/* onnx_elementwise.c */
onnx_build_fn onnx_build_binary, onnx_build_clip, onnx_build_nary, onnx_build_prelu,
    onnx_build_unary;
/* onnx_math.c */
onnx_build_fn onnx_build_batchnorm, onnx_build_gemm, onnx_build_matmul, onnx_build_softmax;
/* onnx_reduce.c */
onnx_build_fn onnx_build_argmax, onnx_build_instance_norm, onnx_build_mvn, onnx_build_reduce;
/* onnx_quant.c */
onnx_build_fn onnx_build_conv_integer, onnx_build_matmul_integer, onnx_build_qlinear_conv,
    onnx_build_qlinear_matmul, onnx_build_quantize;
/* onnx_window.c */
onnx_build_fn onnx_build_avgpool, onnx_build_conv, onnx_build_conv_transpose,
    onnx_build_global_avgpool, onnx_build_global_maxpool, onnx_build_maxpool, onnx_build_pad;
/* A convolution with the node's attributes of x, weight and bias; none where there is no bias. */
ir_id onnx_emit_conv(struct onnx_node *n, const char *name, const ir_id in[3]);
/* onnx_select.c */
onnx_build_fn onnx_build_gather, onnx_build_gather_elements, onnx_build_gather_nd, onnx_build_slice,
    onnx_build_split, onnx_build_tile;
/* onnx_shape.c */
onnx_build_fn onnx_build_cast, onnx_build_concat, onnx_build_constant, onnx_build_constant_of_shape,
    onnx_build_dropout, onnx_build_flatten, onnx_build_reshape, onnx_build_same, onnx_build_shape,
    onnx_build_squeeze, onnx_build_transpose, onnx_build_unsqueeze;
/* ONNX counts both ends of a range from the back where negative and clamps them. */
int64_t onnx_clamp_index(int64_t i, int64_t size, int64_t low, int64_t high);

#endif
