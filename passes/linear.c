#include "passes/linear.h"

#include "ir/base/arena.h"
#include "ir/comp.h"

enum { AXES = IR_MAX_SPATIAL };
/* A linear layer as a window; axes that it does not have are of size 1. */
struct stage {
  const float *w, *b;  /* w NULL: the mean of the window; b NULL: none */
  int64_t n_out, n_in; /* n_in: weights of a channel of the result */
  int64_t group;
  bool is_channelwise; /* channel o of the result is made of channel o alone */
  int64_t size[AXES], stride[AXES], pad[2 * AXES];
  size_t n_axes;
};

/* Both in one. */
struct product {
  struct stage inner, outer;
  int64_t size[AXES], stride[AXES], pad[2 * AXES]; /* of its window */
  int64_t group;
  int64_t row; /* weights of one channel of the result */
};

static int64_t taps(const int64_t size[AXES]) {
  return size[0] * size[1] * size[2];
}

static bool is_any(const int64_t pad[2 * AXES]) {
  for (size_t i = 0; i < 2 * AXES; i++)
    if (pad[i])
      return true;
  return false;
}

/* The axes of window w, NULL: none. */
static void set_axes(struct stage *s, const struct ir_window *w) {
  s->n_axes = w ? w->n_axes : 0;
  for (size_t i = 0; i < AXES; i++) {
    s->size[i] = i < s->n_axes ? w->kernel[i] : 1;
    s->stride[i] = i < s->n_axes ? w->stride[i] : 1;
    s->pad[i] = i < s->n_axes ? w->pad_begin[i] : 0;
    s->pad[AXES + i] = i < s->n_axes ? w->pad_end[i] : 0;
  }
}

struct ir_window linear_whole_window(const struct ir_type *map) {
  struct ir_window w = {.n_axes = map->rank - 2u, .group = 1};

  for (size_t i = 0; i < w.n_axes; i++) {
    w.kernel[i] = map->dims[2 + i];
    w.stride[i] = w.dilation[i] = 1;
  }
  return w;
}

static bool is_dilated(const struct ir_window *w) {
  for (size_t i = 0; i < w->n_axes; i++)
    if (w->dilation[i] != 1 && w->kernel[i] != 1)
      return true;
  return false;
}

/* A conv or dense that only the layer behind it uses. It may be padded. */
static bool match_inner(struct rewrite *r, ir_id id, struct rewrite_linear *l, struct stage *s) {
  struct ir_window w = {.group = 1};

  if (!rewrite_match_linear(r, id, l) || !rewrite_has_one_user(r, id))
    return false;
  if (l->node->op == IR_CONV) {
    w = ir_window_of(r->g, l->node);
    if (is_dilated(&w))
      return false;
  }
  *s = (struct stage){.w = l->w, .b = l->b, .n_out = l->n_out, .n_in = l->n_in, .group = w.group};
  set_axes(s, &w);
  return true;
}

/* The layer behind; n_mid channels go into it. */
static bool match_outer(struct rewrite *r, ir_id id, int64_t n_mid, struct stage *s) {
  const struct ir_node *n = ir_node(r->g, id);
  struct rewrite_linear l;
  struct ir_window w;

  *s = (struct stage){.n_out = n_mid, .is_channelwise = true};
  if (n->op == IR_GLOBAL_AVGPOOL) {
    w = linear_whole_window(&ir_node(r->g, n->in[0])->type);
    set_axes(s, &w);
    return true;
  }
  if (n->op != IR_AVGPOOL && !rewrite_match_linear(r, id, &l))
    return false;
  if (n->op != IR_AVGPOOL)
    *s = (struct stage){.w = l.w, .b = l.b, .n_out = l.n_out, .n_in = l.n_in};
  if (n->op == IR_DENSE) {
    set_axes(s, NULL);
    return true;
  }
  w = ir_window_of(r->g, n);
  if (n->op == IR_CONV)
    s->is_channelwise = w.group == l.n_out && w.group == n_mid;
  set_axes(s, &w);
  if (n->op == IR_AVGPOOL && is_any(s->pad) && !ir_attr_int(n, IR_A_COUNT_PAD, 0))
    return false; /* windows at the border divide by less */
  return !is_dilated(&w) && (s->is_channelwise || w.group == 1);
}

/* The outer layer reads zeros around what the inner one gives. True where those are what the inner
 * one would give for zeros around its own input: its windows do not overlap, and it adds nothing.
 */
