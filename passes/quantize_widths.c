/* Quantization: which layers have weights of 16 bits, and what 8 bits cost in the others. */
#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "ir/widths.h"
#include "passes/quantize_internal.h"

bool quantize_is_layer(const struct ir_graph *g, ir_id id) {
  const struct ir_node *n = ir_node(g, id);

  return n->op == IR_POPULATION ||
         (n->op == IR_READOUT && ir_node(g, n->in[0])->type.dtype == IR_CURRENT);
}

/* ---- names ---- */

static const char *name_of(const struct ir_graph *g, ir_id id) {
  return ir_attr_text(ir_node(g, id), IR_A_LAYER, ir_node(g, id)->name);
}

static struct quantize_widths new_widths(struct arena *a, const struct ir_graph *g, bool is_wide) {
  size_t n = ir_n_nodes(g) + 1;
  struct quantize_widths w = {ARENA_NEW(a, bool, n), ARENA_NEW(a, double, n),
                              ARENA_NEW(a, double *, n)};

  memset(w.is_wide, is_wide, n * sizeof *w.is_wide);
  return w;
}

/* The layers of a name become wide; their number. */
static size_t widen(const struct ir_graph *g, struct quantize_widths *w, const char *name) {
  size_t n = 0;

  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    if (quantize_is_layer(g, ir_id_at(i)) && strcmp(name_of(g, ir_id_at(i)), name) == 0) {
      w->is_wide[i] = true;
      n++;
    }
  return n;
}

/* "a,b": the names of layers, all or those that are wide; NULL: none. */
static const char *list_names(struct arena *a, const struct ir_graph *g,
                              const struct quantize_widths *only) {
  const char *all = NULL;

  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    if (quantize_is_layer(g, ir_id_at(i)) && (!only || only->is_wide[i]))
      all = arena_printf(a, "%s%s%s", all ? all : "", all ? "," : "", name_of(g, ir_id_at(i)));
  return all;
}

static bool tell_unknown(struct comp *c, const struct ir_graph *g, const char *name) {
  const char **layers = ARENA_NEW(c->scratch, const char *, ir_n_nodes(g)), *near;
  size_t n = 0;

  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    if (quantize_is_layer(g, ir_id_at(i)))
      layers[n++] = name_of(g, ir_id_at(i));
  near = diag_nearest(name, layers, n);
  return diag_error(c->diag, loc_file(NULL), "--int16: %s is no layer of the network; %s%s",
                    diag_quote(c->diag, name), near ? "the nearest is " : "there are ",
                    near ? near : list_names(c->scratch, g, NULL));
}

bool quantize_find_widths(struct comp *c, const struct ir_graph *g, struct quantize_widths *w) {
  *w = new_widths(c->scratch, g, c->opt->quantize == QUANTIZE_INT16);
  for (const char *at = c->opt->int16, *end; at; at = *end ? end + 1 : NULL) {
    const char *name = arena_strndup(c->scratch, at, strcspn(at, ","));
    end = at + strlen(name);
    if (widen(g, w, name) == 0)
      return tell_unknown(c, g, name);
  }
  return true;
}

/* ---- costs ---- */

size_t quantize_n_samples(const struct comp *c) {
  enum { MOST = 256 };

  return c->calib->n < MOST ? c->calib->n : MOST;
}

struct trial {
  struct comp *comp;
  const struct ir_graph *graph; /* of floats */
  size_t n_samples, n_out;
  const struct plan *plan;
  struct exec_spiking **exec; /* per worker */
  float *want, *got;          /* [sample][output]: of floats, and of the plan */
};

static void run_sample(void *ctx, size_t worker, size_t item) {
  const struct trial *t = ctx;
  float *y = t->got + item * t->n_out;

  exec_spiking_set_sample(t->exec[worker], t->comp->calib, item);
  for (size_t i = 0; i < plan_steps(t->plan); i++)
    exec_spiking_step(t->exec[worker]);
  for (size_t k = 0; k < t->n_out; k++)
    y[k] = (float)((double)exec_spiking_output(t->exec[worker])[k] * plan_output_unit(t->plan));
}

/* The outputs of `g` on all samples, in t->got. False: told. */
static bool run(struct trial *t, const struct ir_graph *g) {
  struct arena *a = t->comp->scratch;
  size_t n_workers = parallel_jobs(t->comp->opt->jobs);

  t->plan = plan_new(a, t->comp->diag, g);
  if (!t->plan || !exec_check_samples(t->comp->diag, t->plan, t->comp->calib))
    return false;
  t->n_out = plan_output_size(t->plan);
  t->got = ARENA_NEW(a, float, t->n_samples * t->n_out);
  t->exec = ARENA_NEW(a, struct exec_spiking *, n_workers);
  for (size_t w = 0; w < n_workers; w++)
    t->exec[w] = exec_spiking_new(a, t->plan);
  parallel_run(n_workers, t->n_samples, run_sample, t);
  return true;
}

