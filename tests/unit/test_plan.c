/* Plans of small placed networks in text: layers, sizes, and what is refused. */
#include "tests/unit/unit.h"

#include "ir/exec/plan.h"
#include "ir/ir.h"

#define HEAD                                                                                       \
  "ir 1\ngraph \"net\" {facts=[shaped, single, folded, balanced, spiking, laid_out, placed], "     \
  "schedule=layered, steps=8, spike_words=40}\n"                                                   \
  "%x = input : f32[1, 1, 4, 4]\n"                                                                 \
  "%e = encode %x {code=current, layout=chw} : current[1, 4, 4]\n"
#define CONV                                                                                       \
  "%c = project_conv %e {kernel=[1, 1], weight=f32[1, 1, 1, 2]{0x1p+0, 0x1p-1}, order=kernel}"     \
  " : current[2, 4, 4]\n"
#define POPULATION                                                                                 \
  "%p = population %c {model=if, threshold=f32[1]{0x1p+0}, bias=f32[2]{0x1p-3, 0x0p+0},"           \
  " v_init=0x1p-1, layer=\"first\", spikes_at=0} : spikes[2, 4, 4]\n"
#define POOL                                                                                       \
  "%m = spike_maxpool %p {kernel=[2, 2], stride=[2, 2], layer=\"pool\", spikes_at=16}"             \
  " : spikes[2, 2, 2]\n"
#define DENSE                                                                                      \
  "%d = project_dense %m {weight=f32[8, 1]{0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0, 0x1p+0,"        \
  " 0x1p+0, 0x1p+0}, order=kernel} : current[1]\n"
#define END                                                                                        \
  "%r = readout %d {readout=membrane, layer=\"last\"} : f32[1]\n"                                  \
  "%y = output %r : f32[1]\n"
#define NET HEAD CONV POPULATION POOL DENSE END

static const struct plan *plan_of(struct unit *u, const char *text) {
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", text, strlen(text));

  if (!g)
    fail_msg("%s in %s", unit_said(u), text);
  return plan_new(u->comp.arena, u->comp.diag, g);
}

static const char *with(struct unit *u, const char *text, const char *part, const char *instead) {
  const char *at = strstr(text, part);

  if (!at)
    fail_msg("\"%s\" is not in the text", part);
  return arena_printf(u->comp.arena, "%.*s%s%s", (int)(at - text), text, instead,
                      at + strlen(part));
}

static void a_population_and_its_pool_are_one_layer(void **state) {
  const struct plan *p = plan_of(*state, NET);

  assert_non_null(p);
  assert_int_equal(plan_n_layers(p), 2);
  assert_string_equal(plan_layer(p, 0)->name, "first");
  assert_int_equal(plan_layer(p, 0)->neurons, 32);
  assert_int_equal(plan_layer(p, 0)->n_outputs, 8);
  assert_int_equal(plan_layer(p, 0)->n_biased, 32);
  assert_true(plan_layer(p, 0)->input_macs == 32);
  assert_int_equal(plan_layer(p, 0)->out.idx, 5);
  assert_true(plan_layer(p, 1)->is_readout);
  assert_int_equal(plan_layer(p, 1)->n_biased, 0);
}

/* Where others use the population too, its spikes count, and the pool is a layer of its own. */
static void a_pool_beside_other_users_is_a_layer(void **state) {
  const char *one = "%f = project_conv %p {kernel=[4, 4], weight=f32[2, 4, 4, 1]{1, 1, 1, 1, 1, 1, "
                    "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},"
                    " order=kernel} : current[1, 1, 1]\n";
  const char *ends = "%g = population %f {model=if, threshold=f32[1]{1}, layer=\"second\", "
                     "spikes_at=20} : spikes[1, 1, 1]\n"
                     "%h = project_dense %g {weight=f32[1, 1]{1}, order=kernel} : current[1]\n"
                     "%r = readout %d, %h {readout=membrane, layer=\"last\"} : f32[1]\n"
                     "%y = output %r : f32[1]\n";
  const struct plan *p = plan_of(*state, arena_printf(((struct unit *)*state)->comp.arena, "%s%s%s",
                                                      HEAD CONV POPULATION POOL DENSE, one, ends));

  assert_non_null(p);
  assert_int_equal(plan_n_layers(p), 4);
  assert_int_equal(plan_layer(p, 0)->n_outputs, 32);
  assert_string_equal(plan_layer(p, 1)->name, "pool");
  assert_int_equal(plan_layer(p, 1)->neurons, 0);
  assert_int_equal(plan_layer(p, 1)->n_outputs, 8);
}

