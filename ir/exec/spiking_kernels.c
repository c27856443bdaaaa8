/* The runtime's kernels for the executor. The Makefile builds this file once per instruction set
 * and kind of numbers (snn/number.h), with SPIKING_KERNELS naming the table; nothing in it is
 * visible but that table, so that no wide instruction leaks into code that every processor runs. */
#include "ir/exec/spiking_internal.h"

#include "runtime/image/call.h"
#include "runtime/kernels/add_map.h"
#include "runtime/kernels/avgpool_current.h"
#include "runtime/kernels/avgpool_scatter.h"
#include "runtime/kernels/concat.h"
#include "runtime/kernels/conv_current.h"
#include "runtime/kernels/conv_pool_current.h"
#include "runtime/kernels/conv_scatter.h"
#include "runtime/kernels/conv_scatter_any.h"
#include "runtime/kernels/count_sent.h"
#include "runtime/kernels/count_signed.h"
#include "runtime/kernels/count_spikes.h"
#include "runtime/kernels/dense_current.h"
#include "runtime/kernels/dense_scatter.h"
#include "runtime/kernels/fill.h"
#include "runtime/kernels/fire.h"
#include "runtime/kernels/fire_signed.h"
#include "runtime/kernels/maxpool.h"
#include "runtime/kernels/maxpool_signed.h"
#include "runtime/kernels/maxpool_winner.h"
#include "runtime/kernels/negate.h"
#include "runtime/kernels/one_to_one_current.h"
#include "runtime/kernels/one_to_one_scatter.h"
#include "runtime/kernels/output.h"
#include "runtime/kernels/read_sent.h"
#include "runtime/kernels/take_events.h"
#if !defined(SNN_INT8) && !defined(SNN_INT16)
#define HAS_REAL
#include "runtime/kernels/add_online.h"
#include "runtime/kernels/all_but_self.h"
#include "runtime/kernels/double.h"
#include "runtime/kernels/fire_once.h"
#include "runtime/kernels/fire_online.h"
#include "runtime/kernels/fire_turn.h"
#include "runtime/kernels/hold.h"
#include "runtime/kernels/integrate.h"
#include "runtime/kernels/integrate_signed.h"
#include "runtime/kernels/izhikevich.h"
#include "runtime/kernels/izhikevich_settle.h"
#include "runtime/kernels/keep_input.h"
#include "runtime/kernels/latency.h"
#include "runtime/kernels/latency_times.h"
#include "runtime/kernels/leak.h"
#include "runtime/kernels/lif.h"
#include "runtime/kernels/maxpool_turn.h"
#include "runtime/kernels/modulo.h"
#include "runtime/kernels/pending.h"
#include "runtime/kernels/poisson.h"
#include "runtime/kernels/pool_pending.h"
#include "runtime/kernels/ramp.h"
#include "runtime/kernels/rest.h"
#include "runtime/kernels/settle.h"
#include "runtime/kernels/settle_signed.h"
#include "runtime/kernels/softmax.h"
#include "runtime/kernels/sparse_scatter.h"
#include "runtime/kernels/worth.h"
#endif

#ifndef SPIKING_KERNELS
#define SPIKING_KERNELS spiking_kernels_baseline
#endif

#define DEFINE_ANY     SNN_DEFINE_CALL
#define ENTRY_ANY(tag) [PLAN_##tag] = call_##tag,
#ifdef HAS_REAL
#define DEFINE_REAL DEFINE_ANY
#define ENTRY_REAL  ENTRY_ANY
#else
#define DEFINE_REAL(tag, function, n_args, result)
#define ENTRY_REAL(tag)
#endif

#define PLAN_KERNEL(tag, function, header, desc, n_args, result, numbers)                          \
  DEFINE_##numbers(tag, function, n_args, result)
#include "ir/exec/kernels.def"
#undef PLAN_KERNEL

spiking_call *const SPIKING_KERNELS[PLAN_N_KERNELS] = {
#define PLAN_KERNEL(tag, function, header, desc, n_args, result, numbers) ENTRY_##numbers(tag)
#include "ir/exec/kernels.def"
#undef PLAN_KERNEL
};
