/* lower-spiking, layout-weights and place-memory against the simulator of reference.h. Weights,
 * inputs and scales are small multiples of powers of two, so that both compute without rounding and
 * must agree exactly. */
#include "tests/unit/unit.h"

#include <math.h>

#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "passes/passes.h"
#include "tests/unit/reference.h"

enum { N_STEPS = 24, N_SAMPLES = 3 };

struct net {
  struct unit *u;
  struct arena *a;
  struct ir_graph *g;
  uint32_t random;
  bool pools_currents; /* max-pools of constant currents come first */
};

/* ---- building ---- */

static uint32_t next_random(struct net *t) {
  t->random = t->random * 1664525u + 1013904223u;
  return t->random >> 16;
}

/* low .. high in steps of 1/8. */
static float eighths(struct net *t, int low, int high) {
  return (float)(low + (int)(next_random(t) % (uint32_t)(high - low + 1))) / 8;
}

static struct net *net_new(void **state) {
  struct unit *u = *state;
  struct net *t = ARENA_NEW(u->comp.arena, struct net, 1);

  u->opt = (struct options){.v_init = 0.5, .steps = N_STEPS, .model = "net"};
  *t = (struct net){
      .u = u, .a = u->comp.arena, .g = ir_graph_new(u->comp.arena, "net"), .random = 7};
  return t;
}

static ir_id constant(struct net *t, size_t rank, const int64_t *dims) {
  struct ir_tensor w = ir_tensor_new(t->a, ir_type_make(IR_F32, rank, dims));

  for (int64_t i = 0; i < ir_type_count(&w.type); i++)
    ir_f32_of(w)[i] = eighths(t, -6, 8);
  return ir_append_const(t->g, t->u->comp.diag, "w", w, (struct loc){0});
}

static const struct ir_type *type_of(const struct net *t, ir_id id) {
  return &ir_node(t->g, id)->type;
}

static ir_id node(struct net *t, enum ir_op op, const ir_id *in, size_t n_in,
                  const struct ir_attr *attr, size_t n_attr) {
  ir_id id = ir_append(
      t->g, t->u->comp.diag,
      &(struct ir_node){.op = op, .in = in, .n_in = n_in, .attr = attr, .n_attr = n_attr});
  assert_int_not_equal(id.idx, 0);
  return id;
}

static ir_id input(struct net *t, size_t rank, const int64_t *dims) {
  return ir_append(t->g, t->u->comp.diag,
                   &(struct ir_node){.op = IR_INPUT, .type = ir_type_make(IR_F32, rank, dims)});
}

static ir_id conv(struct net *t, ir_id x, int64_t n_out, int64_t k, int64_t stride, int64_t pad,
                  int64_t group) {
  int64_t c = type_of(t, x)->dims[1] / group;
  ir_id in[3] = {x, constant(t, 4, (int64_t[]){n_out, c, k, k}), constant(t, 1, &n_out)};
  struct ir_attr attr[] = {ir_ints(IR_A_STRIDE, (int64_t[]){stride, stride}, 2),
                           ir_ints(IR_A_PAD, (int64_t[]){pad, pad, pad, pad}, 4),
                           ir_int(IR_A_GROUP, group)};

  return node(t, IR_CONV, in, 3, attr, 3);
}

static ir_id pool(struct net *t, enum ir_op op, ir_id x, int64_t k, int64_t stride, int64_t pad) {
  struct ir_attr attr[] = {ir_ints(IR_A_KERNEL, (int64_t[]){k, k}, 2),
                           ir_ints(IR_A_STRIDE, (int64_t[]){stride, stride}, 2),
                           ir_ints(IR_A_PAD, (int64_t[]){pad, pad, pad, pad}, 4)};
  ir_id id;

  id = node(t, op, &x, 1, attr, 3);
  if (op == IR_AVGPOOL && pad > 0)
    ir_set_attr(t->g, id, ir_int(IR_A_COUNT_PAD, 1));
  return id;
}

