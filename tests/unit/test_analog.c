#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"

#include "graphs.h"

#include <math.h>

static void argmax_prefers_the_lowest_index_and_never_nan(void **state) {
  static const struct {
    float y[4];
    size_t n, want;
  } cases[] = {
      {{1, 3, 3, 2}, 4, 1},       {{NAN, 1, 2, NAN}, 4, 2},       {{NAN, NAN, -INFINITY, 0}, 3, 2},
      {{NAN, NAN, NAN, 0}, 3, 0}, {{-INFINITY, -INFINITY}, 2, 0}, {{5}, 1, 0},
  };

  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(exec_argmax(cases[i].y, cases[i].n), cases[i].want);
}

static ir_id append_conv(struct unit *u, struct ir_graph *g, ir_id x, const int64_t *dims,
                         const int64_t *pad) {
  struct ir_tensor weight = ir_tensor_new(u->comp.arena, ir_type_make(IR_F32, 4, dims));
  struct ir_tensor bias = ir_tensor_new(u->comp.arena, ir_type_make(IR_F32, 1, dims));
  struct ir_attr attr = ir_ints(IR_A_PAD, pad, 4);
  ir_id in[] = {x, graphs_const(u, g, weight), graphs_const(u, g, bias)};

  return graphs_append(
      u, g, (struct ir_node){.op = IR_CONV, .in = in, .n_in = 3, .attr = &attr, .n_attr = 1});
}

/* LeNet-5's first layer: 28 x 28 x 6 results of 25 taps each, borders and all. */
static void cost_counts_padded_borders_and_biases(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "cost");
  ir_id x = graphs_input(u, g, ir_type_make(IR_F32, 4, (const int64_t[]){1, 1, 28, 28}));
  double macs, ops;

  append_conv(u, g, x, (const int64_t[]){6, 1, 5, 5}, (const int64_t[]){2, 2, 2, 2});
  exec_analog_cost(g, &macs, &ops);
  assert_true(macs == 117600 && ops == 6 * 28 * 28);
}

struct shared_run {
  struct exec_analog *worker[48];
  const float *x;
  float y[200][16];
  size_t size;
};

static void run_item(void *ctx, size_t worker, size_t item) {
  struct shared_run *s = ctx;
  struct exec_analog *e = s->worker[worker];

  exec_analog_set_input(e, 0, s->x + item % 3 * s->size);
  exec_analog_run(e);
  memcpy(s->y[item], exec_analog_output(e, 0), sizeof s->y[item]);
}

/* More threads than cores; all must compute the same bits. */
static void many_threads_share_a_graph(void **state) {
  struct unit *u = *state;
  struct graphs_random r = {5};
  struct ir_graph *g = ir_graph_new(u->comp.arena, "shared");
  ir_id x = graphs_input(u, g, ir_type_make(IR_F32, 2, (const int64_t[]){1, 400}));
  struct ir_type type = ir_type_make(IR_F32, 2, (const int64_t[]){16, 400});
  ir_id in[] = {x, graphs_const(u, g, graphs_random_tensor(&r, u->comp.arena, type))};
  ir_id y = graphs_append(u, g, (struct ir_node){.op = IR_DENSE, .in = in, .n_in = 2});
  float inputs[3 * 400];
  struct shared_run *s = ARENA_NEW(u->comp.arena, struct shared_run, 1);

  graphs_append(u, g, (struct ir_node){.op = IR_OUTPUT, .in = &y, .n_in = 1});
  graphs_random_fill(&r, inputs, 3 * 400);
  s->x = inputs;
  s->size = 400;
  for (size_t i = 0; i < 48; i++)
    s->worker[i] = exec_analog_new(u->comp.arena, g);
  parallel_run(48, 200, run_item, s);
  for (size_t i = 3; i < 200; i++)
    assert_memory_equal(s->y[i], s->y[i % 3], sizeof s->y[i]);
}

/* Adds 1 to what each node gives. */
static void add_one(void *ctx, ir_id id, float *value) {
  size_t *n = ctx;

  assert_true(id.idx > 1); /* 1 is the input, which nothing computes */
  (*n)++;
  *value += 1;
}

static void a_hook_changes_values_before_they_are_used(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "hook");
  ir_id x = graphs_input(u, g, ir_type_make(IR_F32, 1, (const int64_t[]){1}));
  ir_id a = graphs_append(u, g, (struct ir_node){.op = IR_NEG, .in = &x, .n_in = 1});
  ir_id b = graphs_append(u, g, (struct ir_node){.op = IR_NEG, .in = &a, .n_in = 1});
  ir_id y = graphs_append(u, g, (struct ir_node){.op = IR_NEG, .in = &b, .n_in = 1});
  struct exec_analog *e;
  size_t n = 0;

  graphs_append(u, g, (struct ir_node){.op = IR_OUTPUT, .in = &y, .n_in = 1});
  e = exec_analog_new(u->comp.arena, g);
  exec_analog_set_input(e, 0, (const float[]){5});
  exec_analog_run_from(e, ir_id_at(1), add_one, &n); /* -5 + 1, 4 + 1, -5 + 1 */
  assert_int_equal(n, 3);
  assert_true(exec_analog_value(e, a)[0] == -4 && exec_analog_value(e, b)[0] == 5);
  assert_true(exec_analog_output(e, 0)[0] == -4);
  exec_analog_set_input(e, 0, (const float[]){9}); /* nobody looks before b */
  exec_analog_run_from(e, b, add_one, &n);
  assert_int_equal(n, 5);
  assert_true(exec_analog_value(e, a)[0] == -4 && exec_analog_output(e, 0)[0] == -4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(argmax_prefers_the_lowest_index_and_never_nan),
      cmocka_unit_test_setup_teardown(cost_counts_padded_borders_and_biases, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(many_threads_share_a_graph, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_hook_changes_values_before_they_are_used, unit_begin,
                                      unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
