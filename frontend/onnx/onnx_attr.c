#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/comp.h"

static const char *const type_names[] = {
    "UNDEFINED",      "FLOAT",      "INT",        "STRING",  "TENSOR", "GRAPH",
    "FLOATS",         "INTS",       "STRINGS",    "TENSORS", "GRAPHS", "SPARSE_TENSOR",
    "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS"};

bool onnx_fail(struct onnx_node *n, const char *fmt, ...) {
  va_list ap;

  if (!n->is_bad) {
    va_start(ap, fmt);
    diag_error(n->im->c->diag, n->loc, "%s", arena_vprintf(n->im->c->scratch, fmt, ap));
    va_end(ap);
  }
  n->is_bad = true;
  return false;
}

static const char *type_name(int type) {
  bool known = type >= 0 && type < (int)(sizeof type_names / sizeof *type_names);

  return known ? type_names[type] : "unknown to ONNX 1.12";
}

/* Position of `name` in a list with blanks between, or NULL. */
static const char *find_word(const char *list, const char *name) {
  size_t len = strlen(name);

  for (const char *p = list; len && (p = strstr(p, name)); p += len)
    if ((p == list || p[-1] == ' ') && (p[len] == ' ' || !p[len]))
      return p;
  return NULL;
}

bool onnx_check_attrs(struct onnx_node *n) {
  bool seen[128] = {false}; /* by position in the list, which is shorter */
  const char *found, *name;

  for (size_t i = 0; i < n->proto->n_attribute && !n->is_bad; i++) {
    name = onnx_str(n->proto->attribute[i]->name);
    if (n->im->opset < 6 && !strcmp(name, "consumed_inputs")) /* of every operator; has no effect */
      continue;
    found = find_word(n->op->attrs, name);
    if (!found)
      onnx_fail(n, "attribute %s is not known; %s has %s", diag_quote(n->im->c->diag, name),
                n->op->name, *n->op->attrs ? n->op->attrs : "none");
    else if (seen[found - n->op->attrs])
      onnx_fail(n, "attribute %s is given twice", name);
    else
      seen[found - n->op->attrs] = true;
  }
  return !n->is_bad;
}

/* The attribute, when it is there and of the right type; files of IR version 1 have no types. */
static const Onnx__AttributeProto *find(struct onnx_node *n, const char *name, int type) {
  const Onnx__AttributeProto *a = NULL;

  for (size_t i = 0; i < n->proto->n_attribute && !a; i++)
    if (!strcmp(onnx_str(n->proto->attribute[i]->name), name))
      a = n->proto->attribute[i];
  if (a && a->type && (int)a->type != type) {
    onnx_fail(n, "attribute %s is of type %s; %s is allowed", name, type_name((int)a->type),
              type_name(type));
    return NULL;
  }
  return a;
}

bool onnx_has_attr(const struct onnx_node *n, const char *name) {
  for (size_t i = 0; i < n->proto->n_attribute; i++)
    if (!strcmp(onnx_str(n->proto->attribute[i]->name), name))
      return true;
  return false;
}

int64_t onnx_attr_int(struct onnx_node *n, const char *name, int64_t otherwise) {
  const Onnx__AttributeProto *a = find(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);

  return a ? a->i : otherwise;
}

double onnx_attr_float(struct onnx_node *n, const char *name, double otherwise) {
  const Onnx__AttributeProto *a = find(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);

  return a ? (double)a->f : otherwise;
}

const char *onnx_attr_text(struct onnx_node *n, const char *name, const char *otherwise) {
  const Onnx__AttributeProto *a = find(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING);

  return a ? arena_strndup(n->im->c->scratch, (const char *)a->s.data, a->s.len) : otherwise;
}

const Onnx__TensorProto *onnx_attr_tensor(struct onnx_node *n, const char *name) {
  const Onnx__AttributeProto *a = find(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR);

  return a ? a->t : NULL;
}

struct onnx_ints onnx_attr_ints(struct onnx_node *n, const char *name) {
  const Onnx__AttributeProto *a = find(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
  static const int64_t nothing = 0;

  return a ? (struct onnx_ints){a->n_ints ? a->ints : &nothing, a->n_ints} : (struct onnx_ints){0};
}

const float *onnx_attr_floats(struct onnx_node *n, const char *name, size_t *count) {
  const Onnx__AttributeProto *a = find(n, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS);

  *count = a ? a->n_floats : 0;
  return a ? a->floats : NULL;
}

const char *onnx_in_name(const struct onnx_node *n, size_t k) {
  return k < n->proto->n_input ? onnx_str(n->proto->input[k]) : "";
}

bool onnx_has_in(const struct onnx_node *n, size_t k) {
  return *onnx_in_name(n, k) != 0;
}

/* The value of operand k with its initializer read, or NULL. */
static struct onnx_value *operand(struct onnx_node *n, size_t k) {
  struct onnx_value *v;
  uint32_t i;

