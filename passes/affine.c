#include "passes/affine.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"

struct affine {
  double *scale, *shift; /* per channel */
  int64_t n;
};

static bool match_batchnorm(struct rewrite *r, const struct ir_node *n, struct affine *a) {
  double epsilon = ir_attr_float(n, IR_A_EPSILON, 1e-5);
  const float *p[4]; /* gamma, beta, mean, var */

  for (size_t k = 0; k < 4; k++) {
    const struct ir_tensor *t = ir_const_in(r->g, n, k + 1);
    if (!t)
      return false;
    p[k] = t->data;
  }
  a->n = n->type.dims[1];
  a->scale = ARENA_NEW(r->comp->scratch, double, (size_t)a->n);
  a->shift = ARENA_NEW(r->comp->scratch, double, (size_t)a->n);
  for (int64_t i = 0; i < a->n; i++) {
    a->scale[i] = (double)p[0][i] / sqrt((double)p[3][i] + epsilon);
    a->shift[i] = (double)p[1][i] - (double)p[2][i] * a->scale[i];
    if (!isfinite(a->scale[i]) || !isfinite(a->shift[i]))
      return false;
  }
  return true;
}

/* add or mul of a constant with one value per channel. */
static bool match_constant(struct rewrite *r, const struct ir_node *n, size_t axis,
                           struct affine *a) {
  const struct ir_tensor *c = ir_const_in(r->g, n, 1);
  bool is_sum = n->op == IR_ADD;
  double *other;

  if (!c || !ir_type_equal(&n->type, &ir_node(r->g, n->in[0])->type) ||
      !rewrite_channel_values(r, c, &n->type, axis, is_sum ? &a->shift : &a->scale))
    return false;
  a->n = n->type.dims[axis];
  other = ARENA_NEW(r->comp->scratch, double, (size_t)a->n);
  for (int64_t i = 0; i < a->n; i++)
    other[i] = is_sum ? 1 : 0;
  *(is_sum ? &a->scale : &a->shift) = other;
  return true;
}

/* Node n is an affine map of this op with its channels on `axis`. */
static bool match(struct rewrite *r, const struct ir_node *n, enum ir_op op, size_t axis,
                  struct affine *a) {
  if (n->op != op || axis >= n->type.rank)
    return false;
  return op == IR_BATCHNORM ? axis == 1 && match_batchnorm(r, n, a) : match_constant(r, n, axis, a);
}

static bool is_private_linear(struct rewrite *r, ir_id id, struct rewrite_linear *l) {
  return rewrite_match_linear(r, id, l) && rewrite_has_one_user(r, id);
}

/* affine(linear(x)) becomes linear'(x). */
static bool fold_back(struct rewrite *r, ir_id id, enum ir_op op) {
  const struct ir_node *n = ir_node(r->g, id);
  struct rewrite_linear l;
  struct affine a;
  double *w, *b;

  if (n->op != op || !is_private_linear(r, n->in[0], &l) || !match(r, n, op, l.axis, &a))
    return false;
  w = ARENA_NEW(r->comp->scratch, double, (size_t)(l.n_out * l.n_in));
  b = ARENA_NEW(r->comp->scratch, double, (size_t)l.n_out);
  for (int64_t o = 0; o < l.n_out; o++) {
    for (int64_t i = 0; i < l.n_in; i++)
      w[o * l.n_in + i] = (double)l.w[o * l.n_in + i] * a.scale[o];
    b[o] = (l.b ? (double)l.b[o] : 0) * a.scale[o] + a.shift[o];
  }
  if (!rewrite_set_linear(r, &l, ir_const_in(r->g, l.node, 1)->type, w, b))
    return false;
  rewrite_drop(r, id);
  return true;
}

/* Scaling the elements of a window scales its result. The largest stays the largest where no scale
 * is below 0; a mean that counts padding would have to count shifted padding. */
static bool commutes_with_pool(struct rewrite *r, const struct ir_node *pool,
                               const struct affine *a) {
  struct ir_window w;

  if (pool->op == IR_GLOBAL_AVGPOOL)
    return true;
  if (pool->op == IR_MAXPOOL) {
    for (int64_t i = 0; i < a->n; i++)
      if (a->scale[i] < 0)
        return false;
    return true;
  }
  if (pool->op != IR_AVGPOOL)
    return false;
  w = ir_window_of(r->g, pool);
  for (size_t i = 0; i < w.n_axes; i++)
    if ((w.pad_begin[i] || w.pad_end[i]) && ir_attr_int(pool, IR_A_COUNT_PAD, 0))
      return false;
  return true;
}

