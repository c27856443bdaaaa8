/* The kernels of the synchronous schedule, for every instruction set that this machine has, against
 * their definition, neuron by neuron. Numbers are such that sums round. */
#include "tests/unit/graphs.h"

#include "ir/exec/plan.h"
#include "runtime/kernels/izhikevich_param.h"
#include "snn/descriptor.h"
#include "tests/unit/variants.h"

enum { N = 77, WORDS = (N + 31) / 32, SLOTS = 5, N_STEPS = 60 };

static struct graphs_random r;

static void fill(float *x, size_t n, float scale) {
  for (size_t i = 0; i < n; i++)
    x[i] = scale * (float)graphs_random_int(&r, -1000, 2000) / 1777;
}

static bool has(const uint32_t *bits, int i) {
  return bits[i / 32] >> i % 32 & 1;
}

static uint32_t put(uint32_t *bits, int i, bool spikes) {
  if (i % 32 == 0)
    bits[i / 32] = 0;
  bits[i / 32] |= (uint32_t)spikes << i % 32;
  return spikes;
}

static void random_bits(uint32_t *bits, int64_t one_in) {
  for (int i = 0; i < N; i++)
    put(bits, i, graphs_random_int(&r, 1, one_in) == 1);
}

/* The state of N neurons, as a kernel has it and as the definition does. */
struct state {
  float v[2 * N], arrived[N], current[N];
  int32_t left[N];
  uint32_t spikes[2 * WORDS];
};

static void assert_equal(const struct state *got, const struct state *want) {
  assert_memory_equal(got->v, want->v, sizeof got->v);
  assert_memory_equal(got->arrived, want->arrived, sizeof got->arrived);
  assert_memory_equal(got->current, want->current, sizeof got->current);
  assert_memory_equal(got->left, want->left, sizeof got->left);
  assert_memory_equal(got->spikes, want->spikes, sizeof got->spikes);
}

/* Many steps of `model`: runs kernel and definition side by side in every variant. */
struct model {
  const char *name;
  void (*kernel)(spiking_call *const *k, struct state *s, uint32_t *n);
  uint32_t (*definition)(struct state *s);
};

static float bias[N], threshold[N], decay = 0.875f;
static float param[SNN_IZHIKEVICH_N] = {0.5f, 0.02f, 0.2f, -65, 8};
static const struct snn_neurons plain = {N, 0, 0}, held = {N, 3, 1};

/* Refractory for 3 steps, the one of the spike included; `next` is where v would go. */
static uint32_t hold_or_fire(struct state *s, int i, float next, int refractory) {
  bool is_held = s->left[i] > 1, fires = !is_held && next >= threshold[i];

  if (!is_held)
    s->v[i] = next;
  s->left[i] = fires ? refractory : s->left[i] > 0 ? s->left[i] - 1 : 0;
  return put(s->spikes, i, fires);
}

static void settle(struct state *s, int i, bool to_value) {
  if (s->left[i] == 0)
    s->v[i] += s->arrived[i];
  if (has(s->spikes, i))
    s->v[i] = to_value ? bias[i] : s->v[i] - threshold[i];
  s->arrived[i] = 0;
}

static void if_kernel(spiking_call *const *k, struct state *s, uint32_t *n) {
  *n = k[PLAN_INTEGRATE](&plain, (void *[]){s->v, s->left, bias, threshold, s->spikes, NULL});
  k[PLAN_SETTLE](&plain, (void *[]){s->v, s->left, s->arrived, threshold, s->spikes, NULL});
}

static uint32_t if_definition(struct state *s) {
  uint32_t n = 0;

  for (int i = 0; i < N; i++)
    n += hold_or_fire(s, i, s->v[i] + bias[i], 0);
  for (int i = 0; i < N; i++)
    settle(s, i, false);
  return n;
}

/* Its resets go to `bias`, which is as good as any table. */
static void lif_kernel(spiking_call *const *k, struct state *s, uint32_t *n) {
  *n = k[PLAN_LIF](&held, (void *[]){&decay, s->v, s->left, bias, threshold, s->spikes});
  k[PLAN_SETTLE](&held, (void *[]){s->v, s->left, s->arrived, bias, s->spikes, NULL});
}

static uint32_t lif_definition(struct state *s) {
  uint32_t n = 0;

  for (int i = 0; i < N; i++)
    n += hold_or_fire(s, i, bias[i] + (s->v[i] - bias[i]) * decay, 3);
  for (int i = 0; i < N; i++)
    settle(s, i, true);
  return n;
}

/* `left` has what was sent. */
static void signed_kernel(spiking_call *const *k, struct state *s, uint32_t *n) {
  *n =
      k[PLAN_INTEGRATE_SIGNED](&plain, (void *[]){s->v, bias, threshold, s->left, s->spikes, NULL});
  k[PLAN_SETTLE_SIGNED](&plain, (void *[]){s->v, s->arrived, threshold, s->spikes, NULL, NULL});
}

static uint32_t signed_definition(struct state *s) {
  uint32_t n = 0;

  for (int i = 0; i < N; i++) {
    bool up, down;
    s->v[i] += bias[i];
    up = s->v[i] >= threshold[i];
    down = s->v[i] < 0 && s->left[i] > 0;
    s->left[i] += up - down;
    n += put(s->spikes, i, up) + put(s->spikes + WORDS, i, down);
    s->v[i] += s->arrived[i];
    s->arrived[i] = 0;
    if (up || down)
      s->v[i] += up ? -threshold[i] : threshold[i];
  }
  return n;
}

