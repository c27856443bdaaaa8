/* backends/host/run_record.h -- spikes and membranes of a simulated network: run --record, and
 * the network's record block, whose files may have some of the neurons and every n-th step.
 *
 * FILE.npz has, of each population P,
 *   spikes_P     i4 [n, 2]            (step, neuron), in order; with a third column, 1 or -1, of
 *                                     model=if_signed
 *   membrane_P   f4 [steps, neurons]  at the end of each step, where membranes are asked for
 * and `steps` i4 [1], `dt` f8 [1] in seconds.
 * FILE.csv has the spikes as rows of "population,step,neuron,sign"; FILE.membranes.csv beside it
 * the membranes as rows of "population,step,neuron,membrane". Steps and neurons count from 0,
 * neurons in row-major order of the population's shape. */
#ifndef BACKENDS_HOST_RUN_RECORD_H
#define BACKENDS_HOST_RUN_RECORD_H

#include <stdbool.h>
#include <stddef.h>

struct comp;
struct ir_graph;
struct run_record;
struct sync;

/* What --record, --membranes and the network's record block ask for, of `steps` steps. NULL: told
 * what is wrong with them. */
struct run_record *run_record_new(struct comp *c, const struct ir_graph *g, const struct sync *s,
                                  size_t steps);
/* After each step. */
void run_record_step(struct run_record *r);
/* Adds the files to comp->outputs. False: told. */
bool run_record_write(const struct run_record *r);

#endif