/* The constant of an add or mul for a value of this type with its channels on axis 1. */
static struct ir_tensor constant_for(struct rewrite *r, enum ir_op op, const struct ir_type *type,
                                     const struct affine *a) {
  struct ir_type shaped = *type;

  for (size_t i = 0; i < shaped.rank; i++)
    shaped.dims[i] = i == 1 ? a->n : 1;
  return rewrite_tensor(r, shaped, op == IR_ADD ? a->shift : a->scale);
}

/* affine(reshape(linear(x))) and affine(pool(linear(x))) become reshape(affine(linear(x))) and so
 * on, so that it can fold back. */
static bool hoist(struct rewrite *r, ir_id id, enum ir_op op) {
  const struct ir_node *n = ir_node(r->g, id), *in;
  struct rewrite_linear l;
  struct affine a;

  if (n->op != op || !match(r, n, op, 1, &a) || !rewrite_has_one_user(r, n->in[0]))
    return false;
  in = ir_node(r->g, n->in[0]);
  if (in->n_in != 1 || !is_private_linear(r, in->in[0], &l) || l.axis != 1)
    return false;
  if (in->op == IR_RESHAPE) {
    const struct ir_type *t = &l.node->type;
    if (t->dims[0] != n->type.dims[0] || t->dims[1] != n->type.dims[1])
      return false;
  } else if (!commutes_with_pool(r, in, &a)) {
    return false;
  }
  if (op == IR_BATCHNORM)
    rewrite_swap(r, id);
  else
    rewrite_swap_const(r, id, constant_for(r, op, &l.node->type, &a));
  return true;
}

/* pool(affine(x)) becomes affine(pool(x)) where x is not linear: nearer to what comes behind. */
static bool sink(struct rewrite *r, ir_id id, enum ir_op op) {
  const struct ir_node *n = ir_node(r->g, id), *in = rewrite_operand(r, n, 0, op);
  struct rewrite_linear l;
  struct affine a;

  if (!in || !rewrite_has_one_user(r, n->in[0]) || is_private_linear(r, in->in[0], &l) ||
      !match(r, in, op, 1, &a) || !commutes_with_pool(r, n, &a))
    return false;
  rewrite_swap(r, id);
  return true;
}

static bool has_padding(struct rewrite *r, const struct ir_node *conv) {
  struct ir_window w = ir_window_of(r->g, conv);

  for (size_t i = 0; i < w.n_axes; i++)
    if (w.pad_begin[i] || w.pad_end[i])
      return true;
  return false;
}

static bool is_shifting(const struct affine *a) {
  for (int64_t i = 0; i < a->n; i++)
    if (a->shift[i] != 0)
      return true;
  return false;
}

/* Weight w[o][i] works on channel (i / inner) of the group of o. */
static bool absorb(struct rewrite *r, const struct rewrite_linear *l, const struct affine *a,
                   int64_t inner) {
  int64_t per_group = l->n_in / inner;
  int64_t outs_per_group = l->n_out / (a->n / per_group);
  double *w = ARENA_NEW(r->comp->scratch, double, (size_t)(l->n_out * l->n_in));
  double *b = ARENA_NEW(r->comp->scratch, double, (size_t)l->n_out);

  for (int64_t o = 0; o < l->n_out; o++) {
    b[o] = l->b ? (double)l->b[o] : 0;
    for (int64_t i = 0; i < l->n_in; i++) {
      int64_t c = o / outs_per_group * per_group + i / inner;
      double weight = (double)l->w[o * l->n_in + i];
      w[o * l->n_in + i] = weight * a->scale[c];
      b[o] += weight * a->shift[c];
    }
  }
  return rewrite_set_linear(r, l, ir_const_in(r->g, l->node, 1)->type, w, b);
}

static bool fold_into_conv(struct rewrite *r, const struct rewrite_linear *l, enum ir_op op) {
  const struct ir_node *n = rewrite_operand(r, l->node, 0, op);
  int64_t per_group = ir_const_in(r->g, l->node, 1)->type.dims[1];
  struct affine a;

  if (!n || !match(r, n, op, 1, &a) || (has_padding(r, l->node) && is_shifting(&a)) ||
      !absorb(r, l, &a, l->n_in / per_group))
    return false;
  rewrite_set_operand(r, l->id, n->in[0]);
  return true;
}

