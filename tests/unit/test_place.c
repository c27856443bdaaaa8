#include "tests/unit/unit.h"

#include "ir/ir.h"
#include "passes/passes.h"

struct net {
  struct comp *c;
  struct ir_graph *g;
};

static struct net net_new(void **state) {
  struct unit *u = *state;

  return (struct net){&u->comp, ir_graph_new(u->comp.arena, "net")};
}

static struct ir_attr ones(const struct net *t, enum ir_attr_key key) {
  struct ir_tensor v = ir_tensor_new(t->c->arena, ir_type_make(IR_F32, 1, (int64_t[]){1}));

  ir_f32_of(v)[0] = 1;
  return ir_tensor_attr(key, v);
}

static ir_id append(struct net *t, enum ir_op op, ir_id in, const struct ir_attr *attr,
                    size_t n_attr) {
  ir_id id =
      ir_append(t->g, t->c->diag,
                &(struct ir_node){.op = op, .in = &in, .n_in = 1, .attr = attr, .n_attr = n_attr});
  assert_int_not_equal(id.idx, 0);
  return id;
}

static ir_id input(struct net *t, const int64_t dims[3]) {
  struct ir_attr attr[] = {ir_word(IR_A_CODE, IR_W_CODE_CURRENT),
                           ir_word(IR_A_LAYOUT, IR_W_LAYOUT_CHW)};
  ir_id in = ir_append(t->g, t->c->diag,
                       &(struct ir_node){.op = IR_INPUT, .type = ir_type_make(IR_F32, 3, dims)});

  return append(t, IR_ENCODE, in, attr, 2);
}

/* Neurons that are driven one to one by x. */
static ir_id neurons(struct net *t, ir_id x) {
  struct ir_attr weight = ones(t, IR_A_WEIGHT);
  struct ir_attr attr[] = {ir_word(IR_A_MODEL, IR_W_MODEL_IF), ones(t, IR_A_THRESHOLD),
                           ir_text(IR_A_LAYER, "neurons")};

  return append(t, IR_POPULATION, append(t, IR_PROJECT_ONE_TO_ONE, x, &weight, 1), attr, 3);
}

static ir_id pooled(struct net *t, ir_id x) {
  struct ir_attr attr[] = {ir_ints(IR_A_KERNEL, (int64_t[]){2, 2}, 2),
                           ir_ints(IR_A_STRIDE, (int64_t[]){2, 2}, 2), ir_text(IR_A_LAYER, "pool")};

  return append(t, IR_SPIKE_MAXPOOL, x, attr, 3);
}

static void finish(struct net *t, ir_id x) {
  struct ir_attr weight = ones(t, IR_A_WEIGHT);
  struct ir_attr attr[] = {ir_word(IR_A_READOUT, IR_W_READOUT_MEMBRANE),
                           ir_text(IR_A_LAYER, "out")};
  ir_id readout = append(t, IR_READOUT, append(t, IR_PROJECT_ONE_TO_ONE, x, &weight, 1), attr, 2);

  append(t, IR_OUTPUT, readout, NULL, 0);
  assert_true(pass_place_memory(t->c, &t->g));
}

static int64_t place_of(const struct net *t, ir_id id) {
  return ir_attr_int(ir_node(t->g, id), IR_A_SPIKES_AT, -1);
}

static int64_t total_of(const struct net *t) {
  return ir_graph_attr(t->g, IR_A_SPIKE_WORDS)->u.i;
}

static void a_chain_needs_only_neighbours_at_once(void **state) {
  struct net t = net_new(state);
  ir_id a, b, c;

  a = neurons(&t, input(&t, (int64_t[]){33, 4, 4})); /* 2 words for each of 16 pixels */
  b = neurons(&t, a);
  c = neurons(&t, b);
  finish(&t, c);
  assert_int_equal(place_of(&t, a), 0);
  assert_int_equal(place_of(&t, b), 32);
  assert_int_equal(place_of(&t, c), 0);
  assert_int_equal(total_of(&t), 64);
}

static void a_pool_and_its_neurons_do_not_overlap(void **state) {
  struct net t = net_new(state);
  ir_id a, b, c;

  a = neurons(&t, input(&t, (int64_t[]){8, 4, 4}));
  b = pooled(&t, a);
  c = neurons(&t, b);
  finish(&t, c);
  assert_int_equal(place_of(&t, a), 0);
  assert_int_equal(place_of(&t, b), 16);
  assert_int_equal(place_of(&t, c), 0);
  assert_int_equal(total_of(&t), 20);
}

/* The first population is read again by the last: nothing in between may use its words. */
static void a_skip_connection_keeps_its_words(void **state) {
  struct ir_attr join = ir_text(IR_A_LAYER, "join");
  struct net t = net_new(state);
  ir_id a, b, c, in[2];

  a = neurons(&t, input(&t, (int64_t[]){8, 4, 4}));
  b = neurons(&t, a);
  c = neurons(&t, b);
  in[0] = a;
  in[1] = c;
  finish(&t,
         ir_append(t.g, t.c->diag,
                   &(struct ir_node){
                       .op = IR_SPIKE_CONCAT, .in = in, .n_in = 2, .attr = &join, .n_attr = 1}));
  assert_int_equal(place_of(&t, a), 0);
  assert_int_equal(place_of(&t, b), 16);
  assert_int_equal(place_of(&t, c), 32);
  assert_int_equal(total_of(&t), 48); /* the joined map takes the place of b */
}

static void placing_twice_changes_nothing(void **state) {
  struct net t = net_new(state);
  ir_id a, b;

  a = neurons(&t, input(&t, (int64_t[]){8, 4, 4}));
  b = pooled(&t, a);
  finish(&t, b);
  assert_true(pass_place_memory(t.c, &t.g));
  assert_int_equal(place_of(&t, b), 16);
  assert_int_equal(total_of(&t), 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_chain_needs_only_neighbours_at_once, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_pool_and_its_neurons_do_not_overlap, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_skip_connection_keeps_its_words, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(placing_twice_changes_nothing, unit_begin, unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
