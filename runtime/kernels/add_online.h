/* kernels/add_online.h -- what spikes of fire_online.h add: weights times their size in this step.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ADD_ONLINE_H
#define SNN_ADD_ONLINE_H

#include "snn/descriptor.h"
#include "snn/number.h"

/* Takes the sums of the weights into the membranes, and leaves them 0. online[0] is the size. */
static inline void snn_add_online(const struct snn_map *d, snn_membrane *sum,
                                  const snn_membrane *online, snn_membrane *v) {
  for (int32_t i = 0; i < d->pixels * d->channels; i++) {
    v[i] += sum[i] * online[0];
    sum[i] = 0;
  }
}

#endif
