/* Plan: projections, one kernel call each. */
#include "ir/exec/plan_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/exec/reach.h"
#include "snn/descriptor.h"

ir_id plan_behind_views(const struct ir_graph *g, ir_id id) {
  while (ir_node(g, id)->op == IR_VIEW)
    id = ir_node(g, id)->in[0];
  return id;
}

struct plan_shape plan_shape_of(const struct ir_type *t) {
  if (t->rank == 3)
    return (struct plan_shape){(int32_t)t->dims[1], (int32_t)t->dims[2], (int32_t)t->dims[0]};
  return (struct plan_shape){1, 1, (int32_t)ir_type_count(t)};
}

bool plan_is_input(const struct plan_builder *b, ir_id projection) {
  const struct ir_node *p = ir_node(b->graph, reach_projection(b->graph, projection));

  return p->n_in == 1 && ir_node(b->graph, plan_behind_views(b->graph, p->in[0]))->op == IR_ENCODE;
}

bool plan_is_current(const struct plan_builder *b, ir_id projection) {
  const struct ir_node *p = ir_node(b->graph, reach_projection(b->graph, projection));

  return plan_is_input(b, projection) && ir_node(b->graph, p->in[0])->type.dtype == IR_CURRENT;
}

struct plan_steps plan_input_steps(const struct ir_node *encode) {
  struct plan_shape s = plan_shape_of(&encode->type);

  if (ir_attr_word(encode, IR_A_LAYOUT, IR_W_LAYOUT_CHW) == IR_W_LAYOUT_CHW)
    return (struct plan_steps){s.width, 1, plan_pixels(s)};
  return (struct plan_steps){s.width * s.channels, s.channels, 1};
}

/* Steps of a source in memory; those of spikes are not used. */
struct source {
  struct plan_shape shape;
  struct plan_arg arg;
  struct plan_steps step;
};

static struct source source_of(const struct plan_builder *b, ir_id id) {
  ir_id behind = plan_behind_views(b->graph, id);
  const struct ir_node *n = ir_node(b->graph, behind);
  struct plan_shape s = plan_shape_of(&n->type);
  struct source src = {.shape = s};

  if (n->op != IR_ENCODE || n->type.dtype != IR_CURRENT) {
    src.arg = (struct plan_arg){PLAN_ARG_BUFFER, b->spikes[behind.idx]};
    return src;
  }
  src.arg.kind = PLAN_ARG_INPUT;
  src.step = plan_input_steps(n);
  return src;
}

static struct snn_window window_of(const struct ir_graph *g, const struct ir_node *n,
                                   struct plan_shape in, struct plan_shape out) {
  struct ir_window w = ir_window_of(g, n);

  return (struct snn_window){.in_height = in.height,
                             .in_width = in.width,
                             .in_channels = in.channels,
                             .out_height = out.height,
                             .out_width = out.width,
                             .out_channels = out.channels,
                             .kernel_height = (int32_t)w.kernel[0],
                             .kernel_width = (int32_t)w.kernel[1],
                             .stride_y = (int32_t)w.stride[0],
                             .stride_x = (int32_t)w.stride[1],
                             .dilation_y = (int32_t)w.dilation[0],
                             .dilation_x = (int32_t)w.dilation[1],
                             .pad_top = (int32_t)w.pad_begin[0],
                             .pad_left = (int32_t)w.pad_begin[1],
                             .groups = (int32_t)w.group};
}

const int32_t *plan_window_desc(struct plan_builder *b, const struct ir_node *n,
                                struct plan_shape in, struct plan_shape out) {
  struct snn_window w = window_of(b->graph, n, in, out);

  return arena_memdup(b->arena, &w, sizeof w);
}

/* What the projections of later schedules and models need, and these kernels do not have. */
static bool check_plain(const struct plan_builder *b, const struct ir_node *p) {
  const struct ir_tensor *delay = ir_attr_tensor(p, IR_A_DELAY);

  if (ir_attr_word(p, IR_A_RECEPTOR, IR_W_RECEPTOR_CURRENT) != IR_W_RECEPTOR_CURRENT)
    return plan_fail(b, p, "receptor must be current, because neurons are if");
  if (ir_attr_word(p, IR_A_RULE, IR_W_RULE_NONE) != IR_W_RULE_NONE)
    return plan_fail(b, p, "a layered network cannot learn; rule must be none");
  if (ir_attr_float(p, IR_A_TAU, 0) != 0)
    return plan_fail(b, p, "tau is %g; only 0 (no filter) is supported",
                     ir_attr_float(p, IR_A_TAU, 0));
  for (int64_t i = 0; delay && i < ir_type_count(&delay->type); i++)
    if (((const int32_t *)delay->data)[i] != 0)
      return plan_fail(b, p, "has a delay; a layered network has none");
  return true;
}

