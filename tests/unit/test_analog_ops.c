/* Every analog op on small operands whose results were worked out by hand: computed by the executor
 * from an input, and folded from constants. */
#include "ir/exec/analog.h"
#include "ir/exec/fold.h"

#include "graphs.h"

#include <math.h>

enum { MAX_IN = 5, MAX_VALUES = 24 };

struct value {
  struct ir_type type;
  float v[MAX_VALUES];
};

struct row {
  const char *about;
  enum ir_op op;
  struct ir_attr attr[4];
  size_t n_attr, n_in;
  struct value in[MAX_IN];
  struct value want;
};

#define F32(n_dims, ...)                                                                           \
  {                                                                                                \
    IR_F32, n_dims, {                                                                              \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  }
#define INTS(name, n_values, ...)                                                                  \
  {                                                                                                \
    IR_A_##name, {                                                                                 \
      .ints = {(const int64_t[]){__VA_ARGS__}, n_values }                                          \
    }                                                                                              \
  }
#define INT(name, value)                                                                           \
  {                                                                                                \
    IR_A_##name, {                                                                                 \
      .i = value                                                                                   \
    }                                                                                              \
  }
#define FLOAT(name, value)                                                                         \
  {                                                                                                \
    IR_A_##name, {                                                                                 \
      .f = value                                                                                   \
    }                                                                                              \
  }
#define WORD(name, value)                                                                          \
  {                                                                                                \
    IR_A_##name, {                                                                                 \
      .word = IR_W_##name##_##value                                                                \
    }                                                                                              \
  }

