/* tests/diff/present.h -- one image at a time, however the network "net" takes it. C99. */
#ifndef TESTS_DIFF_PRESENT_H
#define TESTS_DIFF_PRESENT_H

#include "net.h"

#ifdef HAS_EVENTS
static float x[NET_STEPS][NET_INPUT_SIZE]; /* not 0: an event */

static inline int present(net_state *s) {
  net_reset(s);
  return net_push_event(s, NET_INPUT_SIZE) < 0 ? 0 : -1; /* there is no such place */
}

static inline int present_step(net_state *s, int t) {
  for (uint32_t i = 0; i < NET_INPUT_SIZE; i++)
    if (x[t][i] != 0)
      net_push_event(s, i);
  return net_step(s);
}

/* What net_run is for other inputs; no class. */
static inline int present_all(net_state *s, net_output *y) {
  present(s);
  for (int t = 0; t < NET_STEPS; t++)
    present_step(s, t);
  return net_output_of(s, y);
}
#else
static float x[NET_INPUT_SIZE]; /* integers too, where the network takes them */
static net_input input[NET_INPUT_SIZE];

static inline int present(net_state *s) {
  for (int i = 0; i < NET_INPUT_SIZE; i++)
    input[i] = (net_input)x[i];
  net_reset(s);
  return net_set_input(s, input);
}

static inline int present_step(net_state *s, int t) {
  (void)t;
  return net_step(s);
}

static inline int present_all(net_state *s, net_output *y) {
  return present(s) < 0 ? -1 : net_run(s, input, y);
}
#endif

#endif
