#include "frontend/onnx/onnx.h"

#include <inttypes.h>
#include <string.h>

#include "frontend/onnx/onnx_check.h"
#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/comp.h"
#include "ir/options.h"

enum { OPSET_NEWEST = 20 };
enum { BUDGET_BASE = 64 << 20, ARENA_ROUNDING = 64 };

/* ---- unpacking ---- */

/* The second fence behind onnx_check: protobuf-c gets its memory from the scratch arena, so that
 * nothing of it is left when the compilation unwinds. */
struct fence {
  struct arena *arena;
  size_t left_bytes;
};

static void *fence_alloc(void *fence, size_t size) {
  struct fence *f = fence;
  size_t rounded = size + (ARENA_ROUNDING - size % ARENA_ROUNDING);

  if (rounded < size || rounded > f->left_bytes)
    return NULL;
  f->left_bytes -= rounded;
  return arena_alloc(f->arena, size, 1);
}

static void fence_free(void *fence, void *p) {
  (void)fence;
  (void)p;
}

static size_t memory_limit(const struct options *opt, size_t file_bytes) {
  if (opt->max_memory > 0)
    return (size_t)opt->max_memory;
  return BUDGET_BASE + 2 * file_bytes; /* files are below 2 GiB */
}

static bool unpack(struct onnx_import *im, struct bytes file) {
  struct loc loc = loc_file(im->path);
  struct fence fence = {im->c->scratch, 2 * im->left_bytes};
  ProtobufCAllocator allocator = {fence_alloc, fence_free, &fence};

  struct buf cut;

  buf_init(&cut, im->c->scratch);
  if (!onnx_check(im->c->diag, loc, file, im->left_bytes, &cut))
    return false;
  im->model = onnx__model_proto__unpack(&allocator, cut.len, (const uint8_t *)cut.data);
  if (!im->model)
    return diag_error(im->c->diag, loc,
                      "not a readable ONNX model: protobuf-c does not unpack it within %zu bytes; "
                      "--max-memory BYTES sets another limit",
                      2 * im->left_bytes);
  im->graph = im->model->graph;
  if (!im->graph)
    return diag_error(im->c->diag, loc,
                      "the model has no graph; it is not ONNX, or the file is truncated");
  return true;
}

/* ---- the model as a whole ---- */

static bool choose_opset(struct onnx_import *im) {
  struct loc loc = loc_file(im->path);

  im->opset = 0;
  for (size_t i = 0; i < im->model->n_opset_import; i++)
    if (onnx_is_default_domain(onnx_str(im->model->opset_import[i]->domain)) &&
        im->model->opset_import[i]->version > im->opset)
      im->opset = im->model->opset_import[i]->version;
  if (im->opset == 0)
    return diag_error(im->c->diag, loc, "the model does not say which opset it uses");
  if (im->opset > OPSET_NEWEST)
    diag_warning(im->c->diag, loc,
                 "the model uses opset %" PRId64
                 "; operators are read as in opset %d, the newest known",
                 im->opset, OPSET_NEWEST);
  if (im->graph->n_sparse_initializer)
    return diag_error(
        im->c->diag, loc,
        "the model holds %zu sparse initializers, the first for %s; dense ones are supported",
        im->graph->n_sparse_initializer,
        diag_quote(im->c->diag, im->graph->sparse_initializer[0]->values
                                    ? onnx_str(im->graph->sparse_initializer[0]->values->name)
                                    : ""));
  if (!im->graph->n_output)
    return diag_error(im->c->diag, loc, "the graph has no outputs; the file may be truncated");
  if (!im->graph->n_node)
    return diag_error(im->c->diag, loc, "the graph has no nodes, so there is nothing to compute");
  return true;
}

/* ---- inputs, nodes, outputs ---- */

