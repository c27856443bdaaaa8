/* correct-bias against its definition, on a first layer whose neurons get a constant current. */
#include "tests/unit/unit.h"

#include <math.h>

#include "ir/ir.h"
#include "ir/samples.h"
#include "passes/analysis/sample_weights.h"
#include "passes/passes.h"

enum { N_SAMPLES = 37, N_STEPS = 3 };

#define NET                                                                                        \
  "ir 1\ngraph \"net\" {facts=[shaped, single, folded, balanced]}\n"                               \
  "%x = input : f32[1, 2]\n"                                                                       \
  "%w = const {value=f32[2, 2]{1, 0, 0, 1}} : f32[2, 2]\n"                                         \
  "%d = dense %x, %w : f32[1, 2]\n"                                                                \
  "%r = relu %d {scale=f32[2]{1, 0.5}} : f32[1, 2]\n"                                              \
  "%o = dense %r, %w : f32[1, 2]\n"                                                                \
  "%y = output %o : f32[1, 2]\n"

/* Weighted mean of activation - rate x threshold. */
static double mean_error(const float *x, double threshold, const uint32_t *weight) {
  double sum = 0, weights = 0;

  for (size_t i = 0; i < N_SAMPLES; i++) {
    double v = threshold / 2, sent = 0;
    for (int t = 0; t < N_STEPS; t++) {
      v += (double)x[2 * i];
      sent += v >= threshold ? threshold : 0;
      v -= v >= threshold ? threshold : 0;
    }
    sum += weight[i] * (fmax((double)x[2 * i], 0) - sent / N_STEPS);
    weights += weight[i];
  }
  return sum / weights;
}

static void a_bias_takes_the_mean_error_of_its_channel(void **state) {
  struct unit *u = *state;
  static float x[2 * N_SAMPLES];
  static struct samples samples;
  samples = (struct samples){.n = N_SAMPLES,
                             .dtype = SAMPLES_F32,
                             .channels = 2,
                             .height = 1,
                             .width = 1,
                             .data = x,
                             .scale = 1,
                             .model_size = 2};

  for (int i = 0; i < 2 * N_SAMPLES; i++)
    x[i] = (float)(i * 29 % 64 - 16) / 32;
  u->comp.calib = &samples;
  for (int64_t jobs = 1; jobs <= 3; jobs++) {
    struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", NET, strlen(NET));
    const uint32_t *weight;
    const float *bias;
    u->opt = (struct options){.v_init = 0.5, .steps = N_STEPS, .jobs = jobs, .model = "net"};
    assert_true(pass_lower_spiking(&u->comp, &g) && pass_layout_weights(&u->comp, &g) &&
                pass_place_memory(&u->comp, &g));
    ir_set_facts(g, ir_facts(g) | IR_FACT_PLACED);
    u->opt.neuron = NEURON_IF_ONLINE;
    assert_false(pass_correct_bias(&u->comp, &g));
    unit_assert_said(u, "spikes of one size");
    u->opt.neuron = NEURON_IF;
    assert_true(pass_correct_bias(&u->comp, &g));
    weight = sample_weights_new(&u->comp, u->comp.analog);
    assert_true(weight[0] != weight[1]);
    for (size_t i = 1; i <= ir_n_nodes(g); i++)
      if (ir_node(g, ir_id_at(i))->op == IR_POPULATION) {
        bias = ir_f32_of(*ir_attr_tensor(ir_node(g, ir_id_at(i)), IR_A_BIAS));
        assert_true(fabs((double)bias[0] - mean_error(x, 1, weight)) < 1e-6);
        assert_true(fabs((double)bias[1] - mean_error(x + 1, 0.5, weight)) < 1e-6);
        assert_true(fabs((double)bias[0]) > 1e-3);
      }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_bias_takes_the_mean_error_of_its_channel, unit_begin,
                                      unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
