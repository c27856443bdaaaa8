/* backends/host/layer_map.h -- a layer's spikes beside the activations they stand for. */
#ifndef BACKENDS_HOST_LAYER_MAP_H
#define BACKENDS_HOST_LAYER_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/ir.h"

struct plan_layer;

/* Where unit u of the spiking side (channels last) is on the analog side ([C, H, W]), and what a
 * spike of it stands for. */
struct layer_map {
  ir_id analog; /* none: no node to compare with */
  size_t channels, area, n_units;
  bool has_relu;                 /* a readout that cuts off what its analog node does not */
  const struct ir_tensor *scale; /* [channels] or [1]: the activation that one spike per step
                                    stands for, in multiples of unit; NULL: 1 */
  const struct ir_tensor *unit;  /* f32[channels] or f32[1]; NULL: 1, and scale is f32 */
};

/* A layer is compared with the analog node of the same name as the node whose spikes it counts, a
 * readout with the last node from the same place. Without thresholds (a pool that is a layer of its
 * own) spikes of different channels stand for different activations: no node. */
struct layer_map layer_map_of(const struct ir_graph *analog, const struct ir_graph *spiking,
                              const struct plan_layer *layer);

/* The activation that a rate of unit u, in spikes per step, stands for. */
double layer_map_activation(const struct layer_map *m, size_t u, double rate);

/* Element of the analog node that unit u is. */
static inline size_t layer_map_index(const struct layer_map *m, size_t u) {
  return u % m->channels * m->area + u / m->channels;
}

/* Sums over pairs of numbers, for what the two have in common. */
struct pair_sums {
  double n, x, y, xx, yy, xy;
};
void pair_sums_add(struct pair_sums *s, double x, double y);
/* Pearson's coefficient; NaN where one side does not vary. */
double pair_sums_correlation(const struct pair_sums *s);

#endif
