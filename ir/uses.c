/* ir/uses.c -- who uses a value: a list per value, kept while nodes are appended, replaced and
 * re-pointed, so that a rewrite costs the number of uses and not the size of the graph. Lists have
 * no order. */
#include "ir/ir_internal.h"

#include <string.h>

#include "ir/base/arena.h"

/* Operand `operand` of node `user`, in the list of the value it names. */
struct ir_use {
  uint32_t user, operand;
  struct ir_use *prev, *next;
};

static void take_out(struct ir_graph *g, struct ir_use *u, ir_id value) {
  if (u->prev)
    u->prev->next = u->next;
  else
    g->links[value.idx].first = u->next;
  if (u->next)
    u->next->prev = u->prev;
}

/* Room for every id of the graph. */
static void reserve(struct ir_graph *g) {
  struct ir_links *links;
  if (g->n_nodes < g->n_links)
    return;
  links = ARENA_NEW(g->arena, struct ir_links, 2 * g->n_nodes);
  if (g->n_links > 0)
    memcpy(links, g->links, g->n_links * sizeof *links);
  g->links = links;
  g->n_links = 2 * g->n_nodes;
}

static void insert(struct ir_graph *g, struct ir_use *u, ir_id value) {
  struct ir_links *l = &g->links[value.idx];
  u->prev = NULL;
  u->next = l->first;
  if (l->first)
    l->first->prev = u;
  l->first = u;
  if (l->is_released)
    ir_link_uses(g, value);
}

void ir_link_uses(struct ir_graph *g, ir_id id) {
  const struct ir_node *n = &g->nodes[id.idx];
  reserve(g);
  struct ir_links *own = &g->links[id.idx];
  own->is_released = false;
  if (own->n_operands < n->n_in) {
    own->operands = ARENA_NEW(g->arena, struct ir_use, n->n_in);
    own->n_operands = n->n_in;
  }
  for (uint32_t k = 0; k < n->n_in; k++) {
    own->operands[k] = (struct ir_use){.user = id.idx, .operand = k};
    insert(g, &own->operands[k], n->in[k]);
  }
}

void ir_unlink_uses(struct ir_graph *g, ir_id id) {
  const struct ir_node *n = &g->nodes[id.idx];
  for (size_t k = 0; k < n->n_in && !g->links[id.idx].is_released; k++)
    take_out(g, &g->links[id.idx].operands[k], n->in[k]);
}

/* A chain may be as long as the graph: without recursion. */
void ir_release(struct ir_graph *g, ir_id id) {
  uint32_t unused = id.idx; /* the first of a list */
  if (g->links[id.idx].first || g->links[id.idx].is_released)
    return;
  g->links[id.idx].is_released = true;
  g->links[id.idx].next_unused = 0;
  while (unused != 0) {
    const struct ir_node *n = &g->nodes[unused];
    struct ir_use *operands = g->links[unused].operands;
    unused = g->links[unused].next_unused;
    for (size_t k = 0; k < n->n_in; k++) {
      struct ir_links *in = &g->links[n->in[k].idx];
      take_out(g, &operands[k], n->in[k]);
      if (in->first)
        continue;
      in->is_released = true;
      in->next_unused = unused;
      unused = n->in[k].idx;
    }
  }
}

void ir_link_all_uses(struct ir_graph *g) {
  g->links = NULL;
  g->n_links = 0;
  for (size_t i = 1; i <= g->n_nodes; i++)
    ir_link_uses(g, ir_id_at(i));
}

void ir_replace_uses(struct ir_graph *g, ir_id old, ir_id new_id) {
  struct ir_use *next;
  if (old.idx == new_id.idx)
    return;
  for (struct ir_use *u = g->links[old.idx].first; u; u = next) {
    ir_id *in = (ir_id *)(uintptr_t)g->nodes[u->user].in; /* the graph's own copy */
    next = u->next;
    in[u->operand] = new_id;
    insert(g, u, new_id);
  }
  g->links[old.idx].first = NULL;
}

uint32_t *ir_count_uses(const struct ir_graph *g, struct arena *scratch) {
  uint32_t *uses = ARENA_NEW(scratch, uint32_t, g->n_nodes + 1);
  for (size_t i = 1; i <= g->n_nodes; i++)
    for (size_t k = 0; k < g->nodes[i].n_in; k++)
      uses[g->nodes[i].in[k].idx]++;
  return uses;
}

bool ir_is_used(const struct ir_graph *g, ir_id id) {
  return g->links[id.idx].first != NULL;
}

ir_id ir_only_user(const struct ir_graph *g, ir_id id) {
  const struct ir_use *first = g->links[id.idx].first;
  return first && !first->next ? (ir_id){first->user} : (ir_id){0};
}
