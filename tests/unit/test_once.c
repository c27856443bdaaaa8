/* Neurons that spike once above a threshold that rises by what is still to come (model=ttfs_dyn): a
 * network of three flat layers against its equations in loops, and the kernels that say what is
 * pending. Numbers are small multiples of powers of two, so both compute without rounding. */
#include "tests/unit/graphs.h"
#include "tests/unit/unit.h"
#include "tests/unit/variants.h"

#include <math.h>

#include "ir/base/buf.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "snn/descriptor.h"

enum { N_IN = 5, N_FIRST = 40, N_SECOND = 7, N_OUT = 3, N_STEPS = 30 };

struct net {
  float first[N_IN][N_FIRST], second[N_FIRST][N_SECOND], last[N_SECOND][N_OUT];
  float bias[N_FIRST];
};

static float eighth(struct graphs_random *r) {
  return (float)graphs_random_int(r, -5, 8) / 8;
}

static void fill(struct graphs_random *r, float *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    x[i] = eighth(r);
}

static void put_tensor(struct buf *b, const char *name, const float *x, size_t rows,
                       size_t columns) {
  buf_printf(b, "%s=f32[", name);
  if (rows > 1)
    buf_printf(b, "%zu, ", rows);
  buf_printf(b, "%zu]{", columns);
  for (size_t i = 0; i < rows * columns; i++)
    buf_printf(b, "%s%g", i ? ", " : "", (double)x[i]);
  buf_printf(b, "}");
}

static const struct plan *plan_of(struct unit *u, const struct net *n) {
  struct buf b;
  const struct ir_graph *g;

  buf_init(&b, u->comp.arena);
  buf_printf(
      &b,
      "ir 1\ngraph \"net\" {facts=[shaped, single, folded, balanced, spiking, laid_out, "
      "placed], steps=%d, spike_words=3}\n%%x = input : f32[1, %d]\n"
      "%%e = encode %%x {code=current, layout=flat} : current[%d]\n%%a = project_dense %%e {",
      N_STEPS, N_IN, N_IN);
  put_tensor(&b, "weight", &n->first[0][0], N_IN, N_FIRST);
  buf_printf(&b,
             ", order=kernel} : current[%d]\n%%p = population %%a {model=ttfs_dyn, "
             "threshold=f32[1]{4}, ",
             N_FIRST);
  put_tensor(&b, "bias", n->bias, 1, N_FIRST);
  buf_printf(&b, ", layer=\"p\", spikes_at=0} : spikes[%d]\n%%b = project_dense %%p {", N_FIRST);
  put_tensor(&b, "weight", &n->second[0][0], N_FIRST, N_SECOND);
  buf_printf(&b,
             ", order=kernel} : current[%d]\n%%q = population %%b {model=ttfs_dyn, "
             "threshold=f32[1]{2}, layer=\"q\", spikes_at=2} : spikes[%d]\n"
             "%%c = project_dense %%q {",
             N_SECOND, N_SECOND);
  put_tensor(&b, "weight", &n->last[0][0], N_SECOND, N_OUT);
  buf_printf(&b,
             ", order=kernel} : current[%d]\n%%r = readout %%c {readout=membrane, layer=\"r\"}"
             " : f32[%d]\n%%y = output %%r : f32[%d]\n",
             N_OUT, N_OUT, N_OUT);
  g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", b.data, b.len);
  if (!g)
    fail_msg("%s", unit_said(u));
  return plan_new(u->comp.arena, u->comp.diag, g);
}

/* One layer and step: V += I; fires once at V >= threshold + more. Returns the spikes. */
static uint32_t step_layer(size_t n, const double *current, const double *more, double threshold,
                           double *v, bool *has_fired) {
  uint32_t spikes = 0;

  for (size_t i = 0; i < n; i++) {
    v[i] += current[i];
    if (has_fired[i] || v[i] < threshold + (more ? more[i] : 0))
      continue;
    has_fired[i] = true;
    spikes++;
  }
  return spikes;
}