/* The weights of conv and dense, in the order that kernels read. */
static bool add_weight(struct plan_builder *b, const struct plan_target *t, const struct ir_node *p,
                       struct plan_arg *arg) {
  const struct ir_tensor *w = ir_attr_tensor(p, IR_A_WEIGHT);

  if (ir_attr_word(p, IR_A_ORDER, IR_W_ORDER_OIHW) != IR_W_ORDER_KERNEL)
    return plan_fail(b, p,
                     "order is oihw; kernels read order=kernel (pass layout-weights makes it)");
  *arg = plan_add_table_of(b, t->layer,
                           (struct plan_tensor){.data = w->data,
                                                .n = (size_t)ir_type_count(&w->type),
                                                .dtype = w->type.dtype},
                           "_weight");
  return true;
}

/* A projection's kernels and their costs, for a constant current and for spikes. */
struct call {
  enum plan_kernel_tag current, scatter;
  const int32_t *desc;
  struct plan_arg weight;
  double macs; /* with padding */
};

/* The weights of pool and one-to-one, for a source of the given shape. */
static struct plan_arg add_weight_table(struct plan_builder *b, const struct plan_target *t,
                                        const struct ir_node *p, struct plan_shape shape,
                                        int32_t *step) {
  struct plan_target source = {.node = p, .shape = shape, .layer = t->layer};

  return plan_add_table(b, &source, IR_A_WEIGHT, step);
}

static bool call_window(struct plan_builder *b, const struct plan_target *t,
                        const struct ir_node *p, const struct source *s, struct call *c) {
  struct snn_window w = window_of(b->graph, p, s->shape, t->shape);
  bool is_conv = p->op == IR_PROJECT_CONV;
  bool is_plain =
      w.stride_y == 1 && w.stride_x == 1 && w.dilation_y == 1 && w.dilation_x == 1 && w.groups == 1;
  int32_t step;

  w.step_y = s->step.y;
  w.step_x = s->step.x;
  w.step_c = s->step.c;
  c->desc = arena_memdup(b->arena, &w, sizeof w);
  c->current = is_conv ? PLAN_CONV_CURRENT : PLAN_AVGPOOL_CURRENT;
  c->scatter = !is_conv   ? PLAN_AVGPOOL_SCATTER
               : is_plain ? PLAN_CONV_SCATTER
                          : PLAN_CONV_SCATTER_ANY;
  c->macs = (double)plan_pixels(t->shape) * t->shape.channels * w.kernel_height * w.kernel_width;
  if (is_conv) {
    c->macs *= w.in_channels / w.groups;
    return add_weight(b, t, p, &c->weight);
  }
  c->weight = add_weight_table(b, t, p, (struct plan_shape){1, 1, w.in_channels}, &step);
  return true;
}

static bool call_dense(struct plan_builder *b, const struct plan_target *t, const struct ir_node *p,
                       const struct source *s, struct call *c) {
  struct snn_dense d = {s->shape.height, s->shape.width, s->shape.channels, t->shape.channels,
                        s->step.y,       s->step.x,      s->step.c};

  c->current = PLAN_DENSE_CURRENT;
  c->scatter = PLAN_DENSE_SCATTER;
  c->desc = arena_memdup(b->arena, &d, sizeof d);
  c->macs = (double)plan_pixels(s->shape) * s->shape.channels * t->shape.channels;
  return add_weight(b, t, p, &c->weight);
}

static bool call_one_to_one(struct plan_builder *b, const struct plan_target *t,
                            const struct ir_node *p, const struct source *s, struct call *c) {
  struct snn_one_to_one d = {.height = t->shape.height,
                             .width = t->shape.width,
                             .channels = t->shape.channels,
                             .step_y = s->step.y,
                             .step_x = s->step.x,
                             .step_c = s->step.c};

  if (plan_pixels(s->shape) != plan_pixels(t->shape))
    return plan_fail(b, p,
                     "reads a view of a map of %d pixels, whose order is not that of flat "
                     "neurons",
                     (int)plan_pixels(s->shape));
  c->current = PLAN_ONE_TO_ONE_CURRENT;
  c->scatter = PLAN_ONE_TO_ONE_SCATTER;
  c->macs = (double)plan_pixels(t->shape) * t->shape.channels;
  c->weight = add_weight_table(b, t, p, t->shape, &d.table_step);
  c->desc = arena_memdup(b->arena, &d, sizeof d);
  return true;
}

