/* ir/exec/reach.h -- which weights of a projection reach which channel, and how far they can move a
 * membrane: what quantization sizes its integers by, and what proves that they stay in 32 bits. */
#ifndef IR_EXEC_REACH_H
#define IR_EXEC_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

/* How the weights of a projection of a layered network lie, in the order that kernels read
 * (ir/exec/plan.h). */
struct reach {
  const struct ir_node *node;
  const struct ir_tensor *weight;
  int64_t n;        /* weights                                                    */
  int64_t channels; /* of the target                                              */
  int64_t taps;     /* synapses of one target that each weight stands for: of a pool its area */
  int64_t run, sources_per_group, per_source;
};

/* The projection behind an operand of a population, which may be a pool of its currents. */
ir_id reach_projection(const struct ir_graph *g, ir_id operand);

struct reach reach_of(const struct ir_graph *g, const struct ir_node *projection);
/* The target channel of weight i; -1: it is one for all. */
int64_t reach_channel(const struct reach *r, int64_t i);
/* The source of weight i: the source's channel, of project_dense its element. */
int64_t reach_source(const struct reach *r, int64_t i);
/* Weight i as a number, be it an integer or real. */
double reach_weight(const struct reach *r, int64_t i);
/* sum[channel] += |weight| x factor over all synapses of one target neuron. */
void reach_add(const struct reach *r, double factor, double *sum);

#endif
