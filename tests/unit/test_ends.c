/* Where signals come in and go out: the kernels that make input into spikes and spikes into an
 * answer, against their definitions, and networks that have them. */
#include "tests/unit/unit.h"

#include <math.h>

#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/recordings.h"
#include "ir/samples.h"
#include "runtime/kernels/check_unit.h"
#include "runtime/kernels/exp.h"
#include "runtime/kernels/philox.h"
#include "runtime/kernels/push_event.h"
#include "runtime/kernels/spike_winner.h"
#include "snn/descriptor.h"
#include "tests/unit/variants.h"

enum { HEIGHT = 3, WIDTH = 2, CHANNELS = 35, N = HEIGHT * WIDTH * CHANNELS, WORDS = 12, STEPS = 9 };

/* The input is stored as [C, H, W]. */
static const struct snn_encode encode = {HEIGHT,        WIDTH, CHANNELS, WIDTH, 1,
                                         HEIGHT *WIDTH, STEPS, 7,        0};

static float input[N];

/* Values from 0 to 1, both of them too. */
static void fill_input(void) {
  for (size_t i = 0; i < N; i++)
    input[i] = (float)(i * 37 % 65) / 64;
}

/* Index in `input` of element i of the map, channels last. */
static size_t stored(size_t i) {
  return i % CHANNELS * HEIGHT * WIDTH + i / CHANNELS;
}

static bool has_bit(const uint32_t *bits, size_t i) {
  return bits[i / CHANNELS * 2 + i % CHANNELS / 32] >> i % CHANNELS % 32 & 1;
}