/* A scale per channel: 1/2, 1, 2 or 4. */
static ir_id scaled(struct net *t, ir_id id) {
  const struct ir_type *type = type_of(t, id);
  int64_t n = type->rank > 2 ? type->dims[1] : type->dims[type->rank - 1];
  struct ir_tensor s = ir_tensor_new(t->a, ir_type_make(IR_F32, 1, &n));

  for (int64_t i = 0; i < n; i++)
    ir_f32_of(s)[i] = 0.5f * (float)(1u << next_random(t) % 4);
  ir_set_attr(t->g, id, ir_tensor_attr(IR_A_SCALE, s));
  return id;
}

static ir_id relu(struct net *t, ir_id x) {
  return scaled(t, node(t, IR_RELU, &x, 1, NULL, 0));
}

static ir_id add(struct net *t, ir_id x, ir_id y) {
  return node(t, IR_ADD, (ir_id[]){x, y}, 2, NULL, 0);
}

static ir_id concat(struct net *t, ir_id x, ir_id y) {
  struct ir_attr axis = ir_int(IR_A_AXIS, 1);

  return node(t, IR_CONCAT, (ir_id[]){x, y}, 2, &axis, 1);
}

static ir_id dense(struct net *t, ir_id x, int64_t n_out) {
  int64_t n = ir_type_count(type_of(t, x));
  struct ir_attr shape = ir_ints(IR_A_SHAPE, (int64_t[]){1, n}, 2);
  ir_id flat = node(t, IR_RESHAPE, &x, 1, &shape, 1);
  ir_id in[3] = {flat, constant(t, 2, (int64_t[]){n_out, n}), constant(t, 1, &n_out)};

  return node(t, IR_DENSE, in, 3, NULL, 0);
}

/* ---- comparing ---- */

static struct ir_graph *lower(struct net *t) {
  struct ir_graph *g = t->g;

  ir_set_facts(g, IR_FACT_SHAPED | IR_FACT_SINGLE | IR_FACT_FOLDED | IR_FACT_BALANCED);
  if (!pass_lower_spiking(&t->u->comp, &g))
    return NULL;
  assert_true(!t->pools_currents || pass_pool_currents(&t->u->comp, &g));
  if (!pass_layout_weights(&t->u->comp, &g))
    return NULL;
  ir_set_facts(g, ir_facts(g) | IR_FACT_LAID_OUT);
  assert_true(pass_place_memory(&t->u->comp, &g));
  ir_set_facts(g, ir_facts(g) | IR_FACT_PLACED);
  assert_true(ir_verify(g, t->u->comp.diag));
  return g;
}

/* Gains of online neurons are no binary fractions, all else is. */
static void assert_near(float got, double want, double most) {
  if (!(fabs((double)got - want) <= most))
    fail_msg("%g in place of %g", (double)got, want);
}

static void step_all(const struct net *t, struct reference *r) {
  for (size_t i = 1; i <= ir_n_nodes(t->g); i++)
    if (ir_node(t->g, ir_id_at(i))->op != IR_INPUT)
      reference_step_node(r, i);
}

static void assert_output(const struct net *t, const struct exec_spiking *e,
                          const struct reference *r, ir_id end) {
  for (size_t k = 0; k < reference_count_of(t->g, end.idx); k++)
    assert_near(exec_spiking_output(e)[k], r->sent[end.idx][k], r->is_online ? 1e-3 : 0);
}

/* One sample: every membrane of the readout after every step, or in a network of n_steps with
 * levels after the last; returns the spikes. */
