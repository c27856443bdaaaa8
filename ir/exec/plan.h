/* ir/exec/plan.h -- a placed spiking graph as a straight list of kernel calls.
 *
 * The one place that turns nodes into runtime descriptors: the in-process executor interprets the
 * list, the C backend prints it, the image backend will store it, inspect and reports read sizes
 * from it. Everything is in the arena it was made with and read-only afterwards; threads share it.
 *
 * Signals are channels last: element (y * width + x) * channels + c. A spike bitmap has
 * ceil(channels / 32) words per pixel, bit c % 32 of word c / 32. A convolution and the spike_maxpool
 * that alone uses it are one layer, which counts the spikes after the pool.
 *
 * Tensors as the kernels read them (order=kernel; made by layout-weights), C source channels, O
 * targets, K the kernel size:
 *   project_conv        f32[C, KY, KX, O/group], element [c][K-1-ky][K-1-kx][o]: both window axes
 *                       reversed, c counts over all groups, o within the group of c. Always so, also
 *                       for strided, dilated and depthwise windows.
 *   project_dense       f32[I, O]; row i is source element i in channels-last order of the map
 *                       behind the operand (views are looked through). The same where the source is
 *                       an encode, whatever its layout.
 *   project_avgpool     weight f32[C] or f32[1], no order.
 *   project_one_to_one  weight f32[C], f32[1], or one each as f32[H, W, C].
 *   threshold, bias     f32[C] or f32[1]; a bias of each neuron of a map is f32[H, W, C].
 * An encode keeps the model's order (layout); the kernels read it with strides. */
#ifndef IR_EXEC_PLAN_H
#define IR_EXEC_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

struct plan;

/* The kernels of runtime/kernels, one tag each, and what they work on, are listed in
 * ir/exec/kernels.def; descriptors are the structs of runtime/include/snn. */
enum plan_buffer_kind { PLAN_MEMBRANE, PLAN_CURRENT, PLAN_COUNT, PLAN_SPIKES };

struct plan_buffer {
  enum plan_buffer_kind kind;
  const char *name;   /* "conv1_v": a C identifier, unique in the plan   */
  size_t n;           /* elements: floats, u16 counts, 32-bit words      */
  size_t at;          /* PLAN_SPIKES: first word in the shared region    */
};

struct plan_layer {
  const char *name;     /* as the user knows it */
  ir_id node;           /* population or readout */
  ir_id out;            /* node whose spikes count: the fused pool, else the same; its type has the shape */
  size_t neurons;       /* that integrate */
  size_t n_outputs;     /* units whose spikes count: after the pool */
  size_t n_biased;      /* neurons with something added each step: a bias, or a constant current */
  double input_macs;    /* constant-current layers: MACs of the current, once; else 0 */
  bool is_readout;
};

/* When ops run: once per input, or once per step. */
enum plan_phase { PLAN_SET_INPUT, PLAN_STEP };

enum { PLAN_MAX_BUFFERS = 6, PLAN_MAX_TENSORS = 3 };
struct plan_op {
  int kernel;             /* index into the kernel table                      */
  enum plan_phase phase;
  size_t layer;           /* whose spikes, synops, pool ops it counts for     */
  const void *desc;       /* the kernel's descriptor struct                   */
  int buffer[PLAN_MAX_BUFFERS];                      /* index, or -1          */
  const struct ir_tensor *tensor[PLAN_MAX_TENSORS];  /* weights, thresholds.. */
  ir_id node;
};

/* `g` has IR_FACT_PLACED. NULL: told. */
struct plan *plan_new(struct arena *a, struct diag *d, const struct ir_graph *g);

size_t plan_n_ops(const struct plan *p);
const struct plan_op *plan_op(const struct plan *p, size_t i);
size_t plan_n_buffers(const struct plan *p);
const struct plan_buffer *plan_buffer(const struct plan *p, size_t i);
size_t plan_n_layers(const struct plan *p);
const struct plan_layer *plan_layer(const struct plan *p, size_t i);

size_t plan_input_size(const struct plan *p);
size_t plan_output_size(const struct plan *p);
size_t plan_steps(const struct plan *p);
size_t plan_spike_words(const struct plan *p);
/* sizeof(net_state) on a 32-bit or 64-bit target, and bytes of weights and tables. */
size_t plan_ram_bytes(const struct plan *p);
size_t plan_const_bytes(const struct plan *p);
/* The part of one layer; spike bitmaps, which layers share, and counters are in the whole only. */
size_t plan_layer_ram_bytes(const struct plan *p, size_t layer);
size_t plan_layer_const_bytes(const struct plan *p, size_t layer);

#endif
