/* The normalize passes against what sorting all values gives. */
#include "tests/unit/unit.h"

#include <math.h>

#include "ir/ir.h"
#include "ir/samples.h"
#include "passes/passes.h"

enum { N_CHANNELS = 3, SIDE = 5, N_EACH = SIDE * SIDE, SIZE = N_CHANNELS * N_EACH, N_SAMPLES = 23 };

struct net {
  struct unit *u;
  struct samples samples;
  struct ir_graph *g;
  ir_id value; /* the node whose scale is looked at */
  float x[N_SAMPLES * SIZE];
};

/* An input, and samples of both signs for it; channel 2 is never positive. */
static struct net *net_new(void **state) {
  const int64_t dims[] = {1, N_CHANNELS, SIDE, SIDE};
  struct unit *u = *state;
  struct net *f = ARENA_NEW(u->comp.arena, struct net, 1);
  uint32_t random = 1;

  for (size_t i = 0; i < N_SAMPLES * SIZE; i++) {
    random = random * 1664525u + 1013904223u;
    f->x[i] = (float)(random >> 8) / (float)(1 << 22) - 2;
    if (i % SIZE / N_EACH == 2)
      f->x[i] = -fabsf(f->x[i]);
  }
  f->samples = (struct samples){.n = N_SAMPLES,
                                .dtype = SAMPLES_F32,
                                .layout = SAMPLES_CHW,
                                .model_layout = SAMPLES_CHW,
                                .channels = N_CHANNELS,
                                .height = SIDE,
                                .width = SIDE,
                                .data = f->x,
                                .scale = 1,
                                .model_size = SIZE};
  f->u = u;
  u->opt = (struct options){.percentile = 99.9, .jobs = 1, .model = "m"};
  u->comp.calib = &f->samples;
  f->g = ir_graph_new(u->comp.arena, "net");
  f->value = ir_append(f->g, u->comp.diag,
                       &(struct ir_node){.op = IR_INPUT, .type = ir_type_make(IR_F32, 4, dims)});
  return f;
}

static void append(struct net *f, enum ir_op op, const struct ir_attr *attr, size_t n_attr) {
  f->value = ir_append(
      f->g, f->u->comp.diag,
      &(struct ir_node){.op = op, .in = &f->value, .n_in = 1, .attr = attr, .n_attr = n_attr});
  assert_int_not_equal(f->value.idx, 0);
}

static const float *run(struct net *f, bool (*pass)(struct comp *, struct ir_graph **)) {
  append(f, IR_OUTPUT, NULL, 0);
  assert_true(pass(&f->u->comp, &f->g));
  return ir_f32_of(*ir_attr_tensor(ir_node(f->g, ir_node(f->g, f->value)->in[0]), IR_A_SCALE));
}

static int compare(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;

  return x < y ? -1 : x > y;
}

/* As numpy.percentile(v[v > 0], p); channels first .. last. */
static float sorted_percentile(const struct net *f, size_t first, size_t last, double p) {
  float *v = ARENA_NEW(f->u->comp.arena, float, N_SAMPLES *SIZE);
  size_t n = 0;

  for (size_t i = 0; i < N_SAMPLES * SIZE; i++)
    if (i % SIZE / N_EACH >= first && i % SIZE / N_EACH <= last && f->x[i] > 0)
      v[n++] = f->x[i];
  qsort(v, n, sizeof *v, compare);
  double at = p / 100 * (double)(n - 1), low = v[(size_t)at];
  double high = (size_t)at + 1 < n ? v[(size_t)at + 1] : low;
  return (float)(low + (high - low) * (at - floor(at)));
}

static void percentiles_equal_those_of_sorted_values(void **state) {
  static const double percentiles[] = {0, 37.5, 50, 90, 99, 99.9, 100};

  for (size_t i = 0; i < sizeof percentiles / sizeof *percentiles; i++)
    for (int64_t jobs = 1; jobs <= 5; jobs += 2) {
      struct net *f = net_new(state);
      const float *scale;
      f->u->opt.percentile = percentiles[i];
      f->u->opt.jobs = jobs;
      append(f, IR_RELU, NULL, 0);
      scale = run(f, pass_normalize_percentile);
      assert_true(scale[0] == sorted_percentile(f, 0, 0, percentiles[i]));
      assert_true(scale[1] == sorted_percentile(f, 1, 1, percentiles[i]));
      assert_true(scale[2] == sorted_percentile(f, 0, 2, percentiles[i])); /* dead: the layer's */
    }
}

static void one_scale_for_a_layer_is_repeated(void **state) {
  struct net *f = net_new(state);
  const float *scale;

  f->u->opt.scope = SCOPE_LAYER;
  append(f, IR_RELU, NULL, 0);
  scale = run(f, pass_normalize_percentile);
  for (size_t c = 0; c < N_CHANNELS; c++)
    assert_true(scale[c] == sorted_percentile(f, 0, 2, 99.9));
}