static const struct row rows[] = {
    {"a 1-D convolution slides its weight, padded in front only",
     IR_CONV,
     {INTS(PAD, 2, 1, 0)},
     1,
     3,
     {{F32(3, 1, 1, 4), {1, 2, 3, 4}}, {F32(3, 1, 1, 2), {10, 1}}, {F32(1, 1), {0.5f}}},
     {F32(3, 1, 1, 4), {1.5f, 12.5f, 23.5f, 34.5f}}},
    {"groups see their own channels only",
     IR_CONV,
     {INT(GROUP, 2)},
     1,
     2,
     {{F32(4, 1, 2, 1, 2), {1, 2, 3, 4}}, {F32(4, 2, 1, 1, 1), {10, 100}}},
     {F32(4, 1, 2, 1, 2), {10, 20, 300, 400}}},
    {"dense is x weight^T + bias, row by row",
     IR_DENSE,
     {{0}},
     0,
     3,
     {{F32(2, 2, 2), {1, 2, 3, 4}}, {F32(2, 3, 2), {1, 0, 0, 1, 1, 1}}, {F32(1, 3), {0, 10, 20}}},
     {F32(2, 2, 3), {1, 12, 23, 3, 14, 27}}},
    {"matmul repeats a matrix over the other's batch",
     IR_MATMUL,
     {{0}},
     0,
     2,
     {{F32(3, 2, 1, 2), {1, 2, 3, 4}}, {F32(2, 2, 2), {1, 2, 3, 4}}},
     {F32(3, 2, 1, 2), {7, 10, 15, 22}}},
    {"matmul broadcasts both batches",
     IR_MATMUL,
     {{0}},
     0,
     2,
     {{F32(4, 2, 1, 1, 1), {2, 3}}, {F32(4, 1, 2, 1, 1), {5, 7}}},
     {F32(4, 2, 2, 1, 1), {10, 14, 15, 21}}},
    {"matmul takes vectors on both sides",
     IR_MATMUL,
     {{0}},
     0,
     2,
     {{F32(1, 3), {1, 2, 3}}, {F32(1, 3), {4, 5, 6}}},
     {F32(0), {32}}},
    {"add broadcasts from the last axis",
     IR_ADD,
     {{0}},
     0,
     2,
     {{F32(3, 2, 1, 2), {1, 2, 3, 4}}, {F32(2, 3, 1), {10, 20, 30}}},
     {F32(3, 2, 3, 2), {11, 12, 21, 22, 31, 32, 13, 14, 23, 24, 33, 34}}},
    {"add takes scalars", IR_ADD, {{0}}, 0, 2, {{F32(0), {1}}, {F32(0), {2}}}, {F32(0), {3}}},
    {"relu keeps NaN visible",
     IR_RELU,
     {{0}},
     0,
     1,
     {{F32(1, 3), {-1, 2, NAN}}},
     {F32(1, 3), {0, 2, NAN}}},
    {"clip has both bounds",
     IR_CLIP,
     {FLOAT(MIN, -1), FLOAT(MAX, 6)},
     2,
     1,
     {{F32(1, 4), {-2, 0, 6, 7}}},
     {F32(1, 4), {-1, 0, 6, 6}}},
    {"clip without bounds changes nothing",
     IR_CLIP,
     {{0}},
     0,
     1,
     {{F32(1, 2), {-1e30f, 1e30f}}},
     {F32(1, 2), {-1e30f, 1e30f}}},
    {"padding never wins a max-pool",
     IR_MAXPOOL,
     {INTS(KERNEL, 1, 2), INTS(STRIDE, 1, 2), INTS(PAD, 2, 1, 1)},
     3,
     1,
     {{F32(3, 1, 1, 4), {-1, -2, -3, -4}}},
     {F32(3, 1, 1, 3), {-1, -2, -4}}},
    {"an average counts what exists",
     IR_AVGPOOL,
     {INTS(KERNEL, 1, 2), INTS(PAD, 2, 1, 1)},
     2,
     1,
     {{F32(3, 1, 1, 2), {2, 4}}},
     {F32(3, 1, 1, 3), {2, 3, 4}}},
    {"an average with count_pad counts padding as 0",
     IR_AVGPOOL,
     {INTS(KERNEL, 1, 2), INTS(PAD, 2, 1, 1), INT(COUNT_PAD, 1)},
     3,
     1,
     {{F32(3, 1, 1, 2), {2, 4}}},
     {F32(3, 1, 1, 3), {1, 3, 2}}},
    {"global_avgpool is the mean of each channel",
     IR_GLOBAL_AVGPOOL,
     {{0}},
     0,
     1,
     {{F32(4, 1, 2, 2, 2), {1, 2, 3, 6, 0, 0, 0, 4}}},
     {F32(4, 1, 2, 1, 1), {3, 1}}},
    {"batchnorm uses the values of its channel",
     IR_BATCHNORM,
     {FLOAT(EPSILON, 0)},
     1,
     5,
     {{F32(3, 1, 2, 2), {1, 3, 5, 7}},
      {F32(1, 2), {2, 3}},
      {F32(1, 2), {10, 20}},
      {F32(1, 2), {1, 5}},
      {F32(1, 2), {4, 1}}},
     {F32(3, 1, 2, 2), {10, 12, 20, 26}}},
    {"softmax of large numbers does not overflow",
     IR_SOFTMAX,
     {INT(AXIS, 1)},
     1,
     1,
     {{F32(2, 2, 2), {1000, 1000, -3e38f, 3e38f}}},
     {F32(2, 2, 2), {0.5f, 0.5f, 0, 1}}},
    {"softmax works along a middle axis",
     IR_SOFTMAX,
     {INT(AXIS, 0)},
     1,
     1,
     {{F32(2, 2, 2), {0, 5, 0, 5}}},
     {F32(2, 2, 2), {0.5f, 0.5f, 0.5f, 0.5f}}},
    {"log_softmax of large numbers stays finite",
     IR_LOG_SOFTMAX,
     {INT(AXIS, 0)},
     1,
     1,
     {{F32(1, 2), {1000, 0}}},
     {F32(1, 2), {0, -1000}}},
    {"reshape keeps the order",
     IR_RESHAPE,
     {INTS(SHAPE, 2, 3, 2)},
     1,
     1,
     {{F32(2, 2, 3), {1, 2, 3, 4, 5, 6}}},
     {F32(2, 3, 2), {1, 2, 3, 4, 5, 6}}},
    {"transpose takes result axis i from axis perm[i]",
     IR_TRANSPOSE,
     {INTS(PERM, 3, 2, 0, 1)},
     1,
     1,
     {{F32(3, 1, 2, 3), {1, 2, 3, 4, 5, 6}}},
     {F32(3, 3, 1, 2), {1, 4, 2, 5, 3, 6}}},
    {"concat joins along a middle axis",
     IR_CONCAT,
     {INT(AXIS, 1)},
     1,
     2,
     {{F32(2, 2, 1), {1, 2}}, {F32(2, 2, 2), {3, 4, 5, 6}}},
     {F32(2, 2, 3), {1, 3, 4, 2, 5, 6}}},
    {"padding may add here and crop there",
     IR_PADDING,
     {INTS(PADS, 4, 1, -1, 0, 1), FLOAT(VALUE_F, 9)},
     2,
     1,
     {{F32(2, 2, 2), {1, 2, 3, 4}}},
     {F32(2, 3, 2), {9, 9, 2, 9, 4, 9}}},
    {"padding reflects without the border",
     IR_PADDING,
     {INTS(PADS, 2, 2, 1), WORD(MODE, REFLECT)},
     2,
     1,
     {{F32(1, 3), {1, 2, 3}}},
     {F32(1, 6), {3, 2, 1, 2, 3, 2}}},
    {"padding repeats the edge",
     IR_PADDING,
     {INTS(PADS, 2, 2, 1), WORD(MODE, EDGE)},
     2,
     1,
     {{F32(1, 2), {1, 2}}},
     {F32(1, 5), {1, 1, 1, 2, 2}}},
    {"slice goes backwards and in steps",
     IR_SLICE,
     {INTS(STARTS, 2, 1, 0), INTS(STEPS_OF, 2, -1, 2), INTS(SHAPE, 2, 2, 2)},
     3,
     1,
     {{F32(2, 2, 3), {1, 2, 3, 4, 5, 6}}},
     {F32(2, 2, 2), {4, 6, 1, 3}}},
    {"cast to the same type is a copy",
     IR_CAST,
     {{0}},
     0,
     1,
     {{F32(1, 2), {1, 2}}},
     {F32(1, 2), {1, 2}}},
};

