/* tests/unit/passes_check.h -- what must hold of every analog pass: outputs stay, the graph
 * verifies, its text reads back, and a second run changes nothing. */
#ifndef TESTS_UNIT_PASSES_CHECK_H
#define TESTS_UNIT_PASSES_CHECK_H

#include "tests/unit/unit.h"

#include <math.h>

#include "ir/base/buf.h"
#include "ir/exec/analog.h"
#include "ir/ir.h"

typedef bool pass_fn(struct comp *c, struct ir_graph **g);

static inline uint32_t random_next(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static inline float random_between(uint32_t *state, float low, float high) {
  return low + (high - low) * (float)random_next(state) / (float)(1u << 24);
}

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

#endif
