/* tests/unit/onnx_model.h -- ONNX models of one node, from short texts.
 *
 * Operands: "x:1,1,4,4 w:2,1,3,3 i=2,0,1": names that begin with x are inputs, others with a colon
 * are initializers of that shape, and those with '=' are lists of integers. Attributes: "group=2"
 * an integer, "pads=[1,1]" a list, "alpha=0.5" a float, "mode=edge" a text. */
#ifndef TESTS_UNIT_ONNX_MODEL_H
#define TESTS_UNIT_ONNX_MODEL_H

#include "unit.h"

#include "frontend/onnx/onnx.h"
#include "ir/base/buf.h"
#include "ir/ir.h"
#include "onnx.pb-c.h"

enum { MODEL_MAX = 8 };

struct onnx_model {
  struct arena *arena;
  Onnx__ModelProto model;
  Onnx__GraphProto graph;
  Onnx__NodeProto node;
  Onnx__OperatorSetIdProto opset, *opsets[1];
  Onnx__NodeProto *nodes[1];
  Onnx__ValueInfoProto *inputs[MODEL_MAX], output, *outputs[1];
  Onnx__TensorProto *initializers[MODEL_MAX];
  Onnx__AttributeProto *attrs[MODEL_MAX];
  char *ins[MODEL_MAX], *outs[1];
};

/* The next word of *text, in the arena, or NULL. */
static inline char *model_word(struct arena *a, const char **text) {
  size_t len;

  *text += strspn(*text, " ");
  len = strcspn(*text, " ");
  *text += len;
  return len ? arena_strndup(a, *text - len, len) : NULL;
}

static inline size_t model_ints(struct arena *a, const char *text, int64_t **v) {
  size_t n = 0;
  char *end;

  *v = ARENA_NEW(a, int64_t, IR_MAX_RANK + 1);
  for (; *text && n <= IR_MAX_RANK; text = *end ? end + 1 : end)
    (*v)[n++] = strtoll(text, &end, 10);
  return n;
}

static inline Onnx__ValueInfoProto *model_value(struct arena *a, char *name, const int64_t *dims,
                                                size_t rank) {
  Onnx__ValueInfoProto *info = ARENA_NEW(a, Onnx__ValueInfoProto, 1);
  Onnx__TypeProto *type = ARENA_NEW(a, Onnx__TypeProto, 1);
  Onnx__TypeProto__Tensor *tensor = ARENA_NEW(a, Onnx__TypeProto__Tensor, 1);
  Onnx__TensorShapeProto *shape = ARENA_NEW(a, Onnx__TensorShapeProto, 1);

  onnx__value_info_proto__init(info);
  onnx__type_proto__init(type);
  onnx__type_proto__tensor__init(tensor);
  onnx__tensor_shape_proto__init(shape);
  info->name = name;
  info->type = type;
  type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  type->tensor_type = tensor;
  tensor->has_elem_type = 1;
  tensor->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  tensor->shape = shape;
  shape->n_dim = rank;
  shape->dim = ARENA_NEW(a, Onnx__TensorShapeProto__Dimension *, rank);
  for (size_t i = 0; i < rank; i++) {
    shape->dim[i] = ARENA_NEW(a, Onnx__TensorShapeProto__Dimension, 1);
    onnx__tensor_shape_proto__dimension__init(shape->dim[i]);
    shape->dim[i]->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    shape->dim[i]->dim_value = dims[i];
  }
  return info;
}

/* Elements are 1, 2, 3 .. of f32, or the given integers. */
static inline Onnx__TensorProto *model_tensor(struct arena *a, char *name, int64_t *v, size_t n,
                                              bool is_list) {
  Onnx__TensorProto *t = ARENA_NEW(a, Onnx__TensorProto, 1);
  int64_t count = 1;

  onnx__tensor_proto__init(t);
  t->name = name;
  t->has_data_type = 1;
  t->data_type =
      is_list ? ONNX__TENSOR_PROTO__DATA_TYPE__INT64 : ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  t->n_dims = is_list ? 1 : n;
  t->dims = v;
  if (is_list) {
    t->dims = ARENA_NEW(a, int64_t, 1);
    t->dims[0] = (int64_t)n;
    t->n_int64_data = n;
    t->int64_data = v;
    return t;
  }
  for (size_t i = 0; i < n; i++)
    count *= v[i];
  t->n_float_data = (size_t)count;
  t->float_data = ARENA_NEW(a, float, (size_t)count);
  for (int64_t i = 0; i < count; i++)
    t->float_data[i] = (float)(i + 1);
  return t;
}