static bool may_pad(const struct product *p, const struct ir_type *in, const struct ir_type *mid) {
  for (size_t i = 0; i < p->outer.n_axes; i++) {
    bool is_padded = p->outer.pad[i] || p->outer.pad[AXES + i];
    bool is_whole =
        p->inner.size[i] <= p->inner.stride[i] && !p->inner.pad[i] && !p->inner.pad[AXES + i] &&
        (!p->outer.pad[AXES + i] || mid->dims[2 + i] * p->inner.stride[i] >= in->dims[2 + i]);
    if (is_padded && (p->inner.b || !is_whole))
      return false;
  }
  return true;
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

/* Row o of the product, and its bias. Groups of the inner layer stay where the outer one is
 * channelwise; else a row has all channels, and channel m of the middle reads those of its group.
 */
static void multiply_row(const struct product *p, int64_t o, double *w, double *b) {
  const struct stage *inner = &p->inner, *outer = &p->outer;
  int64_t n_taps = taps(inner->size), n_in = inner->n_in / n_taps;
  int64_t first = outer->is_channelwise ? o : 0;
  int64_t last = outer->is_channelwise ? o : inner->n_out - 1;

  *b = outer->b ? (double)outer->b[o] : 0;
  for (int64_t m = first; m <= last; m++) {
    int64_t from = p->group > 1 ? 0 : m / (inner->n_out / inner->group) * n_in;
    for (int64_t tap = 0; tap < taps(outer->size); tap++) {
      double factor = factor_of(outer, o, m, tap);
      *b += inner->b ? factor * (double)inner->b[m] : 0;
      for (int64_t i = 0; i < n_in; i++)
        add_kernel(p, factor, inner->w + m * inner->n_in + i * n_taps,
                   w + (from + i) * taps(p->size) + offset_of(p, tap));
    }
  }
}

/* Replaces the inner layer, l, by the product. */
static bool multiply(struct rewrite *r, const struct rewrite_linear *l, const struct product *p) {
  struct ir_type type = ir_const_in(r->g, l->node, 1)->type;
  double *w = ARENA_NEW(r->comp->scratch, double, (size_t)(p->outer.n_out * p->row));
  double *b = ARENA_NEW(r->comp->scratch, double, (size_t)p->outer.n_out);
  int64_t pad[2 * AXES];
  size_t n_axes = p->inner.n_axes;

  type.dims[0] = p->outer.n_out;
  type.dims[1] = p->row / taps(p->size);
  for (size_t i = 0; i < n_axes; i++) {
    type.dims[2 + i] = p->size[i];
    pad[i] = p->pad[i];
    pad[n_axes + i] = p->pad[AXES + i];
  }
  for (int64_t o = 0; o < p->outer.n_out; o++)
    multiply_row(p, o, w + o * p->row, b + o);
  if (n_axes > 0)
    ir_set_attr(r->g, l->id, ir_ints(IR_A_STRIDE, p->stride, n_axes));
  if (is_any(p->outer.pad))
    ir_set_attr(r->g, l->id, ir_ints(IR_A_PAD, pad, 2 * n_axes));
  if (p->group != p->inner.group)
    ir_set_attr(r->g, l->id, ir_int(IR_A_GROUP, p->group));
  return rewrite_set_linear(r, l, type, w, b);
}

/* ---- both in one ---- */

static struct linear_cost cost_of(struct rewrite *r, const struct product *p,
                                  const struct ir_node *inner, ir_id outer) {
  double n_inner = (double)ir_type_count(&inner->type),
         n_outer = (double)ir_type_count(&ir_node(r->g, outer)->type);
  double row_inner = (double)p->inner.n_in, row_outer = (double)p->outer.n_in;

  return (struct linear_cost){.macs = n_outer * (double)p->row,
                              .macs_apart = n_inner * row_inner + n_outer * row_outer,
                              .weights = (double)p->outer.n_out * (double)p->row,
                              .weights_apart = (double)p->inner.n_out * row_inner +
                                               (double)p->outer.n_out * row_outer};
}

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

/* The product's window; false where the IR has no such one. */
static bool set_window(struct product *p) {
  for (size_t i = 0; i < AXES; i++) {
    int64_t stride = p->inner.stride[i];

    p->size[i] = (p->outer.size[i] - 1) * stride + p->inner.size[i];
    p->pad[i] = p->inner.pad[i] + p->outer.pad[i] * stride;
    p->pad[AXES + i] = p->inner.pad[AXES + i] + p->outer.pad[AXES + i] * stride;
    p->stride[i] = stride * p->outer.stride[i];
    if (p->stride[i] > INT32_MAX || p->pad[i] > IR_MAX_PAD || p->pad[AXES + i] > IR_MAX_PAD)
      return false;
  }
  return true;
}

/* Both layers as a product; *reshape is what stands between them, or NULL. */
static bool match_product(struct rewrite *r, ir_id id, const struct ir_node **reshape,
                          struct rewrite_linear *l, struct product *p) {
  const struct ir_node *n = ir_node(r->g, id);

  if (n->n_in == 0)
    return false;
  *reshape = reshape_between(r, n);
  if (!match_inner(r, *reshape ? (*reshape)->in[0] : n->in[0], l, &p->inner) ||
      !match_outer(r, id, l->n_out, &p->outer) ||
      (l->node->op == IR_DENSE) != (n->op == IR_DENSE && !*reshape) ||
      !may_pad(p, &ir_node(r->g, l->node->in[0])->type, &l->node->type) || !set_window(p))
    return false;
  p->group = p->outer.is_channelwise ? p->inner.group : 1;
  p->row = p->inner.n_in / taps(p->inner.size) * taps(p->size) * (p->inner.group / p->group);
  return true;
}

bool linear_merge(struct rewrite *r, ir_id id, linear_is_worth *is_worth) {
  const struct ir_node *n = ir_node(r->g, id), *reshape;
  struct linear_cost cost;
  struct rewrite_linear l;
  struct product p;

  if (!match_product(r, id, &reshape, &l, &p))
    return false;
  cost = cost_of(r, &p, l.node, id);
  if (!is_worth(r, &cost) || !multiply(r, &l, &p))
    return false;
  if (reshape) {
    ir_set_attr(r->g, n->in[0], ir_ints(IR_A_SHAPE, n->type.dims, 2));
    rewrite_set_operand(r, n->in[0], l.id);
  }
  rewrite_drop(r, id);
  return true;
}
