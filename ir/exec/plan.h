/* ir/exec/plan.h -- a placed spiking graph as a straight list of kernel calls.
 *
 * The one place that turns nodes into runtime descriptors: the in-process executor interprets the
 * list, the C backend prints it, the image backend will store it, inspect and reports read sizes
 * from it. Everything is in the arena it was made with and read-only afterwards; threads share it.
 *
 * Signals are channels last: element (y * width + x) * channels + c. A spike bitmap has
 * ceil(channels / 32) words per pixel, bit c % 32 of word c / 32; signed spikes have a second one
 * behind it, for those of -1. A convolution and the spike_maxpool that alone uses it are one layer,
 * which counts the spikes after the pool.
 *
 * Tensors as the kernels read them (order=kernel; made by layout-weights), C source channels, O
 * targets, K the kernel size:
 *   project_conv        f32[C, KY, KX, O/group], element [c][K-1-ky][K-1-kx][o]: both window axes
 *                       reversed, c over all groups, o within the group of c. So for all windows,
 *                       also strided, dilated and depthwise ones.
 *   project_dense       f32[I, O]; row i is source element i in channels-last order of the map
 *                       behind the operand (views are looked through). The same where the source
 *                       is an encode, whatever its layout.
 *   project_avgpool     weight f32[C] or f32[1], no order.
 *   project_one_to_one  weight f32[C], f32[1], or one each as f32[H, W, C].
 *   threshold, bias     f32[C] or f32[1]; a bias of each neuron of a map is f32[H, W, C].
 * An encode keeps the model's order (layout); the kernels read it with strides.
 *
 * Projections run right before the population or readout that they feed, in its operand order: a
 * bitmap is read until the last user of a projection on it has run. */
#ifndef IR_EXEC_PLAN_H
#define IR_EXEC_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

struct plan;

/* The kernels of runtime/kernels that plans call. */
enum plan_kernel_tag {
#define PLAN_KERNEL(tag, function, header, desc, n_args, result, numbers) PLAN_##tag,
#include "ir/exec/kernels.def"
#undef PLAN_KERNEL
  PLAN_N_KERNELS
};

struct plan_kernel {
  const char *function;      /* "snn_fire"                             */
  const char *header;        /* "fire.h", below runtime/kernels        */
  const char *desc;          /* "fire": struct snn_fire                */
  const char *const *fields; /* names of its members, all int32_t      */
  size_t n_fields;
  size_t n_args; /* after the descriptor                   */
  bool counts;   /* returns a number; else void            */
  bool is_real;  /* for floats alone                       */
};
const struct plan_kernel *plan_kernel(enum plan_kernel_tag tag);

/* Memory that a running network owns. Spike bitmaps share one region. */
enum plan_buffer_kind {
  PLAN_MEMBRANE,
  PLAN_CURRENT,
  PLAN_INPUT,
  PLAN_EVENTS,
  PLAN_PENDING, /* a bitmap that is not shared: units that may still spike */
  PLAN_COUNT,
  PLAN_SPIKES
};

struct plan_buffer {
  enum plan_buffer_kind kind;
  const char *name; /* layer and kind: "conv1_v"                      */
  size_t n;         /* elements: floats (or i32), counts or 32-bit words */
  size_t at;        /* PLAN_SPIKES: first word in the shared region   */
  size_t layer;     /* whose it is                                    */
};

/* Constant tables. */
struct plan_tensor {
  const char *name; /* "conv1_weight" */
  const void *data;
  size_t n;
  enum ir_dtype dtype; /* f32; of integer networks i8, i16 or i32 */
};

struct plan_layer {
  const char *name;     /* as the user knows it                                     */
  ir_id node;           /* population, pool, readout, or encode that sends spikes   */
  ir_id out;            /* whose spikes count: the fused pool, else the same node   */
  size_t neurons;       /* that integrate                                           */
  size_t n_outputs;     /* units whose spikes count: after the pool                 */
  size_t n_channels;    /* of the outputs                                           */
  bool is_signed;       /* spikes are -1 and +1                                     */
  size_t n_biased;      /* neurons with something added each step                   */
  size_t n_biased_once; /* neurons that start with something added             */
  size_t levels;        /* what a unit can send, in thresholds: the steps, or those of its turn */
  double input_macs;    /* constant current: MACs, once per input; padding counted  */
  /* Of integer networks, proved: how far a step and all steps can move a membrane; 0 else. */
  double step_reach, membrane_reach;
  /* Its part of the whole; spike bitmaps, which layers share, and counters are in no part. */
  size_t ram_bytes, const_bytes;
  bool is_readout; /* the last layer, and only that                            */
};

/* When ops run: when the last input is forgotten, when one is set, in every step, when the output
 * is asked for. */
