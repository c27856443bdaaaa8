/* Making and rewriting graphs. */
#include "tests/unit/unit.h"

#include "ir/base/buf.h"
#include "ir/ir.h"

static ir_id add(struct unit *u, struct ir_graph *g, enum ir_op op, const char *name, ir_id a,
                 ir_id b) {
  const ir_id in[] = {a, b};
  struct ir_node n = {.op = op, .name = name, .in = in, .n_in = 0};
  n.n_in = ir_is_none(a) ? 0 : ir_is_none(b) ? 1 : 2;
  n.type = ir_type_make(IR_F32, 1, (const int64_t[]){3});
  ir_id id = ir_append(g, u->comp.diag, &n);
  if (ir_is_none(id))
    fail_msg("%s", unit_said(u));
  return id;
}

static const ir_id none = {0};

static ir_id add_input(struct unit *u, struct ir_graph *g) {
  return add(u, g, IR_INPUT, "x", none, none);
}

/* The graph in few words: "x r(x) o(r)". */
static const char *shape_of(struct unit *u, const struct ir_graph *g) {
  struct buf b;
  buf_init(&b, u->comp.arena);
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    buf_printf(&b, "%s%s", i > 1 ? " " : "", n->name);
    for (size_t k = 0; k < n->n_in; k++)
      buf_printf(&b, "%c%s", k ? ',' : '(', ir_node(g, n->in[k])->name);
    buf_puts(&b, n->n_in ? ")" : "");
  }
  return b.data;
}

static void taken_names_get_the_first_free_suffix(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g);
  for (int i = 0; i < 6; i++)
    add(u, g, IR_RELU, "r", x, none);
  add(u, g, IR_RELU, NULL, x, none);
  add(u, g, IR_RELU, "", x, none);
  assert_string_equal(shape_of(u, g),
                      "x r(x) r.1(x) r.2(x) r.3(x) r.4(x) r.5(x) relu(x) relu.1(x)");
}

static void names_are_made_fit_for_the_graph(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  char name[400];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  name[1] = '\n';
  ir_id a = add(u, g, IR_INPUT, name, none, none), b = add(u, g, IR_INPUT, name, none, none);
  assert_int_equal(ir_node(g, a)->name[1], '_');
  assert_true(strlen(ir_node(g, b)->name) <= IR_MAX_NAME);
  assert_true(ir_verify(g, u->comp.diag));
}

static void a_node_owns_its_lists(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id in[] = {add_input(u, g)};
  int64_t shape[] = {3, 1};
  struct ir_attr attr = ir_ints(IR_A_SHAPE, shape, 2);
  ir_id id = ir_append(
      g, u->comp.diag,
      &(struct ir_node){.op = IR_RESHAPE, .in = in, .n_in = 1, .attr = &attr, .n_attr = 1});
  shape[0] = 7;
  in[0] = none;
  attr.key = IR_A_AXIS;
  assert_int_equal(ir_attr(ir_node(g, id), IR_A_SHAPE)->u.ints.v[0], 3);
  assert_true(ir_verify(g, u->comp.diag));
}

static void attributes_are_sorted_and_set(void **state) {
  static const int64_t two[] = {2, 2};
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  struct ir_attr attr[] = {ir_ints(IR_A_STRIDE, two, 2), ir_ints(IR_A_KERNEL, two, 2)};
  struct ir_type type = ir_type_make(IR_F32, 4, (const int64_t[]){1, 1, 4, 4});
  ir_id x = ir_append(g, u->comp.diag, &(struct ir_node){.op = IR_INPUT, .type = type});
  ir_id id = ir_append(
      g, u->comp.diag,
      &(struct ir_node){.op = IR_AVGPOOL, .in = &x, .n_in = 1, .attr = attr, .n_attr = 2});
  const struct ir_node *n = ir_node(g, id);
  assert_int_equal(n->attr[0].key, IR_A_KERNEL);
  ir_set_attr(g, id, ir_int(IR_A_COUNT_PAD, 1));
  ir_set_attr(g, id, ir_int(IR_A_COUNT_PAD, 0));
  n = ir_node(g, id);
  assert_int_equal(n->n_attr, 3);
  assert_int_equal(n->attr[2].key, IR_A_COUNT_PAD);
  assert_int_equal(ir_attr_int(n, IR_A_COUNT_PAD, 7), 0);
  assert_int_equal(ir_window_of(g, n).kernel[1], 2);
}

static void header_attributes_are_replaced_not_added(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  assert_false(ir_is_synchronous(g));
  for (int64_t i = 1; i < 20; i++)
    ir_graph_set_attr(g, ir_int(IR_A_STEPS, i));
  ir_graph_set_attr(g, ir_word(IR_A_SCHEDULE, IR_W_SCHEDULE_SYNCHRONOUS));
  assert_int_equal(ir_graph_attr(g, IR_A_STEPS)->u.i, 19);
  assert_null(ir_graph_attr(g, IR_A_SEED));
  assert_true(ir_is_synchronous(g));
}

