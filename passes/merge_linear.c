/* passes/merge_linear.c -- one linear layer where two follow each other with nothing between them:
 * dense behind dense, and conv, average pool or dense behind conv.
 *
 *   %c = conv %x, %w : f32[1, 6, 24, 24]
 *   %y = avgpool %c {kernel=[2, 2], stride=[2, 2]} : ..    ->   %c = conv %x, %w2 {stride=[2, 2]} :
 * ..
 *
 * where %w2 is the mean of four copies of %w that lie one element apart: 6x6 for 5x5. Spikes can
 * only stand between two layers where a relu does. Merged where the result takes hardly more
 * multiplications than both did, and not many times their weights; where it would, a 1x1 conv goes
 * behind its pool. Computed in double, rounded once. */
#include "passes/passes.h"

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/ir.h"
#include "passes/rewrite.h"

enum { AXES = IR_MAX_SPATIAL };
static const double MAX_GROWTH = 16; /* times as many weights as both layers had */
static const double MAX_RISE = 0.02; /* more multiplications, in those of the network */

/* A linear layer as a window; axes that it does not have are of size 1. */
struct stage {
  const float *w, *b; /* w NULL: the mean of the window; b NULL: none */
  int64_t n_out, n_in;
  bool is_channelwise; /* channel o of the result is made of channel o alone */
  int64_t size[AXES], stride[AXES];
  size_t n_axes;
};

/* Both in one. */
struct product {
  struct stage inner, outer;
  int64_t size[AXES]; /* of its kernel */
  int64_t row;        /* weights of one channel of the result */
};

static int64_t taps(const int64_t size[AXES]) {
  return size[0] * size[1] * size[2];
}

static void set_axes(struct stage *s, const int64_t *size, const int64_t *stride, size_t n_axes) {
  s->n_axes = n_axes;
  for (size_t i = 0; i < AXES; i++) {
    s->size[i] = i < n_axes ? size[i] : 1;
    s->stride[i] = i < n_axes && stride ? stride[i] : 1;
  }
}

static bool is_dilated(const struct ir_window *w) {
  for (size_t i = 0; i < w->n_axes; i++)
    if (w->dilation[i] != 1 && w->kernel[i] != 1)
      return true;
  return false;
}

static bool is_padded(const struct ir_window *w) {
  for (size_t i = 0; i < w->n_axes; i++)
    if (w->pad_begin[i] || w->pad_end[i])
      return true;
  return false;
}

/* A conv or dense that only the layer behind it uses. It may be padded. */
static bool match_inner(struct rewrite *r, ir_id id, struct rewrite_linear *l, struct stage *s) {
  struct ir_window w = {0};

  if (!rewrite_match_linear(r, id, l) || !rewrite_has_one_user(r, id))
    return false;
  if (l->node->op == IR_CONV) {
    w = ir_window_of(r->g, l->node);
    if (is_dilated(&w))
      return false;
  }
  *s = (struct stage){
      .w = l->w, .b = l->b, .n_out = l->n_out, .n_in = l->n_in, .is_channelwise = w.group > 1};
  set_axes(s, w.kernel, w.stride, w.n_axes);
  return true;
}

/* The layer behind; n_mid channels go into it. Padding would have to be that of what it reads. */
static bool match_outer(struct rewrite *r, ir_id id, int64_t n_mid, struct stage *s) {
  const struct ir_node *n = ir_node(r->g, id);
  struct rewrite_linear l;
  struct ir_window w;

  *s = (struct stage){.n_out = n_mid, .is_channelwise = true};
  if (n->op == IR_GLOBAL_AVGPOOL) {
    const struct ir_type *t = &ir_node(r->g, n->in[0])->type;
    set_axes(s, &t->dims[2], NULL, t->rank - 2u);
    return true;
  }
  if (n->op != IR_AVGPOOL && !rewrite_match_linear(r, id, &l))
    return false;
  if (n->op != IR_AVGPOOL)
    *s = (struct stage){.w = l.w, .b = l.b, .n_out = l.n_out, .n_in = l.n_in};
  if (n->op == IR_DENSE) {
    set_axes(s, NULL, NULL, 0);
    return true;
  }
  w = ir_window_of(r->g, n);
  if (n->op == IR_CONV)
    s->is_channelwise = w.group == l.n_out && w.group == n_mid;
  set_axes(s, w.kernel, w.stride, w.n_axes);
  return !is_dilated(&w) && !is_padded(&w) && (s->is_channelwise || w.group == 1);
}

