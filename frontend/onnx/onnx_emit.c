#include <string.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/fold.h"

static bool all_const(const struct ir_graph *g, const struct ir_node *x) {
  for (size_t k = 0; k < x->n_in; k++)
    if (ir_node(g, x->in[k])->op != IR_CONST)
      return false;
  return x->n_in > 0;
}

bool onnx_charge(struct onnx_import *im, struct loc loc, size_t bytes) {
  if (bytes > im->left_bytes)
    return diag_error(im->c->diag, loc,
                      "a constant of %zu bytes comes out here; %zu bytes are left of what this "
                      "model may take, --max-memory BYTES sets another limit",
                      bytes, im->left_bytes);
  im->left_bytes -= bytes;
  return true;
}

static bool charge(struct onnx_node *n, const struct ir_type *type) {
  size_t bytes = (size_t)ir_type_count(type) * ir_dtype_size(type->dtype);

  n->is_bad = n->is_bad || !onnx_charge(n->im, n->loc, bytes);
  return !n->is_bad;
}

bool onnx_new_tensor(struct onnx_node *n, struct ir_type type, struct ir_tensor *out) {
  if (!charge(n, &type))
    return false;
  *out = ir_tensor_new(n->im->c->arena, type);
  return true;
}

ir_id onnx_emit(struct onnx_node *n, struct ir_node x) {
  struct ir_tensor t;

  for (size_t k = 0; k < x.n_in; k++)
    if (ir_is_none(x.in[k])) /* told where it failed */
      return (ir_id){0};
  if (n->is_bad)
    return (ir_id){0};
  x.loc = n->loc;
  if (!x.name)
    x.name = n->name;
  if (!all_const(n->im->g, &x))
    return ir_append(n->im->g, n->im->c->diag, &x);
  if (!ir_infer_type(n->im->g, n->im->c->diag, &x) || !charge(n, &x.type))
    return (ir_id){0};
  if (exec_fold(n->im->g, &x, &t))
    return onnx_emit_const(n, x.name, t);
  return ir_append(n->im->g, n->im->c->diag, &x);
}

ir_id onnx_emit_const(struct onnx_node *n, const char *name, struct ir_tensor t) {
  if (n->is_bad)
    return (ir_id){0};
  return ir_append_const(n->im->g, n->im->c->diag, name ? name : n->name, t, n->loc);
}

const char *onnx_name(struct onnx_node *n, const char *part) {
  return arena_printf(n->im->c->scratch, "%s.%s", n->name, part);
}

ir_id onnx_set_const(struct onnx_node *n, struct ir_tensor t) {
  if (!n->is_bad) {
    n->result->tensor = t;
    n->result->is_read = true;
  }
  return (ir_id){0};
}

ir_id onnx_emit_reshape(struct onnx_node *n, const char *name, ir_id x, const int64_t *dims,
                        size_t rank) {
  struct ir_attr shape = ir_ints(IR_A_SHAPE, dims, rank);
  const struct ir_type *old = ir_is_none(x) ? NULL : &ir_node(n->im->g, x)->type;

  if (old && old->rank == rank && !memcmp(old->dims, dims, rank * sizeof *dims))
    return x;
  return onnx_emit(
      n, (struct ir_node){
             .op = IR_RESHAPE, .name = name, .in = &x, .n_in = 1, .attr = &shape, .n_attr = 1});
}

ir_id onnx_emit_transpose(struct onnx_node *n, const char *name, ir_id x, const int64_t *perm) {
  size_t rank = ir_is_none(x) ? 0 : ir_node(n->im->g, x)->type.rank;
  struct ir_attr attr = ir_ints(IR_A_PERM, perm, rank);

  return onnx_emit(
      n, (struct ir_node){
             .op = IR_TRANSPOSE, .name = name, .in = &x, .n_in = 1, .attr = &attr, .n_attr = 1});
}

ir_id onnx_emit_cast(struct onnx_node *n, const char *name, ir_id x, enum ir_dtype dtype) {
  struct ir_node cast = {.op = IR_CAST, .name = name, .in = &x, .n_in = 1};

  if (ir_is_none(x) || ir_node(n->im->g, x)->type.dtype == dtype)
    return x;
  cast.type = ir_node(n->im->g, x)->type;
  cast.type.dtype = dtype;
  return onnx_emit(n, cast);
}

ir_id onnx_emit_binary(struct onnx_node *n, const char *name, enum ir_op op, ir_id a, ir_id b) {
  ir_id in[2] = {a, b};

  return onnx_emit(n, (struct ir_node){.op = op, .name = name, .in = in, .n_in = 2});
}

ir_id onnx_real_in(struct onnx_node *n, size_t k) {
  enum ir_dtype dtype = onnx_type(n, k)->dtype;
  ir_id in = onnx_in(n, k);

  if (dtype != IR_I8 && dtype != IR_U8 && dtype != IR_I16)
    return in;
  return onnx_emit_cast(n, onnx_name(n, "real"), in, IR_F32);
}

ir_id onnx_emit_real(struct onnx_node *n, struct ir_node x) {
  enum ir_dtype dtype = onnx_type(n, 0)->dtype;

  if (dtype != IR_F32)
    x.name = onnx_name(n, "result");
  return onnx_emit_cast(n, NULL, onnx_emit(n, x), dtype);
}
