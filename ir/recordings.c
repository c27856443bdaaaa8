#include "ir/recordings.h"

#include <stdlib.h>
#include <string.h>

static int compare_events(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

  return (x > y) - (x < y);
}

void recordings_sort(struct recordings *r) {
  size_t kept = 0, begin = 0;

  for (size_t i = 0; i < r->n; i++) {
    size_t end = r->begin[i + 1], first = kept;

    qsort(r->event + begin, end - begin, sizeof *r->event, compare_events);
    for (size_t k = begin; k < end; k++)
      if (kept == first || r->event[k] != r->event[kept - 1])
        r->event[kept++] = r->event[k];
    begin = end;
    r->begin[i + 1] = kept;
  }
}

/* False: outside of the map. */
static bool move_place(const struct recordings *r, const struct recordings_map *m, uint64_t *e) {
  uint64_t step = *e >> 32, place = *e & UINT32_MAX;
  size_t x = place % r->width, y = place / r->width % r->height;
  size_t channel = m->channels == 2 ? place / r->width / r->height : 0;

  y -= (r->height - m->height) / 2; /* below 0 becomes very large */
  x -= (r->width - m->width) / 2;
  if (y >= m->height || x >= m->width)
    return false;
  place = m->is_hwc ? (y * m->width + x) * m->channels + channel
                    : (channel * m->height + y) * m->width + x;
  *e = recordings_event(step, place);
  return true;
}

bool recordings_fit(struct recordings *r, const struct recordings_map *m) {
  size_t kept = 0, begin = 0;

  if (m->channels < 1 || m->channels > 2 || m->height > r->height || m->width > r->width)
    return false;
  for (size_t i = 0; i < r->n; i++) {
    size_t end = r->begin[i + 1];

    for (size_t k = begin; k < end; k++) {
      uint64_t e = r->event[k];
      if (move_place(r, m, &e))
        r->event[kept++] = e;
    }
    begin = end;
    r->begin[i + 1] = kept;
  }
  recordings_sort(r);
  return true;
}

void recordings_rates(const struct recordings *r, size_t i, float *x, size_t n) {
  memset(x, 0, n * sizeof *x);
  for (size_t k = r->begin[i]; k < r->begin[i + 1] && r->event[k] >> 32 < r->steps; k++)
    x[r->event[k] & UINT32_MAX] += 1;
  for (size_t k = 0; k < n; k++)
    x[k] /= (float)r->steps;
}