static bool fold_into_dense(struct rewrite *r, const struct rewrite_linear *l, enum ir_op op) {
  const struct ir_node *n = ir_node(r->g, l->node->in[0]), *flat = NULL;
  struct affine a;
  ir_id x;

  if (n->op == IR_RESHAPE) {
    flat = n;
    n = ir_node(r->g, flat->in[0]);
    if (flat->type.rank != 2 || n->type.rank < 2 || n->type.dims[0] != flat->type.dims[0])
      return false;
  }
  if (n->op != op || !match(r, n, op, flat ? 1 : n->type.rank - 1u, &a) ||
      !absorb(r, l, &a, l->n_in / a.n))
    return false;
  x = flat ? rewrite_rebase(r, l->node->in[0], n->in[0]) : n->in[0];
  rewrite_set_operand(r, l->id, x);
  return true;
}

/* linear(affine(x)) and dense(flatten(affine(x))) lose the affine node. A conv with padding keeps
 * it: its border is 0, not the shift. */
static bool fold_forward(struct rewrite *r, ir_id id, enum ir_op op) {
  struct rewrite_linear l;

  if (!rewrite_match_linear(r, id, &l))
    return false;
  return l.node->op == IR_CONV ? fold_into_conv(r, &l, op) : fold_into_dense(r, &l, op);
}

/* ---- concat ---- */

/* Constant operand k of the affine node for channels first .. first + n of its operand. */
static ir_id part_of(struct rewrite *r, const struct ir_node *n, size_t k, int64_t first,
                     int64_t n_part, const struct affine *a) {
  struct ir_type type = ir_type_make(IR_F32, 1, &n_part);
  const char *name = ir_node(r->g, n->in[k])->name;
  struct ir_tensor t;

  if (n->op != IR_BATCHNORM) {
    struct affine part = {a->scale + first, a->shift + first, n_part};
    return rewrite_append_const(r, name, constant_for(r, n->op, &n->type, &part), n->loc);
  }
  t = ir_tensor_new(ir_graph_arena(r->g), type);
  memcpy(ir_f32_of(t), (const float *)ir_const_in(r->g, n, k)->data + first,
         (size_t)n_part * sizeof(float));
  return rewrite_append_const(r, name, t, n->loc);
}

static bool has_linear_operand(struct rewrite *r, const struct ir_node *n) {
  struct rewrite_linear l;

  for (size_t k = 0; k < n->n_in; k++)
    if (is_private_linear(r, n->in[k], &l))
      return true;
  return false;
}

/* affine(concat(x, y)) becomes concat(affine(x), affine(y)), where one of them can take it in. */
static bool split(struct rewrite *r, ir_id id, enum ir_op op) {
  struct ir_node n = *ir_node(r->g, id), concat;
  const struct ir_node *found = n.op == op ? rewrite_operand(r, &n, 0, IR_CONCAT) : NULL;
  ir_id concat_id, *in, part_in[5];
  struct affine a;
  int64_t first = 0;

  if (!found || ir_attr_int(found, IR_A_AXIS, 0) != 1 || !rewrite_has_one_user(r, n.in[0]) ||
      !has_linear_operand(r, found) || !match(r, &n, op, 1, &a))
    return false;
  concat_id = n.in[0];
  concat = *found;
  in = ARENA_NEW(r->comp->scratch, ir_id, concat.n_in);
  for (size_t k = 0; k < concat.n_in; k++) {
    int64_t n_part = ir_node(r->g, concat.in[k])->type.dims[1];
    struct ir_node part = n;
    part.in = part_in;
    part_in[0] = concat.in[k];
    for (size_t i = 1; i < n.n_in; i++)
      part_in[i] = part_of(r, &n, i, first, n_part, &a);
    in[k] = rewrite_append(r, &part);
    first += n_part;
  }
  concat.in = in;
  rewrite_replace(r, concat_id, &concat);
  rewrite_drop(r, id);
  return true;
}

/* ---- a constant for each element ---- */

/* What node n, an affine map of its operand, adds to each element of one sample. False: it adds
 * nothing, or something else to each sample. a->scale is per channel. */
