/* Every rule of backends/host/advice.c: what is found and which options ran, and what is tried. */
#include "tests/unit/unit.h"

#include "backends/host/advice.h"
#include "backends/report/explain.h"
#include "ir/samples.h"

enum { N_IMAGES = 1000 };

/* A network of one layer, all of whose causes are certain or none. */
struct row {
  const char *what;
  const char *options;
  size_t n_calib;
  uint64_t ann_correct;
  struct {
    uint64_t all, network, early_exit, readout, cost;
  } lost; /* of 1000 */
  struct explain_layer layer;
  const char *wanted; /* advice in order */
};

#define EVAL   "eval m --data d "
#define STEPS  "--steps 8 "
#define LEVEL  "--normalize mse "
#define SCOPE  "--scope channel "
#define START  "--v-init 0.5 "
#define SIGNED "--neuron if_signed "
#define BIAS   "--correct bias "
#define GOOD   EVAL STEPS LEVEL SCOPE START SIGNED BIAS

/* One option or finding differs from what is good. */
static const struct row rows[] = {
    {"nothing is lost", GOOD, 500, 990, {0, 0, 0, 0, 0}, {0}, "--steps 4; --early-exit auto; "},
    {"nothing, with an exit", GOOD "--early-exit 2", 500, 990, {0, 0, 0, 0, 0}, {0}, "--steps 4; "},
    {"nobody knows where", GOOD, 500, 990, {9, 0, 0, 0, 0}, {0}, "--steps 16; "},
    {"the CNN guesses",
     GOOD,
     500,
     101,
     {0, 0, 0, 0, 0},
     {0},
     "--input-scale, --input-mean, --input-std, --input-layout, --labels; "},
    {"no samples",
     EVAL STEPS SCOPE START SIGNED "--normalize weights",
     0,
     990,
     {99, 0, 0, 0, 0},
     {0},
     "--calib FILE; --steps 16; "},
    {"few samples", GOOD, 50, 990, {99, 0, 0, 0, 0}, {0}, "more samples in --calib; --steps 16; "},
    {"averages",
     GOOD "--maxpool average",
     500,
     990,
     {99, 50, 0, 0, 0},
     {0},
     "--maxpool gate; --steps 16; "},
    {"averages that cost nothing",
     GOOD "--maxpool average",
     500,
     990,
     {99, 0, 0, 0, 0},
     {0},
     "--steps 16; "},
    {"an exit too early",
     GOOD "--early-exit 2",
     500,
     990,
     {0, 0, 30, 0, 0},
     {0},
     "a larger --early-exit, or none; --steps 16; "},
    {"spikes read",
     GOOD "--readout count",
     500,
     990,
     {0, 0, 0, 30, 0},
     {0},
     "--readout membrane; --steps 16; "},
    {"membranes read", GOOD "--readout membrane", 500, 990, {0, 0, 0, 30, 0}, {0}, "--steps 16; "},
    {"an input of spikes",
     GOOD "--encode poisson",
     500,
     990,
     {99, 0, 0, 0, 0},
     {0},
     "--encode current; --steps 16; "},
    {"membranes start at 0",
     EVAL STEPS LEVEL SCOPE SIGNED BIAS "--v-init 0",
     500,
     990,
     {99, 0, 0, 0, 0},
     {0},
     "--v-init 0.5; --steps 16; "},
    {"reset to zero",
     GOOD "--reset zero",
     500,
     990,
     {99, 0, 0, 0, 0},
     {0},
     "--reset subtract; --steps 16; "},
    {"thresholds too low",
     GOOD,
     500,
     990,
     {99, 0, 0, 0, 50},
     {.saturated_fraction = 0.1},
     "--normalize max; --steps 16; "},
    {"too low at no cost",
     GOOD,
     500,
     990,
     {99, 0, 0, 0, 0},
     {.saturated_fraction = 0.1},
     "--steps 16; "},
    {"thresholds too high",
     EVAL SCOPE START SIGNED BIAS "--normalize max --steps 128",
     500,
     990,
     {99, 0, 0, 0, 50},
     {.silent_fraction = 0.2},
     "--normalize mse; --steps 256; "},
    {"one threshold for all",
     EVAL STEPS LEVEL START SIGNED BIAS "--scope layer",
     500,
     990,
     {99, 0, 0, 0, 50},
     {0},
     "--scope channel; --steps 16; "},
    {"percentiles in few steps",
     EVAL STEPS SCOPE START SIGNED BIAS "--normalize percentile",
     500,
     990,
     {99, 0, 0, 0, 50},
     {0},
     "--normalize mse; --steps 16; "},
    {"percentiles in many",
     EVAL SCOPE START SIGNED BIAS "--normalize percentile --steps 128",
     500,
     990,
     {99, 0, 0, 0, 50},
     {0},
     "--steps 256; "},
    {"spikes too early",
     EVAL STEPS LEVEL SCOPE START BIAS "--neuron if",
     500,
     990,
     {99, 0, 0, 0, 50},
     {.own_bias = 0.1},
     "--neuron if_signed; --steps 16; "},
    {"spikes too late",
     EVAL STEPS LEVEL SCOPE START BIAS "--neuron if",
     500,
     990,
     {99, 0, 0, 0, 50},
     {.own_bias = -0.1},
     "--steps 16; "},
    {"a bias",
     EVAL STEPS LEVEL SCOPE START SIGNED "--correct none",
     500,
     990,
     {99, 0, 0, 0, 50},
     {.bias = -0.1},
     "--correct bias; --steps 16; "},
    {"no bias",
     EVAL STEPS LEVEL SCOPE START SIGNED "--correct none",
     500,
     990,
     {99, 0, 0, 0, 50},
     {.bias = 0.01},
     "--steps 16; "},
};

static const char *advice_of(struct unit *u, struct explain *x) {
  const char *all = "";

  advice_give(&u->comp, x);
  for (size_t i = 0; i < x->n_advice; i++) {
    assert_true(strlen(x->advice[i].why) > 20);
    all = arena_printf(u->comp.arena, "%s%s; ", all, x->advice[i].try);
  }
  return all;
}

static void each_rule_gives_its_advice(void **state) {
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *r = &rows[i];
    struct samples calib = {.n = r->n_calib};
    struct explain_layer layer = r->layer;
    struct explain x = {.images = N_IMAGES, .ann_correct = r->ann_correct, .layers = &layer};
    const char *got;

    x.n_layers = 1;
    x.all.lost = r->lost.all;
    x.network.lost = r->lost.network;
    x.early_exit.lost = r->lost.early_exit;
    x.readout.lost = r->lost.readout;
    layer.name = "conv1";
    layer.is_matched = true;
    layer.cost.lost = r->lost.cost;
    assert_true(unit_parse(u, &u->opt, r->options));
    u->comp.calib = r->n_calib ? &calib : NULL;
    got = advice_of(u, &x);
    if (strcmp(got, r->wanted) != 0)
      fail_msg("%s: \"%s\" instead of \"%s\"", r->what, got, r->wanted);
  }
}

static void few_images_prove_nothing(void **state) {
  struct unit *u = *state;
  struct samples calib = {.n = 500};
  struct explain x = {.images = 10, .ann_correct = 9};

  assert_true(unit_parse(u, &u->opt, GOOD));
  u->comp.calib = &calib;
  assert_string_equal(advice_of(u, &x), "more samples in --data; ");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(each_rule_gives_its_advice),
      TEST(few_images_prove_nothing),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
