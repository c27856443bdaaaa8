/* Networks whose numbers are multiples of what 127 is to their largest weight lose nothing as
 * integers: their spikes and outputs must be those of the real network. Then what is refused. */
#include "tests/unit/unit.h"

#include <math.h>

#include "ir/base/buf.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/samples.h"
#include "passes/passes.h"
#include "tests/unit/graphs.h"

enum { N_SAMPLES = 6, SIDE = 5, N_PIXELS = SIDE * SIDE, N_INPUT = 2 * N_PIXELS };

static struct graphs_random random_state = {3};

/* "k x factor, .." n times, one of each `period` being 127 x factor; k is even where `is_even`. */
static const char *numbers(struct unit *u, size_t n, size_t period, double factor, bool is_even) {
  char *text = arena_alloc(u->comp.arena, n, 24);
  size_t len = 0;

  for (size_t i = 0; i < n; i++) {
    int64_t k = graphs_random_int(&random_state, -127, 127);
    if (is_even)
      k = 2 * graphs_random_int(&random_state, 60, 900);
    else if (i < period)
      k = i % 2 ? -127 : 127;
    len += (size_t)snprintf(text + len, 24, "%s%a", i ? ", " : "", (double)k * factor);
  }
  return text;
}

#define HEAD                                                                                       \
  "ir 1\ngraph \"net\" {facts=[shaped, single, folded, balanced, spiking, laid_out], steps=12}\n"  \
  "%%x = input : f32[1, 2, 5, 5]\n"                                                                \
  "%%e = encode %%x {code=current, layout=chw} : current[2, 5, 5]\n"

/* A convolution with a border, stride 2 and a bias; signed spikes; dense; a readout. The first
 * `period` weights of an order with the target channel inside are one for each channel. */
static const char *conv_net(struct unit *u) {
  return arena_printf(
      u->comp.arena,
      HEAD
      "%%c = project_conv %%e {kernel=[3, 3], stride=[2, 2], pad=[1, 1, 1, 1], weight=f32[2, 3, 3, "
      "3]{%s}, order=kernel} : current[3, 3, 3]\n"
      "%%r = population %%c {model=if_signed, threshold=f32[3]{%s}, bias=f32[3]{%s}, v_init=0.5, "
      "layer=\"r\"} : signed[3, 3, 3]\n"
      "%%d = project_dense %%r {weight=f32[27, 4]{%s}, order=kernel} : current[4]\n"
      "%%s = population %%d {model=if, threshold=f32[4]{%s}, v_init=0.5, layer=\"s\"} : spikes[4]\n"
      "%%f = project_dense %%s {weight=f32[4, 2]{%s}, order=kernel} : current[2]\n"
      "%%o = readout %%f {readout=membrane, bias=f32[2]{%s}, layer=\"o\"} : f32[2]\n"
      "%%y = output %%o : f32[2]\n",
      numbers(u, 54, 3, 0x1p-9, false), numbers(u, 3, 0, 0x1p-8, true),
      numbers(u, 3, 0, 0x1p-6, false), numbers(u, 108, 4, 0x1p-7, false),
      numbers(u, 4, 0, 0x1p-7, true), numbers(u, 8, 2, 0x1p-5, false),
      numbers(u, 2, 0, 0x1p-5, false));
}