/* ---- the product ---- */

/* Factor of tap `tap` of channel m in channel o of the outer stage. */
static double factor_of(const struct stage *s, int64_t o, int64_t m, int64_t tap) {
  int64_t n = taps(s->size);

  if (!s->w)
    return 1.0 / (double)n;
  return (double)s->w[((s->is_channelwise ? o : o * (s->n_in / n) + m)) * n + tap];
}

/* Where in the product the inner kernel begins that tap `tap` of the outer one moves. */
static int64_t offset_of(const struct product *p, int64_t tap) {
  const int64_t *k = p->outer.size, *stride = p->inner.stride;
  int64_t z = tap / (k[1] * k[2]) * stride[0];
  int64_t y = tap / k[2] % k[1] * stride[1];
  int64_t x = tap % k[2] * stride[2];

  return (z * p->size[1] + y) * p->size[2] + x;
}

/* Adds factor times the inner kernel of one pair of channels. */
static void add_kernel(const struct product *p, double factor, const float *from, double *to) {
  const int64_t *in = p->inner.size;

  for (int64_t z = 0; z < in[0]; z++)
    for (int64_t y = 0; y < in[1]; y++)
      for (int64_t x = 0; x < in[2]; x++)
        to[(z * p->size[1] + y) * p->size[2] + x] +=
            factor * (double)from[(z * in[1] + y) * in[2] + x];
}

/* Row o of the product, and its bias. */
static void multiply_row(const struct product *p, int64_t o, double *w, double *b) {
  const struct stage *inner = &p->inner, *outer = &p->outer;
  int64_t n_taps = taps(inner->size), n_in = inner->n_in / n_taps;
  int64_t first = outer->is_channelwise ? o : 0;
  int64_t last = outer->is_channelwise ? o : inner->n_out - 1;

  *b = outer->b ? (double)outer->b[o] : 0;
  for (int64_t m = first; m <= last; m++)
    for (int64_t tap = 0; tap < taps(outer->size); tap++) {
      double factor = factor_of(outer, o, m, tap);
      *b += inner->b ? factor * (double)inner->b[m] : 0;
      for (int64_t i = 0; i < n_in; i++)
        add_kernel(p, factor, inner->w + m * inner->n_in + i * n_taps,
                   w + i * taps(p->size) + offset_of(p, tap));
    }
}

/* Replaces the inner layer, l, by the product. */
static bool multiply(struct rewrite *r, const struct rewrite_linear *l, const struct product *p) {
  struct ir_type type = ir_const_in(r->g, l->node, 1)->type;
  double *w = ARENA_NEW(r->comp->scratch, double, (size_t)(p->outer.n_out * p->row));
  double *b = ARENA_NEW(r->comp->scratch, double, (size_t)p->outer.n_out);
  int64_t stride[AXES];

  type.dims[0] = p->outer.n_out;
  for (size_t i = 0; i < p->inner.n_axes; i++) {
    type.dims[2 + i] = p->size[i];
    stride[i] = p->inner.stride[i] * p->outer.stride[i];
  }
  for (int64_t o = 0; o < p->outer.n_out; o++)
    multiply_row(p, o, w + o * p->row, b + o);
  if (!rewrite_set_linear(r, l, type, w, b))
    return false;
  if (p->inner.n_axes > 0) {
    ir_set_attr(r->g, l->id, ir_ints(IR_A_STRIDE, stride, p->inner.n_axes));
    rewrite_set_operand(r, l->id, ir_node(r->g, l->id)->in[0]);
  }
  return true;
}