static uint32_t compare_sample(struct net *t, struct exec_spiking *e, ir_id end, int n_steps,
                               double levels) {
  size_t in = ir_nth(t->g, IR_INPUT, 0).idx, n_in = reference_count_of(t->g, in);
  struct reference r = reference_new(t->a, t->g);
  float *x = ARENA_NEW(t->a, float, n_in);
  uint32_t spikes = 0;

  r.levels = levels;
  r.is_signed = t->u->opt.neuron == NEURON_IF_SIGNED;
  r.is_online = t->u->opt.neuron == NEURON_IF_ONLINE;
  r.is_winner = t->u->opt.maxpool == MAXPOOL_WINNER;
  r.is_modulo = t->u->opt.reset == RESET_MODULO;
  r.leak = t->u->opt.leak;
  r.refractory = (int)t->u->opt.refractory;
  for (size_t k = 0; k < n_in; k++)
    r.value[in][k] = x[k] = eighths(t, 0, 8);
  for (size_t i = 1; i <= ir_n_nodes(t->g); i++)
    for (size_t k = 0;
         ir_attr_tensor(ir_node(t->g, ir_id_at(i)), IR_A_SCALE) && k < reference_count_of(t->g, i);
         k++)
      r.state[i][k] = t->u->opt.v_init / (levels > 0 ? levels : 1) *
                      (double)reference_channel_scale(ir_node(t->g, ir_id_at(i)), k,
                                                      reference_count_of(t->g, i));
  exec_spiking_set_input(e, x);
  for (; r.step < n_steps; r.step++) {
    spikes += exec_spiking_step(e);
    if (levels > 0)
      continue;
    step_all(t, &r);
    assert_output(t, e, &r, end);
  }
  if (levels > 0) {
    step_all(t, &r);
    assert_output(t, e, &r, end);
  }
  return spikes;
}

/* Several inputs, with the options as they are; levels of a code, or 0. */
static void assert_same_as_options_say(struct net *t, ir_id end, int levels) {
  struct ir_graph *g = lower(t);
  uint32_t spikes = 0;
  struct plan *p;

  assert_non_null(g);
  p = plan_new(t->a, t->u->comp.diag, g);
  assert_non_null(p);
  for (int sample = 0; sample < N_SAMPLES; sample++)
    spikes += compare_sample(t, exec_spiking_new(t->a, p), end, (int)plan_steps(p), levels);
  assert_true(spikes > (levels ? 0 : N_STEPS));
}

/* What one step of a code is worth stays a multiple of a power of two. */
static void multiply_scales(struct net *t, float by) {
  for (size_t i = 1; i <= ir_n_nodes(t->g); i++) {
    const struct ir_tensor *s = ir_attr_tensor(ir_node(t->g, ir_id_at(i)), IR_A_SCALE);
    for (int64_t k = 0; s && k < ir_type_count(&s->type); k++)
      ir_f32_of(*s)[k] *= by;
  }
}

/* With both kinds of neuron, and with the codes of one number: against a network that rounds to so
 * many levels. */
static void assert_same_as_reference(struct net *t, ir_id result) {
  static const struct {
    enum neuron neuron;
    enum code code;
    int steps, levels;
  } ways[] = {{NEURON_IF, CODE_RATE, N_STEPS, 0},
              {NEURON_IF_SIGNED, CODE_RATE, N_STEPS, 0},
              {NEURON_IF, CODE_PATTERN, 4, 15},
              {NEURON_IF, CODE_PATTERN, 1, 1},
              {NEURON_IF, CODE_TTFS, 8, 7}};
  ir_id end = node(t, IR_OUTPUT, &result, 1, NULL, 0);

  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    float levels = ways[i].levels > 0 ? (float)ways[i].levels : 1;

    t->u->opt.neuron = ways[i].neuron;
    t->u->opt.code = ways[i].code;
    t->u->opt.steps = ways[i].steps;
    multiply_scales(t, levels);
    for (int k = 0; k < 2; k++) {
      t->pools_currents = k == 1;
      assert_same_as_options_say(t, end, ways[i].levels);
    }
    multiply_scales(t, 1 / levels);
  }
}

