/* Networks whose layers have no relu between them, or a batchnorm in a place that a conv cannot
 * take in: the whole pipeline makes spikes of them, whose output nears that of the network as it
 * was read. */
#include "tests/unit/passes_check.h"

#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "passes/pass.h"

enum { N_STEPS = 4096 };

static const struct row rows[] = {
    {"batchnorm behind a relu, ahead of a conv with padding",
     "%x = input : f32[1, 2, 5, 5]\n"
     "%w1 = input : f32[3, 2, 3, 3]\n"
     "%c = conv %x, %w1 {pad=[1, 1, 1, 1]} : f32[1, 3, 5, 5]\n"
     "%r = relu %c : f32[1, 3, 5, 5]\n"
     "%gamma = input : f32[3]\n"
     "%beta = input : f32[3]\n"
     "%mean = input : f32[3]\n"
     "%var = input : f32[3]\n"
     "%n = batchnorm %r, %gamma, %beta, %mean, %var : f32[1, 3, 5, 5]\n"
     "%w = input : f32[2, 3, 3, 3]\n"
     "%d = conv %n, %w {pad=[1, 1, 1, 1]} : f32[1, 2, 5, 5]\n"
     "%s = relu %d : f32[1, 2, 5, 5]\n"
     "%w3 = input : f32[2, 2, 5, 5]\n"
     "%e = conv %s, %w3 : f32[1, 2, 1, 1]\n"
     "%y = output %e : f32[1, 2, 1, 1]\n",
     NULL},
    {"batchnorm of the input, ahead of a conv with padding",
     "%x = input : f32[1, 2, 5, 5]\n"
     "%gamma = input : f32[2]\n"
     "%beta = input : f32[2]\n"
     "%mean = input : f32[2]\n"
     "%var = input : f32[2]\n"
     "%n = batchnorm %x, %gamma, %beta, %mean, %var : f32[1, 2, 5, 5]\n"
     "%w = input : f32[3, 2, 3, 3]\n"
     "%c = conv %n, %w {pad=[1, 1, 1, 1]} : f32[1, 3, 5, 5]\n"
     "%r = relu %c : f32[1, 3, 5, 5]\n"
     "%w2 = input : f32[2, 3, 5, 5]\n"
     "%d = conv %r, %w2 : f32[1, 2, 1, 1]\n"
     "%y = output %d : f32[1, 2, 1, 1]\n",
     NULL},
    {"average of the input",
     "%x = input : f32[1, 2, 6, 6]\n"
     "%p = avgpool %x {kernel=[2, 2], stride=[2, 2]} : f32[1, 2, 3, 3]\n"
     "%w = input : f32[3, 2, 3, 3]\n"
     "%c = conv %p, %w {pad=[1, 1, 1, 1]} : f32[1, 3, 3, 3]\n"
     "%r = relu %c : f32[1, 3, 3, 3]\n"
     "%f = reshape %r {shape=[1, 27]} : f32[1, 27]\n"
     "%w2 = input : f32[2, 27]\n"
     "%d = dense %f, %w2 : f32[1, 2]\n"
     "%y = output %d : f32[1, 2]\n",
     NULL},
    {"dense layers with a narrow place between them",
     "%x = input : f32[1, 20]\n"
     "%w1 = input : f32[4, 20]\n"
     "%b1 = input : f32[4]\n"
     "%a = dense %x, %w1, %b1 : f32[1, 4]\n"
     "%w2 = input : f32[20, 4]\n"
     "%b = dense %a, %w2 : f32[1, 20]\n"
     "%r = relu %b : f32[1, 20]\n"
     "%w3 = input : f32[2, 20]\n"
     "%d = dense %r, %w3 : f32[1, 2]\n"
     "%y = output %d : f32[1, 2]\n",
     NULL},
    {"batchnorm of two convolutions that are joined",
     "%x = input : f32[1, 2, 4, 4]\n"
     "%w1 = input : f32[3, 2, 3, 3]\n"
     "%c1 = conv %x, %w1 {pad=[1, 1, 1, 1]} : f32[1, 3, 4, 4]\n"
     "%w2 = input : f32[1, 2, 1, 1]\n"
     "%c2 = conv %x, %w2 : f32[1, 1, 4, 4]\n"
     "%j = concat %c1, %c2 {axis=1} : f32[1, 4, 4, 4]\n"
     "%gamma = input : f32[4]\n"
     "%beta = input : f32[4]\n"
     "%mean = input : f32[4]\n"
     "%var = input : f32[4]\n"
     "%n = batchnorm %j, %gamma, %beta, %mean, %var : f32[1, 4, 4, 4]\n"
     "%r = relu %n : f32[1, 4, 4, 4]\n"
     "%w3 = input : f32[2, 4, 4, 4]\n"
     "%d = conv %r, %w3 : f32[1, 2, 1, 1]\n"
     "%y = output %d : f32[1, 2, 1, 1]\n",
     NULL},
    {"flattened maps that are joined",
     "%x = input : f32[1, 1, 4, 4]\n"
     "%w1 = input : f32[3, 1, 3, 3]\n"
     "%c1 = conv %x, %w1 : f32[1, 3, 2, 2]\n"
     "%r1 = relu %c1 : f32[1, 3, 2, 2]\n"
     "%f1 = reshape %r1 {shape=[1, 12]} : f32[1, 12]\n"
     "%w2 = input : f32[2, 1, 2, 2]\n"
     "%c2 = conv %x, %w2 {stride=[2, 2]} : f32[1, 2, 2, 2]\n"
     "%r2 = relu %c2 : f32[1, 2, 2, 2]\n"
     "%f2 = reshape %r2 {shape=[1, 8]} : f32[1, 8]\n"
     "%j = concat %f1, %f2 {axis=1} : f32[1, 20]\n"
     "%w = input : f32[5, 20]\n"
     "%b = input : f32[5]\n"
     "%d = dense %j, %w, %b : f32[1, 5]\n"
     "%r = relu %d : f32[1, 5]\n"
     "%w3 = input : f32[2, 5]\n"
     "%e = dense %r, %w3 : f32[1, 2]\n"
     "%y = output %e : f32[1, 2]\n",
     NULL},
};