static bool read_input_dim(struct onnx_import *im, const Onnx__ValueInfoProto *info, size_t axis,
                           int64_t *dim) {
  const Onnx__TensorShapeProto__Dimension *p = info->type->tensor_type->shape->dim[axis];
  const char *name = diag_quote(im->c->diag, onnx_str(info->name));
  bool has_value = p->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;

  *dim = has_value ? p->dim_value : 0;
  if (axis == 0 && (*dim == 0 || *dim == -1)) { /* how exporters write "any batch" */
    *dim = 1;
    return true;
  }
  if (!has_value)
    return diag_error(
        im->c->diag, loc_file(im->path),
        "input %s: dimension %zu is not known; only the first, the batch, may be open", name, axis);
  if (*dim < 1 || *dim > INT32_MAX)
    return diag_error(im->c->diag, loc_file(im->path),
                      "input %s: dimension %zu is %" PRId64 "; 1 to 2^31 - 1 is allowed", name,
                      axis, *dim);
  return true;
}

/* The IR's inputs are numbers of type f32; `dtype` is what the model takes. */
static bool read_input_type(struct onnx_import *im, const Onnx__ValueInfoProto *info,
                            struct ir_type *type, enum ir_dtype *dtype) {
  const Onnx__TypeProto *t = info->type;
  const char *name = diag_quote(im->c->diag, onnx_str(info->name));
  const struct loc loc = loc_file(im->path);
  int64_t dims[IR_MAX_RANK], count;
  size_t rank;

  if (!t || t->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE || !t->tensor_type->shape)
    return diag_error(im->c->diag, loc, "input %s has no tensor type with a shape", name);
  if (!onnx_dtype(t->tensor_type->elem_type, dtype))
    return diag_error(im->c->diag, loc,
                      "input %s has elements of type %" PRId32
                      " (%s); floating, integer and boolean types are supported",
                      name, t->tensor_type->elem_type, onnx_dtype_name(t->tensor_type->elem_type));
  rank = t->tensor_type->shape->n_dim;
  if (rank > IR_MAX_RANK)
    return diag_error(im->c->diag, loc, "input %s has %zu dimensions; up to %d are supported", name,
                      rank, IR_MAX_RANK);
  for (size_t i = 0; i < rank; i++)
    if (!read_input_dim(im, info, i, &dims[i]))
      return false;
  if (!onnx_count(dims, rank, &count))
    return diag_error(im->c->diag, loc, "input %s has more than 2^31 - 1 elements", name);
  *type = ir_type_make(IR_F32, rank, dims);
  return true;
}

/* An input, behind it the cast to what the model computes with. */
static ir_id append_input(struct onnx_import *im, struct ir_node x, enum ir_dtype dtype) {
  ir_id in = ir_append(im->g, im->c->diag, &x);
  struct ir_node cast = {.op = IR_CAST, .name = x.name, .in = &in, .n_in = 1, .loc = x.loc};

  if (ir_is_none(in) || dtype == IR_F32)
    return in;
  cast.type.dtype = dtype;
  return ir_append(im->g, im->c->diag, &cast);
}

static bool append_inputs(struct onnx_import *im) {
  enum ir_dtype dtype;
  bool good = true;

  for (size_t i = 0; i < im->graph->n_input; i++) {
    const Onnx__ValueInfoProto *info = im->graph->input[i];
    struct onnx_value *v = onnx_value_find(im, onnx_str(info->name));
    struct ir_node x = {
        .op = IR_INPUT, .name = onnx_ir_name(im, v->name), .loc = loc_file(im->path)};

    if (v->proto)
      continue;
    if (!v->is_used) {
      diag_warning(im->c->diag, x.loc, "input %s is left out: no output depends on it",
                   diag_quote(im->c->diag, onnx_str(info->name)));
      continue;
    }
    if (!read_input_type(im, info, &x.type, &dtype)) {
      good = false;
      continue;
    }
    x.loc.node = x.name;
    v->id = append_input(im, x, dtype);
    good = good && !ir_is_none(v->id);
  }
  return good;
}

/* False without a message when an operand's own node failed: that was told. */
static bool operands_ready(struct onnx_node *n) {
  for (size_t k = 0; k < n->proto->n_input; k++) {
    const struct onnx_value *v = onnx_value_find(n->im, onnx_in_name(n, k));
    if (v && !v->proto && !v->is_read && ir_is_none(v->id))
      return false;
    if (k >= n->op->max_in && v)
      return onnx_fail(n, "has %zu operands; %s has up to %zu", n->proto->n_input, n->op->name,
                       n->op->max_in);
  }
  for (size_t k = 0; k < n->op->min_in; k++)
    if (!onnx_has_in(n, k))
      return onnx_fail(n, "operand %zu is missing; %s has at least %zu", k + 1, n->op->name,
                       n->op->min_in);
  for (size_t k = n->op->n_out; k < n->proto->n_output; k++) {
    const struct onnx_value *v = onnx_value_find(n->im, onnx_str(n->proto->output[k]));
    if (v && v->is_used)
      return onnx_fail(n, "its output %zu, %s, is used; only the first %s supported", k + 1,
                       diag_quote(n->im->c->diag, n->proto->output[k]),
                       n->op->n_out > 1 ? "outputs are" : "output is");
  }
  return true;
}

