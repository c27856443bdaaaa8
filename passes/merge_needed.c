/* passes/merge_needed.c -- linear layers without a relu between them, which merge-linear has left
 * since they are cheaper apart, become one: between them are no spikes.
 *
 *   %a = dense %x, %w : f32[1, 20]                 %b = dense %x, %w3 : f32[1, 30]
 *   %b = dense %a, %w2 : f32[1, 30]          ->
 *
 * Also an average of what is no spikes (the input) goes into the layer behind it; a dense layer
 * behind a flattened convolution is a convolution; and one behind a concatenation is a sum of dense
 * layers, so that spikes of any shape, and the input, can be joined:
 *
 *   %j = concat %f, %g {axis=1} : f32[1, 7]        %p = dense %f, %w.f, %b : f32[1, 10]
 *   %d = dense %j, %w, %b : f32[1, 10]       ->    %q = dense %g, %w.g : f32[1, 10]
 *                                                  %d = add %p, %q : f32[1, 10]
 *
 * Computed in double, rounded once. */
#include "passes/passes.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "passes/linear.h"

static const double MAX_RISE = 8;          /* times as many multiplications as both layers had */
static const double MAX_WEIGHTS = 1 << 24; /* of the one layer */

static bool is_affordable(struct rewrite *r, const struct linear_cost *cost) {
  (void)r;
  return cost->macs <= MAX_RISE * cost->macs_apart && cost->weights <= MAX_WEIGHTS;
}

static bool merge_two(struct rewrite *r, ir_id id) {
  return linear_merge(r, id, is_affordable);
}

/* ---- averages of what is no spikes ---- */

/* The window of the average `n`; false where its windows do not all weigh alike. */
static bool average_window(struct rewrite *r, const struct ir_node *n, struct ir_window *w) {
  if (n->op == IR_GLOBAL_AVGPOOL) {
    *w = linear_whole_window(&ir_node(r->g, n->in[0])->type);
    return true;
  }
  if (n->op != IR_AVGPOOL)
    return false;
  *w = ir_window_of(r->g, n);
  for (size_t i = 0; i < w->n_axes && !ir_attr_int(n, IR_A_COUNT_PAD, 0); i++)
    if (w->pad_begin[i] || w->pad_end[i])
      return false;
  return true;
}

/* A convolution per channel with one weight for all taps. */
static void average_to_conv(struct rewrite *r, ir_id id, const struct ir_window *w) {
  struct ir_node n = *ir_node(r->g, id);
  size_t rank = n.type.rank, n_axes = w->n_axes;
  struct ir_type type = ir_type_make(IR_F32, rank, n.type.dims);
  int64_t pad[2 * IR_MAX_SPATIAL], n_taps = 1;
  struct ir_attr attr[] = {ir_ints(IR_A_STRIDE, w->stride, n_axes),
                           ir_ints(IR_A_PAD, pad, 2 * n_axes), ir_int(IR_A_GROUP, n.type.dims[1])};
  struct ir_tensor weight;
  ir_id in[2] = {n.in[0]};

  type.dims[0] = n.type.dims[1];
  type.dims[1] = 1;
  for (size_t i = 0; i < n_axes; i++) {
    type.dims[2 + i] = w->kernel[i];
    pad[i] = w->pad_begin[i];
    pad[n_axes + i] = w->pad_end[i];
    n_taps *= w->kernel[i];
  }
  weight = ir_tensor_new(ir_graph_arena(r->g), type);
  for (int64_t i = 0; i < ir_type_count(&type); i++)
    ir_f32_of(weight)[i] = 1 / (float)n_taps;
  in[1] =
      rewrite_append_const(r, arena_printf(r->comp->scratch, "%s.weight", n.name), weight, n.loc);
  rewrite_replace(r, id,
                  &(struct ir_node){
                      .op = IR_CONV, .in = in, .n_in = 2, .attr = attr, .n_attr = 3, .loc = n.loc});
}

/* linear(average(x)) where x is no spikes, which a relu or an average of its result are made of. */
static bool average_of_input(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id);
  struct rewrite_linear l;
  struct ir_window w;
  ir_id average;

  if (!rewrite_match_linear(r, id, &l))
    return false;
  average = n->in[0];
  if (ir_node(r->g, average)->op == IR_RESHAPE && rewrite_has_one_user(r, average))
    average = ir_node(r->g, average)->in[0];
  if (!rewrite_has_one_user(r, average) || rewrite_is_nonnegative(r, average) ||
      !average_window(r, ir_node(r->g, average), &w))
    return false;
  average_to_conv(r, average, &w);
  return true;
}

