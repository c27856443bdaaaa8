/* kernels/izhikevich_settle.h -- end of a step of Izhikevich's neurons: what arrived is the current
 * of the next step, and who fired is reset: v = c, u = u + d.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_IZHIKEVICH_SETTLE_H
#define SNN_IZHIKEVICH_SETTLE_H

#include "izhikevich_param.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* `v` and `param` as in kernels/izhikevich.h. Clears `arrived`. */
static inline void snn_izhikevich_settle(const struct snn_neurons *d, const snn_membrane *param,
                                         snn_membrane *v, snn_current *current,
                                         const snn_current *bias, snn_current *arrived,
                                         const uint32_t *spikes) {
  snn_membrane *u = v + d->neurons;

  for (int32_t i = 0; i < d->neurons; i++) {
    const uint32_t fires = spikes[i / 32] >> i % 32 & 1u;
    current[i] = bias[i] + arrived[i];
    arrived[i] = 0;
    v[i] = fires ? param[SNN_IZHIKEVICH_C] : v[i];
    u[i] = fires ? u[i] + param[SNN_IZHIKEVICH_D] : u[i];
  }
}

#endif
