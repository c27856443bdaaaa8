/* passes/simplify_shapes.c -- merges nodes that only move elements into each other and into what
 * computes.
 *
 *   %t = transpose %x {perm=[0, 2, 3, 1]} : f32[1, 4, 4, 8]
 *   %r = relu %t : f32[1, 4, 4, 8]                             %r = relu %x : f32[1, 8, 4, 4]
 *   %f = reshape %r {shape=[1, 128]} : f32[1, 128]        ->   %f = reshape %r {shape=[1, 128]} :
 * .. %y = dense %f, %w : f32[1, 10]                             %y = dense %f, %w2 : f32[1, 10]
 *
 * where %w2 holds the columns of %w in the order of %x. Reshapes and transposes that follow each
 * other merge, transposes sink behind elementwise ops until they meet their inverse or a dense, and
 * padding becomes the pad of a window. A transpose of the network's input stays: it says in which
 * order the samples come. No numeric error. */
#include "passes/passes.h"

#include <math.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/rewrite.h"

static const int64_t *perm_of(const struct ir_node *n) {
  return ir_attr(n, IR_A_PERM)->u.ints.v;
}

static void invert(const int64_t *perm, size_t rank, int64_t *inverse) {
  for (size_t i = 0; i < rank; i++)
    inverse[perm[i]] = (int64_t)i;
}

static struct ir_tensor transpose_const(struct rewrite *r, struct ir_tensor t,
                                        const int64_t *perm) {
  ir_id in = rewrite_append_const(r, "const", t, (struct loc){0});
  struct ir_attr attr = ir_ints(IR_A_PERM, perm, t.type.rank);

  return rewrite_evaluate(
      r, &(struct ir_node){.op = IR_TRANSPOSE, .in = &in, .n_in = 1, .attr = &attr, .n_attr = 1});
}

/* ---- what does nothing ---- */

static bool is_every(const struct ir_node *n, enum ir_attr_key key, int64_t value) {
  const struct ir_attr *list = ir_attr(n, key);

  for (size_t i = 0; i < list->u.ints.n; i++)
    if (list->u.ints.v[i] != value)
      return false;
  return true;
}

static bool is_identity_perm(const struct ir_node *n) {
  for (int64_t i = 0; i < n->type.rank; i++)
    if (perm_of(n)[i] != i)
      return false;
  return true;
}

/* Drops moves that move nothing; types of the same dims are a condition for all of them. */
static bool drop_move(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id);
  bool moves_nothing = (n->op == IR_RESHAPE) || (n->op == IR_CONCAT && n->n_in == 1) ||
                       (n->op == IR_TRANSPOSE && is_identity_perm(n)) ||
                       (n->op == IR_SLICE && is_every(n, IR_A_STEPS_OF, 1)) ||
                       (n->op == IR_PADDING && is_every(n, IR_A_PADS, 0));

  if (!moves_nothing || !ir_type_equal(&n->type, &ir_node(r->g, n->in[0])->type))
    return false;
  rewrite_drop(r, id);
  return true;
}

/* ---- chains ---- */

static bool merge_reshapes(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *in;

  if (n->op != IR_RESHAPE || !(in = rewrite_operand(r, n, 0, IR_RESHAPE)))
    return false;
  rewrite_set_operand(r, id, in->in[0]);
  return true;
}

static bool merge_transposes(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  const struct ir_node *in;
  struct ir_attr perm;
  int64_t v[IR_MAX_RANK];

  if (n.op != IR_TRANSPOSE || !(in = rewrite_operand(r, &n, 0, IR_TRANSPOSE)))
    return false;
  for (size_t i = 0; i < n.type.rank; i++)
    v[i] = perm_of(in)[perm_of(&n)[i]];
  perm = ir_ints(IR_A_PERM, v, n.type.rank);
  n.attr = &perm;
  n.in = in->in;
  rewrite_replace(r, id, &n);
  return true;
}

/* A transpose that only moves axes of size 1 keeps the order of the elements. */
static bool transpose_to_reshape(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  struct ir_attr shape = ir_ints(IR_A_SHAPE, n.type.dims, n.type.rank);
  int64_t last = -1;

  if (n.op != IR_TRANSPOSE)
    return false;
  for (size_t i = 0; i < n.type.rank; i++) {
    if (n.type.dims[i] != 1 && perm_of(&n)[i] < last)
      return false;
    if (n.type.dims[i] != 1)
      last = perm_of(&n)[i];
  }
  n.op = IR_RESHAPE;
  n.attr = &shape;
  rewrite_replace(r, id, &n);
  return true;
}

/* ---- transposes sink ---- */

/* The constant that n adds or multiplies by, or NULL. */
static const struct ir_tensor *constant_of(struct rewrite *r, const struct ir_node *n) {
  return n->op == IR_ADD || n->op == IR_MUL ? ir_const_in(r->g, n, 1) : NULL;
}

/* The value comes from an input through nothing but a few elementwise ops: there a transpose
 * belongs as close to the input as it gets. */
