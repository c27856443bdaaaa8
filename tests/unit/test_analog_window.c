/* Convolution and pooling of random shapes against loops that follow the definitions. */
#include "ir/exec/analog.h"

#include "graphs.h"

#include <math.h>

enum { N_CASES = 400, N_AXES = IR_MAX_SPATIAL };

/* A random case, always of three spatial axes for the reference; the graph gets `n_axes`. */
struct window_case {
  size_t n_axes;
  int64_t batch, group, channels, outputs; /* per group */
  int64_t in[N_AXES], out[N_AXES];
  int64_t kernel[N_AXES], stride[N_AXES], dilation[N_AXES], pad[2 * N_AXES];
};

/* Sizes of axes that the graph lacks are 1. Pads of pools are smaller than the window, as the IR
 * asks. */
static struct window_case random_case(struct graphs_random *r, bool has_dilation, bool is_conv) {
  struct window_case c = {.n_axes = (size_t)graphs_random_int(r, 1, N_AXES)};

  c.batch = graphs_random_int(r, 1, 2);
  c.group = graphs_random_int(r, 1, 3);
  c.channels = graphs_random_int(r, 1, 3);
  c.outputs = graphs_random_int(r, 1, 4);
  for (size_t i = 0; i < N_AXES; i++) {
    bool exists = i >= N_AXES - c.n_axes;
    int64_t extent, most;
    c.kernel[i] = exists ? graphs_random_int(r, 1, 4) : 1;
    c.stride[i] = exists ? graphs_random_int(r, 1, 3) : 1;
    c.dilation[i] = exists && has_dilation ? graphs_random_int(r, 1, 3) : 1;
    extent = (c.kernel[i] - 1) * c.dilation[i] + 1;
    most = is_conv && exists ? extent + 1 : extent - 1; /* a pool's window holds an element */
    c.pad[i] = graphs_random_int(r, 0, most);
    c.pad[N_AXES + i] = graphs_random_int(r, 0, most);
    c.in[i] = exists ? graphs_random_int(r, 1, 9) : 1;
    while (c.in[i] + c.pad[i] + c.pad[N_AXES + i] < extent)
      c.in[i]++;
    c.out[i] = (c.in[i] + c.pad[i] + c.pad[N_AXES + i] - extent) / c.stride[i] + 1;
  }
  return c;
}

static struct ir_type map_type(const struct window_case *c, int64_t channels, const int64_t *dims) {
  struct ir_type t = {
      .dtype = IR_F32, .rank = (uint8_t)(2 + c->n_axes), .dims = {c->batch, channels}};

  for (size_t i = 0; i < c->n_axes; i++)
    t.dims[2 + i] = dims[N_AXES - c->n_axes + i];
  return t;
}

/* The window's attributes; the last is the one that only convolutions have. */
static size_t window_attrs(const struct window_case *c, int64_t pad[2 * N_AXES],
                           struct ir_attr attr[5]) {
  size_t lacks = N_AXES - c->n_axes;

  for (size_t i = 0; i < c->n_axes; i++) {
    pad[i] = c->pad[lacks + i];
    pad[c->n_axes + i] = c->pad[N_AXES + lacks + i];
  }
  attr[0] = ir_ints(IR_A_STRIDE, c->stride + lacks, c->n_axes);
  attr[1] = ir_ints(IR_A_PAD, pad, 2 * c->n_axes);
  attr[2] = ir_ints(IR_A_DILATION, c->dilation + lacks, c->n_axes);
  attr[3] = ir_ints(IR_A_KERNEL, c->kernel + lacks, c->n_axes);
  return 4;
}

/* The element that tap k = (z, y, x) of output position `at` sees in a plane; NULL: padding. */
static const float *tap_of(const struct window_case *c, const float *plane, const int64_t *at,
                           const int64_t *k) {
  int64_t offset = 0;

  for (size_t i = 0; i < N_AXES; i++) {
    int64_t p = at[i] * c->stride[i] + k[i] * c->dilation[i] - c->pad[i];
    if (p < 0 || p >= c->in[i])
      return NULL;
    offset = offset * c->in[i] + p;
  }
  return plane + offset;
}