  if (!onnx_has_in(n, k) || !map_get(n->im->index, onnx_in_name(n, k), &i))
    return NULL;
  v = &n->im->values[i];
  if (v->proto && !v->is_read) {
    if (!onnx_tensor_read(n->im, v->proto, n->loc, &v->tensor)) {
      n->is_bad = true;
      return NULL;
    }
    v->is_read = true;
  }
  return v;
}

ir_id onnx_in(struct onnx_node *n, size_t k) {
  struct onnx_value *v = operand(n, k);

  if (!v)
    return (ir_id){0};
  if (ir_is_none(v->id) && v->is_read)
    v->id = onnx_emit_const(n, onnx_ir_name(n->im, v->name), v->tensor);
  return v->id;
}

void onnx_ins(struct onnx_node *n, size_t count, ir_id *in) {
  for (size_t k = 0; k < count; k++)
    in[k] = onnx_in(n, k);
}

const struct ir_tensor *onnx_const(struct onnx_node *n, size_t k) {
  const struct onnx_value *v = operand(n, k);
  const struct ir_node *node;

  if (!v || v->is_read)
    return v ? &v->tensor : NULL;
  node = ir_node(n->im->g, v->id);
  return node->op == IR_CONST ? ir_attr_tensor(node, IR_A_VALUE) : NULL;
}

const struct ir_type *onnx_type(struct onnx_node *n, size_t k) {
  const struct onnx_value *v = operand(n, k);
  static const struct ir_type scalar = {.dtype = IR_F32};

  if (!v)
    return &scalar; /* bad already: the table knows which operands must be there */
  return v->is_read ? &v->tensor.type : &ir_node(n->im->g, v->id)->type;
}

static const struct ir_tensor *wanted_const(struct onnx_node *n, const char *name, size_t k) {
  const struct ir_tensor *t = onnx_const(n, k);

  if (!t && !n->is_bad)
    onnx_fail(n, "operand %zu (%s, %s) is computed from the input at run time; it must be constant",
              k + 1, name, diag_quote(n->im->c->diag, onnx_in_name(n, k)));
  return t;
}

struct onnx_ints onnx_list(struct onnx_node *n, const char *name, size_t k) {
  const struct ir_tensor *t;
  size_t n_values;
  int64_t *v;

  if (!onnx_has_in(n, k))
    return onnx_attr_ints(n, name);
  t = wanted_const(n, name, k);
  if (!t)
    return (struct onnx_ints){0};
  if (t->type.dtype == IR_F32 || t->type.rank > 1) {
    onnx_fail(n, "operand %zu (%s) is %s; a list of integers is allowed", k + 1, name,
              ir_type_text(n->im->c->scratch, &t->type));
    return (struct onnx_ints){0};
  }
  n_values = (size_t)ir_type_count(&t->type);
  v = ARENA_NEW(n->im->c->scratch, int64_t, n_values);
  for (size_t i = 0; i < n_values; i++)
    v[i] = ir_int_at(t, (int64_t)i);
  return (struct onnx_ints){v, n_values};
}

bool onnx_number(struct onnx_node *n, const char *name, size_t k, double *v) {
  const struct ir_tensor *t;

  if (!onnx_has_in(n, k)) {
    if (!onnx_has_attr(n, name))
      return false;
    *v = onnx_attr_float(n, name, *v);
    return true;
  }
  t = wanted_const(n, name, k);
  if (!t)
    return false;
  if (ir_type_count(&t->type) != 1)
    return onnx_fail(n, "operand %zu (%s) is %s; one number is allowed", k + 1, name,
                     ir_type_text(n->im->c->scratch, &t->type));
  *v = t->type.dtype == IR_F32 ? (double)*(const float *)t->data : (double)ir_int_at(t, 0);
  return true;
}

size_t onnx_axis(struct onnx_node *n, int64_t axis, size_t rank) {
  int64_t r = (int64_t)rank;

  if (axis < -r || axis >= r) {
    onnx_fail(n,
              "axis %" PRId64 " is outside the operand of %zu dimensions; %" PRId64 " to %" PRId64
              " is allowed",
              axis, rank, -r, r - 1);
    return 0;
  }
  return (size_t)(axis < 0 ? axis + r : axis);
}