static void sizes_add_up(void **state) {
  const struct plan *p = plan_of(*state, NET);
  /* membranes and currents 32 + 32 + 1 floats, 40 words, 1 spike count, 40 pool counts of
   * a byte, since 8 steps send no more */
  const size_t ram = 4 * (65 + 40 + 1) + 40;
  size_t layers = 0, constants = 0;

  assert_non_null(p);
  assert_int_equal(plan_ram_bytes(p), ram);
  for (size_t l = 0; l < plan_n_layers(p); l++) {
    layers += plan_layer(p, l)->ram_bytes;
    constants += plan_layer(p, l)->const_bytes;
  }
  assert_int_equal(layers, ram - 4 * 41);
  assert_int_equal(constants, plan_const_bytes(p));
  assert_int_equal(plan_input_size(p), 16);
  assert_int_equal(plan_output_size(p), 1);
  assert_int_equal(plan_steps(p), 8);
  assert_int_equal(plan_spike_words(p), 40);
}

/* A threshold for all is repeated per channel; the first membranes are its half. */
static void tables_are_per_channel(void **state) {
  const struct plan *p = plan_of(*state, NET);
  size_t n_found = 0;

  assert_non_null(p);
  for (size_t i = 0; i < plan_n_tensors(p); i++) {
    const struct plan_tensor *t = plan_tensor(p, i);
    const float *v = t->data;
    bool is_threshold = strcmp(t->name, "first_threshold") == 0;
    if (!is_threshold && strcmp(t->name, "first_v_init") != 0)
      continue;
    n_found++;
    assert_int_equal(t->n, 2);
    assert_true(v[0] == (is_threshold ? 1.0f : 0.5f) && v[1] == v[0]);
  }
  assert_int_equal(n_found, 2);
}

static void plain_windows_take_the_fast_kernel(void **state) {
  static const char *const windows[] = {"", "stride=[1, 1],", "dilation=[3, 2],", "group=2,"};
  struct unit *u = *state;

  for (size_t i = 0; i < 4; i++) {
    const char *weight = i < 3 ? "f32[2, 1, 1, 2]{1, 2, 3, 4}" : "f32[2, 1, 1, 1]{1, 2}";
    const char *net = arena_printf(
        u->comp.arena,
        "%s%%f = project_conv %%m {kernel=[1, 1], %s weight=%s, order=kernel} : current[2, 2, 2]\n"
        "%%g = population %%f {model=if, threshold=f32[1]{1}, layer=\"second\", spikes_at=20}"
        " : spikes[2, 2, 2]\n%s",
        HEAD CONV POPULATION POOL, windows[i], weight, with(u, DENSE END, "%m", "%g"));
    const struct plan *p = plan_of(u, net);
    bool is_found = false;
    assert_non_null(p);
    for (size_t k = 0; k < plan_n_ops(p); k++)
      is_found |= plan_op(p, k)->kernel == (i < 2 ? PLAN_CONV_SCATTER : PLAN_CONV_SCATTER_ANY);
    assert_true(is_found);
  }
}

/* The currents of a readout may be a map: its membranes are one, channels last, and the output is
 * in the order of the model. */
static void a_readout_of_a_map_is_read_in_model_order(void **state) {
  const char *text = HEAD CONV "%r = readout %c {readout=membrane, layer=\"last\"} : f32[32]\n"
                               "%y = output %r : f32[32]\n";
  const struct plan *p = plan_of(*state, text);
  const struct plan_op *last;

  assert_non_null(p);
  last = plan_op(p, plan_n_ops(p) - 1);
  assert_int_equal(last->kernel, PLAN_READ_OUTPUT);
  assert_int_equal(last->desc[0], 16);
  assert_int_equal(last->desc[1], 2);
  assert_int_equal(plan_output_size(p), 32);
}