static int64_t volume(const int64_t *dims) {
  return dims[0] * dims[1] * dims[2];
}

static void split(int64_t i, const int64_t *dims, int64_t *at) {
  at[0] = i / (dims[1] * dims[2]);
  at[1] = i / dims[2] % dims[1];
  at[2] = i % dims[2];
}

/* Output channel o of sample n at position p; double sums. */
static double naive_conv(const struct window_case *c, const float *x, const float *w, int64_t n,
                         int64_t o, int64_t p) {
  int64_t n_taps = volume(c->kernel), first = n * c->group * c->channels;
  int64_t at[N_AXES], k[N_AXES];
  double sum = 0;

  split(p, c->out, at);
  for (int64_t ch = 0; ch < c->channels; ch++) {
    const float *plane = x + (first + o / c->outputs * c->channels + ch) * volume(c->in);
    for (int64_t t = 0; t < n_taps; t++) {
      split(t, c->kernel, k);
      const float *v = tap_of(c, plane, at, k);
      if (v != NULL)
        sum += (double)*v * (double)w[(o * c->channels + ch) * n_taps + t];
    }
  }
  return sum;
}

static const float *run(struct unit *u, struct ir_graph *g, const float *x) {
  struct exec_analog *e = exec_analog_new(u->comp.arena, g);

  exec_analog_set_input(e, 0, x);
  exec_analog_run(e);
  return exec_analog_value(e, ir_id_at(ir_n_nodes(g)));
}

static void check_conv(struct unit *u, struct graphs_random *r) {
  struct window_case c = random_case(r, true, true);
  struct ir_graph *g = ir_graph_new(u->comp.arena, "conv");
  int64_t n_outputs = c.outputs * c.group, pad[2 * N_AXES];
  struct ir_type x_type = map_type(&c, c.channels * c.group, c.in);
  struct ir_type w_type = map_type(&c, c.channels, c.kernel);
  bool has_bias = graphs_random_int(r, 0, 1) == 1;
  struct ir_attr attr[5];
  ir_id in[3];

  w_type.dims[0] = n_outputs;
  struct ir_tensor x = graphs_random_tensor(r, u->comp.arena, x_type);
  struct ir_tensor w = graphs_random_tensor(r, u->comp.arena, w_type);
  struct ir_tensor b = graphs_random_tensor(r, u->comp.arena, ir_type_make(IR_F32, 1, &n_outputs));
  window_attrs(&c, pad, attr);
  attr[3] = ir_int(IR_A_GROUP, c.group);
  in[0] = graphs_input(u, g, x_type);
  in[1] = graphs_const(u, g, w);
  in[2] = has_bias ? graphs_const(u, g, b) : ir_id_at(0);
  graphs_append(u, g,
                (struct ir_node){
                    .op = IR_CONV, .in = in, .n_in = has_bias ? 3 : 2, .attr = attr, .n_attr = 4});
  const float *y = run(u, g, x.data);
  for (int64_t n = 0; n < c.batch; n++)
    for (int64_t o = 0; o < n_outputs; o++)
      for (int64_t p = 0; p < volume(c.out); p++) {
        double want = naive_conv(&c, x.data, w.data, n, o, p);
        want += has_bias ? (double)ir_f32_of(b)[o] : 0;
        assert_true(fabs((double)*y++ - want) <= 1e-4);
      }
}

static void convolution_agrees_with_its_definition(void **state) {
  struct graphs_random r = {1};

  for (int i = 0; i < N_CASES; i++)
    check_conv(*state, &r);
}