/* Neurons as snn_toolbox has them: the options of a row, on pools, sums and flat layers. */
static void neurons_of_snn_toolbox_match(void **state) {
  static const struct options rows[] = {
      {.neuron = NEURON_IF, .leak = 0.125},
      {.neuron = NEURON_IF, .refractory = 1},
      {.neuron = NEURON_IF, .reset = RESET_MODULO, .refractory = 1, .v_init = 0.5},
      {.neuron = NEURON_IF, .refractory = 3, .leak = 0.25, .v_init = 0.5},
      {.neuron = NEURON_IF, .maxpool = MAXPOOL_WINNER, .v_init = 0.5},
      {.neuron = NEURON_IF_ONLINE},
      {.neuron = NEURON_IF_ONLINE, .refractory = 2, .leak = 0.125, .v_init = 0.5},
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct net *t = net_new(state);
    ir_id x = input(t, 4, (int64_t[]){1, 2, 8, 7}), y;

    t->u->opt = rows[i];
    t->u->opt.steps = N_STEPS;
    t->u->opt.model = "net";
    x = relu(t, conv(t, x, 5, 3, 1, 1, 1));
    x = pool(t, IR_MAXPOOL, x, 3, 2, 1);
    y = relu(t, conv(t, x, 34, 3, 1, 1, 1));
    x = relu(t, add(t, conv(t, y, 5, 3, 1, 1, 1), x));
    x = scaled(t, pool(t, IR_AVGPOOL, x, 2, 2, 0));
    x = relu(t, dense(t, x, 12));
    x = dense(t, x, 4);
    assert_same_as_options_say(t, node(t, IR_OUTPUT, &x, 1, NULL, 0), 0);
  }
}

static void a_plain_network_matches(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 2, 9, 7});

  x = relu(t, conv(t, x, 5, 3, 1, 1, 1));
  x = pool(t, IR_MAXPOOL, x, 2, 2, 0);
  x = relu(t, conv(t, x, 34, 3, 1, 0, 1));
  x = relu(t, dense(t, x, 12));
  assert_same_as_reference(t, dense(t, x, 4));
}

static void a_bias_of_each_neuron_matches(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 2, 6, 5});

  x = relu(t, add(t, conv(t, x, 5, 3, 1, 1, 1), constant(t, 4, (int64_t[]){1, 5, 6, 5})));
  x = relu(t, add(t, constant(t, 4, (int64_t[]){1, 34, 6, 5}), conv(t, x, 34, 3, 1, 1, 1)));
  x = conv(t, x, 3, 3, 2, 1, 1);
  assert_same_as_reference(t, add(t, x, constant(t, 3, (int64_t[]){3, 3, 3})));
}

static void padding_as_wide_as_the_window_matches(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 2, 5, 4});

  x = relu(t, conv(t, x, 3, 1, 1, 1, 1));
  x = relu(t, conv(t, x, 4, 3, 1, 4, 1));
  x = relu(t, conv(t, x, 4, 2, 3, 3, 2));
  assert_same_as_reference(t, dense(t, x, 3));
}

static void strides_groups_and_overlapping_pools_match(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 4, 11, 11});

  x = relu(t, conv(t, x, 8, 3, 2, 1, 2));
  x = pool(t, IR_MAXPOOL, x, 3, 1, 1);
  x = relu(t, conv(t, x, 8, 3, 1, 1, 8));
  x = pool(t, IR_MAXPOOL, x, 3, 2, 0);
  x = relu(t, conv(t, x, 6, 1, 1, 0, 2));
  assert_same_as_reference(t, dense(t, x, 3));
}

/* The pool behind the first layer is one of currents, in several turns of the kernel. */
static void pools_of_currents_match(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 4, 9, 8});
  struct ir_graph *g;

  x = relu(t, conv(t, x, 70, 3, 1, 1, 2));
  x = pool(t, IR_MAXPOOL, x, 3, 2, 1);
  x = dense(t, x, 4);
  assert_same_as_reference(t, x);
  t->u->opt.code = CODE_RATE;
  t->pools_currents = true;
  g = lower(t);
  assert_int_equal(ir_n_of(g, IR_CURRENT_MAXPOOL), 1);
  assert_int_equal(ir_n_of(g, IR_SPIKE_MAXPOOL), 0);
}

/* What has spent part of its charge or rests is not ordered by its current; spikes are no current.
 */