static struct ir_tensor tensor_of(struct unit *u, const struct value *v) {
  struct ir_tensor t = ir_tensor_new(u->comp.arena, v->type);

  memcpy(ir_f32_of(t), v->v, (size_t)ir_type_count(&v->type) * sizeof(float));
  return t;
}

static void assert_values(const struct row *r, const char *who, const float *got) {
  for (int64_t i = 0; i < ir_type_count(&r->want.type); i++) {
    float want = r->want.v[i];
    bool is_equal = isnan(want) ? isnan(got[i]) : fabsf(got[i] - want) <= 1e-6f * fabsf(want);
    if (!is_equal)
      fail_msg("%s (%s): element %d is %g, not %g", r->about, who, (int)i, (double)got[i],
               (double)want);
  }
}

/* The row's node: its first operand an input or a constant, the others constants. */
static ir_id build_row(struct unit *u, struct ir_graph *g, const struct row *r, bool from_input) {
  ir_id in[MAX_IN];

  for (size_t i = 0; i < r->n_in; i++)
    in[i] = i == 0 && from_input ? graphs_input(u, g, r->in[0].type)
                                 : graphs_const(u, g, tensor_of(u, &r->in[i]));
  return graphs_append(u, g,
                       (struct ir_node){.op = r->op,
                                        .type = r->want.type,
                                        .in = in,
                                        .n_in = r->n_in,
                                        .attr = r->attr,
                                        .n_attr = r->n_attr});
}

static void executor_gives_the_values_worked_out_by_hand(void **state) {
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct ir_graph *g = ir_graph_new(u->comp.arena, "row");
    ir_id id = build_row(u, g, &rows[i], true);
    graphs_append(u, g, (struct ir_node){.op = IR_OUTPUT, .in = &id, .n_in = 1});
    struct exec_analog *e = exec_analog_new(u->comp.arena, g);
    for (int run = 0; run < 2; run++) { /* nothing stays from the first */
      exec_analog_set_input(e, 0, rows[i].in[0].v);
      exec_analog_run(e);
      assert_true(ir_type_equal(&ir_node(g, id)->type, &rows[i].want.type));
      assert_values(&rows[i], "executor", exec_analog_output(e, 0));
    }
    assert_ptr_equal(exec_analog_value(e, id), exec_analog_output(e, 0));
  }
}

static void folding_gives_the_values_worked_out_by_hand(void **state) {
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct ir_graph *g = ir_graph_new(u->comp.arena, "row");
    ir_id id = build_row(u, g, &rows[i], false);
    struct ir_tensor got;
    assert_true(exec_fold(g, ir_node(g, id), &got));
    assert_true(ir_type_equal(&got.type, &rows[i].want.type));
    assert_values(&rows[i], "folded", got.data);
  }
}

/* A row for every analog op, so that none is without a kernel. Gather needs integers: test_fold.c.
 */
static void every_analog_op_has_a_row(void **state) {
  (void)state;
  for (enum ir_op op = 0; op < IR_N_OPS; op++) {
    bool has_row = op == IR_CONST || op == IR_GATHER || ir_op_level(op) != IR_LEVEL_ANALOG;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
      has_row = has_row || rows[i].op == op;
    if (!has_row)
      fail_msg("no row for %s", ir_op_name(op));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(executor_gives_the_values_worked_out_by_hand, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(folding_gives_the_values_worked_out_by_hand, unit_begin,
                                      unit_end),
      cmocka_unit_test(every_analog_op_has_a_row),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