/* The known answers that come with the authors' implementation, Random123. */
static void philox_gives_the_published_numbers(void **state) {
  static const struct {
    struct snn_random counter;
    uint32_t key[2];
    struct snn_random want;
  } rows[] = {
      {{{0, 0, 0, 0}}, {0, 0}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
      {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
       {0xffffffff, 0xffffffff},
       {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
      {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
       {0xa4093822, 0x299f31d0},
       {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
  };

  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct snn_random r = rows[i].counter;
    snn_philox(&r, rows[i].key[0], rows[i].key[1]);
    assert_memory_equal(&r, &rows[i].want, sizeof r);
  }
}

/* Over every 4099th float from 0 to -87. */
static void the_exponential_is_as_near_as_it_says(void **state) {
  const float last = -87;
  uint32_t end;

  (void)state;
  memcpy(&end, &last, sizeof end);
  for (uint32_t bits = 0x80000000u; bits <= end; bits += 4099) {
    float x;
    memcpy(&x, &bits, sizeof x);
    assert_true(fabs((double)snn_exp(x) - exp((double)x)) <= 1e-7 * exp((double)x));
  }
  assert_true(snn_exp(0) == 1 && snn_exp(-87.5f) == 0 && snn_exp((float)-INFINITY) == 0);
  assert_true(snn_exp((float)NAN) == 0);
}

/* Element i spikes where its number is below its value: lane i % 4 of the block i / 4. */
static void poisson_spikes_follow_the_generator(void **state) {
  float kept[N];
  uint32_t bits[WORDS], total[N] = {0};
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  fill_input();
  for (uint32_t step = 0; step < 400; step++) {
    uint32_t clock[2] = {5, step};
    void *fill[PLAN_MAX_ARGS] = {input, kept}, *arg[PLAN_MAX_ARGS] = {kept, clock, bits};
    spiking_call *const *kernels = variant[step % n];
    uint32_t spikes = 0;
    kernels[PLAN_KEEP_INPUT](&encode, fill);
    memset(bits, 0xFF, sizeof bits);
    uint32_t got = kernels[PLAN_POISSON](&encode, arg);
    for (size_t i = 0; i < N; i++) {
      struct snn_random r = {{(uint32_t)(i / 4), step, 5, 0}};
      snn_philox(&r, 7, 0);
      bool fires = ldexp(r.word[i % 4] >> 8, -24) < (double)input[stored(i)];
      assert_int_equal(has_bit(bits, i), fires);
      spikes += fires;
      total[i] += fires;
    }
    assert_int_equal(got, spikes);
    assert_int_equal(bits[1] >> (CHANNELS - 32), 0);
  }
  for (size_t i = 0; i < N; i++) /* six standard deviations of 400 draws */
    assert_true(fabs(total[i] / 400.0 - (double)input[stored(i)]) <= 0.15);
}

static void latency_sends_one_spike_the_larger_the_earlier(void **state) {
  uint16_t times[N];
  uint32_t bits[WORDS], total[N] = {0};
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  fill_input();
  for (uint32_t step = 0; step < STEPS; step++) {
    uint32_t clock[2] = {0, step};
    void *fill[PLAN_MAX_ARGS] = {input, times}, *arg[PLAN_MAX_ARGS] = {times, clock, bits};
    uint32_t spikes = 0;
    variant[step % n][PLAN_LATENCY_TIMES](&encode, fill);
    memset(bits, 0xFF, sizeof bits);
    uint32_t got = variant[step % n][PLAN_LATENCY](&encode, arg);
    for (size_t i = 0; i < N; i++) {
      double x = (double)input[stored(i)];
      bool fires = x > 0 && floor((1 - x) * (STEPS - 1)) == step;
      assert_int_equal(has_bit(bits, i), fires);
      spikes += fires;
      total[i] += fires;
    }
    assert_int_equal(got, spikes);
  }
  for (size_t i = 0; i < N; i++)
    assert_int_equal(total[i], input[stored(i)] > 0);
}

/* Places are in the order of the model; what is pushed is there for one step. */
static void events_are_the_spikes_of_the_next_step(void **state) {
  static const uint32_t places[] = {0, 5, 6, 100, N - 1, 100};
  uint32_t pending[(N + 31) / 32] = {0}, bits[WORDS];
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t v = 0; v < n; v++) {
    void *arg[PLAN_MAX_ARGS] = {pending, bits};
    for (size_t k = 0; k < 6; k++)
      assert_int_equal(snn_keep_event(pending, N, places[k]), 0);
    assert_int_equal(snn_keep_event(pending, N, N), -1);
    memset(bits, 0xFF, sizeof bits);
    assert_int_equal(variant[v][PLAN_TAKE_EVENTS](&encode, arg), 5);
    for (size_t i = 0; i < N; i++) {
      bool is_pushed = false;
      for (size_t k = 0; k < 6; k++)
        is_pushed |= stored(i) == places[k];
      assert_int_equal(has_bit(bits, i), is_pushed);
    }
    assert_int_equal(variant[v][PLAN_TAKE_EVENTS](&encode, arg), 0);
  }
}

static void softmax_spikes_with_its_probabilities(void **state) {
  const struct snn_softmax d = {6, 3, 0};
  const float v[6] = {1, -2, 3, 2.5f, -90, 3};
  uint16_t sent[6] = {0};
  double sum = 0;
  size_t n;
  spiking_call *const *const *variant = variants(&n);

  (void)state;
  for (size_t i = 0; i < 6; i++)
    sum += exp((double)v[i]);
  for (uint32_t step = 0; step < 10000; step++) {
    uint32_t clock[2] = {1, step};
    void *arg[PLAN_MAX_ARGS] = {(void *)(uintptr_t)v, clock, sent};
    variant[step % n][PLAN_SOFTMAX](&d, arg);
  }
  for (size_t i = 0; i < 6; i++) /* six standard deviations */
    assert_true(fabs(sent[i] / 10000.0 - exp((double)v[i]) / sum) <= 0.03);
  assert_int_equal(sent[4], 0);
}

static void no_spike_is_no_answer(void **state) {
  const float none[2] = {0, 0}, tie[3] = {0, 2, 2};

  (void)state;
  assert_int_equal(snn_spike_winner(none, 2), -2);
  assert_int_equal(snn_spike_winner(tie, 3), 1);
  assert_true(snn_is_unit_input((float[]){0, 1, 0.5f}, 3));
  assert_false(snn_is_unit_input((float[]){0, 1.001f}, 2));
  assert_false(snn_is_unit_input((float[]){-0.001f, 1}, 2));
  assert_false(snn_is_unit_input((float[]){0, (float)NAN}, 2));
}

/* ---- networks ---- */

static const char net[] =
    "ir 1\ngraph \"net\" {facts=[shaped, single, folded, balanced, spiking, laid_out, placed], "
    "steps=20, spike_words=1, seed=9}\n"
    "%x = input : f32[1, 4]\n"
    "%e = encode %x {code=poisson, layout=flat, layer=\"input\", spikes_at=0} : spikes[4]\n"
    "%d = project_dense %e {weight=f32[4, 2]{1, -1, 2, 0, 0.5, 1, 0, 3}, order=kernel} : "
    "current[2]\n"
    "%r = readout %d {readout=softmax, bias=f32[2]{0.5, 0}, layer=\"last\"} : f32[2]\n"
    "%y = output %r : f32[2]\n";

static const float numbers[3][4] = {{0.5f, 0.25f, 0, 0.75f}, {0.5f, 0.25f, 0, 0.75f}, {0, 0, 0, 0}};

static struct samples samples_of(size_t first) {
  return (struct samples){.path = "s",
                          .n = 3 - first,
                          .first = first,
                          .dtype = SAMPLES_F32,
                          .layout = SAMPLES_FLAT,
                          .channels = 4,
                          .height = 1,
                          .width = 1,
                          .data = numbers[first],
                          .scale = 1,
                          .model_layout = SAMPLES_FLAT,
                          .model_size = 4};
}

/* What a population has sent is the answer, whether it can take spikes back or not. */
static void counted_spikes_are_the_answer(void **state) {
  static const char *const models[] = {"if", "if_signed"};
  struct unit *u = *state;

  for (size_t i = 0; i < 2; i++) {
    const char *text = arena_printf(
        u->comp.arena,
        "ir 1\ngraph \"net\" {facts=[shaped, single, folded, balanced, spiking, laid_out, placed], "
        "steps=20, spike_words=2}\n"
        "%%x = input : f32[1, 2]\n"
        "%%e = encode %%x {code=current, layout=flat} : current[2]\n"
        "%%d = project_dense %%e {weight=f32[2, 3]{1, 0.5, -1, 0, 0, 0}, order=kernel} : "
        "current[3]\n"
        "%%p = population %%d {model=%s, threshold=f32[1]{1}, layer=\"last\", spikes_at=0} : "
        "%s[3]\n"
        "%%r = readout %%p {readout=count, layer=\"answer\"} : f32[3]\n"
        "%%y = output %%r : f32[3]\n",
        models[i], i == 0 ? "spikes" : "signed");
    struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", text, strlen(text));
    const struct plan *p;
    struct exec_spiking *e;
    assert_non_null(g);
    p = plan_new(u->comp.arena, u->comp.diag, g);
    assert_non_null(p);
    assert_true(plan_answers_in_spikes(p) && !plan_has_clock(p));
    e = exec_spiking_new(u->comp.arena, p);
    exec_spiking_set_input(e, (const float[]){0.75f, 1});
    for (size_t t = 0; t < 20; t++)
      exec_spiking_step(e);
    assert_memory_equal(exec_spiking_output(e), ((const float[]){15, 7, 0}), 3 * sizeof(float));
    assert_int_equal(exec_spiking_class(e), 0);
  }
}

/* Spikes of every step of sample i, added to `spikes`; synaptic operations of all. */
static uint64_t run(struct unit *u, const struct plan *p, struct samples s, size_t i,
                    uint32_t spikes[20]) {
  struct exec_spiking *e = exec_spiking_new(u->comp.arena, p);

  exec_spiking_set_sample(e, &s, i);
  for (size_t t = 0; t < 20; t++)
    spikes[t] = exec_spiking_step(e);
  assert_int_equal(exec_spiking_counts(e)[1].synops, 0);
  assert_int_equal(exec_spiking_counts(e)[1].input_synops, 2 * exec_spiking_counts(e)[0].spikes);
  return exec_spiking_counts(e)[1].input_synops;
}

static void what_is_drawn_depends_on_the_number_of_the_sample(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", net, strlen(net));
  uint32_t first[20], again[20], second[20], skipped[20], none[20];
  const struct plan *p;

  assert_non_null(g);
  p = plan_new(u->comp.arena, u->comp.diag, g);
  assert_non_null(p);
  assert_true(plan_has_clock(p) && plan_is_random(p) && plan_takes(p) == PLAN_TAKES_UNIT &&
              plan_answers_in_spikes(p));
  assert_true(run(u, p, samples_of(0), 0, first) > 0);
  run(u, p, samples_of(0), 0, again);
  run(u, p, samples_of(0), 1, second);
  run(u, p, samples_of(1), 0, skipped);
  assert_int_equal(run(u, p, samples_of(0), 2, none), 0);
  assert_memory_equal(first, again, sizeof first);
  assert_memory_not_equal(first, second, sizeof first);
  assert_memory_equal(second, skipped, sizeof second);
}

static void what_plans_cannot_run_is_refused(void **state) {
  static const struct {
    const char *part, *instead, *said;
  } rows[] = {
      {"%d = ", "%f = encode %x {code=current, layout=flat} : current[4]\n%d = ", "is one of 2"},
      {", spikes_at=0", "", "has no spikes_at"},
      {"%r = readout %d {readout=softmax, bias=f32[2]{0.5, 0}, layer=\"last\"} : f32[2]\n"
       "%y = output %r : f32[2]",
       "%r = readout %e {readout=count, layer=\"last\"} : f32[4]\n%y = output %r : f32[4]",
       "readout=count reads a population"},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *at = strstr(net, rows[i].part);
    const char *text = arena_printf(u->comp.arena, "%.*s%s%s", (int)(at - net), net,
                                    rows[i].instead, at + strlen(rows[i].part));
    struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", text, strlen(text));
    if (!g)
      fail_msg("%s in %s", unit_said(u), text);
    assert_null(plan_new(u->comp.arena, u->comp.diag, g));
    unit_assert_said(u, rows[i].said);
  }
}

static void a_class_needs_a_spike(void **state) {
  struct unit *u = *state;
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", net, strlen(net));
  struct exec_spiking *e =
      exec_spiking_new(u->comp.arena, plan_new(u->comp.arena, u->comp.diag, g));

  exec_spiking_set_input(e, numbers[0]);
  assert_int_equal(exec_spiking_class(e), -1);
  for (size_t t = 0; t < 20; t++)
    exec_spiking_step(e);
  assert_int_equal(exec_spiking_class(e), 0);
}

static void values_that_spikes_cannot_say_are_refused(void **state) {
  static const float wrong[8] = {0, 1, 0.5f, 1, 0, 0, 1.25f, 0};
  struct unit *u = *state;
  struct samples s = samples_of(0);

  assert_true(samples_check_unit(&s, u->comp.diag));
  s.data = wrong;
  s.n = 2;
  s.first = 40;
  assert_false(samples_check_unit(&s, u->comp.diag));
  unit_assert_said(u, "sample 41 becomes 1.25; spikes can say 0 to 1");
}

/* Two recordings of 6 x 6 pixels; events of the first: steps 0 (brighter and darker at one pixel,
 * and outside of the middle), 1 and 9. */
static struct recordings *recordings_of(struct unit *u) {
  struct recordings r = {.n = 2, .height = 6, .width = 6};
  const uint64_t event[] = {recordings_event(0, 2 * 6 + 3), recordings_event(0, 36 + 2 * 6 + 3),
                            recordings_event(0, 0),         recordings_event(1, 36 + 1 * 6 + 4),
                            recordings_event(9, 4 * 6 + 1), recordings_event(1, 3 * 6 + 3)};
  const size_t begin[] = {0, 5, 6};

  r.event = arena_memdup(u->comp.arena, event, sizeof event);
  r.begin = arena_memdup(u->comp.arena, begin, sizeof begin);
  return arena_memdup(u->comp.arena, &r, sizeof r);
}

static void recordings_fit_maps_in_their_middle(void **state) {
  static const struct {
    int64_t dims[4];
    size_t n_events;
    uint64_t event[5];
    float rate_0, rate_last;
  } rows[] = {
      {{1, 1, 4, 4}, 4, {6, 1ull << 32 | 3, 9ull << 32 | 12, 1ull << 32 | 10}, 0, 0},
      {{1, 2, 4, 4}, 5, {6, 22, 1ull << 32 | 19, 9ull << 32 | 12, 1ull << 32 | 10}, 0, 0},
      {{1, 2, 6, 6}, 6, {0, 15, 51, 1ull << 32 | 46, 9ull << 32 | 25}, 0.1f, 0},
      {{1, 4, 4, 1}, 4, {6, 1ull << 32 | 3, 9ull << 32 | 12, 1ull << 32 | 10}, 0, 0},
      {{1, 16, 1, 1}, 4, {6, 1ull << 32 | 3, 9ull << 32 | 12, 1ull << 32 | 10}, 0, 0},
  };
  struct unit *u = *state;

  u->opt.steps = 10;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct samples s = {.path = "r", .n = 2, .recordings = recordings_of(u)};
    struct ir_type type = ir_type_make(IR_F32, 4, rows[i].dims);
    float x[72];
    if (!samples_prepare(&s, u->comp.diag, &type, &u->opt))
      fail_msg("%s", unit_said(u));
    assert_int_equal(s.model_size, ir_type_count(&type));
    assert_int_equal(s.recordings->begin[2], rows[i].n_events);
    assert_memory_equal(s.recordings->event, rows[i].event,
                        (rows[i].n_events < 5 ? rows[i].n_events : 5) * sizeof(uint64_t));
    samples_get(&s, 0, x);
    assert_true(x[0] == rows[i].rate_0 && x[s.model_size - 1] == rows[i].rate_last);
    assert_true(samples_check_unit(&s, u->comp.diag));
  }
}

static void recordings_that_do_not_fit_are_refused(void **state) {
  static const int64_t dims[][4] = {{1, 3, 4, 4}, {1, 1, 7, 4}, {1, 1, 4, 7}, {1, 37, 1, 1}};
  struct unit *u = *state;
  struct samples s = {.path = "r", .n = 2, .recordings = recordings_of(u)};
  struct ir_type type;

  for (size_t i = 0; i < 4; i++) {
    type = ir_type_make(IR_F32, 4, dims[i]);
    assert_false(samples_prepare(&s, u->comp.diag, &type, &u->opt));
    unit_assert_said(u, "recordings of 6 x 6 do not fit the input [1, ");
  }
  u->opt.input_scale = 2;
  assert_false(samples_prepare(&s, u->comp.diag, &type, &u->opt));
  unit_assert_said(u, "no --input-scale");
}

/* The steps of a recording push its events, each in its step, and none of the recording before. */
static void the_executor_plays_recordings(void **state) {
  struct unit *u = *state;
  const char *text = arena_printf(
      u->comp.arena,
      "ir 1\ngraph \"net\" {facts=[shaped, single, folded, balanced, spiking, laid_out, placed], "
      "steps=3, spike_words=36}\n"
      "%%x = input : f32[1, 1, 6, 6]\n"
      "%%e = encode %%x {code=events, layout=chw, layer=\"input\", spikes_at=0} : spikes[1, 6, "
      "6]\n"
      "%%d = project_avgpool %%e {kernel=[6, 6], weight=f32[1]{1}} : current[1, 1, 1]\n"
      "%%r = readout %%d {readout=membrane, layer=\"last\"} : f32[1]\n"
      "%%y = output %%r : f32[1]\n");
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", text, strlen(text));
  struct samples s = {.path = "r", .n = 2, .recordings = recordings_of(u)};
  struct samples pictures = samples_of(0);
  const struct plan *p;
  struct exec_spiking *e;

  assert_non_null(g);
  p = plan_new(u->comp.arena, u->comp.diag, g);
  assert_non_null(p);
  assert_int_equal(plan_takes(p), PLAN_TAKES_EVENTS);
  assert_false(exec_check_samples(u->comp.diag, p, &pictures));
  unit_assert_said(u, "these samples are no recordings");
  assert_true(exec_check_samples(u->comp.diag, p, &s));
  assert_true(
      samples_prepare(&s, u->comp.diag, &ir_node(g, ir_nth(g, IR_INPUT, 0))->type, &u->opt));
  e = exec_spiking_new(u->comp.arena, p);
  for (size_t i = 0; i < 2; i++) {
    exec_spiking_set_sample(e, &s, i);
    assert_int_equal(exec_spiking_step(e), i == 0 ? 2 : 0);
    assert_int_equal(exec_spiking_step(e), 1);
    assert_int_equal(exec_spiking_step(e), 0);
  }
  assert_true(exec_spiking_push_event(e, 35));
  assert_false(exec_spiking_push_event(e, 36));
  assert_int_equal(exec_spiking_step(e), 1);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(philox_gives_the_published_numbers),
      TEST(the_exponential_is_as_near_as_it_says),
      TEST(poisson_spikes_follow_the_generator),
      TEST(latency_sends_one_spike_the_larger_the_earlier),
      TEST(softmax_spikes_with_its_probabilities),
      TEST(no_spike_is_no_answer),
      TEST(what_is_drawn_depends_on_the_number_of_the_sample),
      TEST(a_class_needs_a_spike),
      TEST(what_plans_cannot_run_is_refused),
      TEST(counted_spikes_are_the_answer),
      TEST(values_that_spikes_cannot_say_are_refused),
      TEST(events_are_the_spikes_of_the_next_step),
      TEST(recordings_fit_maps_in_their_middle),
      TEST(recordings_that_do_not_fit_are_refused),
      TEST(the_executor_plays_recordings),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
