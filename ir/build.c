#include "ir/ir_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/map.h"

struct ir_graph *ir_graph_new(struct arena *a, const char *name) {
  struct ir_graph *g = ARENA_NEW(a, struct ir_graph, 1);
  g->arena = a;
  g->name = arena_strdup(a, name);
  g->cap = 16;
  g->nodes = ARENA_NEW(a, struct ir_node, g->cap);
  g->names = map_new(a);
  return g;
}

struct ir_graph *ir_graph_clone(struct arena *a, const struct ir_graph *g) {
  struct ir_graph *copy = ir_graph_new(a, g->name);
  copy->facts = g->facts;
  for (size_t i = 0; i < g->n_attr; i++)
    ir_graph_set_attr(copy, g->attr[i]);
  for (size_t i = 1; i <= g->n_nodes; i++) {
    struct ir_node n = g->nodes[i];
    /* Operands are copied, since ir_replace_uses writes to them; lists of attributes never change.
     */
    n.in = arena_memdup(a, n.in, n.n_in * sizeof *n.in);
    ir_push(copy, &n);
  }
  ir_link_all_uses(copy);
  return copy;
}

struct arena *ir_graph_arena(const struct ir_graph *g) {
  return g->arena;
}

const char *ir_graph_name(const struct ir_graph *g) {
  return g->name;
}

size_t ir_n_nodes(const struct ir_graph *g) {
  return g->n_nodes;
}

const struct ir_node *ir_node(const struct ir_graph *g, ir_id id) {
  return &g->nodes[id.idx];
}

bool ir_is_projection(enum ir_op op) {
  return op >= IR_PROJECT_CONV && op <= IR_PROJECT_SPARSE;
}

ir_id ir_find(const struct ir_graph *g, const char *name) {
  uint32_t idx = 0;
  map_get(g->names, name, &idx);
  return (ir_id){idx};
}

bool ir_push(struct ir_graph *g, const struct ir_node *n) {
  if (!map_put(g->names, n->name, (uint32_t)g->n_nodes + 1))
    return false;
  if (g->n_nodes + 1 == g->cap) {
    /* The old array stays in the arena: pointers that ir_node gave before go stale, not wild. */
    struct ir_node *nodes = ARENA_NEW(g->arena, struct ir_node, 2 * g->cap);
    memcpy(nodes, g->nodes, g->cap * sizeof *nodes);
    g->nodes = nodes;
    g->cap *= 2;
  }
  g->nodes[++g->n_nodes] = *n;
  return true;
}

/* A name that ir_verify accepts: control bytes become '_', and room is left for a suffix. */
static char *fit_name(struct arena *a, const char *name) {
  char *fitted = arena_strndup(a, name, strnlen(name, IR_MAX_NAME - 12));
  for (char *s = fitted; *s; s++)
    if ((unsigned char)*s < 0x20 || *s == 0x7F)
      *s = '_';
  return fitted;
}

/* `name`, or name.k with a k whose predecessor is taken. k is found by doubling and halving: a file
 * may hold 100,000 nodes of one name. */
static const char *free_name(struct ir_graph *g, const char *name) {
  const char *base = fit_name(g->arena, name);
  uint32_t taken = 0, free_at = 1;
  if (ir_is_none(ir_find(g, base)))
    return base;
  while (!ir_is_none(ir_find(g, arena_printf(g->arena, "%s.%u", base, (unsigned)free_at)))) {
    taken = free_at;
    free_at *= 2;
  }
  while (free_at - taken > 1) {
    uint32_t middle = taken + (free_at - taken) / 2;
    const char *candidate = arena_printf(g->arena, "%s.%u", base, (unsigned)middle);
    if (ir_is_none(ir_find(g, candidate)))
      free_at = middle;
    else
      taken = middle;
  }
  return arena_printf(g->arena, "%s.%u", base, (unsigned)free_at);
}

/* Everything of the node but its name, owned by the graph, with its type inferred. */
static bool make(struct ir_graph *g, struct diag *d, struct ir_node *n) {
  struct ir_attr *attr = ARENA_NEW(g->arena, struct ir_attr, n->n_attr);
  size_t n_attr = 0;
  for (size_t i = 0; i < n->n_attr; i++)
    ir_attr_insert(attr, &n_attr, ir_op_attrs(n->op), ir_attr_copy(g->arena, n->attr[i]));
  n->attr = attr;
  n->in = arena_memdup(g->arena, n->in, n->n_in * sizeof *n->in);
  return ir_infer_type(g, d, n);
}

ir_id ir_append(struct ir_graph *g, struct diag *d, const struct ir_node *n) {
  struct ir_node node = *n;
  if (!node.name || !*node.name)
    node.name = ir_op_name(node.op);
  if (!make(g, d, &node))
    return (ir_id){0};
  node.name = free_name(g, node.name);
  ir_push(g, &node);
  ir_link_uses(g, ir_id_at(g->n_nodes));
  return ir_id_at(g->n_nodes);
}

ir_id ir_append_const(struct ir_graph *g, struct diag *d, const char *name, struct ir_tensor t,
                      struct loc loc) {
  struct ir_attr value = ir_tensor_attr(IR_A_VALUE, t);
  return ir_append(
      g, d,
      &(struct ir_node){.op = IR_CONST, .name = name, .attr = &value, .n_attr = 1, .loc = loc});
}

bool ir_replace(struct ir_graph *g, struct diag *d, ir_id id, const struct ir_node *n) {
  struct ir_node node = *n;
  const char *old = g->nodes[id.idx].name;
  if (!node.name)
    node.name = old;
  if (!make(g, d, &node))
    return false;
  if (strcmp(node.name, old) != 0) {
    node.name = free_name(g, node.name);
    map_put(g->names, node.name, id.idx);
    g->are_names_stale = true;
  }
  ir_unlink_uses(g, id);
  g->nodes[id.idx] = node;
  ir_link_uses(g, id);
  return true;
}

void ir_swap_names(struct ir_graph *g, ir_id a, ir_id b) {
  const char *name = g->nodes[a.idx].name;
  g->nodes[a.idx].name = g->nodes[b.idx].name;
  g->nodes[b.idx].name = name;
  g->are_names_stale = true;
}

bool ir_infer_all(struct ir_graph *g, struct diag *d) {
  for (size_t i = 1; i <= g->n_nodes; i++)
    if (!ir_infer_type(g, d, &g->nodes[i]))
      return false;
  return true;
}

ir_id ir_nth(const struct ir_graph *g, enum ir_op op, size_t k) {
  for (size_t i = 1; i <= g->n_nodes; i++)
    if (g->nodes[i].op == op && k-- == 0)
      return ir_id_at(i);
  return (ir_id){0};
}

size_t ir_n_of(const struct ir_graph *g, enum ir_op op) {
  size_t n = 0;
  for (size_t i = 1; i <= g->n_nodes; i++)
    n += g->nodes[i].op == op;
  return n;
}

const struct ir_tensor *ir_const_in(const struct ir_graph *g, const struct ir_node *n, size_t k) {
  if (k >= n->n_in || g->nodes[n->in[k].idx].op != IR_CONST)
    return NULL;
  return ir_attr_tensor(&g->nodes[n->in[k].idx], IR_A_VALUE);
}

struct ir_tensor ir_tensor_new(struct arena *a, struct ir_type type) {
  size_t size = ir_dtype_size(type.dtype);
  return (struct ir_tensor){type, arena_alloc(a, (size_t)ir_type_count(&type), size)};
}