static void three_layers_follow_their_equations(void **state) {
  struct graphs_random random = {11};
  struct unit *u = *state;
  uint64_t waited = 0, sent = 0;

  for (int trial = 0; trial < 20; trial++) {
    double v[N_FIRST] = {0}, w[N_SECOND] = {0}, y[N_OUT] = {0}, in[N_FIRST] = {0};
    bool p[N_FIRST] = {false}, q[N_SECOND] = {false};
    struct exec_spiking *e;
    struct net n;
    float x[N_IN];

    fill(&random, &n.first[0][0], N_IN * N_FIRST);
    fill(&random, &n.second[0][0], N_FIRST * N_SECOND);
    fill(&random, &n.last[0][0], N_SECOND * N_OUT);
    fill(&random, n.bias, N_FIRST);
    fill(&random, x, N_IN);
    for (size_t i = 0; i < N_FIRST; i++) {
      in[i] = n.bias[i];
      for (size_t k = 0; k < N_IN; k++)
        in[i] += (double)x[k] * (double)n.first[k][i];
    }
    e = exec_spiking_new(u->comp.arena, plan_of(u, &n));
    exec_spiking_set_input(e, x);
    for (int t = 0; t < N_STEPS; t++) {
      double current[N_SECOND] = {0}, more[N_SECOND] = {0};
      uint32_t spikes = step_layer(N_FIRST, in, NULL, 4, v, p);
      for (size_t i = 0; i < N_FIRST; i++)
        for (size_t o = 0; o < N_SECOND; o++) {
          current[o] += p[i] ? (double)n.second[i][o] : 0;
          more[o] += !p[i] && in[i] > 0 ? fabs((double)n.second[i][o]) : 0;
        }
      for (size_t o = 0; o < N_SECOND; o++)
        waited += !q[o] && w[o] + current[o] >= 2 && more[o] > 0;
      spikes += step_layer(N_SECOND, current, more, 2, w, q);
      for (size_t o = 0; o < N_OUT; o++)
        for (size_t i = 0; i < N_SECOND; i++)
          y[o] += q[i] ? (double)n.last[i][o] : 0;
      assert_int_equal(exec_spiking_step(e), spikes);
      sent += spikes;
      for (size_t o = 0; o < N_OUT; o++)
        assert_true(exec_spiking_output(e)[o] == (float)y[o]);
    }
  }
  assert_true(waited > 20 && sent > 200);
}

static void units_of_a_pool_are_pending_by_their_window(void **state) {
  static const struct snn_window d = {7, 6, 40, 3, 3, 40, 3, 2, 2, 2, 1, 1, 0, 0, 1, 0, 0, 0};
  enum { WORDS = 2, N_SOURCES = 42, N_TARGETS = 9 };
  struct graphs_random random = {5};
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t k = 0; k < 4 * n; k++) {
    uint32_t pending[WORDS * N_SOURCES] = {0}, out[WORDS * N_TARGETS],
                             want[WORDS * N_TARGETS] = {0};
    uint16_t counts[40 * (N_SOURCES + N_TARGETS)] = {0};
    void *arg[PLAN_MAX_ARGS] = {pending, counts, out};
    for (size_t i = 0; i < 40 * N_SOURCES; i++)
      if (graphs_random_int(&random, 0, 9) == 0)
        pending[i / 40 * WORDS + i % 40 / 32] |= 1u << i % 40 % 32;
    for (size_t i = 40 * N_SOURCES; i < 40 * (N_SOURCES + N_TARGETS); i++)
      counts[i] = graphs_random_int(&random, 0, 2) == 0;
    for (size_t i = 0; i < 40 * N_TARGETS; i++)
      for (size_t tap = 0; tap < 6; tap++) {
        size_t y = i / 40 / 3 * 2 + tap / 2, x = i / 40 % 3 * 2 + tap % 2;
        if (pending[(y * 6 + x) * WORDS + i % 40 / 32] >> i % 40 % 32 & 1u &&
            counts[40 * N_SOURCES + i] == 0)
          want[i / 40 * WORDS + i % 40 / 32] |= 1u << i % 40 % 32;
      }
    memset(out, 0xFF, sizeof out);
    variant[k / 4][PLAN_PENDING_POOL](&d, arg);
    assert_memory_equal(out, want, sizeof want);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(three_layers_follow_their_equations, unit_begin, unit_end),
      cmocka_unit_test(units_of_a_pool_are_pending_by_their_window),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
