/* ir/exec/sync_internal.h -- the insides of a running synchronous network. */
#ifndef IR_EXEC_SYNC_INTERNAL_H
#define IR_EXEC_SYNC_INTERNAL_H

#include <stdbool.h>

#include "ir/exec/spiking_internal.h"
#include "ir/exec/sync.h"
#include "snn/descriptor.h"

struct sync_call {
  spiking_call *kernel; /* NULL: there is nothing to do */
  const void *desc;
  void *arg[PLAN_MAX_ARGS];
};

/* A population and its state. */
struct sync_group {
  struct sync_population seen;
  struct sync_call fire, settle; /* parts 1 and 3 of a step */
  size_t arrived_at;             /* which argument of `settle` is what arrives in this step */
  uint32_t *spikes;              /* as seen.spikes */
  bool is_signed;
  uint32_t n_fired; /* in this step */
  /* What arrives: of each slot n sums. Step t has slot t % slots. NULL of poisson and events. */
  float *ring;
  int32_t slots;
  struct snn_neurons neurons;
  const int32_t *event; /* model=events: pairs (step, neuron) that are still to come */
  size_t n_events;
};

/* The synapses from one population to another. */
struct sync_link {
  struct sync_group *from, *to;
  struct sync_call call;
  size_t spikes_at; /* which argument of `call` is the bitmap */
  size_t target_at; /* which is where the sums are */
  int32_t delay;    /* of all synapses; -1: each has its own, and the target is the whole ring */
};

struct sync {
  struct arena *arena;
  struct diag *diag;
  const struct ir_graph *graph;
  spiking_call *const *kernels;
  uint64_t seed;
  double dt;
  struct sync_group *group;
  struct sync_link *link; /* in the order of sums, see sync.h */
  size_t n_groups, n_links;
  uint32_t clock[2]; /* snn/descriptor.h */
  int32_t slot;      /* of the target that a link works on */
};

/* Tells what is wrong about a node. False. */
bool sync_refuse(const struct sync *s, const struct ir_node *n, const char *why);

/* State and kernels of group g, whose node, size and slots are known. False: told. */
bool sync_make_neurons(struct sync *s, struct sync_group *g);

/* The longest delay of a projection that can be run. False: told. */
bool sync_check_projection(const struct sync *s, const struct ir_node *projection,
                           int32_t *longest);
/* Tables and kernel of a link, whose ends are known. False: told. */
bool sync_make_link(struct sync *s, struct sync_link *l, const struct ir_node *projection);

#endif
