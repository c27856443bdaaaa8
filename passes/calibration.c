#include "passes/calibration.h"

#include <math.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/analysis/ranges.h"
#include "passes/analysis/result.h"
#include "passes/overflow.h"

void calibration_channels(const struct ir_type *t, size_t *n_channels, size_t *n_each) {
  int64_t n = ir_type_count(t);
  int64_t channels = n;

  if (t->rank >= 3)
    channels = t->dims[1];
  *n_channels = (size_t)channels;
  *n_each = channels > 0 ? (size_t)(n / channels) : 0;
}

static bool may_spike(enum ir_op op) {
  return op == IR_RELU || op == IR_CLIP || op == IR_AVGPOOL || op == IR_GLOBAL_AVGPOOL ||
         op == IR_ADD;
}

/* The output, where its neurons count spikes. */
static void add_result(struct comp *c, const struct ir_graph *g, struct calibration *cal) {
  struct calibration_value *v = &cal->value[cal->n];

  if (c->opt->readout != READOUT_COUNT || ir_n_of(g, IR_OUTPUT) != 1)
    return;
  v->id = ir_nth(g, IR_OUTPUT, 0);
  v->seen = result_find(g, ir_count_uses(g, c->scratch));
  v->n_channels = 1;
  v->n_each = (size_t)ir_type_count(&ir_node(g, v->seen)->type);
  v->channel = ARENA_NEW(c->scratch, float, 1);
  cal->n++;
}

struct calibration calibration_new(struct comp *c, const struct ir_graph *g) {
  struct arena *scratch = c->scratch;
  size_t n_nodes = ir_n_nodes(g);
  const bool *is_nonnegative = ranges_nonnegative(g, scratch);
  struct calibration cal = {0, ARENA_NEW(scratch, struct calibration_value, n_nodes + 1)};

  for (size_t i = 1; i <= n_nodes; i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    struct calibration_value *v = &cal.value[cal.n];
    if (!is_nonnegative[i] || !may_spike(n->op))
      continue;
    v->id = v->seen = ir_id_at(i);
    calibration_channels(&n->type, &v->n_channels, &v->n_each);
    v->channel = ARENA_NEW(scratch, float, v->n_channels);
    cal.n++;
  }
  add_result(c, g, &cal);
  return cal;
}

void calibration_see_pools(const struct ir_graph *g, struct calibration *cal) {
  for (size_t i = 0; i < cal->n; i++) {
    struct calibration_value *v = &cal->value[i];
    ir_id user = ir_only_user(g, v->id);
    if (ir_is_none(user) || ir_node(g, user)->op != IR_MAXPOOL)
      continue;
    v->seen = user;
    calibration_channels(&ir_node(g, user)->type, &v->n_channels, &v->n_each);
  }
}

/* ---- items ---- */

struct calibration_items calibration_items_new(struct arena *scratch, const struct calibration *cal,
                                               size_t state_bytes, calibration_take *take) {
  struct calibration_items items = {.take = take};
  size_t at = 0;

  for (size_t i = 0; i < cal->n; i++)
    items.n += cal->value[i].n_channels + 1;
  items.item = ARENA_NEW(scratch, struct calibration_item, items.n);
  for (size_t i = 0; i < cal->n; i++)
    for (size_t k = 0; k <= cal->value[i].n_channels; k++)
      items.item[at++] = (struct calibration_item){i, k, arena_alloc(scratch, 1, state_bytes)};
  return items;
}

size_t calibration_count(const struct calibration *cal, const struct calibration_item *item) {
  const struct calibration_value *v = &cal->value[item->value];

  return item->channel < v->n_channels ? v->n_each : v->n_each * v->n_channels;
}

void calibration_set(struct calibration *cal, const struct calibration_item *item, float scale) {
  struct calibration_value *v = &cal->value[item->value];

  if (item->channel < v->n_channels)
    v->channel[item->channel] = scale;
  else
    v->layer = scale;
}

/* ---- running the network ---- */

struct collection {
  const struct samples *samples;
  const struct calibration *cal;
  const struct calibration_items *items;
  struct exec_analog **exec; /* one per sample of a round */
  float **input;
  size_t first, n_round; /* samples of this round */
};

