/* ir/exec/spiking.h -- runs a plan on the runtime's own kernels, in this process.
 *
 * Same bits as generated C: the same inline kernels, in the same order, without contraction. The
 * build for the widest vectors of this processor is chosen at run time; the result does not depend
 * on it. One exec_spiking serves one thread; several may share a plan. */
#ifndef IR_EXEC_SPIKING_H
#define IR_EXEC_SPIKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diag;
struct plan;
struct samples;
struct exec_spiking;

/* What happened since the last exec_spiking_clear_counts, per layer. */
struct exec_counts {
  uint64_t spikes;
  uint64_t synops;       /* of spikes that arrived: weights added to membranes that exist */
  uint64_t input_synops; /* the same, of spikes of the input */
  uint64_t pool_ops;     /* input spikes that reached a pool */
  uint64_t bias_ops;     /* membranes changed without a spike, where layers have turns */
};

struct exec_spiking *exec_spiking_new(struct arena *a, const struct plan *p);
/* Sample i as the plan takes it: the prepared numbers, or of integer networks those that stand for
 * them. */
void exec_input_of(const struct plan *p, const struct samples *s, size_t i, float *x);
/* The integer that stands for it where the plan takes integers: rounded, and cut to their range. */
int16_t exec_stored_input(const struct plan *p, float x);
/* Forgets the last input, then takes a new one (plan_input_size floats, model order), of numbers as
 * plan_takes says; integers are rounded and cut to their range. */
void exec_spiking_set_input(struct exec_spiking *e, const float *x);
/* The same with sample i, which is the presentation of that number: what is drawn depends on it and
 * the graph's seed alone. The steps of a recording push its events. */
void exec_spiking_set_sample(struct exec_spiking *e, const struct samples *s, size_t i);
/* An input spike of the next step; false: there is no such place, or the network takes none. */
bool exec_spiking_push_event(struct exec_spiking *e, uint32_t address);
/* False: told that a sample has values which this network cannot take. */
bool exec_check_samples(struct diag *d, const struct plan *p, const struct samples *s);
/* Number of the presentation that the next exec_spiking_set_input begins. */
void exec_spiking_seed(struct exec_spiking *e, uint32_t presentation);
/* One time step; spikes emitted by all layers. */
uint32_t exec_spiking_step(struct exec_spiking *e);
/* Accumulated output, plan_output_size floats; of integer networks in units of plan_output_unit. */
const float *exec_spiking_output(const struct exec_spiking *e);

/* The class so far: the index of the largest output, the lowest of equals; -1 where an answer in
 * spikes has none. */
int64_t exec_spiking_class(const struct exec_spiking *e);
/* Whether the largest output leads by the plan's early_exit: generated C's net_run ends there. */
bool exec_spiking_is_decided(const struct exec_spiking *e);
/* The largest of n outputs less the second; 0 where there is only one. */
float exec_lead(const float *y, size_t n);

/* Memory of buffer i of the plan; counts have 16 bits. */
const void *exec_spiking_buffer(const struct exec_spiking *e, size_t i, size_t *bytes);

const struct exec_counts *exec_spiking_counts(const struct exec_spiking *e); /* per plan layer */
void exec_spiking_clear_counts(struct exec_spiking *e);
/* What each output unit of a layer has sent since exec_spiking_set_input, in thresholds: its spikes
 * times what each is worth (1 without turns), those of -1 taken off;
 * channels last; NULL for the readout. Counted only after exec_spiking_record (it costs a few
 * percent). */
void exec_spiking_record(struct exec_spiking *e);
const uint16_t *exec_spiking_unit_counts(const struct exec_spiking *e, size_t layer);

#endif
