/* Every invariant of ir/ir.h, broken one at a time in a graph that is right. */
#include "tests/unit/unit.h"

#include <math.h>

#include "ir/ir.h"

static const char layered[] =
    "ir 1\n"
    "graph \"g\" {facts=[spiking, placed], spike_words=5}\n"
    "%x = input : f32[1, 2, 2, 2]\n"
    "%e = encode %x {code=current, layout=chw} : current[2, 2, 2]\n"
    "%p = population %e {model=if, threshold=f32[1]{1}, layer=\"p\", spikes_at=1}"
    " : spikes[2, 2, 2]\n"
    "%c = project_dense %p {weight=f32[1, 8]{1, 2, 3, 4, 5, 6, 7, 8}, order=oihw, layer=\"c\"}"
    " : current[1]\n"
    "%r = readout %c {readout=membrane, bias=f32[1]{1}, layer=\"r\"} : f32[1]\n"
    "%o = output %r : f32[1]\n";

enum { X = 1, E, P, C, R, O };

static struct ir_graph *graph(struct unit *u) {
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "t.ir", layered, strlen(layered));
  assert_non_null(g);
  assert_true(ir_verify(g, u->comp.diag));
  return g;
}

/* Graphs are changed through ir_replace and its kind; here they are broken behind its back. */
static struct ir_node *node(struct ir_graph *g, size_t i) {
  return (struct ir_node *)(uintptr_t)ir_node(g, ir_id_at(i));
}

static void break_name_empty(struct ir_graph *g) {
  node(g, P)->name = "";
}
static void break_name_control(struct ir_graph *g) {
  node(g, P)->name = "a\nb";
}
static void break_name_twice(struct ir_graph *g) {
  node(g, P)->name = "e";
}
static void break_operand_none(struct ir_graph *g) {
  *(ir_id *)(uintptr_t)node(g, P)->in = ir_id_at(0);
}
static void break_operand_beyond(struct ir_graph *g) {
  *(ir_id *)(uintptr_t)node(g, P)->in = ir_id_at(7);
}
static void break_operand_later(struct ir_graph *g) {
  *(ir_id *)(uintptr_t)node(g, C)->in = ir_id_at(C);
}
static void break_operand_count(struct ir_graph *g) {
  node(g, O)->n_in = 0;
}
static void break_attr_missing(struct ir_graph *g) {
  node(g, P)->n_attr = 1;
}
static void break_attr_foreign(struct ir_graph *g) {
  ir_set_attr(g, ir_id_at(P), ir_int(IR_A_AXIS, 1));
}
static void break_attr_word(struct ir_graph *g) {
  ir_set_attr(g, ir_id_at(P), ir_word(IR_A_MODEL, IR_W_CODE_CURRENT));
}
static void break_attr_order(struct ir_graph *g) {
  struct ir_attr *v = (struct ir_attr *)(uintptr_t)node(g, P)->attr, first = v[0];
  v[0] = v[1];
  v[1] = first;
}
static void break_type(struct ir_graph *g) {
  node(g, C)->type.dims[0] = 2;
}
static void break_type_zero(struct ir_graph *g) {
  node(g, X)->type.dims[0] = 0;
}
static void break_type_huge(struct ir_graph *g) {
  node(g, X)->type.dims[0] = INT64_MAX;
}
static void break_type_rank(struct ir_graph *g) {
  node(g, X)->type.rank = 200;
}
static void break_level_analog(struct ir_graph *g) {
  ir_set_facts(g, 0);
}
static void break_value_nan(struct ir_graph *g) {
  ir_f32_of(*ir_attr_tensor(node(g, C), IR_A_WEIGHT))[7] = NAN;
}
static void break_value_inf(struct ir_graph *g) {
  ir_f32_of(*ir_attr_tensor(node(g, R), IR_A_BIAS))[0] = INFINITY;
}
static void break_threshold(struct ir_graph *g) {
  ir_f32_of(*ir_attr_tensor(node(g, P), IR_A_THRESHOLD))[0] = -0.0f;
}
static void break_place(struct ir_graph *g) {
  ir_set_attr(g, ir_id_at(P), ir_int(IR_A_SPIKES_AT, 2));
}
static void break_place_negative(struct ir_graph *g) {
  ir_set_attr(g, ir_id_at(P), ir_int(IR_A_SPIKES_AT, -1));
}
static void break_place_overflow(struct ir_graph *g) {
  ir_set_attr(g, ir_id_at(P), ir_int(IR_A_SPIKES_AT, INT64_MAX));
}
static void break_steps(struct ir_graph *g) {
  ir_graph_set_attr(g, ir_int(IR_A_STEPS, 0));
}
static void break_region(struct ir_graph *g) {
  ir_graph_set_attr(g, ir_int(IR_A_SPIKE_WORDS, -5));
}

static void each_broken_invariant_is_named(void **state) {
  static const struct {
    void (*break_it)(struct ir_graph *g);
    const char *says;
  } rows[] = {
      {break_name_empty, "its name has 0 bytes; 1 to 255 are allowed"},
      {break_name_control, "its name \"a\\nb\" holds a control byte"},
      {break_name_twice, "its name \"e\" is that of another node"},
      {break_operand_none, "operand 1 is id 0; the graph has nodes 1 to 6"},
      {break_operand_beyond, "operand 1 is id 7; the graph has nodes 1 to 6"},
      {break_operand_later, "operand 1 is \"c\", which does not come before it"},
      {break_operand_count, "output \"o\": 0 operands; it takes 1"},
      {break_attr_missing, "attribute threshold is missing"},
      {break_attr_foreign, "it has no attribute axis; it takes: model threshold"},
      {break_attr_word, "model has a value that is none of if, if_signed,"},
      {break_attr_order, "attribute model is there twice or out of order"},
      {break_type, "its type is current[2]; from its operands it must be current[1]"},
      {break_type_zero, "its type is f32[0, 2, 2, 2]; each size must be at least 1"},
      {break_type_huge, "all together at most 2147483647"},
      {break_type_rank, "its type is of too many axes"},
      {break_level_analog, "a spiking op in a graph that is neither spiking nor synchronous"},
      {break_value_nan, "project_dense \"c\": weight[7] is nan; every value must be finite"},
      {break_value_inf, "bias[0] is inf; every value must be finite"},
      {break_threshold, "threshold[0] is -0; a threshold must be above 0"},
      {break_place, "spikes_at is 2 and its 4 words do not fit into spike_words, 5"},
      {break_place_negative, "spikes_at is -1"},
      {break_place_overflow, "spikes_at is 9223372036854775807"},
      {break_steps, "steps is 0; it must be 1 to"},
      {break_region, "spike_words is -5; it must be 0 to"},
  };
  struct unit *u = *state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct ir_graph *g = graph(u);
    rows[i].break_it(g);
    assert_false(ir_verify(g, u->comp.diag));
    unit_assert_said(u, rows[i].says);
  }
}

static void a_message_names_the_place_in_the_model(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = graph(u);
  node(g, P)->loc = (struct loc){.file = "m.onnx", .node = "relu1", .op = "Relu"};
  break_threshold(g);
  assert_false(ir_verify(g, u->comp.diag));
  unit_assert_said(u, "m.onnx: node \"relu1\" (Relu): error: population: threshold[0] is -0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_broken_invariant_is_named, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_message_names_the_place_in_the_model, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
