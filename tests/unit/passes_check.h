/* tests/unit/passes_check.h -- what must hold of every analog pass: outputs stay, the graph
 * verifies, its text reads back, and a second run changes nothing. */
#ifndef TESTS_UNIT_PASSES_CHECK_H
#define TESTS_UNIT_PASSES_CHECK_H

#include "tests/unit/unit.h"

#include <math.h>

#include "ir/base/buf.h"
#include "ir/exec/analog.h"
#include "ir/ir.h"
#include "tests/unit/grow.h"

typedef bool pass_fn(struct comp *c, struct ir_graph **g);

static inline const char *text_of(struct unit *u, const struct ir_graph *g) {
  struct buf text;

  buf_init(&text, u->comp.arena);
  ir_print(g, &text, NULL, NULL);
  return text.data;
}

/* Output of both graphs for the same random input, within 1e-5 of the largest value in the network:
 * its sums may cancel. b may have a smaller batch than a. */
static inline void assert_same_outputs(struct unit *u, const struct ir_graph *a,
                                       const struct ir_graph *b, uint32_t *seed) {
  const struct ir_graph *graphs[2] = {a, b};
  int64_t n_in = ir_type_count(&ir_node(a, ir_nth(a, IR_INPUT, 0))->type);
  int64_t n_out = ir_type_count(&ir_node(b, ir_nth(b, IR_OUTPUT, 0))->type);
  float *x = ARENA_NEW(u->comp.arena, float, (size_t)n_in);
  const float *y[2];
  float largest = 0;

  for (int64_t i = 0; i < n_in; i++)
    x[i] = random_between(seed, -1, 1);
  for (int k = 0; k < 2; k++) {
    struct exec_analog *run = exec_analog_new(u->comp.arena, graphs[k]);
    exec_analog_set_input(run, 0, x);
    exec_analog_run(run);
    y[k] = exec_analog_output(run, 0);
    for (size_t i = 1; i <= ir_n_nodes(a) && k == 0; i++)
      for (int64_t j = 0; j < ir_type_count(&ir_node(a, ir_id_at(i))->type); j++)
        largest = fmaxf(largest, fabsf(exec_analog_value(run, ir_id_at(i))[j]));
  }
  for (int64_t i = 0; i < n_out; i++)
    if (fabsf(y[0][i] - y[1][i]) > 1e-5F * largest)
      fail_msg("output %d was %g and is %g\n%s\n%s", (int)i, (double)y[0][i], (double)y[1][i],
               text_of(u, a), text_of(u, b));
}

static inline void assert_reads_back(struct unit *u, const struct ir_graph *g) {
  const char *text = text_of(u, g);
  struct ir_graph *again = ir_parse(u->comp.arena, u->comp.diag, "again", text, strlen(text));

  if (!again)
    fail_msg("%s", unit_said(u));
  assert_string_equal(text_of(u, again), text);
}

/* Runs the pass on *g and checks all of it. */
static inline void check_pass(struct unit *u, pass_fn *pass, struct ir_graph **g, uint32_t *seed) {
  struct ir_graph *before = ir_graph_clone(u->comp.arena, *g);
  const char *once;

  assert_true(pass(&u->comp, g));
  if (!ir_verify(*g, u->comp.diag))
    fail_msg("%s\n%s", unit_said(u), text_of(u, *g));
  assert_same_outputs(u, before, *g, seed);
  assert_reads_back(u, *g);
  once = text_of(u, *g);
  assert_true(pass(&u->comp, g));
  assert_string_equal(text_of(u, *g), once);
}

/* ---- rows ----
 *
 * A row is IR text whose constants are written as inputs; all but %x get random values: of %p.. (a
 * scale) and %v.. (a variance) between 1/2 and 3/2, of all others between -1 and 1. */
struct row {
  const char *what;
  const char *text;
  const char *ops; /* of the result, without constants */
};

static inline void make_constants(struct unit *u, struct ir_graph *g, uint32_t *seed) {
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    struct ir_node n = *ir_node(g, ir_id_at(i));
    bool is_positive = n.name[0] == 'p' || n.name[0] == 'v';
    struct ir_attr value;
    if (n.op != IR_INPUT || strcmp(n.name, "x") == 0)
      continue;
    value = ir_tensor_attr(IR_A_VALUE, ir_tensor_new(u->comp.arena, n.type));
    for (int64_t k = 0; k < ir_type_count(&n.type); k++)
      ir_f32_of(value.u.tensor)[k] =
          is_positive ? random_between(seed, 0.5F, 1.5F) : random_between(seed, -1, 1);
    n = (struct ir_node){.op = IR_CONST, .attr = &value, .n_attr = 1};
    assert_true(ir_replace(g, u->comp.diag, ir_id_at(i), &n));
  }
}

static inline struct ir_graph *graph_of(struct unit *u, const char *text, uint32_t *seed) {
  const char *whole = arena_printf(u->comp.arena, "ir 1\ngraph \"t\" {facts=[shaped]}\n%s", text);
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "row.ir", whole, strlen(whole));

  if (!g)
    fail_msg("%s%s", unit_said(u), text);
  make_constants(u, g, seed);
  return g;
}

static inline const char *ops_of(struct unit *u, const struct ir_graph *g) {
  struct buf ops;

  buf_init(&ops, u->comp.arena);
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    if (n->op != IR_CONST && n->op != IR_INPUT && n->op != IR_OUTPUT)
      buf_printf(&ops, "%s%s", ops.len > 0 ? " " : "", ir_op_name(n->op));
  }
  return ops.len > 0 ? ops.data : "";
}

static inline void check_row(struct unit *u, pass_fn *pass, const struct row *row, uint32_t seed) {
  struct ir_graph *g = graph_of(u, row->text, &seed);

  check_pass(u, pass, &g, &seed);
  if (strcmp(ops_of(u, g), row->ops) != 0)
    fail_msg("%s: wanted \"%s\", got \"%s\"\n%s", row->what, row->ops, ops_of(u, g), text_of(u, g));
}

static inline void check_rows(void **state, pass_fn *pass, const struct row *rows, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (uint32_t seed = 1; seed <= 3; seed++)
      check_row(*state, pass, &rows[i], seed);
}
#define N_OF(rows) (sizeof(rows) / sizeof((rows)[0]))

#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)

#endif