/* A narrow layer between two wide ones is cheaper apart than together, but has no spikes: worth a
 * rise that the network does not feel. */
static bool is_worth_it(struct rewrite *r, const struct product *p, const struct ir_node *inner,
                        const struct ir_node *outer) {
  double n_inner = (double)ir_type_count(&inner->type),
         n_outer = (double)ir_type_count(&outer->type);
  double row_inner = (double)p->inner.n_in, row_outer = (double)p->outer.n_in;
  double rise = n_outer * (double)p->row - n_inner * row_inner - n_outer * row_outer;
  double weights = (double)p->inner.n_out * row_inner + (double)p->outer.n_out * row_outer;
  double macs, ops;

  if (rise > 0) {
    exec_analog_cost(r->g, &macs, &ops);
    if (rise > MAX_RISE * macs)
      return false;
  }
  return (double)p->outer.n_out * (double)p->row <= MAX_GROWTH * weights;
}

/* ---- rules ---- */

/* Between the layers stands nothing, or a reshape of [N, C, 1, 1] to [N, C]. */
static const struct ir_node *reshape_between(struct rewrite *r, const struct ir_node *outer) {
  const struct ir_node *reshape = rewrite_operand(r, outer, 0, IR_RESHAPE);
  const struct ir_type *from;

  if (!reshape || outer->op != IR_DENSE || reshape->type.rank != 2 ||
      !rewrite_has_one_user(r, outer->in[0]))
    return NULL;
  from = &ir_node(r->g, reshape->in[0])->type;
  return from->rank > 2 && from->dims[0] == reshape->type.dims[0] &&
                 from->dims[1] == reshape->type.dims[1]
             ? reshape
             : NULL;
}

static bool merge_two(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *reshape;
  struct rewrite_linear l;
  struct product p;

  if (n->n_in == 0)
    return false;
  reshape = reshape_between(r, n);
  if (!match_inner(r, reshape ? reshape->in[0] : n->in[0], &l, &p.inner) ||
      !match_outer(r, id, l.n_out, &p.outer))
    return false;
  if ((l.node->op == IR_DENSE) != (n->op == IR_DENSE && !reshape) ||
      (p.inner.is_channelwise && !p.outer.is_channelwise))
    return false;
  for (size_t i = 0; i < AXES; i++)
    p.size[i] = (p.outer.size[i] - 1) * p.inner.stride[i] + p.inner.size[i];
  p.row = p.inner.n_in / taps(p.inner.size) * taps(p.size);
  if (!is_worth_it(r, &p, l.node, n) || !multiply(r, &l, &p))
    return false;
  if (reshape) {
    ir_set_attr(r->g, n->in[0], ir_ints(IR_A_SHAPE, n->type.dims, 2));
    rewrite_set_operand(r, n->in[0], l.id);
  }
  rewrite_drop(r, id);
  return true;
}

/* avgpool(conv 1x1) where one layer would take too much: the mean first. */
static bool pool_first(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id);
  struct stage inner, outer;
  struct rewrite_linear l;
  struct ir_window w;

  if ((n->op != IR_AVGPOOL && n->op != IR_GLOBAL_AVGPOOL) ||
      !match_inner(r, n->in[0], &l, &inner) || l.node->op != IR_CONV ||
      !match_outer(r, id, l.n_out, &outer))
    return false;
  w = ir_window_of(r->g, l.node);
  if (taps(inner.size) != 1 || taps(inner.stride) != 1 || is_padded(&w))
    return false;
  rewrite_swap(r, id);
  return true;
}

bool pass_merge_linear(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {merge_two, pool_first};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
