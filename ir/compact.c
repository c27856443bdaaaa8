#include "ir/ir_internal.h"

#include "ir/base/arena.h"
#include "ir/base/map.h"

enum mark { UNSEEN, OPEN, DONE };

struct compaction {
  struct ir_graph *g;
  struct diag *d;
  uint8_t *mark;
  uint32_t *next_in; /* per open node: the operand to look at next */
  uint32_t *stack;
  uint32_t *order; /* old ids in their new order */
  size_t n_stack, n_order;
};

/* Nodes that are kept for their own sake. */
static bool is_root(const struct ir_graph *g, const struct ir_node *n) {
  bool is_network = ir_is_synchronous(g) && (n->op == IR_POPULATION || n->op == IR_READOUT);
  return n->op == IR_OUTPUT || n->op == IR_INPUT || is_network;
}

/* In a synchronous graph a projection reads the spikes of an earlier step, so that it may stand
 * before the population they come from. */
static bool orders(const struct ir_graph *g, const struct ir_node *n) {
  return !(ir_is_synchronous(g) && ir_is_projection(n->op));
}

static void open_node(struct compaction *c, uint32_t id) {
  c->mark[id] = OPEN;
  c->stack[c->n_stack++] = id;
}

/* Depth first, operands before the node, without recursion: a chain may be a million long. With
 * `is_ordering` the visited nodes are appended to the order, and a cycle is an error. */
static bool visit(struct compaction *c, uint32_t root, bool is_ordering) {
  open_node(c, root);
  while (c->n_stack > 0) {
    uint32_t id = c->stack[c->n_stack - 1];
    const struct ir_node *n = &c->g->nodes[id];
    bool follows = !is_ordering || orders(c->g, n);
    if (follows && c->next_in[id] < n->n_in) {
      uint32_t in = n->in[c->next_in[id]++].idx;
      if (c->mark[in] == UNSEEN)
        open_node(c, in);
      else if (c->mark[in] == OPEN && is_ordering)
        return diag_error(c->d, n->loc,
                          "%%%s: the network is cyclic here: %%%s needs its own result", n->name,
                          c->g->nodes[in].name);
      continue;
    }
    c->mark[id] = DONE;
    c->n_stack--;
    if (is_ordering)
      c->order[c->n_order++] = id;
  }
  return true;
}

/* Which nodes are needed. */
static bool *find_needed(struct compaction *c) {
  size_t n = c->g->n_nodes;
  bool *is_needed = ARENA_NEW(c->g->arena, bool, n + 1);
  for (uint32_t i = 1; i <= n; i++)
    if (is_root(c->g, &c->g->nodes[i]) && c->mark[i] == UNSEEN)
      visit(c, i, false);
  for (uint32_t i = 1; i <= n; i++) {
    is_needed[i] = c->mark[i] == DONE;
    c->mark[i] = UNSEEN;
    c->next_in[i] = 0;
  }
  return is_needed;
}

/* Every node stays where it is. */
static bool is_compact(const struct compaction *c) {
  for (size_t i = 0; i < c->n_order; i++)
    if (c->order[i] != i + 1)
      return false;
  return c->n_order == c->g->n_nodes && !c->g->are_names_stale;
}

static void renumber(struct compaction *c) {
  struct ir_graph *g = c->g;
  struct ir_node *nodes = ARENA_NEW(g->arena, struct ir_node, c->n_order + 2);
  uint32_t *new_id = c->stack; /* no longer in use */
  for (uint32_t i = 0; i < c->n_order; i++)
    new_id[c->order[i]] = i + 1;
  g->names = map_new(g->arena);
  g->are_names_stale = false;
  for (uint32_t i = 0; i < c->n_order; i++) {
    struct ir_node *n = &nodes[i + 1];
    *n = g->nodes[c->order[i]];
    ir_id *in = ARENA_NEW(g->arena, ir_id, n->n_in);
    for (size_t k = 0; k < n->n_in; k++)
      in[k].idx = new_id[n->in[k].idx];
    n->in = in;
    map_put(g->names, n->name, i + 1);
  }
  g->nodes = nodes;
  g->n_nodes = c->n_order;
  g->cap = c->n_order + 2;
  ir_link_all_uses(g);
}

bool ir_compact(struct ir_graph *g, struct diag *d) {
  size_t room = g->n_nodes + 1;
  struct compaction c = {.g = g,
                         .d = d,
                         .mark = ARENA_NEW(g->arena, uint8_t, room),
                         .next_in = ARENA_NEW(g->arena, uint32_t, room),
                         .stack = ARENA_NEW(g->arena, uint32_t, room),
                         .order = ARENA_NEW(g->arena, uint32_t, room)};
  bool *is_needed = find_needed(&c);
  for (uint32_t i = 1; i <= g->n_nodes; i++)
    if (is_needed[i] && c.mark[i] == UNSEEN && !visit(&c, i, true))
      return false;
  if (!is_compact(&c))
    renumber(&c);
  return true;
}
