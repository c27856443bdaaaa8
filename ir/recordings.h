/* ir/recordings.h -- samples that are recordings of an event camera, binned into time steps.
 *
 * A recording is a list of events in ascending order, each once: the step in the upper 32 bits, in
 * the lower the place: as read (polarity * height + y) * width + x, polarity 1 where it became
 * brighter; after recordings_fit the element of the model's input. */
#ifndef IR_RECORDINGS_H
#define IR_RECORDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recordings {
  size_t n, height, width;
  uint64_t *event;
  size_t *begin; /* n + 1: those of recording i are event[begin[i]] up to event[begin[i + 1] - 1] */
  size_t steps;  /* of a presentation, for recordings_rates */
};

static inline uint64_t recordings_event(uint64_t step, uint64_t place) {
  return step << 32 | place;
}

/* Puts the events of each recording in order, each once. */
void recordings_sort(struct recordings *r);

/* Makes places those of a map of the model. Of a smaller map the middle is taken; one channel gets
 * the events of both polarities, two get them apart, darker first. False, nothing changed: the map
 * is larger, or has other channels. */
struct recordings_map {
  size_t channels, height, width;
  bool is_hwc;
};
bool recordings_fit(struct recordings *r, const struct recordings_map *map);

/* Rate of each of n elements of the input: the steps with an event, of all steps. */
void recordings_rates(const struct recordings *r, size_t i, float *x, size_t n);

#endif