static void pools_that_have_to_count_stay(void **state) {
  static const struct {
    double leak;
    enum reset reset;
    enum encode encode;
    enum maxpool maxpool;
  } ways[] = {{0.25, RESET_SUBTRACT, ENCODE_CURRENT, MAXPOOL_GATE},
              {0, RESET_MODULO, ENCODE_CURRENT, MAXPOOL_GATE},
              {0, RESET_SUBTRACT, ENCODE_EVENTS, MAXPOOL_GATE},
              {0, RESET_SUBTRACT, ENCODE_CURRENT, MAXPOOL_WINNER}};

  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    struct net *t = net_new(state);
    ir_id x = input(t, 4, (int64_t[]){1, 2, 6, 6}), end;
    struct ir_graph *g;

    x = pool(t, IR_MAXPOOL, relu(t, conv(t, x, 3, 3, 1, 1, 1)), 2, 2, 0);
    x = dense(t, x, 2);
    end = node(t, IR_OUTPUT, &x, 1, NULL, 0);
    assert_false(ir_is_none(end));
    t->pools_currents = true;
    t->u->opt.leak = ways[i].leak;
    t->u->opt.reset = ways[i].reset;
    t->u->opt.encode = ways[i].encode;
    t->u->opt.maxpool = ways[i].maxpool;
    g = lower(t);
    assert_non_null(g);
    assert_int_equal(ir_n_of(g, IR_SPIKE_MAXPOOL), 1);
  }
}

static void residual_sums_match(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 1, 8, 8}), y;

  x = relu(t, conv(t, x, 4, 3, 1, 1, 1));
  y = relu(t, conv(t, x, 4, 3, 1, 1, 1));
  x = relu(t, add(t, conv(t, y, 4, 3, 1, 1, 1), x));
  y = relu(t, conv(t, x, 6, 3, 2, 1, 1));
  x = relu(t, add(t, conv(t, y, 6, 3, 1, 1, 1), conv(t, x, 6, 1, 2, 0, 1)));
  x = scaled(t, add(t, x, y));
  assert_same_as_reference(t, dense(t, x, 3));
}

static void concat_and_averages_match(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 2, 8, 8}), y, z;

  y = relu(t, conv(t, x, 3, 3, 1, 1, 1));
  z = relu(t, conv(t, x, 31, 1, 1, 0, 1));
  x = concat(t, y, z);
  x = scaled(t, pool(t, IR_AVGPOOL, x, 2, 2, 0));
  x = relu(t, conv(t, x, 4, 3, 1, 1, 1));
  x = scaled(t, pool(t, IR_AVGPOOL, x, 4, 2, 1));
  assert_same_as_reference(t, dense(t, x, 3));
}

static void pools_of_a_concat_match(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 4, (int64_t[]){1, 2, 8, 8}), y, z;

  y = relu(t, conv(t, x, 3, 3, 1, 1, 1));
  z = pool(t, IR_MAXPOOL, relu(t, conv(t, x, 30, 3, 1, 1, 1)), 3, 1, 1);
  x = pool(t, IR_MAXPOOL, concat(t, y, z), 2, 2, 0);
  x = pool(t, IR_MAXPOOL, x, 2, 1, 0);
  assert_same_as_reference(t, dense(t, x, 3));
}

static void spikes_at_the_end_count_by_their_scale(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 2, (int64_t[]){1, 6}), y;

  x = relu(t, dense(t, x, 5));
  y = relu(t, dense(t, x, 4));
  assert_same_as_reference(t, concat(t, x, y));
}