static void a_threshold_is_a_factor_on_the_scale(void **state) {
  struct net *f = net_new(state);

  f->u->opt.threshold = 0.25;
  append(f, IR_RELU, NULL, 0);
  assert_true(run(f, pass_normalize_percentile)[0] == 0.25f * sorted_percentile(f, 0, 0, 99.9));
}

static void a_schedule_lowers_the_percentile_from_layer_to_layer(void **state) {
  for (int n_layers = 1; n_layers <= 3; n_layers++) {
    struct net *f = net_new(state);

    f->u->opt.percentile = 80.03;
    f->u->opt.percentile_schedule = SWITCHED_ON;
    for (int i = 0; i < n_layers; i++)
      append(f, IR_RELU, NULL, 0);
    assert_true(run(f, pass_normalize_percentile)[0] ==
                sorted_percentile(f, 0, 0, n_layers < 3 ? 80 : 79));
  }
}

static void maximum_is_percentile_100(void **state) {
  struct net *f = net_new(state);
  const float *scale;

  f->u->opt.normalize = NORMALIZE_MAX;
  append(f, IR_RELU, NULL, 0);
  scale = run(f, pass_normalize_percentile);
  assert_true(scale[1] == sorted_percentile(f, 1, 1, 100));
}

static int rising(const void *a, const void *b) {
  return (*(const float *)a > *(const float *)b) - (*(const float *)a < *(const float *)b);
}

/* The weight of each sample: by its largest output less the second, where the outputs are all
 * values above 0 or the maxima of the channels. */
static void find_weights(const struct net *f, bool pooled, double weight[N_SAMPLES]) {
  float lead[N_SAMPLES], sorted[N_SAMPLES];

  for (size_t s = 0; s < N_SAMPLES; s++) {
    float y[SIZE] = {0};
    for (size_t i = 0; i < SIZE; i++) {
      size_t at = pooled ? i / N_EACH : i;
      y[at] = fmaxf(y[at], f->x[s * SIZE + i]);
    }
    qsort(y, SIZE, sizeof *y, rising);
    sorted[s] = lead[s] = y[SIZE - 1] - y[SIZE - 2];
  }
  qsort(sorted, N_SAMPLES, sizeof *sorted, rising);
  for (size_t s = 0; s < N_SAMPLES; s++)
    weight[s] = 1 / pow(0.3 + (double)(lead[s] / sorted[N_SAMPLES / 2]), 2);
}

/* Weighted sum of squared differences between the positive values of channel 1 (or the maxima of
 * its 5x5 windows) and what T steps can say. */
static double error_of(const struct net *f, double scale, double steps, bool pooled) {
  double sum = 0, weight[N_SAMPLES];

  find_weights(f, pooled, weight);
  for (size_t s = 0; s < N_SAMPLES; s++) {
    const float *x = f->x + s * SIZE + N_EACH;
    float most = 0;
    for (size_t i = 0; i < N_EACH; i++) {
      double n = fmin(floor((double)x[i] * steps / scale + 0.5), steps);
      most = fmaxf(most, x[i]);
      sum += !pooled && x[i] > 0 ? weight[s] * pow(n * scale / steps - (double)x[i], 2) : 0;
    }
    if (pooled)
      sum +=
          weight[s] *
          pow(fmin(floor((double)most * steps / scale + 0.5), steps) * scale / steps - (double)most,
              2);
  }
  return sum;
}

/* No scale of a fine grid is more than 0.2 % better, and any number of threads gives the same. */
static void least_squares_are_least(void **state) {
  static const struct {
    double steps;
    bool pooled;
  } rows[] = {{1, false}, {4, false}, {32, false}, {4, true}};
  struct ir_attr kernel = ir_ints(IR_A_KERNEL, (int64_t[]){SIDE, SIDE}, 2);

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    float first = 0;
    for (int64_t jobs = 1; jobs <= 3; jobs++) {
      struct net *f = net_new(state);
      double least = INFINITY;
      const float *scale;
      ir_id relu;
      f->u->opt.steps = (int64_t)rows[i].steps;
      f->u->opt.v_init = 0.5;
      f->u->opt.jobs = jobs;
      append(f, IR_RELU, NULL, 0);
      relu = f->value;
      if (rows[i].pooled)
        append(f, IR_MAXPOOL, &kernel, 1);
      append(f, IR_OUTPUT, NULL, 0);
      assert_true(pass_normalize_mse(&f->u->comp, &f->g));
      scale = ir_f32_of(*ir_attr_tensor(ir_node(f->g, relu), IR_A_SCALE));
      for (double x = 0.04; x < 2.6; x += 0.002)
        least = fmin(least, error_of(f, x, rows[i].steps, rows[i].pooled));
      assert_true(error_of(f, (double)scale[1], rows[i].steps, rows[i].pooled) <= 1.002 * least);
      assert_true(jobs == 1 || scale[1] == first);
      first = scale[1];
    }
  }
}