/* A pool and neuron-to-neuron weights on the input, one weight for all and one for each. */
static const char *pool_net(struct unit *u) {
  return arena_printf(
      u->comp.arena,
      HEAD
      "%%c = project_one_to_one %%e {weight=f32[2]{%s}} : current[2, 5, 5]\n"
      "%%r = population %%c {model=if, threshold=f32[2]{%s}, v_init=0.5, layer=\"r\"} : "
      "spikes[2, 5, 5]\n"
      "%%p = project_avgpool %%r {kernel=[2, 2], pad=[1, 1, 0, 0], weight=f32[1]{0x1.fcp-3}} : "
      "current[2, 5, 5]\n"
      "%%s = population %%p {model=if, threshold=f32[1]{0x1p-1}, v_init=0.5, layer=\"s\"} : "
      "spikes[2, 5, 5]\n"
      "%%w = project_conv %%s {kernel=[5, 5], group=2, weight=f32[2, 5, 5, 1]{%s}, order=kernel} : "
      "current[2, 1, 1]\n"
      "%%o = readout %%w {readout=membrane, layer=\"o\"} : f32[2]\n"
      "%%y = output %%o : f32[2]\n",
      numbers(u, 2, 2, 0x1p-9, false), numbers(u, 2, 0, 0x1p-8, true),
      numbers(u, 50, 1, 0x1p-5, false));
}

static struct samples bytes(uint8_t *data, const double *mean, const double *std) {
  for (size_t i = 0; i < N_SAMPLES * N_INPUT; i++)
    data[i] = (uint8_t)graphs_random_int(&random_state, 0, 255);
  return (struct samples){.n = N_SAMPLES,
                          .dtype = SAMPLES_U8,
                          .layout = SAMPLES_CHW,
                          .model_layout = SAMPLES_CHW,
                          .channels = 2,
                          .height = SIDE,
                          .width = SIDE,
                          .data = data,
                          .scale = 1.0f / 8,
                          .mean = {mean, 2},
                          .std = {std, 2},
                          .model_size = N_INPUT};
}

static struct ir_graph *read_placed(struct unit *u, const char *text) {
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", text, strlen(text));

  if (!g || !pass_place_memory(&u->comp, &g))
    fail_msg("%s", unit_said(u));
  ir_set_facts(g, ir_facts(g) | IR_FACT_PLACED);
  return g;
}

static struct ir_graph *quantized(struct unit *u, const char *text) {
  struct ir_graph *g = read_placed(u, text);

  if (!pass_quantize(&u->comp, &g))
    return NULL;
  ir_set_facts(g, ir_facts(g) | IR_FACT_QUANTIZED);
  return g;
}

static void check_equal(struct unit *u, const char *text, const struct samples *s) {
  const struct ir_graph *g = quantized(u, text);
  const struct plan *real = plan_new(u->comp.arena, u->comp.diag, read_placed(u, text));
  const struct plan *integer = plan_new(u->comp.arena, u->comp.diag, g);
  struct exec_spiking *a, *b;
  uint32_t spikes = 0;

  if (!real || !integer || !ir_verify(g, u->comp.diag))
    fail_msg("%s", unit_said(u));
  assert_int_equal(plan_takes(integer), PLAN_TAKES_BYTES);
  a = exec_spiking_new(u->comp.arena, real);
  b = exec_spiking_new(u->comp.arena, integer);
  for (size_t i = 0; i < s->n; i++) {
    exec_spiking_set_sample(a, s, i);
    exec_spiking_set_sample(b, s, i);
    for (int t = 0; t < 12; t++) {
      uint32_t n = exec_spiking_step(a);
      assert_int_equal(exec_spiking_step(b), n);
      spikes += n;
      for (size_t k = 0; k < 2; k++)
        assert_true((double)exec_spiking_output(a)[k] ==
                    (double)exec_spiking_output(b)[k] * plan_output_unit(integer));
    }
  }
  assert_true(spikes > 50);
}

static void exact_numbers_stay_exact(void **state) {
  static const double none[] = {0, 0}, mean[] = {2.5, -0.75}, ones[] = {1, 1};
  static uint8_t data[N_SAMPLES * N_INPUT];
  struct unit *u = *state;

  u->opt = (struct options){.quantize = QUANTIZE_INT8, .steps = 12, .model = "net", .v_init = 0.5};
  for (int round = 0; round < 8; round++) {
    struct samples s = bytes(data, round % 2 ? mean : none, ones);
    u->comp.calib = &s;
    check_equal(u, conv_net(u), &s);
    check_equal(u, pool_net(u), &s);
  }
}