static bool build_node(struct onnx_import *im, const Onnx__NodeProto *p) {
  struct onnx_value unnamed = {0},
                    *first = onnx_value_find(im, onnx_str(p->n_output ? p->output[0] : ""));
  struct onnx_node n = {.im = im, .proto = p, .op = onnx_op_find(im, p)};

  n.result = first ? first : &unnamed; /* a first output that is left out has no name */
  n.loc = onnx_node_loc(im, p);
  /* Old exporters name no nodes. The name of an output belongs to the output. */
  n.name = onnx_ir_name(im, !*onnx_str(p->name) && n.result->is_output ? onnx_str(p->op_type)
                                                                       : n.loc.node);
  if (!operands_ready(&n) || !onnx_check_attrs(&n))
    return false;
  n.result->id = n.op->build(&n);
  return !n.is_bad && (n.result->is_read || !ir_is_none(n.result->id));
}

void onnx_set_result(struct onnx_node *n, size_t k, ir_id id) {
  struct onnx_value *v =
      onnx_value_find(n->im, onnx_str(k < n->proto->n_output ? n->proto->output[k] : ""));

  if (v)
    v->id = id;
}

bool onnx_is_wanted(const struct onnx_node *n, size_t k) {
  const struct onnx_value *v =
      onnx_value_find(n->im, onnx_str(k < n->proto->n_output ? n->proto->output[k] : ""));

  return v && v->is_used;
}

static bool append_outputs(struct onnx_import *im) {
  static const struct onnx_op op = {.name = "Output", .max_in = 1, .n_out = 1};
  bool good = true;

  for (size_t i = 0; i < im->graph->n_output; i++) {
    char *name = im->graph->output[i]->name;
    Onnx__NodeProto p = {.n_input = 1, .input = &name};
    struct onnx_node n = {.im = im, .proto = &p, .op = &op, .loc = loc_file(im->path)};
    ir_id in;
    n.loc.node = n.name = onnx_ir_name(im, name);
    in = onnx_in(&n, 0);
    in = onnx_emit_cast(&n, NULL, in, IR_F32);
    in = onnx_emit(&n, (struct ir_node){.op = IR_OUTPUT, .in = &in, .n_in = 1});
    good = good && !ir_is_none(in);
  }
  return good;
}

static bool build_graph(struct onnx_import *im) {
  bool *needed = ARENA_NEW(im->c->scratch, bool, im->graph->n_node);
  size_t *order = ARENA_NEW(im->c->scratch, size_t, im->graph->n_node), n_order;
  bool good = onnx_mark_needed(im, needed);

  if (!onnx_check_ops(im, needed) || !good || !onnx_sort_nodes(im, needed, order, &n_order))
    return false;
  good = append_inputs(im);
  for (size_t i = 0; i < n_order; i++)
    good = build_node(im, im->graph->node[order[i]]) && good;
  if (!good || !append_outputs(im) || !ir_compact(im->g, im->c->diag))
    return false;
  ir_set_facts(im->g, ir_facts(im->g) | IR_FACT_SHAPED);
  return ir_verify(im->g, im->c->diag);
}

struct ir_graph *onnx_read(struct comp *c, const char *path, struct bytes file) {
  struct onnx_import im = {.c = c, .path = arena_strdup(c->arena, path)};

  im.left_bytes = memory_limit(c->opt, file.len);
  if (!unpack(&im, file) || !choose_opset(&im) || !onnx_name_values(&im))
    return NULL;
  im.g = ir_graph_new(c->arena, onnx_ir_name(&im, onnx_str(im.graph->name)));
  return build_graph(&im) ? im.g : NULL;
}
