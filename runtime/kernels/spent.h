/* kernels/spent.h -- the membrane of a neuron that has spiked and will not again.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_SPENT_H
#define SNN_SPENT_H

#include <stddef.h>

#include "snn/number.h"

/* Sums of currents are far smaller, so adding them changes nothing. */
#define SNN_SPENT ((snn_membrane)-1e30f)

#endif
