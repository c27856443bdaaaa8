/* early-exit: the network is done when its largest output leads by a margin.
 *
 *   %r = readout %d              ->   %r = readout %d {early_exit = margin}
 *
 * --early-exit M is the margin, in units of the outputs (accumulated over steps). With auto the
 * placed network runs all steps on 10 times as many samples as set the thresholds, where --calib
 * has them, and finds the smallest margin from which on at most 0.05 % of them lose the answer of
 * the analog network that they would have after the last step: half of the 0.1 % that a user may
 * lose. Times a factor, because a margin fits the samples that it was chosen on better than others:
 * 1 + 1000 / n for n samples, at most 2. With fewer than 2,000 samples none may be lost. What the
 * last step gets wrong itself does not count: leaving early repairs as many of those as it spoils.
 * Without an analog network (the input is a spiking graph already) every answer after the last step
 * counts. */
#include <math.h>
#include <stdlib.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/parallel.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/calibration.h"
#include "passes/passes.h"

enum { SAMPLES_PER_LOSS = 2000 };

struct search {
  const struct samples *samples;
  const struct plan *plan;
  struct exec_spiking **exec;  /* per worker, as are the others with two stars */
  struct exec_analog **analog; /* NULL: there is no analog network */
  float **x, **lead;           /* x: a sample; lead and winner: [steps] */
  size_t **winner;
  float *worst; /* per sample: the largest margin that loses its answer; 0: none does */
};

/* Whether the analog network has another answer than `winner`. */
static bool is_lost_already(const struct search *s, size_t worker, size_t item, size_t winner) {
  struct exec_analog *e = s->analog ? s->analog[worker] : NULL;

  if (!e)
    return false;
  samples_get(s->samples, item, s->x[worker]);
  exec_analog_set_input(e, 0, s->x[worker]);
  exec_analog_run(e);
  return exec_argmax(exec_analog_output(e, 0), plan_output_size(s->plan)) != winner;
}

/* A margin ends the run at the first lead that reaches it, so a lead counts when it is above all
 * before. */
static void run_sample(void *ctx, size_t worker, size_t item) {
  struct search *s = ctx;
  size_t n = plan_output_size(s->plan), steps = plan_steps(s->plan);
  float *lead = s->lead[worker], most = 0;
  size_t *winner = s->winner[worker];

  exec_spiking_set_sample(s->exec[worker], s->samples, item);
  for (size_t t = 0; t < steps; t++) {
    const float *y;
    exec_spiking_step(s->exec[worker]);
    y = exec_spiking_output(s->exec[worker]);
    lead[t] = exec_lead(y, n);
    winner[t] = exec_argmax(y, n);
  }
  if (is_lost_already(s, worker, item, winner[steps - 1]))
    return;
  for (size_t t = 0; t < steps; t++)
    if (lead[t] > most) {
      most = lead[t];
      if (winner[t] != winner[steps - 1])
        s->worst[item] = most;
    }
}

static int compare_falling(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;

  return x > y ? -1 : x < y;
}

static double safety(size_t n_samples) {
  return 1 + fmin(1, 1000 / (double)n_samples);
}

/* The analog network gives as many outputs as the spiking one. */
static bool has_analog(const struct comp *c, const struct plan *p) {
  const struct ir_graph *g = c->analog;

  return g &&
         (size_t)ir_type_count(&ir_node(g, ir_nth(g, IR_OUTPUT, 0))->type) == plan_output_size(p);
}

/* 0: told. */
static double find_margin(struct comp *c, const struct ir_graph *g) {
  size_t n_workers = parallel_jobs(c->opt->jobs);
  struct search s = {.samples = c->calib_more, .plan = plan_new(c->scratch, c->diag, g)};

  if (!s.plan || !exec_check_samples(c->diag, s.plan, s.samples))
    return 0;
  s.exec = ARENA_NEW(c->scratch, struct exec_spiking *, n_workers);
  s.lead = ARENA_NEW(c->scratch, float *, n_workers);
  s.winner = ARENA_NEW(c->scratch, size_t *, n_workers);
  s.x = ARENA_NEW(c->scratch, float *, n_workers);
  s.worst = ARENA_NEW(c->scratch, float, s.samples->n);
  if (has_analog(c, s.plan))
    s.analog = ARENA_NEW(c->scratch, struct exec_analog *, n_workers);
  for (size_t w = 0; w < n_workers; w++) {
    s.exec[w] = exec_spiking_new(c->scratch, s.plan);
    s.lead[w] = ARENA_NEW(c->scratch, float, plan_steps(s.plan));
    s.winner[w] = ARENA_NEW(c->scratch, size_t, plan_steps(s.plan));
    s.x[w] = ARENA_NEW(c->scratch, float, s.samples->model_size);
    if (s.analog)
      s.analog[w] = exec_analog_new(c->scratch, c->analog);
  }
  parallel_run(n_workers, s.samples->n, run_sample, &s);
  qsort(s.worst, s.samples->n, sizeof *s.worst, compare_falling);
  return safety(s.samples->n) *
         (double)nextafterf(s.worst[s.samples->n / SAMPLES_PER_LOSS], INFINITY);
}

bool pass_early_exit(struct comp *c, struct ir_graph **g) {
  const struct ir_node *encode = ir_node(*g, ir_nth(*g, IR_ENCODE, 0));
  double margin = c->opt->early_exit;

  if (ir_attr_word(encode, IR_A_CODE, IR_W_CODE_CURRENT) == IR_W_CODE_EVENTS)
    return diag_error(
        c->diag, encode->loc,
        "--early-exit does not go with events: who pushes them decides when they end");
  if (margin == OPTION_AUTO) {
    if (!calibration_check_samples(c, "early-exit", "--early-exit M"))
      return false;
    margin = find_margin(c, *g);
  }
  if (!(margin > 0))
    return false;
  ir_set_attr(*g, ir_nth(*g, IR_READOUT, 0), ir_float(IR_A_EARLY_EXIT, margin));
  return true;
}