static const struct ir_tensor *weight_of(const struct ir_graph *g, const char *name) {
  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    if (strcmp(ir_node(g, ir_id_at(i))->name, name) == 0)
      return ir_attr_tensor(ir_node(g, ir_id_at(i)), IR_A_WEIGHT);
  return NULL;
}

static void layers_have_the_width_that_is_asked_for(void **state) {
  struct unit *u = *state;
  const struct ir_graph *g;
  const struct plan *p;

  u->opt = (struct options){.quantize = QUANTIZE_INT8, .int16 = "s,o", .steps = 12, .model = "net"};
  g = quantized(u, conv_net(u));
  assert_non_null(g);
  assert_int_equal(weight_of(g, "c")->type.dtype, IR_I8);
  assert_int_equal(weight_of(g, "d")->type.dtype, IR_I16);
  assert_int_equal(weight_of(g, "f")->type.dtype, IR_I16);
  p = plan_new(u->comp.arena, u->comp.diag, g);
  assert_true(p && plan_is_mixed(p));
  for (size_t i = 0; i < plan_n_ops(p); i++)
    if (plan_op(p, i)->kernel == PLAN_CONV_CURRENT || plan_op(p, i)->kernel == PLAN_DENSE_SCATTER)
      assert_int_equal(plan_op_weight_type(p, i),
                       plan_op(p, i)->kernel == PLAN_CONV_CURRENT ? IR_I8 : IR_I16);
  u->opt.int16 = "r,s,o";
  g = quantized(u, conv_net(u));
  assert_true(g && (p = plan_new(u->comp.arena, u->comp.diag, g)) && !plan_is_mixed(p));
  assert_int_equal(plan_weight_type(p), IR_I16);
  u->opt.int16 = "s,reed";
  assert_null(quantized(u, conv_net(u)));
  unit_assert_said(u, "\"reed\" is no layer of the network; there are r,s,o");
}

/* sum[rounded or nearest] of what rounding adds to an output at the mean of its inputs. */
static void add_errors(const struct ir_graph *g, const double *w, const double *mean,
                       double sum[2]) {
  const struct ir_tensor *weight = weight_of(g, "d");
  const struct ir_node *readout = ir_node(g, ir_nth(g, IR_READOUT, 0));
  double unit = (double)ir_f32_of(*ir_attr_tensor(readout, IR_A_UNIT))[0];

  for (int out = 0; out < 3; out++) {
    double rounded = 0, nearest = 0;
    for (int i = 0; i < N_INPUT; i++) {
      double x = w[3 * i + out] / 8 / unit, got = (double)ir_int_at(weight, 3 * i + out);
      assert_true(fabs(got - x) <= 0.7501);
      rounded += (got - x) * mean[i];
      nearest += (floor(x + 0.5) - x) * mean[i];
    }
    sum[0] += fabs(rounded);
    sum[1] += fabs(nearest);
  }
}

static void rounding_errors_cancel_at_the_mean_input(void **state) {
  static uint8_t data[N_SAMPLES * N_INPUT];
  static const double none[] = {0, 0}, ones[] = {1, 1};
  struct unit *u = *state;
  double sum[2] = {0, 0};

  u->opt = (struct options){.quantize = QUANTIZE_INT8, .steps = 12, .model = "net"};
  for (int round = 0; round < 10; round++) {
    struct samples s = bytes(data, none, ones);
    double w[3 * N_INPUT], mean[N_INPUT] = {0};
    const char *text = "";
    for (int i = 0; i < 3 * N_INPUT; i++) {
      w[i] = (double)graphs_random_int(&random_state, -4096, 4096) / 4096;
      text = arena_printf(u->comp.arena, "%s%s%a", text, i ? ", " : "", w[i]);
    }
    for (int i = 0; i < N_SAMPLES * N_INPUT; i++) /* stored channel by channel */
      mean[i % N_PIXELS * 2 + i / N_PIXELS % 2] += (double)data[i] / N_SAMPLES;
    u->comp.calib = &s;
    add_errors(quantized(u, arena_printf(u->comp.arena,
                                         HEAD "%%d = project_dense %%e {weight=f32[50, 3]{%s}, "
                                              "order=kernel} : current[3]\n"
                                              "%%o = readout %%d {readout=membrane, layer=\"o\"} : "
                                              "f32[3]\n"
                                              "%%y = output %%o : f32[3]\n",
                                         text)),
               w, mean, sum);
  }
  if (4 * sum[0] >= sum[1])
    fail_msg("%g is not much below %g", sum[0], sum[1]);
}