/* ---- dense layers behind something else ---- */

/* dense(reshape(conv)) becomes reshape(conv(conv)): the weights of a channel, row and column are
 * taps of a window over the whole map. */
static bool dense_to_conv(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id), conv = n, reshape;
  const struct ir_node *flat = n.op == IR_DENSE ? rewrite_operand(r, &n, 0, IR_RESHAPE) : NULL,
                       *map;
  struct ir_attr shape = ir_ints(IR_A_SHAPE, n.type.dims, 2);
  struct rewrite_linear l, inner;
  struct ir_tensor weight;
  ir_id in[3], conv_id;

  if (!flat || flat->type.rank != 2 || !rewrite_has_one_user(r, n.in[0]) ||
      !rewrite_match_linear(r, id, &l) || !rewrite_match_linear(r, flat->in[0], &inner) ||
      !rewrite_has_one_user(r, flat->in[0]) || inner.node->op != IR_CONV)
    return false;
  map = inner.node;
  if (map->type.dims[0] != n.type.dims[0])
    return false;
  weight = *ir_const_in(r->g, &n, 1);
  weight.type = ir_type_make(IR_F32, map->type.rank, map->type.dims);
  weight.type.dims[0] = l.n_out;
  memcpy(in, n.in, n.n_in * sizeof *in);
  in[0] = flat->in[0];
  in[1] = rewrite_const(r, n.in[1], weight);
  conv.op = IR_CONV;
  conv.in = in;
  conv_id = rewrite_append(r, &conv);
  reshape = (struct ir_node){
      .op = IR_RESHAPE, .in = &conv_id, .n_in = 1, .attr = &shape, .n_attr = 1, .loc = flat->loc};
  rewrite_replace(r, id, &reshape);
  ir_swap_names(r->g, conv_id, id);
  return true;
}

/* Columns first .. first + n of weight [O, I]. */
static struct ir_tensor columns(struct rewrite *r, const struct rewrite_linear *l, int64_t first,
                                int64_t n) {
  int64_t dims[2] = {l->n_out, n};
  struct ir_tensor part = ir_tensor_new(ir_graph_arena(r->g), ir_type_make(IR_F32, 2, dims));

  for (int64_t o = 0; o < l->n_out; o++)
    memcpy(ir_f32_of(part) + o * n, l->w + o * l->n_in + first, (size_t)n * sizeof(float));
  return part;
}

static bool split_concat(struct rewrite *r, ir_id id) {
  struct ir_node n = *ir_node(r->g, id), concat;
  const struct ir_node *found = n.op == IR_DENSE ? rewrite_operand(r, &n, 0, IR_CONCAT) : NULL;
  struct rewrite_linear l;
  ir_id sum = {0}, part = {0};
  int64_t first = 0;

  if (!found || found->type.rank != 2 || found->n_in < 2 || !rewrite_match_linear(r, id, &l) ||
      ir_attr_int(found, IR_A_AXIS, 0) != 1)
    return false;
  concat = *found;
  for (size_t k = 0; k < concat.n_in; k++) {
    int64_t width = ir_node(r->g, concat.in[k])->type.dims[1];
    struct ir_node dense = n, add = {.op = IR_ADD, .n_in = 2, .loc = n.loc};
    ir_id in[3] = {concat.in[k], rewrite_append_const(r, ir_node(r->g, n.in[1])->name,
                                                      columns(r, &l, first, width), n.loc)};
    if (n.n_in == 3)
      in[2] = n.in[2];
    dense.in = in;
    dense.n_in = k == 0 ? n.n_in : 2;
    part = rewrite_append(r, &dense);
    add.in = (const ir_id[]){sum, part};
    if (k == concat.n_in - 1)
      rewrite_replace(r, id, &add);
    else
      sum = k == 0 ? part : rewrite_append(r, &add);
    first += width;
  }
  ir_swap_names(r->g, part, id);
  return true;
}

bool pass_merge_needed(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {split_concat, average_of_input, dense_to_conv, merge_two};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