static bool shift_map(struct rewrite *r, const struct ir_node *n, enum ir_op op, struct affine *a,
                      struct ir_tensor *map) {
  const struct ir_tensor *c = op == IR_ADD ? ir_const_in(r->g, n, 1) : NULL;
  struct ir_type type = n->type;
  ir_id in[2] = {{0}, n->n_in > 1 ? n->in[1] : (ir_id){0}};

  type.dims[0] = 1;
  if (n->op != op || type.rank < 3)
    return false;
  if (op == IR_ADD) {
    if (!c || (c->type.rank == n->type.rank && c->type.dims[0] != 1) ||
        !ir_type_equal(&n->type, &ir_node(r->g, n->in[0])->type))
      return false;
    a->n = 0;
  } else {
    if (!match_batchnorm(r, n, a) || !is_shifting(a))
      return false;
    in[1] = rewrite_append_const(r, "shift", constant_for(r, IR_ADD, &type, a), n->loc);
  }
  in[0] = rewrite_append_const(r, "zeros", ir_tensor_new(ir_graph_arena(r->g), type), n->loc);
  *map = rewrite_evaluate(r, &(struct ir_node){.op = IR_ADD, .in = in, .n_in = 2});
  return true;
}

/* batchnorm(add(linear(x), map)) becomes add(batchnorm(linear(x)), scaled map), so that it can fold
 * back. */
static bool hoist_over_map(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *in = rewrite_operand(r, n, 0, IR_ADD);
  struct rewrite_linear l;
  struct ir_tensor map;
  struct affine a, none;
  int64_t n_each;

  if (n->op != IR_BATCHNORM || !in || !rewrite_has_one_user(r, n->in[0]) ||
      !is_private_linear(r, in->in[0], &l) || l.axis != 1 || !match_batchnorm(r, n, &a) ||
      !shift_map(r, in, IR_ADD, &none, &map))
    return false;
  n_each = ir_type_count(&map.type) / a.n;
  for (int64_t i = 0; i < a.n * n_each; i++)
    ir_f32_of(map)[i] = (float)((double)ir_f32_of(map)[i] * a.scale[i / n_each]);
  if (!rewrite_check(r, n, "biases", map))
    return false;
  rewrite_swap_const(r, id, map);
  return true;
}

bool affine_to_map(struct rewrite *r, ir_id id, enum ir_op op) {
  struct ir_node conv = *ir_node(r->g, id);
  const struct ir_node *n = conv.op == IR_CONV ? rewrite_operand(r, &conv, 0, op) : NULL;
  struct ir_tensor shift, map;
  struct rewrite_linear l;
  struct affine a;
  ir_id in[2], sum[2], x;

  if (!n || !rewrite_match_linear(r, id, &l) || !shift_map(r, n, op, &a, &shift))
    return false;
  x = n->in[0];
  in[0] = rewrite_append_const(r, "shift", shift, conv.loc);
  in[1] = conv.in[1];
  map = rewrite_evaluate(
      r, &(struct ir_node){
             .op = IR_CONV, .in = in, .n_in = 2, .attr = conv.attr, .n_attr = conv.n_attr});
  if (!rewrite_check(r, &conv, "biases", map))
    return false;
  sum[0] = rewrite_append(r, &conv);
  sum[1] =
      rewrite_append_const(r, arena_printf(r->comp->scratch, "%s.shift", conv.name), map, conv.loc);
  rewrite_replace(r, id, &(struct ir_node){.op = IR_ADD, .in = sum, .n_in = 2, .loc = conv.loc});
  ir_swap_names(r->g, sum[0], id);
  rewrite_set_operand(r, sum[0], x);
  if (a.n == 0)
    return true;
  for (int64_t c = 0; c < a.n; c++)
    a.shift[c] = 0;
  (void)rewrite_match_linear(r, sum[0], &l);
  (void)absorb(r, &l, &a, l.n_in / ir_const_in(r->g, l.node, 1)->type.dims[1]);
  return true;
}

bool affine_merge(struct rewrite *r, ir_id id, enum ir_op op) {
  return fold_back(r, id, op) || hoist(r, id, op) || sink(r, id, op) || fold_forward(r, id, op) ||
         split(r, id, op) || (op == IR_BATCHNORM && hoist_over_map(r, id));
}
