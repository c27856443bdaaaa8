/* early-exit: the network is done when its largest output leads by a margin.
 *
 *   %r = readout %d              ->   %r = readout %d {early_exit = margin}
 *
 * --early-exit M is the margin, in units of the outputs (accumulated over steps). With auto the
 * placed network runs all steps on the calibration samples, and the margin is 1.5 times the
 * smallest from which on at most 0.05 % of them get another answer than after the last step: half
 * of the 0.1 % that a user may lose, and the factor because a margin fits the samples that it was
 * chosen on better than others. With fewer than 2,000 samples (--calib-limit) none may change. */
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

enum { SAMPLES_PER_CHANGE = 2000 };
static const double SAFETY = 1.5;

struct search {
  const struct samples *samples;
  const struct plan *plan;
  struct exec_spiking **exec; /* per worker, as are lead[steps] and winner[steps] */
  float **lead;
  size_t **winner;
  float *worst; /* per sample: the largest margin that gives another answer; 0: none does */
};

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

/* 0: told. */
static double find_margin(struct comp *c, const struct ir_graph *g) {
  size_t n_workers = parallel_jobs(c->opt->jobs);
  struct search s = {.samples = c->calib, .plan = plan_new(c->scratch, c->diag, g)};

  if (!s.plan || !exec_check_samples(c->diag, s.plan, s.samples))
    return 0;
  s.exec = ARENA_NEW(c->scratch, struct exec_spiking *, n_workers);
  s.lead = ARENA_NEW(c->scratch, float *, n_workers);
  s.winner = ARENA_NEW(c->scratch, size_t *, n_workers);
  s.worst = ARENA_NEW(c->scratch, float, c->calib->n);
  for (size_t w = 0; w < n_workers; w++) {
    s.exec[w] = exec_spiking_new(c->scratch, s.plan);
    s.lead[w] = ARENA_NEW(c->scratch, float, plan_steps(s.plan));
    s.winner[w] = ARENA_NEW(c->scratch, size_t, plan_steps(s.plan));
  }
  parallel_run(n_workers, c->calib->n, run_sample, &s);
  qsort(s.worst, c->calib->n, sizeof *s.worst, compare_falling);
  return SAFETY * (double)nextafterf(s.worst[c->calib->n / SAMPLES_PER_CHANGE], INFINITY);
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
