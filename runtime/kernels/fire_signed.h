/* kernels/fire_signed.h -- integrate-and-fire neurons that take a spike back where they sent too
 * many: one step of all of a population.
 * SPDX-License-Identifier: Apache-2.0
 *
 * At or above the threshold a spike of +1, which subtracts the threshold; below 0, where more was
 * sent than taken back, one of -1, which adds it. So what was sent never falls below 0. */
#ifndef SNN_FIRE_SIGNED_H
#define SNN_FIRE_SIGNED_H

#include "bits.h"
#include "count_bits.h"
#include "difference.h"
#include "lanes.h"
#include "scalar.h"
#include "sum.h"
#include "snn/descriptor.h"
#include "snn/number.h"

/* n <= 32 neurons; spikes of +1 and of -1 as a word each, which hold 0 before. */
SNN_APART void snn_fire_signed_word(snn_membrane *restrict v, const snn_table *restrict threshold,
                                    snn_count *restrict sent, int32_t n, uint32_t word[2]) {
#ifdef SNN_LANES
  for (int32_t i = 0; i < n; i += SNN_LANES) {
    const snn_lanes theta = snn_lanes_load(threshold + i, n - i);
    const snn_counts counts = snn_counts_load(sent + i, n - i);
    snn_lanes x = snn_lanes_load(v + i, n - i);
    const snn_hits up = snn_lanes_at_least(x, theta, n - i);
    const snn_hits has_sent = snn_counts_not_zero(counts);
    const snn_hits low = snn_hits_both(snn_lanes_below_zero(x), has_sent);
    const snn_hits down = snn_hits_without(low, up);
    x = snn_lanes_add_where(down, snn_lanes_less_where(up, x, theta), theta);
    snn_lanes_store(v + i, x, n - i);
    snn_counts_store(sent + i, snn_counts_change(counts, up, down), n - i);
    word[0] |= snn_hits_bits(up) << i;
    word[1] |= snn_hits_bits(down) << i;
  }
#elif SNN_SCALAR
  for (int32_t i = 0; i < n; i++) {
    if (v[i] >= threshold[i]) {
      v[i] = snn_difference(v[i], threshold[i]);
      sent[i]++;
      word[0] |= (uint32_t)1 << i;
      continue;
    }
    if (v[i] < 0 && sent[i] > 0) {
      v[i] = snn_sum(v[i], threshold[i]);
      sent[i]--;
      word[1] |= (uint32_t)1 << i;
    }
  }
#else
  for (int32_t i = 0; i < n; i++) {
    const snn_membrane less = snn_difference(v[i], threshold[i]);
    const snn_membrane more = snn_sum(v[i], threshold[i]);
    const uint32_t up = (uint32_t)(v[i] >= threshold[i]);
    const uint32_t low = (uint32_t)(v[i] < 0) & (uint32_t)(sent[i] > 0);
    const uint32_t down = low & ~up;
    v[i] = up ? less : down ? more : v[i];
    sent[i] = (snn_count)(sent[i] + up - down);
    word[0] |= up << i;
    word[1] |= down << i;
  }
#endif
}

/* `sent` has what each neuron sent so far. Writes the two bitmaps, one behind the other; returns
 * the spikes of both signs. */
static inline uint32_t snn_fire_signed(const struct snn_map *d, snn_membrane *v,
                                       const snn_table *threshold, snn_count *sent,
                                       uint32_t *spikes) {
  const int32_t n_words = d->pixels * snn_words(d->channels);
  uint32_t n_spikes = 0;

  for (int32_t p = 0; p < d->pixels; p++, v += d->channels, sent += d->channels)
    for (int32_t c = 0; c < d->channels; c += 32, spikes++) {
      const int32_t n = d->channels - c < 32 ? d->channels - c : 32;
      uint32_t word[2] = {0, 0};
      snn_fire_signed_word(v + c, threshold + c, sent + c, n, word);
      spikes[0] = word[0];
      spikes[n_words] = word[1];
      n_spikes += snn_count_bits(word[0] | word[1]);
    }
  return n_spikes;
}

#endif
