/* tests/unit/grow.h -- random analog networks, which grow by steps from one value. A seed gives the
 * same network on every machine. */
#ifndef TESTS_UNIT_GROW_H
#define TESTS_UNIT_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

struct arena;
struct diag;

static inline uint32_t random_next(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

static inline float random_between(uint32_t *state, float low, float high) {
  return low + (high - low) * (float)random_next(state) / (float)(1u << 24);
}

struct net {
  struct arena *arena;
  struct diag *diag;
  struct ir_graph *g;
  uint32_t seed;
  ir_id x; /* the value that the next step works on */
};

static inline int64_t pick(struct net *t, int64_t low, int64_t high) {
  return low + (int64_t)(random_next(&t->seed) % (uint32_t)(high - low + 1));
}

static inline const struct ir_type *type_of(const struct net *t, ir_id id) {
  return &ir_node(t->g, id)->type;
}

static inline ir_id constant(struct net *t, size_t rank, const int64_t *dims, float low) {
  struct ir_tensor c = ir_tensor_new(t->arena, ir_type_make(IR_F32, rank, dims));

  for (int64_t i = 0; i < ir_type_count(&c.type); i++)
    ir_f32_of(c)[i] = random_between(&t->seed, low, 1);
  return ir_append_const(t->g, t->diag, "k", c, (struct loc){0});
}

/* Appends an op on t->x and the operands behind it, unless it is not well typed. */
static inline bool grow(struct net *t, enum ir_op op, const ir_id *more, size_t n_more,
                        const struct ir_attr *attr, size_t n_attr) {
  ir_id in[5] = {t->x};
  ir_id id;

  for (size_t k = 0; k < n_more; k++)
    in[k + 1] = more[k];
  id = ir_append(
      t->g, t->diag,
      &(struct ir_node){.op = op, .in = in, .n_in = n_more + 1, .attr = attr, .n_attr = n_attr});
  if (!ir_is_none(id))
    t->x = id;
  return !ir_is_none(id);
}

/* A convolution that may have a bias. */
struct conv_shape {
  int64_t n_out, group, kernel, pad, stride;
};

static inline bool grow_conv_of(struct net *t, const struct conv_shape *c) {
  const struct ir_type *in = type_of(t, t->x);
  ir_id more[2] = {
      constant(t, 4, (int64_t[]){c->n_out, in->dims[1] / c->group, c->kernel, c->kernel}, -1),
      constant(t, 1, &c->n_out, -1)};
  struct ir_attr attr[] = {ir_ints(IR_A_PAD, (int64_t[]){c->pad, 0, 0, c->pad}, 4),
                           ir_ints(IR_A_STRIDE, (int64_t[]){1, c->stride}, 2),
                           ir_int(IR_A_GROUP, c->group)};

  return grow(t, IR_CONV, more, (size_t)pick(t, 1, 2), attr, 3);
}

static inline void grow_conv(struct net *t) {
  struct conv_shape c = {.group = type_of(t, t->x)->dims[1] % 2 == 0 ? pick(t, 1, 2) : 1};

  c.n_out = 2 * pick(t, 1, 3);
  c.kernel = pick(t, 1, 3);
  c.pad = pick(t, 0, 1) * (c.kernel - 1);
  c.stride = pick(t, 1, 2);
  grow_conv_of(t, &c);
}

static inline void grow_dense(struct net *t) {
  const struct ir_type *in = type_of(t, t->x);
  int64_t n_out = pick(t, 1, 12);
  ir_id more[2] = {constant(t, 2, (int64_t[]){n_out, in->dims[in->rank - 1]}, -1),
                   constant(t, 1, &n_out, -1)};

  grow(t, IR_DENSE, more, (size_t)pick(t, 1, 2), NULL, 0);
}

static inline void grow_pool(struct net *t, enum ir_op op) {
  int64_t k = pick(t, 1, 3), pad = pick(t, 0, 1) * (k - 1), stride = pick(t, 1, 2);
  struct ir_attr attr[] = {ir_ints(IR_A_KERNEL, (int64_t[]){k, k}, 2),
                           ir_ints(IR_A_STRIDE, (int64_t[]){stride, stride}, 2),
                           ir_ints(IR_A_PAD, (int64_t[]){pad, 0, 0, pad}, 4),
                           ir_int(IR_A_COUNT_PAD, pick(t, 0, 1))};

  grow(t, op, NULL, 0, attr, op == IR_AVGPOOL ? 4 : 3);
}

/* With a value of the same type that there is already. */
static inline void grow_join(struct net *t) {
  struct ir_attr axis = ir_int(IR_A_AXIS, 1);
  ir_id other = ir_id_at((size_t)pick(t, 1, (int64_t)ir_n_nodes(t->g)));

  if (!ir_type_equal(type_of(t, other), type_of(t, t->x)))
    return;
  if (pick(t, 0, 1))
    grow(t, IR_ADD, &other, 1, NULL, 0);
  else
    grow(t, IR_CONCAT, &other, 1, &axis, 1);
}

#endif
