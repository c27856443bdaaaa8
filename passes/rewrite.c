#include "passes/rewrite.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/fold.h"
#include "passes/analysis/ranges.h"
#include "passes/overflow.h"

/* ---- rounds ---- */

/* Tries the rules at one node. After a swap it goes on where the outer node now is: what moves up a
 * chain does so in one round. */
static bool visit(struct rewrite *r, ir_id id, rewrite_rule *const *rules, size_t n_rules) {
  bool has_changed = false;

  for (; !ir_is_none(id); id = r->inner) {
    r->inner = (ir_id){0};
    for (size_t k = 0; k < n_rules && ir_is_none(r->inner); k++)
      if (ir_is_used(r->g, id) || ir_node(r->g, id)->op == IR_OUTPUT)
        has_changed |= rules[k](r, id);
  }
  return has_changed;
}

static bool run_round(struct rewrite *r, rewrite_rule *const *rules, size_t n_rules) {
  bool has_changed = false;

  r->n_known = ir_n_nodes(r->g);
  r->nonnegative = ranges_nonnegative(r->g, r->comp->scratch);
  for (size_t i = 1; i <= r->n_known; i++)
    has_changed |= visit(r, ir_id_at(i), rules, n_rules);
  return has_changed;
}

bool rewrite_run(struct comp *c, struct ir_graph *g, rewrite_rule *const *rules, size_t n_rules) {
  struct rewrite r = {.comp = c, .g = g};
  /* Nothing moves further than from one end of the graph to the other. */
  size_t rounds_left = 2 * ir_n_nodes(g) + 16;

  if (!ir_compact(g, c->diag))
    return false;
  while (run_round(&r, rules, n_rules)) {
    if (!ir_compact(g, c->diag))
      return false;
    if (rounds_left-- == 0)
      diag_bug(c->diag, (struct loc){0}, "the rules of a pass undo each other");
  }
  return !r.has_failed;
}

/* ---- patterns ---- */

const struct ir_node *rewrite_operand(struct rewrite *r, const struct ir_node *n, size_t k,
                                      enum ir_op op) {
  const struct ir_node *in = k < n->n_in ? ir_node(r->g, n->in[k]) : NULL;

  return in && in->op == op ? in : NULL;
}

bool rewrite_has_one_user(struct rewrite *r, ir_id id) {
  return !ir_is_none(ir_only_user(r->g, id));
}

bool rewrite_is_nonnegative(struct rewrite *r, ir_id id) {
  return id.idx <= r->n_known && r->nonnegative[id.idx];
}

bool rewrite_match_linear(struct rewrite *r, ir_id id, struct rewrite_linear *l) {
  const struct ir_node *n = ir_node(r->g, id);
  const struct ir_tensor *w, *b;

  if (n->op != IR_CONV && n->op != IR_DENSE)
    return false;
  w = ir_const_in(r->g, n, 1);
  b = ir_const_in(r->g, n, 2);
  if (!w || (n->n_in == 3 && !b))
    return false;
  l->id = id;
  l->node = n;
  l->w = w->data;
  l->b = b ? b->data : NULL;
  l->n_out = w->type.dims[0];
  l->n_in = ir_type_count(&w->type) / l->n_out;
  l->axis = n->op == IR_CONV ? 1 : n->type.rank - 1u;
  return true;
}

bool rewrite_channel_values(struct rewrite *r, const struct ir_tensor *c,
                            const struct ir_type *type, size_t axis, double **v) {
  size_t skipped = type->rank - (size_t)c->type.rank;
  const float *x = c->data;

  if (c->type.dtype != IR_F32 || c->type.rank > type->rank)
    return false;
  for (size_t i = 0; i < c->type.rank; i++)
    if (c->type.dims[i] != 1 && i + skipped != axis)
      return false;
  *v = ARENA_NEW(r->comp->scratch, double, (size_t)type->dims[axis]);
  for (int64_t i = 0; i < type->dims[axis]; i++)
    (*v)[i] = (double)x[ir_type_count(&c->type) == 1 ? 0 : i];
  return true;
}

/* ---- changes ---- */

static ir_id made(struct rewrite *r, ir_id id, struct loc loc) {
  if (ir_is_none(id))
    diag_bug(r->comp->diag, loc, "a rule has made a node that is not well typed");
  return id;
}

ir_id rewrite_append(struct rewrite *r, const struct ir_node *n) {
  return made(r, ir_append(r->g, r->comp->diag, n), n->loc);
}

ir_id rewrite_append_const(struct rewrite *r, const char *name, struct ir_tensor t,
                           struct loc loc) {
  return made(r, ir_append_const(r->g, r->comp->diag, name, t, loc), loc);
}

/* Replaces n nodes, at most two; what only the old ones used goes when the new ones are there. */
static void replace_all(struct rewrite *r, const ir_id *id, const struct ir_node *nodes, size_t n) {
  struct ir_node old[2];

  for (size_t i = 0; i < n; i++) {
    old[i] = *ir_node(r->g, id[i]);
    if (!ir_replace(r->g, r->comp->diag, id[i], &nodes[i]))
      diag_bug(r->comp->diag, nodes[i].loc,
               "a rule has replaced a node by one that is not well typed");
  }
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < old[i].n_in; k++)
      ir_release(r->g, old[i].in[k]);
}

void rewrite_replace(struct rewrite *r, ir_id id, const struct ir_node *n) {
  replace_all(r, &id, n, 1);
}

