/* kernels/izhikevich_param.h -- the table of numbers of Izhikevich's neurons.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_IZHIKEVICH_PARAM_H
#define SNN_IZHIKEVICH_PARAM_H

/* The parameters of a population, in this order. */
enum {
  SNN_IZHIKEVICH_STEP, /* h, ms */
  SNN_IZHIKEVICH_A,
  SNN_IZHIKEVICH_B,
  SNN_IZHIKEVICH_C,
  SNN_IZHIKEVICH_D,
  SNN_IZHIKEVICH_N
};

#endif