static void values_that_overflow_are_told(void **state) {
  bool (*passes[])(struct comp *, struct ir_graph **) = {pass_normalize_percentile,
                                                         pass_normalize_mse};

  for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
    struct net *f = net_new(state);
    f->u->opt.steps = 4;
    f->x[3] = INFINITY;
    append(f, IR_RELU, NULL, 0);
    append(f, IR_OUTPUT, NULL, 0);
    assert_false(passes[i](&f->u->comp, &f->g));
    unit_assert_said(f->u, "values overflow float32");
  }
}

static void a_clip_is_never_above_its_bound(void **state) {
  struct ir_attr bounds[] = {ir_float(IR_A_MIN, 0), ir_float(IR_A_MAX, 0.75)};
  bool (*passes[])(struct comp *, struct ir_graph **) = {
      pass_normalize_percentile, pass_normalize_mse, pass_normalize_weights, pass_normalize_none};

  for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) {
    struct net *f = net_new(state);
    const float *scale;
    append(f, IR_CLIP, bounds, 2);
    scale = run(f, passes[i]);
    assert_true(scale[0] == 0.75f && scale[1] == 0.75f);
  }
}

static void a_dead_layer_is_told_and_gets_one(void **state) {
  struct net *f = net_new(state);
  const float *scale;

  memset(f->x, 0, sizeof f->x);
  append(f, IR_RELU, NULL, 0);
  scale = run(f, pass_normalize_percentile);
  assert_true(scale[0] == 1 && scale[2] == 1);
  unit_assert_said(f->u, "warning: \"relu\"");
}

static void only_values_that_cannot_be_negative_get_a_scale(void **state) {
  struct ir_attr kernel = ir_ints(IR_A_KERNEL, (int64_t[]){2, 2}, 2);
  struct net *f = net_new(state);
  ir_id of_input, of_relu;

  append(f, IR_AVGPOOL, &kernel, 1);
  of_input = f->value;
  append(f, IR_RELU, NULL, 0);
  append(f, IR_AVGPOOL, &kernel, 1);
  of_relu = f->value;
  run(f, pass_normalize_none);
  assert_null(ir_attr_tensor(ir_node(f->g, of_input), IR_A_SCALE));
  assert_non_null(ir_attr_tensor(ir_node(f->g, of_relu), IR_A_SCALE));
}

/* conv 1x1 with weights (2, -1, 0.5), bias 0.25: at most 2.75 for inputs within [0, 1], and with
 * mean 0.5, std 0.25, so inputs within [-2, 2], 7.25. */
static void bounds_come_from_weights_and_input_range(void **state) {
  static const struct {
    double mean, std;
    float want;
  } rows[] = {{0, 1, 2.75f}, {0.5, 0.25, 7.25f}};

  for (size_t i = 0; i < 2; i++) {
    struct net *f = net_new(state);
    struct ir_tensor w =
        ir_tensor_new(f->u->comp.arena, ir_type_make(IR_F32, 4, (int64_t[]){1, 3, 1, 1}));
    struct ir_tensor b = ir_tensor_new(f->u->comp.arena, ir_type_make(IR_F32, 1, (int64_t[]){1}));
    ir_id in[3] = {f->value};
    f->u->opt.input_mean = (struct number_list){&rows[i].mean, 1};
    f->u->opt.input_std = (struct number_list){&rows[i].std, 1};
    memcpy(ir_f32_of(w), (float[]){2, -1, 0.5f}, 3 * sizeof(float));
    ir_f32_of(b)[0] = 0.25f;
    in[1] = ir_append_const(f->g, f->u->comp.diag, "w", w, (struct loc){0});
    in[2] = ir_append_const(f->g, f->u->comp.diag, "b", b, (struct loc){0});
    f->value =
        ir_append(f->g, f->u->comp.diag, &(struct ir_node){.op = IR_CONV, .in = in, .n_in = 3});
    append(f, IR_RELU, NULL, 0);
    assert_true(run(f, pass_normalize_weights)[0] == rows[i].want);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(percentiles_equal_those_of_sorted_values, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(one_scale_for_a_layer_is_repeated, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_threshold_is_a_factor_on_the_scale, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_schedule_lowers_the_percentile_from_layer_to_layer,
                                      unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(maximum_is_percentile_100, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(least_squares_are_least, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(values_that_overflow_are_told, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_clip_is_never_above_its_bound, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_dead_layer_is_told_and_gets_one, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(only_values_that_cannot_be_negative_get_a_scale, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(bounds_come_from_weights_and_input_range, unit_begin,
                                      unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