static void replacing_a_node_keeps_its_users_and_its_name(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g), r = add(u, g, IR_RELU, "r", x, none);
  add(u, g, IR_OUTPUT, "o", r, none);
  const ir_id in[] = {x, x};
  assert_true(ir_replace(g, u->comp.diag, r, &(struct ir_node){.op = IR_ADD, .in = in, .n_in = 2}));
  assert_string_equal(shape_of(u, g), "x r(x,x) o(r)");
  assert_true(ir_replace(g, u->comp.diag, r,
                         &(struct ir_node){.op = IR_ADD, .name = "x", .in = in, .n_in = 2}));
  assert_string_equal(shape_of(u, g), "x x.1(x,x) o(x.1)");
  assert_true(ir_verify(g, u->comp.diag));
}

static void a_node_that_does_not_fit_is_told_and_not_added(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  add_input(u, g);
  const ir_id missing = {9};
  struct ir_node n = {.op = IR_RELU, .name = "r", .in = &missing, .n_in = 1};
  assert_true(ir_is_none(ir_append(g, u->comp.diag, &n)));
  unit_assert_said(u, "error: relu \"r\": operand 1 is id 9; the graph has nodes 1 to 1");
  assert_int_equal(ir_n_nodes(g), 1);
}

static void uses_are_counted_and_found(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g), r = add(u, g, IR_RELU, "r", x, none);
  ir_id twice = add(u, g, IR_ADD, "a", r, r), o = add(u, g, IR_OUTPUT, "o", twice, none);
  const uint32_t *uses = ir_count_uses(g, u->comp.scratch);
  assert_int_equal(uses[x.idx], 1);
  assert_int_equal(uses[r.idx], 2);
  assert_int_equal(uses[o.idx], 0);
  assert_int_equal(ir_only_user(g, x).idx, r.idx);
  assert_int_equal(ir_only_user(g, r).idx, 0);
  assert_int_equal(ir_only_user(g, o).idx, 0);
  assert_int_equal(ir_nth(g, IR_OUTPUT, 0).idx, o.idx);
  assert_int_equal(ir_nth(g, IR_OUTPUT, 1).idx, 0);
  assert_int_equal(ir_n_of(g, IR_RELU), 1);
}

/* The only user of every node, against a scan of all operands. */
static void assert_users(const struct ir_graph *g) {
  for (size_t id = 1; id <= ir_n_nodes(g); id++) {
    uint32_t n = 0, user = 0;
    for (size_t i = 1; i <= ir_n_nodes(g); i++)
      for (size_t k = 0; k < ir_node(g, ir_id_at(i))->n_in; k++)
        if (ir_node(g, ir_id_at(i))->in[k].idx == id) {
          user = (uint32_t)i;
          n++;
        }
    assert_int_equal(ir_only_user(g, ir_id_at(id)).idx, n == 1 ? user : 0);
  }
}

static void users_are_known_after_every_change(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id last = add_input(u, g);
  uint32_t seed = 1;
  for (int i = 0; i < 300; i++) {
    uint32_t n = (uint32_t)ir_n_nodes(g);
    ir_id some = {1 + (seed = seed * 1664525 + 1013904223) / 7 % n};
    ir_id earlier = {1 + seed / 11 % some.idx};
    const struct ir_node relu = {.op = IR_RELU, .in = &earlier, .n_in = 1};
    if (i % 3 == 0)
      last = add(u, g, IR_ADD, NULL, some, earlier);
    else if (i % 3 == 1 && earlier.idx < some.idx && ir_node(g, some)->op != IR_INPUT)
      assert_true(ir_replace(g, u->comp.diag, some, &relu));
    else
      ir_replace_uses(g, some, earlier);
    assert_users(g);
  }
  assert_users(ir_graph_clone(u->comp.scratch, g));
  add(u, g, IR_OUTPUT, "o", last, none);
  assert_true(ir_compact(g, u->comp.diag));
  assert_users(g);
}

static void what_is_released_is_no_user_until_it_is_used_again(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g), a = add(u, g, IR_RELU, "a", x, none);
  ir_id twice = add(u, g, IR_ADD, "twice", a, a), b = add(u, g, IR_RELU, "b", x, none);
  ir_release(g, a);
  assert_true(ir_is_used(g, a));
  ir_release(g, twice);
  assert_false(ir_is_used(g, a));
  assert_int_equal(ir_only_user(g, x).idx, b.idx);
  ir_release(g, twice);
  add(u, g, IR_OUTPUT, "o", twice, none);
  assert_users(g);
  ir_release(g, b);
  assert_int_equal(ir_only_user(g, x).idx, a.idx);
}

