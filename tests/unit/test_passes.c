/* The pass manager: what runs, in which order, and what is told when it cannot. */
#include "tests/unit/unit.h"

#include "ir/base/file.h"
#include "ir/ir.h"
#include "passes/pass.h"

static const char small[] = "ir 1\n"
                            "graph \"small\" {facts=[shaped]}\n"
                            "%x = input : f32[4, 2]\n"
                            "%w = const {value=f32[1, 2]{0x1p+0, 0x1p-1}} : f32[1, 2]\n"
                            "%d = dense %x, %w : f32[4, 1]\n"
                            "%r = relu %d : f32[4, 1]\n"
                            "%y = output %r : f32[4, 1]\n";

static struct ir_graph *small_graph(struct unit *u) {
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "small.ir", small, sizeof(small) - 1);

  assert_non_null(g);
  return g;
}

static void a_pipeline_gives_its_facts(void **state) {
  static const struct {
    enum pipeline pipeline;
    unsigned facts;
  } rows[] = {
      {PIPELINE_READ, IR_FACT_SHAPED},
      {PIPELINE_ANALOG, IR_FACT_SHAPED | IR_FACT_SINGLE | IR_FACT_FOLDED},
      {PIPELINE_SPIKING, IR_FACT_SHAPED | IR_FACT_SINGLE | IR_FACT_FOLDED | IR_FACT_BALANCED |
                             IR_FACT_SPIKING | IR_FACT_LAID_OUT | IR_FACT_PLACED},
  };
  struct unit *u = *state;

  u->opt.normalize = NORMALIZE_NONE;
  u->opt.steps = 8;
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct ir_graph *g = small_graph(u);
    if (!pass_run_pipeline(&u->comp, &g, rows[i].pipeline))
      fail_msg("%s", unit_said(u));
    assert_int_equal(ir_facts(g), rows[i].facts);
  }
}

static void an_order_whose_needs_are_not_met_is_refused_before_anything_runs(void **state) {
  static const struct {
    const char *passes, *said;
  } rows[] = {
      {"fold-constants,merge-linear",
       "pass merge-linear needs a graph that is folded; run fold-batchnorm before it"},
      {"single-sample,lower-spiking",
       "pass lower-spiking needs a graph that is folded, balanced; run fold-batchnorm before it"},
      {"single-sample,fold-batchnorm,normalize-none,fold-constants,lower-spiking",
       "pass lower-spiking needs a graph that is balanced; run normalize-percentile before it"},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct ir_graph *g = small_graph(u);
    u->opt.passes = rows[i].passes;
    assert_false(pass_run_pipeline(&u->comp, &g, PIPELINE_SPIKING));
    unit_assert_said(u, rows[i].said);
    assert_int_equal(ir_facts(g), IR_FACT_SHAPED);
    assert_int_equal(ir_node(g, ir_id_at(1))->type.dims[0], 4);
  }
}

static void unknown_names_get_the_nearest_known_one(void **state) {
  struct unit *u = *state;

  u->opt.passes = "single-sample,fold-batchnrom";
  assert_false(pass_check_options(&u->comp));
  unit_assert_said(u,
                   "--passes: there is no pass \"fold-batchnrom\"; did you mean fold-batchnorm?");
  u->opt = (struct options){.stop_after = "elephant"};
  assert_false(pass_check_options(&u->comp));
  unit_assert_said(u, "--stop-after: there is no pass \"elephant\"; --list-passes names them");
  u->opt = (struct options){.dump_ir = "all"};
  assert_true(pass_check_options(&u->comp));
  u->opt = (struct options){.dump_ir = "merge-liner"};
  assert_false(pass_check_options(&u->comp));
  unit_assert_said(u, "did you mean merge-linear?");
}

static void passes_whose_facts_hold_are_skipped(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = small_graph(u);

  ir_set_facts(g, IR_FACT_SHAPED | IR_FACT_SINGLE | IR_FACT_FOLDED);
  assert_true(pass_run_pipeline(&u->comp, &g, PIPELINE_ANALOG));
  assert_int_equal(ir_node(g, ir_id_at(1))->type.dims[0], 4);
}

static void a_dump_reads_back_and_goes_on_from_there(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = small_graph(u);
  struct bytes text;

  u->comp.outputs = file_outputs_new(u->comp.arena);
  u->opt = (struct options){
      .dump_ir = "single-sample", .dump_ir_dir = u->folder, .stop_after = "fold-constants"};
  assert_true(pass_run_pipeline(&u->comp, &g, PIPELINE_ANALOG));
  const char *path = arena_printf(u->comp.arena, "%s/01-single-sample.ir", u->folder);
  assert_true(file_read(u->comp.arena, u->comp.diag, path, 4096, &text));
  g = ir_parse(u->comp.arena, u->comp.diag, path, (const char *)text.data, text.len);
  assert_non_null(g);
  assert_int_equal(ir_facts(g), IR_FACT_SHAPED | IR_FACT_SINGLE);
  assert_int_equal(ir_node(g, ir_id_at(1))->type.dims[0], 1);
}

static void thresholds_without_samples_are_warned_of(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = small_graph(u);

  u->opt = (struct options){.normalize = NORMALIZE_PERCENTILE, .steps = 8};
  assert_true(pass_run_pipeline(&u->comp, &g, PIPELINE_SPIKING));
  unit_assert_said(u, "warning: no samples to set thresholds by");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_pipeline_gives_its_facts),
      TEST(an_order_whose_needs_are_not_met_is_refused_before_anything_runs),
      TEST(unknown_names_get_the_nearest_known_one),
      TEST(passes_whose_facts_hold_are_skipped),
      TEST(a_dump_reads_back_and_goes_on_from_there),
      TEST(thresholds_without_samples_are_warned_of),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