/* What each change to the network makes the plan say. */
static void what_kernels_cannot_run_is_refused(void **state) {
  static const struct {
    const char *part, *instead, *said;
  } rows[] = {
      {"schedule=layered", "schedule=synchronous", "all else takes schedule=layered"},
      {", placed]", "]", "place-memory gives it"},
      {"steps=8", "steps=65536", "1 to 65535 are supported"},
      {"steps=8, ", "", "0 steps"},
      {", spikes_at=16", "", "has no spikes_at"},
      {"spikes_at=16", "spikes_at=15", "\"m\": its spikes would overwrite those of \"p\""},
      {"order=kernel} : current[1]", "delay=i32[1]{1}, order=kernel} : current[1]", "delay"},
      {"order=kernel} : current[1]", "receptor=exc, order=kernel} : current[1]", "receptor"},
      {"model=if", "model=lif", "model is lif"},
      {"%r = readout %d",
       "%q = readout %d {readout=membrane, layer=\"q\"} : f32[1]\n%r = readout %d", "2 readouts"},
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct unit *u = *state;
    if (plan_of(u, with(u, NET, rows[i].part, rows[i].instead)))
      fail_msg("\"%s\" is accepted", rows[i].instead);
    unit_assert_said(u, rows[i].said);
  }
}

/* A second population after NET's, each with the attributes given; both send in turn. */
static const struct plan *plan_of_two(struct unit *u, const char *first, const char *second) {
  const char *text = with(u, HEAD CONV POPULATION POOL, "model=if", first);

  return plan_of(u, arena_printf(u->comp.arena,
                                 "%s%%f = project_conv %%m {kernel=[1, 1], weight=f32[2, 1, 1, 2]"
                                 "{1, 2, 3, 4}, order=kernel} : current[2, 2, 2]\n"
                                 "%%g = population %%f {%s, threshold=f32[1]{1}, layer=\"second\", "
                                 "spikes_at=20} : spikes[2, 2, 2]\n%s",
                                 text, second, with(u, DENSE END, "%m", "%g")));
}

static void populations_send_in_turn(void **state) {
  static const struct {
    const char *first, *second, *said;
  } rows[] = {
      {"model=pattern, turn=[0, 4]", "model=if", "all populations of a network send"},
      {"model=if", "model=ttfs, turn=[4, 4]", "all populations of a network send"},
      {"model=pattern, turn=[0, 4]", "model=pattern, turn=[4, 2]", "send in the same way"},
      {"model=pattern, turn=[0, 4]", "model=ttfs, turn=[4, 4]", "send in the same way"},
      {"model=ttfs, turn=[0, 4]", "model=ttfs, turn=[2, 4]", "follow each other every 4"},
      {"model=ttfs, turn=[0, 4]", "model=ttfs, turn=[0, 4]", "complete only after step 0"},
      {"model=ttfs, turn=[0, 4]", "model=ttfs, turn=[8, 4]", "the network has 8"},
  };
  const struct plan *p = plan_of_two(*state, "model=ttfs, turn=[0, 4]", "model=ttfs, turn=[4, 4]");

  assert_non_null(p);
  assert_int_equal(plan_turn_steps(p), 4);
  assert_int_equal(plan_layer(p, 0)->levels, 3);
  assert_int_equal(plan_layer(p, 0)->n_biased, 0);
  assert_int_equal(plan_layer(p, 0)->n_biased_once, 32);
  assert_int_equal(plan_layer(p, 1)->n_biased_once, 0);
  assert_int_equal(plan_spike_worth(p, 0), 3);
  assert_int_equal(plan_spike_worth(p, 7), 0);
  p = plan_of_two(*state, "model=pattern, turn=[0, 4]", "model=pattern, turn=[4, 4]");
  assert_int_equal(plan_layer(p, 0)->levels, 15);
  assert_int_equal(plan_spike_worth(p, 4), 8);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (plan_of_two(*state, rows[i].first, rows[i].second))
      fail_msg("\"%s\" and then \"%s\" is accepted", rows[i].first, rows[i].second);
    unit_assert_said(*state, rows[i].said);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_population_and_its_pool_are_one_layer, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_pool_beside_other_users_is_a_layer, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(sizes_add_up, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(tables_are_per_channel, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(plain_windows_take_the_fast_kernel, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_readout_of_a_map_is_read_in_model_order, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(populations_send_in_turn, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(what_kernels_cannot_run_is_refused, unit_begin, unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
