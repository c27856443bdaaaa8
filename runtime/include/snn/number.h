/* snn/number.h -- what weights, currents and membranes are made of, and the order of sums.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Float sums depend on their order, so there is one. In a step a membrane takes, one addition each:
 *   1. the projections in operand order; of each, the weights of the sources that spiked, ascending
 *      in channels-last order: (y * width + x) * channels + c;
 *      Where spikes are signed, those of +1 of all projections so, then those of -1, subtracted;
 *   2. the drive: its bias, or its constant current where it has one.
 * A constant current starts as the bias (or 0) and takes, in the same two orders, weight * x of
 * every source x that is not 0. Nothing is reassociated or contracted: compile with
 * -ffp-contract=off and without -ffast-math, and every compiler gives the same bits.
 *
 * With SNN_INT8 or SNN_INT16 all are integers: weights of that width, inputs as they are stored
 * (bytes with SNN_BYTES). No sum leaves 32 bits, which snncc has proved, so every order gives the
 * same.
 *
 * On AVR constant tables stay in program memory, which takes instructions of its own: in GNU C
 * (-std=gnu99) they are of avr-gcc's address space __memx, whose pointers may also point into RAM.
 */
#ifndef SNN_NUMBER_H
#define SNN_NUMBER_H

#include <stdint.h>

#ifdef __MEMX
#define SNN_TABLE __memx
#else
#define SNN_TABLE
#endif

/* What was sent, by a neuron or to a pool; SNN_COUNT8 where there are at most 255 steps. */
#ifdef SNN_COUNT8
typedef uint8_t snn_count;
#else
typedef uint16_t snn_count;
#endif

#if defined(SNN_INT8) || defined(SNN_INT16)
#define SNN_INTEGERS
#ifdef SNN_BYTES
typedef uint8_t snn_input;
#else
typedef int16_t snn_input;
#endif
#ifdef SNN_INT8
typedef SNN_TABLE int8_t snn_weight;
#else
typedef SNN_TABLE int16_t snn_weight;
#endif
typedef int32_t snn_current;
typedef int32_t snn_membrane;
typedef SNN_TABLE int32_t snn_table; /* thresholds, biases; a drive may be in RAM */
typedef int32_t snn_answer;
#else
typedef float snn_input;
typedef float snn_weight;
typedef float snn_current;
typedef float snn_membrane;
typedef float snn_table;
typedef float snn_answer;
#endif

#endif
