/* ir/exec/plan_internal.h -- a plan while it is built. */
#ifndef IR_EXEC_PLAN_INTERNAL_H
#define IR_EXEC_PLAN_INTERNAL_H

#include "ir/exec/plan.h"

struct plan {
  struct plan_op *op;
  struct plan_buffer *buffer;
  struct plan_tensor *tensor;
  struct plan_layer *layer;
  size_t n_ops, n_buffers, n_tensors, n_layers;
  size_t input_size, output_size, steps, spike_words;
  float early_exit;
  enum ir_dtype weight_type;
  bool is_mixed;
  double input_unit, output_unit;
  enum plan_takes takes;
  bool has_clock, is_random, answers_in_spikes, has_rest;
  enum ir_word model; /* of all populations                             */
  size_t turn_steps;  /* 0: populations have no turns                  */
};

/* A map, channels last; a flat population is one pixel. */
struct plan_shape {
  int32_t height, width, channels;
};

struct plan_builder {
  struct arena *arena;
  struct diag *diag;
  const struct ir_graph *graph;
  struct plan *plan;
  size_t *spikes; /* by node id: buffer of its spikes */
  size_t *sent;   /* by node id: buffer of what its units have sent, where spikes are signed */
  size_t *online; /* by node id: buffer of what model=if_online keeps (kernels/fire_online.h) */
  size_t *layer;  /* by node id: the layer it counts for */
  /* Where populations have turns: */
  struct plan_arrival *arrival; /* by node id: of what it sends or passes on */
  size_t *pending;              /* by node id: buffer of what may still spike, model=ttfs_dyn */
  struct plan_arg worth;        /* of the spikes of this step, once a pool needs it */
};

/* Spikes arrive in the steps first .. end - 1. */
struct plan_arrival {
  int32_t first, end;
};

/* What projections feed: a population or a readout. */
struct plan_target {
  const struct ir_node *node;
  struct plan_shape shape;
  size_t layer;
  struct plan_arg v;      /* membranes                                                   */
  struct plan_arg direct; /* takes spikes as they are: v, or with turns a current         */
  struct plan_arg into;   /* takes spikes: direct, or a sum that is scaled before it goes there */
  struct plan_arg sum;    /* of what is scaled, or NULL                                  */
  struct plan_arg before, left; /* of neurons that rest, or NULL */
  struct plan_arg more;         /* sum of the weights of what may still come, or NULL          */
  struct plan_arg drive;        /* takes constant currents; what is added every step, or NULL */
};

