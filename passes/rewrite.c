#include "passes/rewrite.h"

#include <math.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/fold.h"
#include "passes/analysis/ranges.h"

static bool run_round(struct rewrite *r, rewrite_rule *const *rules, size_t n_rules) {
  bool has_changed = false;

  r->n_known = ir_n_nodes(r->g);
  r->nonnegative = ranges_nonnegative(r->g, r->comp->scratch);
  for (size_t i = 1; i <= r->n_known; i++)
    for (size_t k = 0; k < n_rules; k++)
      has_changed |= rules[k](r, ir_id_at(i));
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
  return true;
}

const struct ir_node *rewrite_operand(const struct rewrite *r, const struct ir_node *n, size_t k,
                                      enum ir_op op) {
  const struct ir_node *in = k < n->n_in ? ir_node(r->g, n->in[k]) : NULL;

  return in && in->op == op ? in : NULL;
}

bool rewrite_has_one_user(const struct rewrite *r, ir_id id) {
  return !ir_is_none(ir_only_user(r->g, id));
}

bool rewrite_is_nonnegative(const struct rewrite *r, ir_id id) {
  return id.idx <= r->n_known && r->nonnegative[id.idx];
}

bool rewrite_match_linear(const struct rewrite *r, ir_id id, struct rewrite_linear *l) {
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

bool rewrite_channel_values(const struct rewrite *r, const struct ir_tensor *c,
                            const struct ir_type *type, size_t axis, double **v) {
  size_t skipped = type->rank - (size_t)c->type.rank;
  const float *x = c->data;

  if (c->type.rank > type->rank)
    return false;
  for (size_t i = 0; i < c->type.rank; i++)
    if (c->type.dims[i] != 1 && i + skipped != axis)
      return false;
  *v = ARENA_NEW(r->comp->scratch, double, (size_t)type->dims[axis]);
  for (int64_t i = 0; i < type->dims[axis]; i++)
    (*v)[i] = (double)x[ir_type_count(&c->type) == 1 ? 0 : i];
  return true;
}

ir_id rewrite_append(const struct rewrite *r, const struct ir_node *n) {
  ir_id id = ir_append(r->g, r->comp->diag, n);

  if (ir_is_none(id))
    diag_bug(r->comp->diag, n->loc, "a rule has made a node that is not well typed");
  return id;
}

void rewrite_replace(const struct rewrite *r, ir_id id, const struct ir_node *n) {
  if (!ir_replace(r->g, r->comp->diag, id, n))
    diag_bug(r->comp->diag, n->loc, "a rule has replaced a node by one that is not well typed");
}

ir_id rewrite_const(const struct rewrite *r, ir_id old, struct ir_tensor t) {
  struct ir_attr value = ir_tensor_attr(IR_A_VALUE, t);
  struct ir_node n = *ir_node(r->g, old);

  n.attr = &value;
  if (!rewrite_has_one_user(r, old))
    return rewrite_append(r, &n);
  rewrite_replace(r, old, &n);
  return old;
}

/* *n with x as its first operand; the operands are in scratch. */
static struct ir_node with_operand(const struct rewrite *r, const struct ir_node *n, ir_id x) {
  struct ir_node changed = *n;
  ir_id *in = arena_memdup(r->comp->scratch, n->in, n->n_in * sizeof *n->in);

  in[0] = x;
  changed.in = in;
  return changed;
}

void rewrite_set_operand(const struct rewrite *r, ir_id id, ir_id x) {
  struct ir_node n = with_operand(r, ir_node(r->g, id), x);

  rewrite_replace(r, id, &n);
}

ir_id rewrite_rebase(const struct rewrite *r, ir_id id, ir_id x) {
  struct ir_node n = with_operand(r, ir_node(r->g, id), x);

  if (!rewrite_has_one_user(r, id))
    return rewrite_append(r, &n);
  rewrite_replace(r, id, &n);
  return id;
}

/* Operand 1 of the node that has one becomes *second, where that is given. */
static void swap(const struct rewrite *r, ir_id outer_id, const struct ir_tensor *second) {
  const struct ir_node *outer = ir_node(r->g, outer_id);
  ir_id inner_id = outer->in[0];
  const struct ir_node *inner = ir_node(r->g, inner_id);
  struct ir_node nodes[2] = {with_operand(r, outer, inner->in[0]),
                             with_operand(r, inner, inner_id)};
  const ir_id ids[2] = {inner_id, outer_id};

  for (size_t k = 0; k < 2; k++) {
    ir_id in[2] = {nodes[k].in[0]};
    if (second && nodes[k].n_in == 2) {
      in[1] = rewrite_const(r, nodes[k].in[1], *second);
      nodes[k].in = in;
    }
    nodes[k].name = NULL;
    rewrite_replace(r, ids[k], &nodes[k]);
  }
  ir_swap_names(r->g, inner_id, outer_id);
}

void rewrite_swap(const struct rewrite *r, ir_id outer_id) {
  swap(r, outer_id, NULL);
}

void rewrite_swap_add(const struct rewrite *r, ir_id outer_id, struct ir_tensor c) {
  swap(r, outer_id, &c);
}

void rewrite_drop(const struct rewrite *r, ir_id id) {
  ir_replace_uses(r->g, id, ir_node(r->g, id)->in[0]);
}

void rewrite_set_const(const struct rewrite *r, ir_id id, size_t k, struct ir_tensor t) {
  struct ir_node n = *ir_node(r->g, id);
  ir_id *in = arena_memdup(r->comp->scratch, n.in, n.n_in * sizeof *n.in);

  in[k] = rewrite_const(r, n.in[k], t);
  n.in = in;
  rewrite_replace(r, id, &n);
}

struct ir_tensor rewrite_tensor(const struct rewrite *r, struct ir_type type, const double *v) {
  struct ir_tensor t = ir_tensor_new(ir_graph_arena(r->g), type);

  for (int64_t i = 0; i < ir_type_count(&type); i++)
    ir_f32_of(t)[i] = (float)v[i];
  return t;
}

static bool fits_float(const double *v, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (!isfinite((float)v[i]))
      return false;
  return true;
}

static bool is_any(const double *v, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (v[i] != 0)
      return true;
  return false;
}

bool rewrite_set_linear(const struct rewrite *r, const struct rewrite_linear *l,
                        struct ir_type type, const double *w, const double *b) {
  struct ir_type bias_type = ir_type_make(IR_F32, 1, type.dims);
  struct ir_node n = *ir_node(r->g, l->id);
  bool has_bias = n.n_in == 3;
  struct ir_tensor bias;
  ir_id in[3];

  if (!fits_float(w, ir_type_count(&type)) || !fits_float(b, type.dims[0]))
    return false;
  bias = rewrite_tensor(r, bias_type, b);
  in[0] = n.in[0];
  in[1] = rewrite_const(r, n.in[1], rewrite_tensor(r, type, w));
  if (has_bias)
    in[2] = rewrite_const(r, n.in[2], bias);
  else if (is_any(b, type.dims[0])) /* a bias of zeros would count as one */
    in[n.n_in++] = ir_append_const(r->g, r->comp->diag,
                                   arena_printf(r->comp->scratch, "%s.bias", n.name), bias, n.loc);
  n.in = in;
  rewrite_replace(r, l->id, &n);
  return true;
}

struct ir_tensor rewrite_evaluate(const struct rewrite *r, const struct ir_node *n) {
  struct ir_node node = *n;
  struct ir_tensor t;

  if (!ir_infer_type(r->g, r->comp->diag, &node) || !exec_fold(r->g, &node, &t))
    diag_bug(r->comp->diag, n->loc, "%s of constants cannot be evaluated", ir_op_name(n->op));
  return t;
}