static void run_sample(void *ctx, size_t worker, size_t item) {
  struct collection *w = ctx;

  (void)worker;
  samples_get(w->samples, w->first + item, w->input[item]);
  exec_analog_set_input(w->exec[item], 0, w->input[item]);
  exec_analog_run(w->exec[item]);
}

static void take_item(void *ctx, size_t worker, size_t item) {
  struct collection *w = ctx;
  const struct calibration_item *it = &w->items->item[item];
  const struct calibration_value *v = &w->cal->value[it->value];
  size_t first = it->channel < v->n_channels ? it->channel * v->n_each : 0;

  (void)worker;
  for (size_t s = 0; s < w->n_round; s++)
    w->items->take(it->state, exec_analog_value(w->exec[s], v->seen) + first,
                   calibration_count(w->cal, it),
                   w->items->weight ? w->items->weight[w->first + s] : 1);
}

bool calibration_check_samples(struct comp *c, const char *pass, const char *instead) {
  if (c->calib && c->calib->n > 0)
    return true;
  return diag_error(c->diag, loc_file(c->opt->model),
                    "%s needs samples; give --calib FILE, or use %s", pass, instead);
}

void calibration_collect(struct comp *c, const struct ir_graph *g, const struct calibration *cal,
                         const struct calibration_items *items) {
  size_t n_workers = parallel_jobs(c->opt->jobs);
  struct collection w = {.samples = c->calib, .cal = cal, .items = items};

  w.exec = ARENA_NEW(c->scratch, struct exec_analog *, n_workers);
  w.input = ARENA_NEW(c->scratch, float *, n_workers);
  for (size_t i = 0; i < n_workers; i++) {
    w.exec[i] = exec_analog_new(c->scratch, g);
    w.input[i] = ARENA_NEW(c->scratch, float, w.samples->model_size);
  }
  for (; w.first < w.samples->n; w.first += w.n_round) {
    size_t left = w.samples->n - w.first;
    w.n_round = left < n_workers ? left : n_workers;
    parallel_run(n_workers, w.n_round, run_sample, &w);
    parallel_run(n_workers, items->n, take_item, &w);
  }
}

/* ---- the scales ---- */

/* -v: what was chosen for a layer. */
static void note_scale(struct comp *c, const struct ir_node *n, const float *scale, size_t len) {
  float least = INFINITY, most = 0;

  for (size_t i = 0; i < len; i++) {
    least = fminf(least, scale[i]);
    most = fmaxf(most, scale[i]);
  }
  if (c->opt->verbose)
    diag_note(c->diag, loc_file(c->opt->model), "%s: thresholds from %.4g to %.4g for %zu channels",
              diag_quote(c->diag, n->name), (double)least, (double)most, len);
}

static bool set_scale(struct comp *c, struct ir_graph *g, const struct calibration_value *v) {
  const struct ir_node *n = ir_node(g, v->id);
  struct arena *a = ir_graph_arena(g);
  int64_t dims[1] = {(int64_t)v->n_channels};
  struct ir_tensor t = ir_tensor_new(a, ir_type_make(IR_F32, 1, dims));
  float *scale = ir_f32_of(t);
  float most = n->op == IR_CLIP ? (float)ir_attr_float(n, IR_A_MAX, INFINITY) : INFINITY;
  float layer = v->layer;

  if (!overflow_check(c, n, "values", v->channel, v->n_channels) ||
      !overflow_check(c, n, "values", &layer, 1))
    return false;
  if (!(layer > 0)) {
    diag_warning(c->diag, n->loc,
                 "%s never is above 0 during calibration; its neurons will be silent, threshold 1",
                 diag_quote(c->diag, n->name));
    layer = 1;
  }
  for (size_t i = 0; i < v->n_channels; i++) {
    bool is_own = c->opt->scope == SCOPE_CHANNEL && v->channel[i] > 0;
    scale[i] = is_own ? v->channel[i] : layer;
    if (most > 0 && scale[i] > most)
      scale[i] = most;
    if (c->opt->threshold > 0)
      scale[i] *= (float)c->opt->threshold;
  }
  note_scale(c, n, scale, v->n_channels);
  ir_set_attr(g, v->id, ir_tensor_attr(IR_A_SCALE, t));
  return true;
}

bool calibration_apply(struct comp *c, struct ir_graph *g, const struct calibration *cal) {
  for (size_t i = 0; i < cal->n; i++)
    if (!set_scale(c, g, &cal->value[i]))
      return false;
  return true;
}
