/* kernels/softmax.h -- outputs that spike at random: each with the probability that softmax gives
 * to its membrane, which takes logits and is never reset.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The output layer of snn_toolbox's INI simulator (Rueckauer et al. 2017, doi
 * 10.3389/fnins.2017.00682). Outputs are independent: in a step none may spike, or several. */
#ifndef SNN_SOFTMAX_H
#define SNN_SOFTMAX_H

#include "draw.h"
#include "exp.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* Adds the spikes of a step to `sent`. */
static inline void snn_softmax(const struct snn_softmax *d, const snn_membrane *v,
                               const uint32_t *clock, snn_count *sent) {
  const int32_t seed[2] = {d->seed_low, d->seed_high};
  struct snn_random r = {{0, 0, 0, 0}};
  float most = v[0], sum = 0;

  for (int32_t i = 1; i < d->neurons; i++)
    most = v[i] > most ? v[i] : most;
  for (int32_t i = 0; i < d->neurons; i++)
    sum += snn_exp(v[i] - most);
  for (int32_t i = 0; i < d->neurons; i++) {
    if (i % 4 == 0)
      r = snn_draw(clock, SNN_DRAW_OUTPUT, i / 4, seed);
    sent[i] = (snn_count)(sent[i] + (snn_unit(r.word[i % 4]) < snn_exp(v[i] - most) / sum));
  }
}

#endif