static void compaction_drops_what_no_output_needs_and_keeps_inputs(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g), dead = add(u, g, IR_RELU, "dead", x, none);
  add(u, g, IR_RELU, "deader", dead, none);
  add(u, g, IR_INPUT, "y", none, none);
  add(u, g, IR_OUTPUT, "o", add(u, g, IR_RELU, "r", x, none), none);
  assert_true(ir_compact(g, u->comp.diag));
  assert_string_equal(shape_of(u, g), "x y r(x) o(r)");
  assert_true(ir_verify(g, u->comp.diag));
}

static void compaction_puts_rewritten_nodes_in_order_and_frees_names(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g), r = add(u, g, IR_RELU, "r", x, none);
  add(u, g, IR_OUTPUT, "o", r, none);
  ir_id late = add(u, g, IR_RELU, "late", x, none);
  ir_replace_uses(g, r, late);
  assert_false(ir_verify(g, u->comp.diag));
  unit_assert_said(u, "operand 1 is \"late\", which does not come before it");
  assert_true(ir_compact(g, u->comp.diag));
  assert_string_equal(shape_of(u, g), "x late(x) o(late)");
  assert_true(ir_verify(g, u->comp.diag));
  assert_string_equal(ir_node(g, add(u, g, IR_RELU, "r", ir_id_at(1), none))->name, "r");
}

static void a_cycle_is_told_at_compaction(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g), a = add(u, g, IR_RELU, "a", x, none),
        b = add(u, g, IR_RELU, "b", a, none);
  add(u, g, IR_OUTPUT, "o", b, none);
  assert_true(
      ir_replace(g, u->comp.diag, a, &(struct ir_node){.op = IR_RELU, .in = &b, .n_in = 1}));
  assert_false(ir_compact(g, u->comp.diag));
  unit_assert_said(u, "the network is cyclic here");
}

static void a_chain_of_100000_nodes_is_compacted(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id id = add_input(u, g);
  for (int i = 0; i < 100000; i++)
    id = add(u, g, IR_RELU, NULL, id, none);
  add(u, g, IR_OUTPUT, "o", id, none);
  assert_true(ir_compact(g, u->comp.diag));
  assert_int_equal(ir_n_nodes(g), 100002);
}

/* Populations are kept for their own sake, and a projection may read what comes after it. */
static void compaction_keeps_a_recurrent_network(void **state) {
  static const char text[] =
      "ir 1\ngraph \"g\" {schedule=synchronous}\n"
      "%back = project_one_to_one %p {weight=f32[1]{0x1p+0}} : current[3]\n"
      "%unused = project_all_but_self %p {weight=f32[1]{0x1p+0}} : current[3]\n"
      "%p = population %back {model=if, threshold=f32[1]{0x1p+0}, layer=\"p\"} : spikes[3]\n";
  struct unit *u = *state;
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "t.ir", text, strlen(text));
  assert_true(ir_compact(g, u->comp.diag));
  assert_string_equal(shape_of(u, g), "back(p) p(back)");
  assert_true(ir_verify(g, u->comp.diag));
}

static void types_follow_when_an_input_changes(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g), r = add(u, g, IR_RELU, "r", x, none);
  struct ir_node input = *ir_node(g, x);
  input.type.dims[0] = 9;
  assert_true(ir_replace(g, u->comp.diag, x, &input));
  assert_true(ir_infer_all(g, u->comp.diag));
  assert_int_equal(ir_node(g, r)->type.dims[0], 9);
}

static void only_constants_have_a_tensor(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_graph_new(u->comp.arena, "g");
  ir_id x = add_input(u, g);
  struct ir_tensor t = ir_tensor_new(u->comp.arena, ir_node(g, x)->type);
  ir_f32_of(t)[2] = 5;
  ir_id c = ir_append_const(g, u->comp.diag, "c", t, (struct loc){0});
  ir_id s = add(u, g, IR_ADD, "s", x, c);
  assert_null(ir_const_in(g, ir_node(g, s), 0));
  assert_null(ir_const_in(g, ir_node(g, s), 2));
  assert_float_equal(ir_f32_of(*ir_const_in(g, ir_node(g, s), 1))[2], 5, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(taken_names_get_the_first_free_suffix, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(names_are_made_fit_for_the_graph, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_node_owns_its_lists, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(attributes_are_sorted_and_set, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(header_attributes_are_replaced_not_added, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(replacing_a_node_keeps_its_users_and_its_name, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_node_that_does_not_fit_is_told_and_not_added, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(uses_are_counted_and_found, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(users_are_known_after_every_change, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(what_is_released_is_no_user_until_it_is_used_again,
                                      unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(compaction_drops_what_no_output_needs_and_keeps_inputs,
                                      unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(compaction_puts_rewritten_nodes_in_order_and_frees_names,
                                      unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_cycle_is_told_at_compaction, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_chain_of_100000_nodes_is_compacted, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(compaction_keeps_a_recurrent_network, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(types_follow_when_an_input_changes, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(only_constants_have_a_tensor, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
