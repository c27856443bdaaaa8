/* tests/unit/graphs.h -- small analog graphs for tests, with random numbers that repeat. */
#ifndef TESTS_UNIT_GRAPHS_H
#define TESTS_UNIT_GRAPHS_H

#include "unit.h"

#include "ir/ir.h"

/* The same sequence on every machine: a 32-bit linear congruence, upper half. */
struct graphs_random {
  uint32_t state;
};

static inline uint32_t graphs_random_bits(struct graphs_random *r) {
  r->state = r->state * 1664525u + 1013904223u;
  return r->state >> 16;
}

static inline int64_t graphs_random_int(struct graphs_random *r, int64_t low, int64_t high) {
  return low + (int64_t)(graphs_random_bits(r) % (uint32_t)(high - low + 1));
}

/* -2 .. 2 in steps of 1/256: products of two are exact. */
static inline void graphs_random_fill(struct graphs_random *r, float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    x[i] = (float)graphs_random_int(r, -512, 512) / 256;
}

static inline struct ir_tensor graphs_random_tensor(struct graphs_random *r, struct arena *a,
                                                    struct ir_type type) {
  struct ir_tensor t = ir_tensor_new(a, type);

  graphs_random_fill(r, ir_f32_of(t), ir_type_count(&type));
  return t;
}

static inline ir_id graphs_input(struct unit *u, struct ir_graph *g, struct ir_type type) {
  ir_id id = ir_append(g, u->comp.diag, &(struct ir_node){.op = IR_INPUT, .type = type});

  assert_int_not_equal(id.idx, 0);
  return id;
}

static inline ir_id graphs_const(struct unit *u, struct ir_graph *g, struct ir_tensor t) {
  ir_id id = ir_append_const(g, u->comp.diag, "c", t, (struct loc){0});

  assert_int_not_equal(id.idx, 0);
  return id;
}

/* Appends `n`, whose operands and attributes the caller has set; it must be accepted. */
static inline ir_id graphs_append(struct unit *u, struct ir_graph *g, struct ir_node n) {
  ir_id id = ir_append(g, u->comp.diag, &n);

  if (ir_is_none(id))
    fail_msg("%s", unit_said(u));
  return id;
}

#endif