static void a_relu_at_the_end_is_part_of_the_readout(void **state) {
  struct net *t = net_new(state);
  ir_id x = input(t, 2, (int64_t[]){1, 6});
  ir_id sum_id = dense(t, x, 5), end = relu(t, sum_id);
  const float *weight = ir_f32_of(*ir_const_in(t->g, ir_node(t->g, sum_id), 1));
  const float *bias = ir_f32_of(*ir_const_in(t->g, ir_node(t->g, sum_id), 2));
  struct exec_spiking *e;
  struct ir_graph *g;
  int n_cut = 0;

  node(t, IR_OUTPUT, &end, 1, NULL, 0);
  g = lower(t);
  assert_non_null(g);
  assert_int_equal(ir_n_of(g, IR_POPULATION), 0);
  assert_true(ir_attr_float(ir_node(g, ir_nth(g, IR_READOUT, 0)), IR_A_MIN, -1) == 0);
  e = exec_spiking_new(t->a, plan_new(t->a, t->u->comp.diag, g));
  exec_spiking_set_input(e, (const float[]){1, 1, 1, 1, 1, 1});
  exec_spiking_step(e);
  for (int k = 0; k < 5; k++) {
    float sum = bias[k];
    for (int i = 0; i < 6; i++)
      sum += weight[6 * k + i];
    n_cut += sum < 0;
    assert_true(exec_spiking_output(e)[k] == (sum < 0 ? 0 : sum));
  }
  assert_in_range(n_cut, 1, 4);
}

/* What cannot become spikes: the message names the reason. */
static void assert_refused(struct net *t, ir_id result, const char *reason) {
  node(t, IR_OUTPUT, &result, 1, NULL, 0);
  assert_null(lower(t));
  unit_assert_said(t->u, reason);
}

static void what_cannot_become_spikes_is_refused(void **state) {
  const int64_t shape[] = {1, 1, 6, 6};
  struct net *t = net_new(state);
  ir_id x = input(t, 4, shape);

  assert_refused(t, conv(t, conv(t, x, 2, 3, 1, 0, 1), 2, 1, 1, 0, 1), "has no Relu behind it");
  t = net_new(state);
  assert_refused(t, pool(t, IR_MAXPOOL, input(t, 4, shape), 2, 2, 0), "max-pool of the input");
  t = net_new(state);
  x = pool(t, IR_AVGPOOL, relu(t, conv(t, input(t, 4, shape), 2, 1, 1, 0, 1)), 3, 1, 1);
  ir_set_attr(t->g, x, ir_int(IR_A_COUNT_PAD, 0));
  assert_refused(t, x, "windows at the border");
  t = net_new(state);
  t->u->opt.neuron = NEURON_IF_SIGNED;
  t->u->opt.reset = RESET_ZERO;
  assert_refused(t, dense(t, relu(t, conv(t, input(t, 4, shape), 2, 3, 1, 0, 1)), 2),
                 "--reset zero and modulo with --neuron if");
  t = net_new(state);
  t->u->opt.neuron = NEURON_IF_SIGNED;
  t->u->opt.leak = 0.5;
  assert_refused(t, dense(t, relu(t, conv(t, input(t, 4, shape), 2, 3, 1, 0, 1)), 2),
                 "--leak and --refractory go with");
  t = net_new(state);
  t->u->opt.neuron = NEURON_IF_ONLINE;
  t->u->opt.maxpool = MAXPOOL_WINNER;
  x = relu(t, conv(t, input(t, 4, shape), 2, 3, 1, 0, 1));
  assert_refused(t, pool(t, IR_MAXPOOL, x, 2, 2, 0), "--maxpool winner goes with --neuron if");
  t = net_new(state);
  x = input(t, 4, shape);
  assert_refused(t, node(t, IR_CLIP, &x, 1, (struct ir_attr[]){ir_float(IR_A_MIN, -1)}, 1),
                 "neurons can stand for");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_plain_network_matches, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_bias_of_each_neuron_matches, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(padding_as_wide_as_the_window_matches, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(strides_groups_and_overlapping_pools_match, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(pools_of_currents_match, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(pools_that_have_to_count_stay, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(residual_sums_match, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(concat_and_averages_match, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(pools_of_a_concat_match, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(spikes_at_the_end_count_by_their_scale, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_relu_at_the_end_is_part_of_the_readout, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(neurons_of_snn_toolbox_match, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(what_cannot_become_spikes_is_refused, unit_begin, unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
