/* Folding of integers, as shape arithmetic needs it; f32 is in test_analog.c. */
#include "ir/exec/fold.h"

#include "graphs.h"

#include <math.h>

static ir_id i64_const(struct unit *u, struct ir_graph *g, size_t n, const int64_t *v) {
  struct ir_type type = ir_type_make(IR_I64, 1, (const int64_t[]){(int64_t)n});
  struct ir_tensor t = {type, arena_memdup(u->comp.arena, v, n * sizeof *v)};

  return graphs_const(u, g, t);
}

static void assert_folds_to(struct ir_graph *g, ir_id id, size_t n, const int64_t *want) {
  struct ir_tensor got;

  assert_true(exec_fold(g, ir_node(g, id), &got));
  assert_int_equal(got.type.dtype, IR_I64);
  assert_int_equal(ir_type_count(&got.type), n);
  assert_memory_equal(got.data, want, n * sizeof *want);
}

/* What exporters write for a flatten: Shape -> Gather -> Unsqueeze -> Concat with -1. */
static void shape_arithmetic_folds(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "shapes");
  ir_id shape = i64_const(u, g, 4, (const int64_t[]){64, 16, -5, 5});
  ir_id picks = i64_const(u, g, 2, (const int64_t[]){-4, 1});
  ir_id rest = i64_const(u, g, 1, (const int64_t[]){-1});
  struct ir_attr axis = ir_int(IR_A_AXIS, 0);
  struct ir_attr perm = ir_ints(IR_A_PERM, (const int64_t[]){0}, 1);
  struct ir_attr slice[] = {ir_ints(IR_A_STARTS, (const int64_t[]){3}, 1),
                            ir_ints(IR_A_STEPS_OF, (const int64_t[]){-2}, 1),
                            ir_ints(IR_A_SHAPE, (const int64_t[]){2}, 1)};
  const struct {
    enum ir_op op;
    size_t n_in;
    ir_id in[2];
    const struct ir_attr *attr;
    size_t n_attr, n_want;
    int64_t want[5];
  } cases[] = {
      {IR_GATHER, 2, {shape, picks}, &axis, 1, 2, {64, 16}},
      {IR_CONCAT, 2, {shape, rest}, &axis, 1, 5, {64, 16, -5, 5, -1}},
      {IR_SLICE, 1, {shape}, slice, 3, 2, {5, 16}},
      {IR_ADD, 2, {shape, rest}, NULL, 0, 4, {63, 15, -6, 4}},
      {IR_RESHAPE, 1, {shape}, &slice[2], 0, 4, {64, 16, -5, 5}},
      {IR_TRANSPOSE, 1, {shape}, &perm, 1, 4, {64, 16, -5, 5}},
  };

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct ir_attr four = ir_ints(IR_A_SHAPE, (const int64_t[]){2, 2}, 2);
    bool is_reshape = cases[i].op == IR_RESHAPE;
    ir_id id = graphs_append(u, g,
                             (struct ir_node){.op = cases[i].op,
                                              .in = cases[i].in,
                                              .n_in = cases[i].n_in,
                                              .attr = is_reshape ? &four : cases[i].attr,
                                              .n_attr = is_reshape ? 1 : cases[i].n_attr});
    assert_folds_to(g, id, cases[i].n_want, cases[i].want);
  }
}

static ir_id append_cast(struct unit *u, struct ir_graph *g, ir_id x, enum ir_dtype to) {
  struct ir_type type = ir_node(g, x)->type;

  type.dtype = to;
  return graphs_append(u, g, (struct ir_node){.op = IR_CAST, .type = type, .in = &x, .n_in = 1});
}

/* f32 -> i64 goes towards zero and stops at the limits; every integer type keeps its low bits. */
static void casts_go_towards_zero_and_stay_defined(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "casts");
  struct ir_tensor x = ir_tensor_new(u->comp.arena, ir_type_make(IR_F32, 1, (const int64_t[]){6}));
  static const float v[] = {2.9f, -2.9f, NAN, INFINITY, -INFINITY, 300};
  static const int64_t want[] = {2, -2, 0, INT64_MAX, INT64_MIN, 300};
  struct ir_tensor got;
  ir_id id;

  memcpy(ir_f32_of(x), v, sizeof v);
  id = graphs_const(u, g, x);
  assert_folds_to(g, append_cast(u, g, id, IR_I64), 6, want);
  assert_true(exec_fold(g, ir_node(g, append_cast(u, g, id, IR_U8)), &got));
  assert_int_equal(((const uint8_t *)got.data)[5], 300 - 256);
  assert_true(exec_fold(g, ir_node(g, append_cast(u, g, id, IR_BOOL)), &got));
  assert_memory_equal(got.data, ((const uint8_t[]){1, 1, 1, 1, 1, 1}), 6);
  id = i64_const(u, g, 3, (const int64_t[]){-1, 0, 70000});
  for (enum ir_dtype t = IR_I8; t <= IR_BOOL; t++) {
    ir_id narrow = append_cast(u, g, id, t);
    assert_true(exec_fold(g, ir_node(g, narrow), &got));
    ir_id back = append_cast(u, g, graphs_const(u, g, got), IR_F32);
    assert_true(exec_fold(g, ir_node(g, back), &got));
    assert_true(ir_f32_of(got)[1] == 0.0f);
  }
}

static void what_is_not_constant_or_not_computable_does_not_fold(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "none");
  ir_id x = graphs_input(u, g, ir_type_make(IR_F32, 1, (const int64_t[]){4}));
  ir_id data = i64_const(u, g, 2, (const int64_t[]){1, 2});
  ir_id beyond = i64_const(u, g, 1, (const int64_t[]){2});
  struct ir_attr axis = ir_int(IR_A_AXIS, 0);
  ir_id relu = graphs_append(u, g, (struct ir_node){.op = IR_RELU, .in = &x, .n_in = 1});
  ir_id out = graphs_append(u, g, (struct ir_node){.op = IR_OUTPUT, .in = &data, .n_in = 1});
  struct ir_node gather = {.op = IR_GATHER,
                           .type = ir_node(g, beyond)->type,
                           .in = (const ir_id[]){data, beyond},
                           .n_in = 2,
                           .attr = &axis,
                           .n_attr = 1};
  struct ir_tensor got;

  assert_false(exec_fold(g, ir_node(g, relu), &got));
  assert_false(exec_fold(g, ir_node(g, x), &got));
  assert_false(exec_fold(g, ir_node(g, out), &got));
  assert_false(exec_fold(g, &gather, &got));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(shape_arithmetic_folds, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(casts_go_towards_zero_and_stay_defined, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(what_is_not_constant_or_not_computable_does_not_fold,
                                      unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