static bool is_near_input(struct rewrite *r, ir_id id) {
  enum { FAR = 64 };

  for (int distance = 0; distance < FAR; distance++) {
    const struct ir_node *n = ir_node(r->g, id);
    if (n->op == IR_INPUT)
      return true;
    if (n->op != IR_RELU && n->op != IR_CLIP && n->op != IR_CAST && !constant_of(r, n))
      return false;
    id = n->in[0];
  }
  return false;
}

/* Operand k is a transpose that may move behind node n, its only user. */
static const struct ir_node *sinking_transpose(struct rewrite *r, const struct ir_node *n,
                                               size_t k) {
  const struct ir_node *t = rewrite_operand(r, n, k, IR_TRANSPOSE);

  return t && !is_near_input(r, t->in[0]) && rewrite_has_one_user(r, n->in[k]) ? t : NULL;
}

static bool sink_behind_elementwise(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id);

  if ((n->op != IR_RELU && n->op != IR_CLIP && n->op != IR_CAST) || !sinking_transpose(r, n, 0))
    return false;
  rewrite_swap(r, id);
  return true;
}

/* padding(transpose(x)): the pads follow their axes. */
static bool sink_behind_padding(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *t;
  const int64_t *pads;
  int64_t v[2 * IR_MAX_RANK];

  if (n->op != IR_PADDING || !(t = sinking_transpose(r, n, 0)))
    return false;
  pads = ir_attr(n, IR_A_PADS)->u.ints.v;
  for (size_t i = 0; i < n->type.rank; i++) {
    v[perm_of(t)[i]] = pads[i];
    v[(size_t)perm_of(t)[i] + n->type.rank] = pads[i + n->type.rank];
  }
  ir_set_attr(r->g, id, ir_ints(IR_A_PADS, v, 2u * n->type.rank));
  rewrite_swap(r, id);
  return true;
}

/* Constant c with leading axes of size 1, so that it has `rank` of them, in the order of perm. */
static struct ir_tensor transpose_operand(struct rewrite *r, const struct ir_tensor *c, size_t rank,
                                          const int64_t *perm) {
  size_t missing = rank - c->type.rank;
  struct ir_tensor full = *c;

  full.type.rank = (uint8_t)rank;
  for (size_t i = 0; i < rank; i++)
    full.type.dims[i] = i < missing ? 1 : c->type.dims[i - missing];
  return transpose_const(r, full, perm);
}

/* add(transpose(x), constant), mul(transpose(x), constant) */
static bool sink_behind_bias(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *t;
  const struct ir_tensor *c = constant_of(r, n);
  int64_t inverse[IR_MAX_RANK];

  if (!c || !(t = sinking_transpose(r, n, 0)) || !ir_type_equal(&t->type, &n->type))
    return false;
  invert(perm_of(t), t->type.rank, inverse);
  rewrite_swap_const(r, id, transpose_operand(r, c, t->type.rank, inverse));
  return true;
}

static bool is_same_perm(const struct ir_node *a, const struct ir_node *b) {
  for (size_t i = 0; i < a->type.rank; i++)
    if (a->type.rank != b->type.rank || perm_of(a)[i] != perm_of(b)[i])
      return false;
  return true;
}

/* add or concat of values that are all transposed alike: once behind it is enough. The first
 * transpose becomes the join, the node the transpose. */
static bool sink_behind_join(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id), first;
  ir_id join_id, *in;

  if ((n.op != IR_ADD && n.op != IR_CONCAT) || n.n_in < 2)
    return false;
  join_id = n.in[0];
  first = *ir_node(r->g, join_id);
  in = ARENA_NEW(r->comp->scratch, ir_id, n.n_in);
  for (size_t k = 0; k < n.n_in; k++) {
    const struct ir_node *t = sinking_transpose(r, &n, k);
    if (!t || !is_same_perm(t, &first))
      return false;
    in[k] = t->in[0];
  }
  if (n.op == IR_CONCAT)
    ir_set_attr(r->g, id, ir_int(IR_A_AXIS, perm_of(&first)[ir_attr_int(&n, IR_A_AXIS, 0)]));
  n = *ir_node(r->g, id);
  n.in = in;
  n.name = NULL;
  rewrite_replace(r, join_id, &n);
  first.in = &join_id;
  first.name = NULL;
  rewrite_replace(r, id, &first);
  ir_swap_names(r->g, id, join_id);
  return true;
}

/* transpose(elementwise(input)): up to the input. */
static bool rise_to_input(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *in;
  const struct ir_tensor *c;

  if (n->op != IR_TRANSPOSE)
    return false;
  in = ir_node(r->g, n->in[0]);
  if (in->op == IR_INPUT || !is_near_input(r, n->in[0]) || !rewrite_has_one_user(r, n->in[0]))
    return false;
  c = constant_of(r, in);
  if (c && !ir_type_equal(&in->type, &ir_node(r->g, in->in[0])->type))
    return false;
  if (c)
    rewrite_swap_const(r, id, transpose_operand(r, c, n->type.rank, perm_of(n)));
  else
    rewrite_swap(r, id);
  return true;
}

