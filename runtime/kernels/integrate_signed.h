/* kernels/integrate_signed.h -- as kernels/integrate.h, of neurons that take a spike back where
 * they sent too many. SPDX-License-Identifier: Apache-2.0
 *
 * v = v + bias; a spike of +1 where v >= threshold, one of -1 where v < 0 and more was sent than
 * taken back. */
#ifndef SNN_INTEGRATE_SIGNED_H
#define SNN_INTEGRATE_SIGNED_H

#include "bits.h"
#include "count_bits.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* n <= 32 neurons; spikes of +1 and of -1 as a word each, which hold 0 before. */
static inline void snn_integrate_signed_word(snn_membrane *restrict v,
                                             const snn_membrane *restrict threshold,
                                             int32_t *restrict sent, int32_t n, uint32_t word[2]) {
  for (int32_t i = 0; i < n; i++) {
    const uint32_t up = v[i] >= threshold[i], down = (uint32_t)(v[i] < 0) & (sent[i] > 0);
    sent[i] += (int32_t)up - (int32_t)down;
    word[0] |= up << i;
    word[1] |= down << i;
  }
}

/* `sent` has what each neuron sent so far. Writes the two bitmaps, one behind the other; returns
 * the spikes of both signs. */
static inline uint32_t snn_integrate_signed(const struct snn_neurons *d, snn_membrane *v,
                                            const snn_current *bias, const snn_membrane *threshold,
                                            int32_t *sent, uint32_t *spikes) {
  const int32_t n_words = snn_words(d->neurons);
  uint32_t n_spikes = 0;

  for (int32_t i = 0; i < d->neurons; i++)
    v[i] += bias[i];
  for (int32_t i = 0; i < d->neurons; i += 32, spikes++) {
    uint32_t word[2] = {0, 0};
    snn_integrate_signed_word(v + i, threshold + i, sent + i,
                              d->neurons - i < 32 ? d->neurons - i : 32, word);
    spikes[0] = word[0];
    spikes[n_words] = word[1];
    n_spikes += snn_count_bits(word[0] | word[1]);
  }
  return n_spikes;
}

#endif