enum plan_phase { PLAN_RESET, PLAN_SET_INPUT, PLAN_STEP, PLAN_OUTPUT, PLAN_N_PHASES };

/* What the number that a kernel returns is added to. */
enum plan_counter {
  PLAN_UNCOUNTED,
  PLAN_N_SPIKES,
  PLAN_N_INPUT_SYNOPS, /* of spikes of the input */
  PLAN_N_SYNOPS,
  PLAN_N_POOL_OPS,
  PLAN_N_BIAS_OPS
};

enum plan_arg_kind {
  PLAN_ARG_NULL,
  PLAN_ARG_BUFFER,
  PLAN_ARG_NEGATIVE, /* the second half of a buffer: spikes of -1 */
  PLAN_ARG_TENSOR,
  PLAN_ARG_INPUT,
  PLAN_ARG_OUTPUT,
  PLAN_ARG_CLOCK /* snn/descriptor.h */
};
struct plan_arg {
  enum plan_arg_kind kind;
  size_t index; /* of the buffer or tensor */
};

enum { PLAN_MAX_ARGS = 6 };
struct plan_op {
  enum plan_kernel_tag kernel;
  enum plan_phase phase;
  enum plan_counter counter;
  size_t layer;        /* whose counter                                    */
  const int32_t *desc; /* the kernel's descriptor: its members in order    */
  struct plan_arg arg[PLAN_MAX_ARGS];
  ir_id node;
};

/* `g` has IR_FACT_PLACED. NULL: told. */
struct plan *plan_new(struct arena *a, struct diag *d, const struct ir_graph *g);

size_t plan_n_ops(const struct plan *p); /* in calling order, phase by phase */
const struct plan_op *plan_op(const struct plan *p, size_t i);
size_t plan_n_buffers(const struct plan *p);
const struct plan_buffer *plan_buffer(const struct plan *p, size_t i);
size_t plan_n_tensors(const struct plan *p);
const struct plan_tensor *plan_tensor(const struct plan *p, size_t i);
size_t plan_n_layers(const struct plan *p);
const struct plan_layer *plan_layer(const struct plan *p, size_t i);

size_t plan_input_size(const struct plan *p);
size_t plan_output_size(const struct plan *p);
size_t plan_steps(const struct plan *p);
/* Steps of each layer's turn, where layers send one after another; 0: all send in all steps. */
size_t plan_turn_steps(const struct plan *p);
/* Neurons spike once, and what they say is when (model=ttfs_dyn). */
bool plan_is_timed(const struct plan *p);
/* What a unit count of 1 (exec_spiking_unit_counts) stands for, in thresholds. */
double plan_unit_value(const struct plan *p);
/* What a spike of step t = 0, 1 .. is worth in thresholds of its neuron: 1 without turns. */
uint16_t plan_spike_worth(const struct plan *p, size_t t);
/* The lead of the largest output that ends a run early; 0: all steps are run. */
float plan_early_exit(const struct plan *p);
size_t plan_spike_words(const struct plan *p);
/* f32, or the type of the weights of an integer network: i8, i16. Mixed: layers have either, and
 * this is i8. */
enum ir_dtype plan_weight_type(const struct plan *p);
bool plan_is_mixed(const struct plan *p);
/* That of the weights which op i reads; of the network where it reads none. */
enum ir_dtype plan_op_weight_type(const struct plan *p, size_t i);
/* What an integer of the output stands for, 1 in float networks. */
double plan_output_unit(const struct plan *p);
/* What an input may be: finite numbers; numbers from 0 to 1, which become spikes; no numbers, but
 * spikes that are pushed before each step; of integer networks, bytes as they are stored or
 * multiples of plan_input_unit in 16 bits. */
enum plan_takes {
  PLAN_TAKES_NUMBERS,
  PLAN_TAKES_UNIT,
  PLAN_TAKES_EVENTS,
  PLAN_TAKES_BYTES,
  PLAN_TAKES_MULTIPLES
};
double plan_input_unit(const struct plan *p);
enum plan_takes plan_takes(const struct plan *p);
/* The network has a clock; it draws random numbers; its output is a number of spikes, so that zeros
 * are no answer. */
bool plan_has_clock(const struct plan *p);
bool plan_is_random(const struct plan *p);
bool plan_answers_in_spikes(const struct plan *p);
/* Bytes of a count of generated C: 1 where none can be above 255, else 2. */
size_t plan_count_bytes(const struct plan *p);
/* sizeof(net_state), the same on 32-bit and 64-bit targets; bytes of weights, tables and
 * descriptors. */
size_t plan_ram_bytes(const struct plan *p);
size_t plan_const_bytes(const struct plan *p);

#endif
