/* passes/lower_spiking_internal.h -- what an analog value has become while lower-spiking runs.
 *
 * A value of the analog graph is represented at the spiking level by one of
 *   INPUT   the constant current of the input; encoded at its first use, when its shape is known
 *   SPIKES  a node of the new graph that sends spikes, and what one spike stands for per channel
 *   SUM     projections and a bias that wait for a population or a readout; not yet in the graph
 *   CONST   a constant operand
 * Shapes are those of the spiking level: [C, H, W] for maps, [n] for flat values; dims[0] is the
 * number of channels. All memory but tensors that go into the graph is scratch. */
#ifndef PASSES_LOWER_SPIKING_INTERNAL_H
#define PASSES_LOWER_SPIKING_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/comp.h"
#include "ir/ir.h"

struct map;

enum signal_kind { SIGNAL_NONE, SIGNAL_INPUT, SIGNAL_SPIKES, SIGNAL_SUM, SIGNAL_CONST };

struct signal {
  enum signal_kind kind;
  struct ir_type shape; /* dtype unused; INPUT: the analog type */
  bool is_hwc;          /* INPUT: stored channels last, the analog type is after the transpose */

  ir_id id;           /* SPIKES: node of the new graph                        */
  const float *scale; /* SPIKES: what one spike stands for, per channel, with --code other than rate
                         the one that is worth least; SUM: of its population, or NULL */

  int64_t ready; /* SPIKES, SUM: steps until all of it has arrived; 0: it comes in all steps */

  struct ir_node *term; /* SUM: projections, their one operand set            */
  size_t n_terms;
  const float *bias; /* SUM: per channel, or per neuron in the order of shape, or NULL */
  size_t n_bias;
  const struct ir_node *origin; /* SUM: analog node that gives the layer its name */
};

struct lower {
  struct comp *c;
  const struct ir_graph *from;
  struct ir_graph *to;
  struct signal *of;    /* by id of `from`       */
  const uint32_t *uses; /* by id of `from`       */
  struct map *layers;   /* layer names given out */
  ir_id encode;         /* none until the input is first used */
  int64_t steps;        /* of the whole network */
  double resolution;    /* threshold in scales: 1, but with --code ttfs_dyn */
  bool has_end_relu;    /* the readout does what the relu at the end did */
};

/* ---- lower_spiking_nodes.c: nodes in the making ---- */

/* Tells why node n cannot become spikes; where n has no place in a file, by its name. False. */
bool signal_refuse(struct lower *l, const struct ir_node *n, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A node with one operand, named as n, with room for attributes. */
struct ir_node signal_new_node(struct lower *l, const struct ir_node *n, enum ir_op op, ir_id from);
void signal_put_attr(struct ir_node *n, struct ir_attr attr);

/* Tensor of floats, and attributes whose values are copied, in the new graph's arena. */
struct ir_tensor signal_tensor(struct lower *l, size_t rank, const int64_t *dims);
struct ir_attr signal_vector_attr(struct lower *l, enum ir_attr_key key, const float *v, size_t n);

/* The window of n over (y, x); a window over one axis gets a y axis of 1. False: told. */
bool signal_window(struct lower *l, const struct ir_node *n, struct ir_window *w);
void signal_put_window(struct lower *l, struct ir_node *p, const struct ir_window *w);

/* Analog shape to spiking shape. False: not of that form. */
bool signal_map_shape(const struct ir_type *analog, struct ir_type *shape);  /* [1, C, (H,) W] */
bool signal_flat_shape(const struct ir_type *analog, struct ir_type *shape); /* [1, .., n]     */
bool signal_same_shape(const struct ir_type *a, const struct ir_type *b);

/* A name for the layer that n makes: the last telling part of its path, unique. */
const char *signal_name_layer(struct lower *l, const struct ir_node *n);

/* ---- lower_spiking_signal.c: where currents come from and go to ---- */

/* What operand k of n sends to a projection: the encoded input or spikes, as id, shape and scale
 * (NULL: 1). A sum that has a scale becomes a population first. False: told. */
struct source {
  ir_id id;
  struct ir_type shape;
  const float *scale;
  int64_t ready; /* as of the signal */
};
bool signal_source(struct lower *l, const struct ir_node *n, size_t k, bool as_map,
                   struct source *out);

/* What a neuron can send, in what its least spike stands for: 1 a step, or all of its code. */
double signal_levels(const struct lower *l);

/* Adds a population for the sum `s`: threshold = scale per channel, by signal_levels. `out`
 * may be `s`. False: told. */
bool signal_fire(struct lower *l, const struct ir_node *n, const struct signal *s,
                 const float *scale, struct signal *out);

/* The bias of a sum that has one, for the nodes of the new graph: f32[C], or f32[H, W, C]. */
struct ir_attr signal_bias_attr(struct lower *l, const struct signal *s);

/* Puts the projections of a sum into the new graph; ids of them, scratch. NULL: told. */
ir_id *signal_append_terms(struct lower *l, const struct signal *s);

/* ---- lower_spiking_sums.c, lower_spiking_rules.c: a rule per op; false: told ---- */

/* Operand k of n as a sum: spikes and input through one weight per channel. */
bool lower_operand(struct lower *l, const struct ir_node *n, size_t k, struct signal *out);

bool lower_linear(struct lower *l, const struct ir_node *n, struct signal *out); /* conv, dense */
bool lower_average(struct lower *l, const struct ir_node *n, struct signal *out);
bool lower_add(struct lower *l, const struct ir_node *n, struct signal *out);
bool lower_batchnorm(struct lower *l, const struct ir_node *n, struct signal *out);

/* Lowers node n, whose operands are lowered, into *out. */
bool lower_node(struct lower *l, const struct ir_node *n, struct signal *out);

#endif
