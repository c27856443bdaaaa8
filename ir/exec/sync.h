/* ir/exec/sync.h -- runs a synchronous graph of populations and projections, in this process.
 *
 * One step, in Brian2's order:
 *   1. every population integrates, and every threshold is tested;
 *   2. every spike that was sent now is added to the sums that arrive at its targets: `delay` steps
 *      from now, or in this step where the delay is 0;
 *   3. what arrives in this step acts on the membranes, then those who fired are reset.
 * So what acted counts from the integration of the next step. The equations of the models are in
 * docs/IR.md.
 *
 * Cost goes with spikes: a projection whose source is silent costs nothing, one step of a neuron
 * a few operations. The sum that arrives at a neuron in a step starts at 0 and takes, one addition
 * each: what was sent first, first; of one step the projections in the order of the target's
 * operands, targets in graph order; of one projection the sources in ascending order. Numbers are
 * float32, without contraction, and one thread runs a network: results are the same bits on every
 * machine. Neurons are counted in the row-major order of the population's type, [C, H, W] or [n].
 *
 * Everything is in the arena it was made with. */
#ifndef IR_EXEC_SYNC_H
#define IR_EXEC_SYNC_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct diag;
struct ir_graph;
struct ir_node;
struct sync;

struct sync_population {
  const struct ir_node *node;
  size_t n; /* neurons */
  /* The spikes of the last step: bit i % 32 of word i / 32; of model=if_signed a second bitmap with
   * those of -1 follows. */
  const uint32_t *spikes;
  size_t n_words;        /* of both */
  const float *membrane; /* [n], as the last step left them; NULL of poisson and events */
  uint64_t n_spikes;     /* so far, of both signs */
  uint64_t synops;       /* so far: weights added to what arrives at it */
};

/* `seed` is for what is drawn, each population apart. NULL: told what cannot be run, and why. */
struct sync *sync_new(struct arena *a, struct diag *d, const struct ir_graph *g, uint64_t seed);

void sync_step(struct sync *s);

/* Length of a step in seconds: the graph's dt, or 1 ms. */
double sync_dt(const struct sync *s);
/* In graph order. */
size_t sync_n_populations(const struct sync *s);
const struct sync_population *sync_population(const struct sync *s, size_t i);

#endif
