/* backends/host/record.h -- rates, activations and spikes of the first samples: eval --record.
 *
 * An .npz of bounded size, for snncc plot and NumPy. K numbers the layers that spike and have a
 * node of the CNN to compare with, from 0; of each, at most 512 units, spread evenly: layers u1
 * [layers, 64]            names, ending in zeros steps         i4 [1] unit_K        i4 [units]
 * element of the CNN's tensor, [C, H, W] scale_K       f4 [units]                 the activation
 * that one spike per step stands for activation_K  f4 [samples, units]        of the CNN, at most
 * 20 samples rate_K        f4 [samples, units]        spikes per step spikes_K      i1 [steps,
 * units]          of the first sample: -1, 0, 1; at most 256 steps */
#ifndef BACKENDS_HOST_RECORD_H
#define BACKENDS_HOST_RECORD_H

#include <stdbool.h>

struct comp;
struct ir_graph;
struct plan;
struct samples;

enum { RECORD_NAME = 64 };

/* Writes the file of --record; the CNN is c->analog. False: told. */
bool record_write(struct comp *c, const struct ir_graph *spiking, const struct plan *plan,
                  const struct samples *samples);

#endif