static inline void model_add_operand(struct onnx_model *m, char *word) {
  char *split = word + strcspn(word, ":=");
  bool is_list = *split == '=';
  int64_t *v;
  size_t n;

  m->ins[m->node.n_input++] = strcmp(word, "-") ? word : arena_strdup(m->arena, "");
  if (!*split)
    return;
  *split = 0;
  n = model_ints(m->arena, split + 1, &v);
  if (*word == 'x')
    m->inputs[m->graph.n_input++] = model_value(m->arena, word, v, n);
  else
    m->initializers[m->graph.n_initializer++] = model_tensor(m->arena, word, v, n, is_list);
}

static inline void model_add_attr(struct onnx_model *m, char *word) {
  Onnx__AttributeProto *a = ARENA_NEW(m->arena, Onnx__AttributeProto, 1);
  char *v = strchr(word, '=') + 1;

  onnx__attribute_proto__init(a);
  a->name = arena_strndup(m->arena, word, (size_t)(v - 1 - word));
  a->has_type = a->has_i = a->has_f = a->has_s = 1;
  if (*v == '[') {
    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
    v[strlen(v) - 1] = 0;
    a->n_ints = model_ints(m->arena, v + 1, &a->ints);
  } else if (strpbrk(v, ".") && strspn(v, "-.0123456789e") == strlen(v)) {
    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
    a->f = strtof(v, NULL);
  } else if (strspn(v, "-0123456789") == strlen(v)) {
    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
    a->i = strtoll(v, NULL, 10);
  } else {
    a->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
    a->s = (ProtobufCBinaryData){strlen(v), (uint8_t *)v};
  }
  m->attrs[m->node.n_attribute++] = a;
}

/* A model whose one node "n" makes its one output "y". */
static inline struct onnx_model *model_new(struct unit *u, int64_t opset, const char *op,
                                           const char *operands, const char *attrs) {
  struct arena *a = u->comp.arena;
  struct onnx_model *m = ARENA_NEW(a, struct onnx_model, 1);
  char *word;

  m->arena = a;
  onnx__model_proto__init(&m->model);
  onnx__graph_proto__init(&m->graph);
  onnx__node_proto__init(&m->node);
  onnx__operator_set_id_proto__init(&m->opset);
  m->opset.has_version = 1;
  m->opset.version = opset;
  m->opsets[0] = &m->opset;
  m->model.n_opset_import = 1;
  m->model.opset_import = m->opsets;
  m->model.graph = &m->graph;
  m->graph.name = arena_strdup(a, "g");
  m->graph.n_node = m->graph.n_output = m->node.n_output = 1;
  m->nodes[0] = &m->node;
  m->graph.node = m->nodes;
  m->graph.input = m->inputs;
  m->graph.output = m->outputs;
  m->graph.initializer = m->initializers;
  m->outs[0] = arena_strdup(a, "y");
  m->outputs[0] = model_value(a, m->outs[0], NULL, 0);
  m->node.name = arena_strdup(a, "n");
  m->node.op_type = arena_strdup(a, op);
  m->node.input = m->ins;
  m->node.output = m->outs;
  m->node.attribute = m->attrs;
  while ((word = model_word(a, &operands)))
    model_add_operand(m, word);
  while ((word = model_word(a, &attrs)))
    model_add_attr(m, word);
  return m;
}

static inline struct bytes model_pack(const struct onnx_model *m) {
  struct bytes b = {.len = onnx__model_proto__get_packed_size(&m->model)};
  uint8_t *data = arena_alloc(m->arena, b.len, 1);

  onnx__model_proto__pack(&m->model, data);
  b.data = data;
  return b;
}

/* The IR as text, or what was said instead. */
static inline const char *model_read(struct unit *u, struct bytes file) {
  struct ir_graph *g = onnx_read(&u->comp, "m.onnx", file);
  struct buf text;

  arena_reset(u->comp.scratch);
  if (!g)
    return arena_strdup(u->comp.arena, unit_said(u));
  buf_init(&text, u->comp.arena);
  ir_print(g, &text, NULL, NULL);
  return text.data;
}

#endif