/* ---- transpose, reshape, dense ---- */

/* Column j of w belongs to element j of the transposed operand; it goes to where that element is in
 * the operand of the transpose. */
static struct ir_tensor permute_columns(struct rewrite *r, const struct ir_tensor *w,
                                        const struct ir_node *t) {
  struct ir_tensor rows = *w, moved;
  int64_t inverse[IR_MAX_RANK];

  /* The transpose leaves axis 0, the batch, in place; the rows of w take its part. */
  rows.type = t->type;
  rows.type.dims[0] = w->type.dims[0];
  invert(perm_of(t), t->type.rank, inverse);
  moved = transpose_const(r, rows, inverse);
  moved.type = w->type;
  return moved;
}

static bool permute_dense(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *flat, *t;
  const struct ir_tensor *w = n->op == IR_DENSE ? ir_const_in(r->g, n, 1) : NULL;

  if (!w || !(flat = rewrite_operand(r, n, 0, IR_RESHAPE)) || flat->type.rank != 2 ||
      !(t = rewrite_operand(r, flat, 0, IR_TRANSPOSE)) || perm_of(t)[0] != 0 ||
      t->type.dims[0] != flat->type.dims[0] ||
      !rewrite_set_const(r, id, 1, permute_columns(r, w, t)))
    return false;
  rewrite_set_operand(r, id, rewrite_rebase(r, n->in[0], t->in[0]));
  return true;
}

/* ---- padding ---- */

enum { MAX_MERGED_PAD = 1024 }; /* far below what a conv may have */

/* What the padding adds is what the window takes for its own padding. */
static bool pads_alike(struct rewrite *r, const struct ir_node *window,
                       const struct ir_node *padding, const struct ir_window *w) {
  double value = ir_attr_float(padding, IR_A_VALUE_F, 0);
  bool has_own = false;

  for (size_t i = 0; i < w->n_axes; i++)
    has_own |= w->pad_begin[i] || w->pad_end[i];
  switch ((int)window->op) {
  case IR_CONV:
    return value == 0;
  case IR_AVGPOOL:
    return value == 0 && (!has_own || ir_attr_int(window, IR_A_COUNT_PAD, 0));
  case IR_MAXPOOL:
    /* Nothing is below 0 where all else is 0 or above. With dilation a window may see nothing but
     * padding. */
    for (size_t i = 0; i < w->n_axes; i++)
      if (w->dilation[i] != 1)
        return false;
    return value == -INFINITY || (value <= 0 && rewrite_is_nonnegative(r, padding->in[0]));
  default:
    return false;
  }
}

/* Adds pads of all axes to those of a window; false where they do not fit it. A conv may see
 * padding alone, a pool must not. */
static bool add_pads(struct ir_window *w, bool is_conv, const int64_t *pads, size_t rank) {
  for (size_t i = 0; i < 2; i++)
    if (pads[i] != 0 || pads[rank + i] != 0)
      return false;
  for (size_t i = 0; i < w->n_axes; i++) {
    int64_t begin = pads[2 + i], end = pads[rank + 2 + i];
    int64_t limit = is_conv ? MAX_MERGED_PAD : (w->kernel[i] - 1) * w->dilation[i];
    if (begin < 0 || end < 0 || begin > limit - w->pad_begin[i] || end > limit - w->pad_end[i])
      return false;
    w->pad_begin[i] += begin;
    w->pad_end[i] += end;
  }
  return true;
}

static bool merge_padding(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id);
  const struct ir_node *padding;
  struct ir_window w;
  int64_t pads[2 * IR_MAX_SPATIAL];

  if ((n.op != IR_CONV && n.op != IR_AVGPOOL && n.op != IR_MAXPOOL) ||
      !(padding = rewrite_operand(r, &n, 0, IR_PADDING)) ||
      ir_attr_word(padding, IR_A_MODE, IR_W_MODE_CONSTANT) != IR_W_MODE_CONSTANT)
    return false;
  w = ir_window_of(r->g, &n);
  if (!pads_alike(r, &n, padding, &w) ||
      !add_pads(&w, n.op == IR_CONV, ir_attr(padding, IR_A_PADS)->u.ints.v, padding->type.rank))
    return false;
  for (size_t i = 0; i < w.n_axes; i++) {
    pads[i] = w.pad_begin[i];
    pads[w.n_axes + i] = w.pad_end[i];
  }
  ir_set_attr(r->g, id, ir_ints(IR_A_PAD, pads, 2 * w.n_axes));
  if (n.op == IR_AVGPOOL)
    ir_set_attr(r->g, id, ir_int(IR_A_COUNT_PAD, 1));
  rewrite_set_operand(r, id, padding->in[0]);
  return true;
}

bool pass_simplify_shapes(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {drop_move,
                                        merge_reshapes,
                                        merge_transposes,
                                        transpose_to_reshape,
                                        sink_behind_elementwise,
                                        sink_behind_padding,
                                        sink_behind_bias,
                                        sink_behind_join,
                                        rise_to_input,
                                        permute_dense,
                                        merge_padding};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