static void what_cannot_be_integers_is_told(void **state) {
  static const struct {
    const char *from, *to, *said;
  } cases[] = {
      {"model=if_signed", "model=if_signed", NULL},
      {"steps=12", "steps=60000", NULL},
      {"bias=f32[2]", "early_exit=2, bias=f32[2]", NULL},
      {"model=if, threshold=f32[4]", "model=if, leak=0.25, threshold=f32[4]", "without leak"},
      {"code=current", "code=poisson", "takes code=current and events"},
      {"readout=membrane", "readout=softmax", "membrane or count"},
  };
  struct unit *u = *state;
  const char *net = conv_net(u);

  u->opt = (struct options){.quantize = QUANTIZE_INT16, .steps = 12, .model = "net"};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *at = strstr(net, cases[i].from);
    char *text = arena_printf(u->comp.arena, "%.*s%s%s", (int)(at - net), net, cases[i].to,
                              at + strlen(cases[i].from));
    struct ir_graph *g;
    if (strcmp(cases[i].to, "code=poisson") == 0)
      memcpy(strstr(text, "current[2, 5, 5]"), "spikes [2, 5, 5]", 16);
    g = quantized(u, text);
    if (cases[i].said) {
      assert_true(!g || !plan_new(u->comp.arena, u->comp.diag, g));
      unit_assert_said(u, cases[i].said);
    } else if (!g || !plan_new(u->comp.arena, u->comp.diag, g)) {
      fail_msg("case %zu: %s", i, unit_said(u));
    }
  }
}

/* A text may say anything: sums that leave 32 bits, integers without the fact. */
static void integers_that_overflow_are_refused(void **state) {
  struct unit *u = *state;
  struct ir_graph *g;
  struct buf text;
  char *at;

  u->opt = (struct options){.quantize = QUANTIZE_INT8, .steps = 12, .model = "net"};
  g = quantized(u, conv_net(u));
  assert_non_null(g);
  buf_init(&text, u->comp.arena);
  ir_print(g, &text, NULL, NULL);
  at = strstr(text.data, ", quantized");
  g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", text.data, text.len);
  assert_true(g && plan_new(u->comp.arena, u->comp.diag, g));
  memset(at, ' ', strlen(", quantized"));
  assert_null(ir_parse(u->comp.arena, u->comp.diag, "net.ir", text.data, text.len));
  unit_assert_said(u, "in a graph that is not quantized");
  memcpy(at, ", quantized", strlen(", quantized"));
  at = strstr(text.data, "steps=12");
  text.data = arena_printf(u->comp.arena, "%.*ssteps=65535%s", (int)(at - text.data), text.data,
                           at + strlen("steps=12"));
  at = strstr(text.data, "bias=i32[3]{");
  text.data = arena_printf(u->comp.arena, "%.*sbias=i32[3]{2000000000, 0, 0}%s",
                           (int)(at - text.data), text.data, strchr(at, '}') + 1);
  g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", text.data, strlen(text.data));
  assert_true(g && !plan_new(u->comp.arena, u->comp.diag, g));
  unit_assert_said(u, "may leave 32 bits in 65535 steps");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(exact_numbers_stay_exact, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(layers_have_the_width_that_is_asked_for, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(rounding_errors_cancel_at_the_mean_input, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(what_cannot_be_integers_is_told, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(integers_that_overflow_are_refused, unit_begin, unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