static const int32_t *front_desc(struct plan_builder *b, const struct snn_window *conv,
                                 const struct snn_window *pool) {
  struct snn_front f = {.pooled_height = pool->out_height,
                        .pooled_width = pool->out_width,
                        .pool_height = pool->kernel_height,
                        .pool_width = pool->kernel_width,
                        .pool_stride_y = pool->stride_y,
                        .pool_stride_x = pool->stride_x,
                        .pool_dilation_y = pool->dilation_y,
                        .pool_dilation_x = pool->dilation_x,
                        .pool_pad_top = pool->pad_top,
                        .pool_pad_left = pool->pad_left};

  memcpy(&f, conv, sizeof *conv); /* its fields come first */
  return arena_memdup(b->arena, &f, sizeof f);
}

/* A convolution of the input and the pool of its currents, which the target has the shape of. */
static bool add_front(struct plan_builder *b, const struct plan_target *t, ir_id pool_id) {
  const struct ir_node *pool = ir_node(b->graph, pool_id), *p = ir_node(b->graph, pool->in[0]);
  struct plan_shape conv = plan_shape_of(&p->type);
  struct snn_window inner, outer = window_of(b->graph, pool, conv, t->shape);
  struct source s;
  struct plan_arg weight;
  double macs;

  if (p->op != IR_PROJECT_CONV || !plan_is_current(b, pool_id))
    return plan_fail(b, pool, "reads %s; a project_conv of the input is wanted", ir_op_name(p->op));
  s = source_of(b, p->in[0]);
  inner = window_of(b->graph, p, s.shape, conv);
  inner.step_y = s.step.y;
  inner.step_x = s.step.x;
  inner.step_c = s.step.c;
  macs = (double)plan_pixels(conv) * conv.channels * inner.kernel_height * inner.kernel_width *
         inner.in_channels / inner.groups;
  if (!check_plain(b, p) || !add_weight(b, t, p, &weight))
    return false;
  if (macs > UINT32_MAX)
    return plan_fail(b, p, "has %.0f synapses; at most %.0f are supported", macs,
                     (double)UINT32_MAX);
  b->plan->layer[t->layer].input_macs += macs;
  plan_add_op(b, (struct plan_op){.kernel = PLAN_CONV_POOL_CURRENT,
                                  .phase = PLAN_SET_INPUT,
                                  .layer = t->layer,
                                  .desc = front_desc(b, &inner, &outer),
                                  .arg = {s.arg, weight, t->drive},
                                  .node = pool_id});
  return true;
}

static bool call_of(struct plan_builder *b, const struct plan_target *t, const struct ir_node *p,
                    const struct source *s, struct call *c) {
  if (p->op == IR_PROJECT_CONV || p->op == IR_PROJECT_AVGPOOL)
    return call_window(b, t, p, s, c);
  if (p->op == IR_PROJECT_DENSE)
    return call_dense(b, t, p, s, c);
  if (p->op == IR_PROJECT_ONE_TO_ONE)
    return call_one_to_one(b, t, p, s, c);
  return plan_fail(b, p,
                   "a layered network runs project_conv, project_dense, project_avgpool and "
                   "project_one_to_one");
}

bool plan_add_projection(struct plan_builder *b, const struct plan_target *t, ir_id projection) {
  const struct ir_node *p = ir_node(b->graph, projection);
  bool is_current = plan_is_current(b, projection);
  struct source s;
  struct call c;

  if (p->op == IR_CURRENT_MAXPOOL && t->node->n_in > 1)
    return plan_fail(
        b, p, "its neurons have other operands too; largest sums are not sums of the largest");
  if (p->op == IR_CURRENT_MAXPOOL)
    return add_front(b, t, projection);
  s = source_of(b, p->in[0]);

  if (!check_plain(b, p) || !call_of(b, t, p, &s, &c))
    return false;
  if (c.macs > UINT32_MAX)
    return plan_fail(b, p, "has %.0f synapses; at most %.0f are supported", c.macs,
                     (double)UINT32_MAX);
  if (is_current)
    b->plan->layer[t->layer].input_macs += c.macs;
  plan_add_op(b, (struct plan_op){.kernel = is_current ? c.current : c.scatter,
                                  .phase = is_current ? PLAN_SET_INPUT : PLAN_STEP,
                                  .counter = is_current                     ? PLAN_UNCOUNTED
                                             : plan_is_input(b, projection) ? PLAN_N_INPUT_SYNOPS
                                                                            : PLAN_N_SYNOPS,
                                  .layer = t->layer,
                                  .desc = c.desc,
                                  .arg = {s.arg, c.weight, is_current ? t->drive : t->into},
                                  .node = projection});
  return true;
}
