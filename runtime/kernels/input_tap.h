/* kernels/input_tap.h -- the values of a real-valued input that are not 0, each once for every
 * target that its window reaches: by pixels, taps, channels.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_INPUT_TAP_H
#define SNN_INPUT_TAP_H

#include "tap.h"
#include "snn/descriptor.h"
#include "snn/number.h"

struct snn_input_tap {
  struct snn_tap tap;
  snn_input value;
  int32_t y, x, channel; /* of the value */
};

/* Before the first; snn_input_next moves to it. */
static inline struct snn_input_tap snn_input_start(const struct snn_window *d) {
  struct snn_input_tap t = {snn_tap_start(d, 0, 0), 0, 0, 0, d->in_channels - 1};

  return t;
}

/* False when there are no more. */
static inline int snn_input_next(const struct snn_window *d, const snn_input *values,
                                 struct snn_input_tap *t) {
  do {
    if (++t->channel == d->in_channels) {
      t->channel = 0;
      while (snn_tap_next(d, &t->tap) == 0) {
        if (++t->x == d->in_width) {
          t->x = 0;
          if (++t->y == d->in_height)
            return 0;
        }
        t->tap = snn_tap_start(d, t->y, t->x);
      }
    }
    t->value = values[t->y * d->step_y + t->x * d->step_x + t->channel * d->step_c];
  } while (t->value == 0);
  return 1;
}

#endif