/* The most that fits one block of columns is 64 Ki floats; these maps take several. */
static void large_convolution_agrees_with_its_definition(void **state) {
  struct unit *u = *state;
  struct graphs_random r = {2};
  struct window_case c = {.n_axes = 2,
                          .batch = 1,
                          .group = 1,
                          .channels = 16,
                          .outputs = 2,
                          .in = {1, 40, 37},
                          .out = {1, 40, 19},
                          .kernel = {1, 5, 5},
                          .stride = {1, 1, 2},
                          .dilation = {1, 1, 1},
                          .pad = {0, 2, 2, 0, 2, 2}};
  struct ir_graph *g = ir_graph_new(u->comp.arena, "large");
  struct ir_type x_type = map_type(&c, 16, c.in), w_type = map_type(&c, 16, c.kernel);
  int64_t pad[2 * N_AXES];
  struct ir_attr attr[5];

  w_type.dims[0] = 2;
  struct ir_tensor x = graphs_random_tensor(&r, u->comp.arena, x_type);
  struct ir_tensor w = graphs_random_tensor(&r, u->comp.arena, w_type);
  ir_id in[] = {graphs_input(u, g, x_type), graphs_const(u, g, w)};
  window_attrs(&c, pad, attr);
  graphs_append(u, g,
                (struct ir_node){.op = IR_CONV, .in = in, .n_in = 2, .attr = attr, .n_attr = 3});
  const float *y = run(u, g, x.data);
  for (int64_t o = 0; o < 2; o++)
    for (int64_t p = 0; p < volume(c.out); p++)
      assert_true(fabs((double)*y++ - naive_conv(&c, x.data, w.data, 0, o, p)) <= 1e-3);
}

/* The pools' definitions: of the taps that exist, the largest or the mean; with count_pad the sum
 * over the size of the window. */
static float naive_pool(const struct window_case *c, enum ir_op op, bool count_pad,
                        const float *plane, const int64_t *at) {
  float largest = -INFINITY, sum = 0, n_taps = 0;
  int64_t k[N_AXES];

  for (int64_t t = 0; t < volume(c->kernel); t++) {
    split(t, c->kernel, k);
    const float *v = tap_of(c, plane, at, k);
    if (v == NULL)
      continue;
    largest = fmaxf(largest, *v);
    sum += *v;
    n_taps++;
  }
  if (op == IR_MAXPOOL)
    return largest;
  return n_taps > 0 ? sum / (count_pad ? (float)volume(c->kernel) : n_taps) : 0;
}

static void check_pool(struct unit *u, struct graphs_random *r, enum ir_op op) {
  struct window_case c = random_case(r, op == IR_MAXPOOL, false);
  struct ir_graph *g = ir_graph_new(u->comp.arena, "pool");
  struct ir_type x_type = map_type(&c, c.channels, c.in);
  bool count_pad = op == IR_AVGPOOL && graphs_random_int(r, 0, 1) == 1;
  int64_t pad[2 * N_AXES], at[N_AXES];
  struct ir_attr attr[5];
  ir_id in = graphs_input(u, g, x_type);

  window_attrs(&c, pad, attr);
  if (op == IR_AVGPOOL)
    attr[2] = ir_int(IR_A_COUNT_PAD, count_pad);
  graphs_append(u, g, (struct ir_node){.op = op, .in = &in, .n_in = 1, .attr = attr, .n_attr = 4});
  struct ir_tensor x = graphs_random_tensor(r, u->comp.arena, x_type);
  const float *y = run(u, g, x.data);
  for (int64_t plane = 0; plane < c.batch * c.channels; plane++)
    for (int64_t p = 0; p < volume(c.out); p++) {
      split(p, c.out, at);
      const float *from = ir_f32_of(x) + plane * volume(c.in);
      assert_true(*y++ == naive_pool(&c, op, count_pad, from, at));
    }
}

static void pools_agree_with_their_definitions(void **state) {
  struct graphs_random r = {3};

  for (int i = 0; i < N_CASES; i++) {
    check_pool(*state, &r, IR_MAXPOOL);
    check_pool(*state, &r, IR_AVGPOOL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(convolution_agrees_with_its_definition, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(large_convolution_agrees_with_its_definition, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(pools_agree_with_their_definitions, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