static void izhikevich_kernel(spiking_call *const *k, struct state *s, uint32_t *n) {
  *n = k[PLAN_IZHIKEVICH](&plain, (void *[]){param, s->v, s->current, threshold, s->spikes, NULL});
  k[PLAN_IZHIKEVICH_SETTLE](&plain,
                            (void *[]){param, s->v, s->current, bias, s->arrived, s->spikes});
}

static uint32_t izhikevich_definition(struct state *s) {
  float *u = s->v + N;
  uint32_t n = 0;

  for (int i = 0; i < N; i++) {
    bool fires;
    for (int half = 0; half < 2; half++) {
      float slope = 0.04f * s->v[i] * s->v[i] + 5 * s->v[i] + 140 - u[i] + s->current[i];
      s->v[i] = s->v[i] + 0.25f * slope;
    }
    u[i] = u[i] + 0.5f * 0.02f * (0.2f * s->v[i] - u[i]);
    fires = s->v[i] >= threshold[i];
    n += put(s->spikes, i, fires);
    s->current[i] = bias[i] + s->arrived[i];
    s->arrived[i] = 0;
    s->v[i] = fires ? -65 : s->v[i];
    u[i] = fires ? u[i] + 8 : u[i];
  }
  return n;
}

static const struct model models[] = {
    {"if", if_kernel, if_definition},
    {"lif", lif_kernel, lif_definition},
    {"if_signed", signed_kernel, signed_definition},
    {"izhikevich", izhikevich_kernel, izhikevich_definition},
};

static void check_model(const struct model *m, spiking_call *const *kernels) {
  static struct state got, want;
  bool is_izhikevich = m->kernel == izhikevich_kernel;
  uint32_t all = 0;

  memset(&got, 0, sizeof got);
  fill(bias, N, is_izhikevich ? 12 : 0.3f);
  for (int i = 0; i < N; i++) {
    threshold[i] = is_izhikevich ? 30 : 0.6f + (float)graphs_random_int(&r, 0, 900) / 1777;
    got.v[i] = is_izhikevich ? -65 : 0;
    got.v[N + i] = is_izhikevich ? -13 : 0;
  }
  want = got;
  for (int step = 0; step < N_STEPS; step++) {
    uint32_t n, right;
    fill(got.arrived, N, is_izhikevich ? 10 : 0.2f);
    memcpy(want.arrived, got.arrived, sizeof want.arrived);
    m->kernel(kernels, &got, &n);
    right = m->definition(&want);
    if (n != right)
      fail_msg("%s, step %d: %u spikes, %u are right", m->name, step, n, right);
    assert_equal(&got, &want);
    all += n;
  }
  if (all < 20)
    fail_msg("%s: %u spikes", m->name, all);
}

static void models_step_by_their_equations(void **state) {
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t v = 0; v < n; v++)
    for (size_t m = 0; m < sizeof models / sizeof *models; m++)
      check_model(&models[m], variant[v]);
}

static void all_but_self_adds_the_others(void **state) {
  const struct snn_neurons d = {N, 0, 0};
  float w = -0.37f, got[N], want[N];
  uint32_t bits[WORDS];
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (int64_t one_in = 1; one_in < 200; one_in = 3 * one_in + 1)
    for (size_t v = 0; v < n; v++) {
      uint32_t spikes = 0;
      random_bits(bits, one_in);
      fill(got, N, 1);
      for (int i = 0; i < N; i++)
        spikes += has(bits, i);
      for (int i = 0; i < N; i++) {
        uint32_t others = 0;
        for (int k = 0; k < N; k++)
          others += k != i && has(bits, k);
        want[i] = spikes ? got[i] + w * (float)others : got[i];
      }
      assert_int_equal(
          variant[v][PLAN_ALL_BUT_SELF](&d, (void *[]){bits, &w, got, NULL, NULL, NULL}),
          spikes * (N - 1));
      assert_memory_equal(got, want, sizeof got);
    }
}

static void sparse_synapses_reach_their_step(void **state) {
  enum { TARGETS = 9, EACH = 6 };
  static float w[N * EACH], got[SLOTS * TARGETS], want[SLOTS * TARGETS];
  static int32_t start[N + 1], synapse[2 * N * EACH];
  const struct snn_sparse d = {N, TARGETS, SLOTS};
  uint32_t bits[WORDS];
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  fill(w, N * EACH, 1);
  for (int s = 0; s < N; s++) {
    start[s + 1] = start[s] + s % (EACH + 1);
    for (int k = start[s]; k < start[s + 1]; k++) {
      synapse[2 * k] = (int32_t)graphs_random_int(&r, 0, TARGETS - 1);
      synapse[2 * k + 1] = (int32_t)graphs_random_int(&r, 0, SLOTS - 1);
    }
  }
  for (int32_t now = 0; now < SLOTS; now++)
    for (size_t v = 0; v < n; v++) {
      uint32_t ops = 0;
      random_bits(bits, now + 1);
      fill(got, SLOTS * TARGETS, 1);
      memcpy(want, got, sizeof want);
      for (int s = 0; s < N; s++)
        for (int k = start[s]; has(bits, s) && k < start[s + 1]; k++, ops++)
          want[(now + synapse[2 * k + 1]) % SLOTS * TARGETS + synapse[2 * k]] += w[k];
      assert_int_equal(
          variant[v][PLAN_SPARSE_SCATTER](&d, (void *[]){&now, bits, start, synapse, w, got}), ops);
      assert_memory_equal(got, want, sizeof got);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(models_step_by_their_equations),
      cmocka_unit_test(all_but_self_adds_the_others),
      cmocka_unit_test(sparse_synapses_reach_their_step),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