static struct width_cost compare(const struct trial *t) {
  struct width_cost cost = {0};
  double spread = 0, error = 0;

  for (size_t i = 0; i < t->n_samples; i++) {
    const float *want = t->want + i * t->n_out, *got = t->got + i * t->n_out;
    double mean = 0;
    for (size_t k = 0; k < t->n_out; k++)
      mean += (double)want[k] / (double)t->n_out;
    for (size_t k = 0; k < t->n_out; k++) {
      spread += ((double)want[k] - mean) * ((double)want[k] - mean);
      error += ((double)got[k] - (double)want[k]) * ((double)got[k] - (double)want[k]);
    }
    cost.n_changed += exec_argmax(got, t->n_out) != exec_argmax(want, t->n_out);
  }
  cost.output_error = spread > 0 ? sqrt(error / spread) : 0;
  return cost;
}

/* What integers of these widths cost. False: told. */
static bool try_widths(struct trial *t, const struct quantize_widths *w, struct width_cost *cost) {
  struct ir_graph *g = ir_graph_clone(t->comp->scratch, t->graph);

  if (!quantize_graph(t->comp, g, w))
    return false;
  ir_set_facts(g, ir_facts(g) | IR_FACT_QUANTIZED);
  if (!run(t, g))
    return false;
  *cost = compare(t);
  return true;
}

/* 8 bits in one layer after the other, where they are. False: told. */
static bool try_layers(struct trial *t, const struct quantize_widths *w,
                       struct width_layer *layer) {
  for (size_t i = 1; i <= ir_n_nodes(t->graph); i++) {
    struct quantize_widths one = new_widths(t->comp->scratch, t->graph, true);
    if (!quantize_is_layer(t->graph, ir_id_at(i)))
      continue;
    one.is_wide[i] = w->is_wide[i];
    one.mean = w->mean;
    layer->name = name_of(t->graph, ir_id_at(i));
    layer->bits = w->is_wide[i] ? 16 : 8;
    layer->weight_error = w->weight_error[i];
    if (!w->is_wide[i] && !try_widths(t, &one, &layer->cost))
      return false;
    layer++;
  }
  return true;
}

/* Layers that cause a quarter of the squared error or more, each, and twice what 16 bits do. They
 * are worth 16 bits if that halves the error and gives back answers: one sample in a hundred, and
 * more than chance does (two deviations). False: told. */
static bool find_advice(struct trial *t, const struct quantize_widths *w, struct widths *x) {
  struct quantize_widths next = new_widths(t->comp->scratch, t->graph, false);
  const struct width_layer *layer = x->layer;
  size_t n = 0;
  double changed, left;

  next.mean = w->mean;
  memcpy(next.is_wide, w->is_wide, (ir_n_nodes(t->graph) + 1) * sizeof *w->is_wide);
  for (; layer < x->layer + x->n_layers; layer++)
    if (layer->bits == 8 && 2 * layer->cost.output_error >= x->as_is.output_error &&
        layer->cost.output_error > 2 * x->all_wide.output_error)
      n += widen(t->graph, &next, layer->name);
  if (n == 0)
    return true;
  if (!try_widths(t, &next, &x->with_try))
    return false;
  changed = (double)x->as_is.n_changed;
  left = (double)x->with_try.n_changed;
  if (2 * x->with_try.output_error <= x->as_is.output_error &&
      changed - left >= (double)t->n_samples / 100 && changed - left > 2 * sqrt(changed + left))
    x->try = list_names(t->comp->arena, t->graph, &next);
  return true;
}

bool quantize_explain(struct comp *c, const struct ir_graph *g, const struct quantize_widths *w) {
  struct trial t = {.comp = c, .graph = g};
  struct widths *x = ARENA_NEW(c->arena, struct widths, 1);
  struct quantize_widths wide = new_widths(c->scratch, g, true);
  struct width_layer *layer = ARENA_NEW(c->arena, struct width_layer, ir_n_nodes(g));

  wide.mean = w->mean;
  t.n_samples = x->n_samples = quantize_n_samples(c);
  x->layer = layer;
  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    x->n_layers += quantize_is_layer(g, ir_id_at(i));
  if (!run(&t, g))
    return false;
  t.want = t.got;
  if (!try_widths(&t, w, &x->as_is) || !try_widths(&t, &wide, &x->all_wide) ||
      !try_layers(&t, w, layer) || !find_advice(&t, w, x))
    return false;
  c->widths = x;
  return true;
}
