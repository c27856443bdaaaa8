/* tests/unit/analog_rows.h -- analog ops on small operands whose results were worked out by hand: a
 * row is computed by the executor and folded from constants. */
#ifndef TESTS_UNIT_ANALOG_ROWS_H
#define TESTS_UNIT_ANALOG_ROWS_H

#include "graphs.h"

#include <math.h>

#include "ir/exec/analog.h"
#include "ir/exec/fold.h"

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
#define TYPED(dtype, n_dims, ...)                                                                  \
  {                                                                                                \
    IR_##dtype, n_dims, {                                                                          \
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

static inline struct ir_tensor rows_tensor(struct unit *u, const struct value *v) {
  struct ir_tensor t = ir_tensor_new(u->comp.arena, v->type);

  for (int64_t i = 0; i < ir_type_count(&v->type); i++)
    if (v->type.dtype == IR_F32)
      ir_f32_of(t)[i] = v->v[i];
    else
      ir_put_int((void *)(uintptr_t)t.data, v->type.dtype, i, (int64_t)v->v[i]);
  return t;
}

static inline void rows_assert(const struct row *r, const char *who, const void *data) {
  struct ir_tensor t = {r->want.type, data};

  for (int64_t i = 0; i < ir_type_count(&t.type); i++) {
    float want = r->want.v[i];
    float got = t.type.dtype == IR_F32 ? ir_f32_of(t)[i] : (float)ir_int_at(&t, i);
    bool is_equal =
        isnan(want) ? isnan(got) : got == want || fabsf(got - want) <= 1e-6f * fabsf(want);
    if (!is_equal)
      fail_msg("%s (%s): element %d is %g, not %g", r->about, who, (int)i, (double)got,
               (double)want);
  }
}

/* The row's node: its first operand an input or a constant, the others constants. */
static inline ir_id rows_build(struct unit *u, struct ir_graph *g, const struct row *r,
                               bool from_input) {
  ir_id in[MAX_IN];

  for (size_t i = 0; i < r->n_in; i++)
    in[i] = i == 0 && from_input ? graphs_input(u, g, r->in[0].type)
                                 : graphs_const(u, g, rows_tensor(u, &r->in[i]));
  return graphs_append(u, g,
                       (struct ir_node){.op = r->op,
                                        .type = r->want.type,
                                        .in = in,
                                        .n_in = r->n_in,
                                        .attr = r->attr,
                                        .n_attr = r->n_attr});
}

/* The rows of this program. */
static struct {
  const struct row *row;
  size_t n;
  bool are_elementwise;
} rows_table;

/* Inputs are f32; rows of integers are folded only. */
static inline void executor_gives_the_values_worked_out_by_hand(void **state) {
  struct unit *u = *state;
  for (size_t i = 0; i < rows_table.n; i++) {
    const struct row *row = &rows_table.row[i];
    struct ir_graph *g = ir_graph_new(u->comp.arena, "row");
    struct exec_analog *e;
    ir_id id;
    if (row->in[0].type.dtype != IR_F32)
      continue;
    id = rows_build(u, g, row, true);
    graphs_append(u, g, (struct ir_node){.op = IR_OUTPUT, .in = &id, .n_in = 1});
    e = exec_analog_new(u->comp.arena, g);
    for (int run = 0; run < 2; run++) { /* nothing stays from the first */
      exec_analog_set_input(e, 0, row->in[0].v);
      exec_analog_run(e);
      assert_true(ir_type_equal(&ir_node(g, id)->type, &row->want.type));
      rows_assert(row, "executor", exec_analog_output(e, 0));
    }
    assert_ptr_equal(exec_analog_value(e, id), exec_analog_output(e, 0));
  }
}

static inline void folding_gives_the_values_worked_out_by_hand(void **state) {
  struct unit *u = *state;
  for (size_t i = 0; i < rows_table.n; i++) {
    const struct row *row = &rows_table.row[i];
    struct ir_graph *g = ir_graph_new(u->comp.arena, "row");
    ir_id id = rows_build(u, g, row, false);
    struct ir_tensor got;
    assert_true(exec_fold(g, ir_node(g, id), &got));
    assert_true(ir_type_equal(&got.type, &row->want.type));
    rows_assert(row, "folded", got.data);
  }
}

/* Rows of test_analog_elementwise.c; the others are in test_analog_ops.c. */
static inline bool rows_is_elementwise(enum ir_op op) {
  return (op >= IR_ADD && op <= IR_SHRINK) || op == IR_QUANTIZE || op == IR_DEQUANTIZE ||
         op == IR_CAST;
}

static inline void every_op_has_a_row(void **state) {
  (void)state;
  for (enum ir_op op = 0; op < IR_N_OPS; op++) {
    bool has_row = op == IR_CONST || ir_op_level(op) != IR_LEVEL_ANALOG ||
                   rows_is_elementwise(op) != rows_table.are_elementwise;
    for (size_t i = 0; i < rows_table.n; i++)
      has_row = has_row || rows_table.row[i].op == op;
    if (!has_row)
      fail_msg("no row for %s", ir_op_name(op));
  }
}

static inline int rows_run(const struct row *rows, size_t n, bool are_elementwise) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(executor_gives_the_values_worked_out_by_hand, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(folding_gives_the_values_worked_out_by_hand, unit_begin,
                                      unit_end),
      cmocka_unit_test(every_op_has_a_row),
  };

  rows_table.row = rows;
  rows_table.n = n;
  rows_table.are_elementwise = are_elementwise;
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
