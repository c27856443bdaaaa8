/* backends/host/explain.h -- where accuracy is lost between a CNN and its spikes: eval --explain.
 */
#ifndef BACKENDS_HOST_EXPLAIN_H
#define BACKENDS_HOST_EXPLAIN_H

struct comp;
struct explain;
struct ir_graph;
struct plan;
struct result;
struct samples;

/* Runs all samples, which have labels, through the CNN (`analog`), the network that was made spikes
 * of (c->analog) and the spiking network.
 *
 * Let a_l(s) be what layer l gives for the inputs that the spikes s of the layers before it stand
 * for, r_l what its own spikes stand for over all steps, and e_l = r_l - a_l its own error on this
 * sample. The network that computes a_l + e_l in every layer is the SNN, up to its readout. The
 * cost of layer l is the change when it gives a_l instead, while the e of all others stay. */
const struct explain *explain_run(struct comp *c, const struct ir_graph *analog,
                                  const struct ir_graph *spiking, const struct plan *plan,
                                  const struct samples *samples);

#endif
