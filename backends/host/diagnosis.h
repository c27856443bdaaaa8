/* backends/host/diagnosis.h -- how well spike rates follow the activations they stand for. */
#ifndef BACKENDS_HOST_DIAGNOSIS_H
#define BACKENDS_HOST_DIAGNOSIS_H

struct comp;
struct ir_graph;
struct plan;
struct result;
struct samples;

/* Runs the first samples (at most 500) through both networks and fills rate_correlation,
 * saturated_fraction and dead_fraction of r->layers, and r->n_diagnosed. */
void diagnose(struct comp *c, const struct ir_graph *analog, const struct ir_graph *spiking,
              const struct plan *plan, const struct samples *samples, struct result *r);

#endif