ir_id rewrite_const(struct rewrite *r, ir_id old, struct ir_tensor t) {
  struct ir_attr value = ir_tensor_attr(IR_A_VALUE, t);
  struct ir_node n = *ir_node(r->g, old);

  n.attr = &value;
  if (!rewrite_has_one_user(r, old))
    return rewrite_append(r, &n);
  rewrite_replace(r, old, &n);
  return old;
}

/* *n with x as its first operand; the operands are in scratch. */
static struct ir_node with_operand(struct rewrite *r, const struct ir_node *n, ir_id x) {
  struct ir_node changed = *n;
  ir_id *in = arena_memdup(r->comp->scratch, n->in, n->n_in * sizeof *n->in);

  in[0] = x;
  changed.in = in;
  return changed;
}

void rewrite_set_operand(struct rewrite *r, ir_id id, ir_id x) {
  struct ir_node n = with_operand(r, ir_node(r->g, id), x);

  rewrite_replace(r, id, &n);
}

ir_id rewrite_rebase(struct rewrite *r, ir_id id, ir_id x) {
  struct ir_node n = with_operand(r, ir_node(r->g, id), x);

  if (!rewrite_has_one_user(r, id))
    return rewrite_append(r, &n);
  rewrite_replace(r, id, &n);
  return id;
}

/* Operand 1 of the node that has one becomes *second, where that is given. */
static void swap(struct rewrite *r, ir_id outer_id, const struct ir_tensor *second) {
  const struct ir_node *outer = ir_node(r->g, outer_id);
  ir_id inner_id = outer->in[0];
  const struct ir_node *inner = ir_node(r->g, inner_id);
  struct ir_node nodes[2] = {with_operand(r, outer, inner->in[0]),
                             with_operand(r, inner, inner_id)};
  ir_id in[2][2];

  for (size_t k = 0; k < 2; k++) {
    nodes[k].name = NULL;
    if (second && nodes[k].n_in == 2) {
      in[k][0] = nodes[k].in[0];
      in[k][1] = rewrite_const(r, nodes[k].in[1], *second);
      nodes[k].in = in[k];
    }
  }
  replace_all(r, (const ir_id[]){inner_id, outer_id}, nodes, 2);
  ir_swap_names(r->g, inner_id, outer_id);
  r->inner = inner_id;
}

void rewrite_swap(struct rewrite *r, ir_id outer_id) {
  swap(r, outer_id, NULL);
}

void rewrite_swap_const(struct rewrite *r, ir_id outer_id, struct ir_tensor c) {
  swap(r, outer_id, &c);
}

void rewrite_drop(struct rewrite *r, ir_id id) {
  ir_replace_uses(r->g, id, ir_node(r->g, id)->in[0]);
  ir_release(r->g, id);
}

bool rewrite_check(struct rewrite *r, const struct ir_node *n, const char *what,
                   struct ir_tensor t) {
  r->has_failed = !overflow_check(r->comp, n, what, t.data, (size_t)ir_type_count(&t.type));
  return !r->has_failed;
}

bool rewrite_set_const(struct rewrite *r, ir_id id, size_t k, struct ir_tensor t) {
  struct ir_node n = *ir_node(r->g, id);
  ir_id *in = arena_memdup(r->comp->scratch, n.in, n.n_in * sizeof *n.in);

  if (!rewrite_check(r, &n, "constants", t))
    return false;
  in[k] = rewrite_const(r, n.in[k], t);
  n.in = in;
  rewrite_replace(r, id, &n);
  return true;
}

struct ir_tensor rewrite_tensor(struct rewrite *r, struct ir_type type, const double *v) {
  struct ir_tensor t = ir_tensor_new(ir_graph_arena(r->g), type);

  for (int64_t i = 0; i < ir_type_count(&type); i++)
    ir_f32_of(t)[i] = (float)v[i];
  return t;
}

static bool is_any(const double *v, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (v[i] != 0)
      return true;
  return false;
}

bool rewrite_set_linear(struct rewrite *r, const struct rewrite_linear *l, struct ir_type type,
                        const double *w, const double *b) {
  struct ir_type bias_type = ir_type_make(IR_F32, 1, type.dims);
  struct ir_node n = *ir_node(r->g, l->id);
  bool has_bias = n.n_in == 3;
  struct ir_tensor weight = rewrite_tensor(r, type, w), bias = rewrite_tensor(r, bias_type, b);
  ir_id in[3];

  if (!rewrite_check(r, &n, "weights", weight) || !rewrite_check(r, &n, "biases", bias))
    return false;
  in[0] = n.in[0];
  in[1] = rewrite_const(r, n.in[1], weight);
  if (has_bias)
    in[2] = rewrite_const(r, n.in[2], bias);
  else if (is_any(b, type.dims[0])) /* a bias of zeros would count as one */
    in[n.n_in++] = ir_append_const(r->g, r->comp->diag,
                                   arena_printf(r->comp->scratch, "%s.bias", n.name), bias, n.loc);
  n.in = in;
  rewrite_replace(r, l->id, &n);
  return true;
}

struct ir_tensor rewrite_evaluate(struct rewrite *r, const struct ir_node *n) {
  struct ir_node node = *n;
  struct ir_tensor t;

  if (!ir_infer_type(r->g, r->comp->diag, &node) || !exec_fold(r->g, &node, &t))
    diag_bug(r->comp->diag, n->loc, "%s of constants cannot be evaluated", ir_op_name(n->op));
  return t;
}
