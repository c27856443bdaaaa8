#include "ir/ir_internal.h"

#include <string.h>

#include "ir/base/arena.h"

const struct ir_attr *ir_attr(const struct ir_node *n, enum ir_attr_key key) {
  for (size_t i = 0; i < n->n_attr; i++)
    if (n->attr[i].key == key)
      return &n->attr[i];
  return NULL;
}

int64_t ir_attr_int(const struct ir_node *n, enum ir_attr_key key, int64_t otherwise) {
  const struct ir_attr *a = ir_attr(n, key);
  return a ? a->u.i : otherwise;
}

double ir_attr_float(const struct ir_node *n, enum ir_attr_key key, double otherwise) {
  const struct ir_attr *a = ir_attr(n, key);
  return a ? a->u.f : otherwise;
}

enum ir_word ir_attr_word(const struct ir_node *n, enum ir_attr_key key, enum ir_word otherwise) {
  const struct ir_attr *a = ir_attr(n, key);
  return a ? a->u.word : otherwise;
}

const char *ir_attr_text(const struct ir_node *n, enum ir_attr_key key, const char *otherwise) {
  const struct ir_attr *a = ir_attr(n, key);
  return a ? a->u.text : otherwise;
}

const struct ir_tensor *ir_attr_tensor(const struct ir_node *n, enum ir_attr_key key) {
  const struct ir_attr *a = ir_attr(n, key);
  return a ? &a->u.tensor : NULL;
}

struct ir_attr ir_int(enum ir_attr_key key, int64_t v) {
  return (struct ir_attr){.key = key, .u.i = v};
}

struct ir_attr ir_float(enum ir_attr_key key, double v) {
  return (struct ir_attr){.key = key, .u.f = v};
}

struct ir_attr ir_word(enum ir_attr_key key, enum ir_word v) {
  return (struct ir_attr){.key = key, .u.word = v};
}

struct ir_attr ir_text(enum ir_attr_key key, const char *v) {
  return (struct ir_attr){.key = key, .u.text = v};
}

struct ir_attr ir_ints(enum ir_attr_key key, const int64_t *v, size_t n) {
  return (struct ir_attr){.key = key, .u.ints = {v, n}};
}

struct ir_attr ir_tensor_attr(enum ir_attr_key key, struct ir_tensor t) {
  return (struct ir_attr){.key = key, .u.tensor = t};
}

struct ir_attr ir_attr_copy(struct arena *a, struct ir_attr attr) {
  if (ir_attr_kind_of(attr.key) == IR_KIND_TEXT)
    attr.u.text = arena_strdup(a, attr.u.text);
  if (ir_attr_kind_of(attr.key) == IR_KIND_INTS)
    attr.u.ints.v = arena_memdup(a, attr.u.ints.v, attr.u.ints.n * sizeof *attr.u.ints.v);
  return attr;
}

/* Unknown ones go last, where ir_infer_type names them. */
static int rank_of(const char *spec, enum ir_attr_key key) {
  int i = ir_spec_index(spec, key);
  return i < 0 ? IR_N_ATTRS : i;
}

/* Insertion sort: lists are short, and equal keys must keep their order. */
void ir_attr_insert(struct ir_attr *v, size_t *n, const char *spec, struct ir_attr attr) {
  size_t at = (*n)++;
  for (; at > 0 && rank_of(spec, v[at - 1].key) > rank_of(spec, attr.key); at--)
    v[at] = v[at - 1];
  v[at] = attr;
}

static void remove_key(struct ir_attr *v, size_t *n, enum ir_attr_key key) {
  size_t kept = 0;
  for (size_t i = 0; i < *n; i++)
    if (v[i].key != key)
      v[kept++] = v[i];
  *n = kept;
}

void ir_set_attr(struct ir_graph *g, ir_id id, struct ir_attr attr) {
  struct ir_node *n = &g->nodes[id.idx];
  struct ir_attr *v = ARENA_NEW(g->arena, struct ir_attr, n->n_attr + 1);
  if (n->n_attr)
    memcpy(v, n->attr, n->n_attr * sizeof *v);
  remove_key(v, &n->n_attr, attr.key);
  ir_attr_insert(v, &n->n_attr, ir_op_attrs(n->op), ir_attr_copy(g->arena, attr));
  n->attr = v;
}

const struct ir_attr *ir_graph_attr(const struct ir_graph *g, enum ir_attr_key key) {
  for (size_t i = 0; i < g->n_attr; i++)
    if (g->attr[i].key == key)
      return &g->attr[i];
  return NULL;
}

void ir_graph_set_attr(struct ir_graph *g, struct ir_attr attr) {
  remove_key(g->attr, &g->n_attr, attr.key);
  if (g->n_attr < IR_MAX_GRAPH_ATTRS)
    ir_attr_insert(g->attr, &g->n_attr, ir_graph_spec, ir_attr_copy(g->arena, attr));
}

bool ir_is_synchronous(const struct ir_graph *g) {
  const struct ir_attr *a = ir_graph_attr(g, IR_A_SCHEDULE);
  return a && a->u.word == IR_W_SCHEDULE_SYNCHRONOUS;
}

unsigned ir_facts(const struct ir_graph *g) {
  return g->facts;
}

void ir_set_facts(struct ir_graph *g, unsigned facts) {
  g->facts = facts;
}