/* Outputs per step after N_STEPS. */
static const float *run_spiking(struct unit *u, struct ir_graph *g, const float *x) {
  struct exec_spiking *e;
  struct plan *p;

  if (!pass_run_pipeline(&u->comp, &g, PIPELINE_SPIKING))
    fail_msg("%s", unit_said(u));
  p = plan_new(u->comp.arena, u->comp.diag, g);
  assert_non_null(p);
  e = exec_spiking_new(u->comp.arena, p);
  exec_spiking_set_input(e, x);
  for (int step = 0; step < N_STEPS; step++)
    exec_spiking_step(e);
  return exec_spiking_output(e);
}

/* Thresholds are bounds, so nothing saturates; what is left is rounding to spikes. */
static void outputs_near_those_of_the_network(void **state) {
  struct unit *u = *state;

  u->opt = (struct options){
      .v_init = 0.5, .steps = N_STEPS, .model = "net", .normalize = NORMALIZE_WEIGHTS};
  for (size_t i = 0; i < N_OF(rows); i++)
    for (uint32_t seed = 1; seed <= 3; seed++) {
      uint32_t random = seed;
      struct ir_graph *g = graph_of(u, rows[i].text, &random);
      size_t n_in = (size_t)ir_type_count(&ir_node(g, ir_nth(g, IR_INPUT, 0))->type);
      float *x = ARENA_NEW(u->comp.arena, float, n_in);
      struct exec_analog *run = exec_analog_new(u->comp.arena, g);
      const float *y, *spiking;
      for (size_t k = 0; k < n_in; k++)
        x[k] = random_between(&random, 0, 1);
      exec_analog_set_input(run, 0, x);
      exec_analog_run(run);
      y = exec_analog_output(run, 0);
      spiking = run_spiking(u, g, x);
      for (int k = 0; k < 2; k++)
        if (fabsf(spiking[k] / N_STEPS - y[k]) > 0.02F)
          fail_msg("%s: %g instead of %g", rows[i].what, (double)spiking[k] / N_STEPS,
                   (double)y[k]);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(outputs_near_those_of_the_network),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