/* Tells what is wrong about a node, by its op and name; false. */
bool plan_fail(const struct plan_builder *b, const struct ir_node *n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Each adds one and gives its index, or the argument that names it. */
size_t plan_add_layer(struct plan_builder *b, ir_id id, size_t neurons);
/* `buffer` gets the name of the layer with `suffix`. */
struct plan_arg plan_add_buffer(struct plan_builder *b, size_t layer, struct plan_buffer buffer,
                                const char *suffix);
/* The bitmap of node `id` at its place in the shared region. False: told. */
bool plan_add_spikes(struct plan_builder *b, ir_id id, size_t layer, struct plan_arg *arg);
void plan_add_op(struct plan_builder *b, struct plan_op op);
/* A table gets the name of the layer with `suffix`. */
struct plan_arg plan_add_table_of(struct plan_builder *b, size_t layer, struct plan_tensor table,
                                  const char *suffix);
struct plan_arg plan_add_tensor(struct plan_builder *b, size_t layer, const char *suffix,
                                const float *data, size_t n);

struct plan_shape plan_shape_of(const struct ir_type *t);
static inline int32_t plan_pixels(struct plan_shape s) {
  return s.height * s.width;
}
/* Where an input lies in memory: its distances along the axes of the map. */
struct plan_steps {
  int32_t y, x, c;
};
struct plan_steps plan_input_steps(const struct ir_node *encode);
static inline size_t plan_neurons(struct plan_shape s) {
  return (size_t)plan_pixels(s) * (size_t)s.channels;
}
/* The node behind views. */
ir_id plan_behind_views(const struct ir_graph *g, ir_id id);

/* A table of one value per channel, one for all (repeated here) or one per neuron. *step is 0, or
 * the channels where it is per neuron. */
struct plan_arg plan_add_table(struct plan_builder *b, const struct plan_target *t,
                               enum ir_attr_key key, int32_t *step);

/* Descriptor of a map. */
const int32_t *plan_map_desc(struct plan_builder *b, struct plan_shape s, int32_t step);
/* Descriptor of the window of n. */
const int32_t *plan_window_desc(struct plan_builder *b, const struct ir_node *n,
                                struct plan_shape in, struct plan_shape out);

/* True where the projection reads the input, as a constant current or as spikes. */
bool plan_is_input(const struct plan_builder *b, ir_id projection);
/* True where it carries the constant current of the input. */
bool plan_is_current(const struct plan_builder *b, ir_id projection);
/* Membranes, drive and projections of a population or readout. *step is that of its drive. False:
 * told. */
bool plan_add_target(struct plan_builder *b, ir_id id, struct plan_target *t, int32_t *step);
/* Adds the drive to the membranes, where no neurons take it along. */
void plan_add_drive_map(struct plan_builder *b, const struct plan_target *t, int32_t step);

/* Where signals come in and go out: plan_ends.c. */
bool plan_add_encode(struct plan_builder *b, ir_id id);
bool plan_add_readout(struct plan_builder *b, ir_id id);

/* The calls of one node and of the projections into it. False: told. */
bool plan_add_node(struct plan_builder *b, ir_id id);

/* ---- plan_integers.c ---- */

/* What weights are; of integers, what they can run. False: told. */
bool plan_find_numbers(struct plan_builder *b);
/* No membrane of an integer network leaves 32 bits within its steps. False: told. */
bool plan_prove_reach(const struct plan_builder *b);

/* ---- plan_online.c: neurons as snn_toolbox has them ---- */

/* The buffer that says how large the spikes are that `projection` reads, none where they are as
 * large as their threshold. False: told. */
bool plan_find_online(const struct plan_builder *b, ir_id projection, struct plan_arg *online);
/* Spikes that `projection` hands on from `online` go into a sum, t->into, and from there, scaled,
 * into the membranes. */
void plan_begin_online(struct plan_builder *b, struct plan_target *t);
void plan_end_online(struct plan_builder *b, struct plan_target *t, ir_id projection,
                     struct plan_arg online);

/* Before neurons fire: what leak and refractory take away; the drive has been added. After it: what
 * reset=modulo forgets, and who rests. Nothing where the node has none of them. */
bool plan_has_rest(const struct ir_node *n);
void plan_add_before_fire(struct plan_builder *b, struct plan_target *t,
                          const struct plan_tensor *threshold);
void plan_add_after_fire(struct plan_builder *b, const struct plan_target *t,
                         struct plan_arg threshold, struct plan_arg spikes);

/* The kernel call of one projection into `t`. False: told. */
bool plan_add_projection(struct plan_builder *b, const struct plan_target *t, ir_id projection);

/* ---- plan_once.c: model=ttfs_dyn ---- */

/* Makes t->more, empty at the start of every step. */
void plan_begin_more(struct plan_builder *b, struct plan_target *t);
/* The call added last once more, from sources that may still spike and into t->more. */
void plan_add_more(struct plan_builder *b, const struct plan_target *t);
/* Which units of node `id` may still spike; of neurons, of a pool whose call is `pool`, of an
 * operand of a concatenation whose call is `concat`. */
void plan_add_pending(struct plan_builder *b, ir_id id, const struct plan_target *t);
void plan_pool_pending(struct plan_builder *b, ir_id id, ir_id from, const struct plan_op *pool);
void plan_concat_pending(struct plan_builder *b, ir_id id, ir_id from, struct plan_op concat);

/* ---- plan_turns.c ---- */

/* Turns: which model and steps all populations have, and when what they send arrives. False: told.
 */
bool plan_find_turns(struct plan_builder *b);
/* The first membranes of a target in a network with turns: bias and v_init, and the currents go on
 * top; then the calls that come before spikes are added. */
void plan_add_turn_target(struct plan_builder *b, struct plan_target *t);
/* What spikes of this step are worth, for a pool of that layer. */
struct plan_arg plan_turn_worth(struct plan_builder *b, size_t layer, ir_id node);
/* The neurons' call. */
struct plan_op plan_turn_fire(struct plan_builder *b, const struct plan_target *t,
                              struct plan_arg threshold, struct plan_arg spikes);

#endif
