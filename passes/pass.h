/* passes/pass.h -- what a pass is, and the manager that runs them.
 *
 * The manager refuses an order whose needs are not met before anything runs, verifies the graph
 * after every pass, dumps it where --dump-ir asks, times it where --time-passes asks, and resets
 * the scratch arena. When a verification fails it writes snncc-repro.ir (the graph before the pass)
 * and tells the command that runs the pass again. */
#ifndef PASSES_PASS_H
#define PASSES_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct comp;
struct ir_graph;

struct pass {
  const char *name;      /* as written after --passes and --dump-ir         */
  unsigned needs, gives; /* IR_FACT_*                                       */
  unsigned breaks;       /* facts that no longer hold afterwards            */
  bool (*run)(struct comp *c, struct ir_graph **g); /* may put a new graph; false: told */
  const char *summary; /* one line for --list-passes                      */
};

/* The pipelines: how far a graph is taken. Each contains the one before it. */
enum pipeline {
  PIPELINE_READ,    /* as read: nothing is run                              */
  PIPELINE_ANALOG,  /* folded, one sample at a time: what inspect and the ANN of eval use */
  PIPELINE_SPIKING, /* converted, laid out, placed: what backends and eval use */
};

/* The names after --passes, --stop-after and --dump-ir are those of passes. False: told. */
bool pass_check_options(struct comp *c);

/* Runs a pipeline, or the passes of --passes, honouring --stop-after. Passes whose facts hold
 * already are skipped (an .ir that was dumped half-way goes on from there). False: told. */
bool pass_run_pipeline(struct comp *c, struct ir_graph **g, enum pipeline p);
void pass_list(FILE *f);

#endif
