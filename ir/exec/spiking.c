/* Interprets a plan: every op becomes a call with its pointers resolved once. */
#include "ir/exec/spiking.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/exec/integer.h"
#include "ir/exec/isa.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking_internal.h"
#include "ir/recordings.h"
#include "ir/samples.h"
#include "runtime/kernels/lead.h"
#include "runtime/kernels/push_event.h"
#include "runtime/kernels/spike_winner.h"
#include "runtime/kernels/walk.h"

/* Where the spikes of a layer's output units are, and how often each spiked. */
struct recorder {
  const uint32_t *spikes;
  uint16_t *count; /* NULL: no spikes, or not recorded */
  int32_t pixels, channels;
  bool is_signed; /* a second bitmap takes spikes back */
};

struct call {
  spiking_call *kernel;
  const void *desc;
  void *arg[PLAN_MAX_ARGS];
  uint64_t *counter;
  bool counts_spikes;
  struct recorder *recorder; /* NULL: not recorded */
};

struct phase {
  struct call *call;
  size_t n;
};

struct exec_spiking {
  const struct plan *plan;
  struct arena *arena;
  struct phase phase[PLAN_N_PHASES];
  void **buffer;
  uint32_t *spikes;
  float *input, *output;             /* in the units of the analog network, or of integers */
  int16_t *stored;                   /* of integer networks: the input as the kernels read it, */
  int32_t *sum;                      /* and their output; NULL else                            */
  uint32_t clock[2];                 /* snn/descriptor.h */
  uint32_t *pending;                 /* pushed events; NULL: the network takes none */
  const uint64_t *event, *event_end; /* of the recording, still to come: ir/recordings.h */
  struct exec_counts *counts;
  struct recorder *recorder;
  uint64_t uncounted;
};

spiking_call *const *spiking_best_kernels(enum ir_dtype weight) {
#define VARIANTS(isa)                                                                              \
  { spiking_kernels_float_##isa, spiking_kernels_int8_##isa, spiking_kernels_int16_##isa }
  static spiking_call *const *const variant[N_ISA][3] = {
    VARIANTS(baseline),
#if defined(__x86_64__)
    VARIANTS(avx2),
    VARIANTS(avx512),
#endif
  };

  return variant[isa_best()][weight == IR_F32 ? 0 : weight == IR_I8 ? 1 : 2];
}

static size_t buffer_bytes(const struct plan_buffer *b) {
  return b->n * (b->kind == PLAN_COUNT ? sizeof(uint16_t) : sizeof(float));
}

static void *resolve_arg(struct exec_spiking *e, const struct plan_arg *arg) {
  switch (arg->kind) {
  case PLAN_ARG_NULL:
    return NULL;
  case PLAN_ARG_BUFFER:
    return e->buffer[arg->index];
  case PLAN_ARG_NEGATIVE:
    return e->spikes + plan_buffer(e->plan, arg->index)->at +
           plan_buffer(e->plan, arg->index)->n / 2;
  case PLAN_ARG_TENSOR: /* kernels only read it */
    return (void *)(uintptr_t)plan_tensor(e->plan, arg->index)->data;
  case PLAN_ARG_INPUT:
    return e->stored ? (void *)e->stored : e->input;
  case PLAN_ARG_OUTPUT:
    return e->sum ? (void *)e->sum : e->output;
  case PLAN_ARG_CLOCK:
    return e->clock;
  }
  return NULL;
}

static uint64_t *resolve_counter(struct exec_spiking *e, const struct plan_op *op) {
  struct exec_counts *c = &e->counts[op->layer];

  switch (op->counter) {
  case PLAN_UNCOUNTED:
    return &e->uncounted;
  case PLAN_N_SPIKES:
    return &c->spikes;
  case PLAN_N_INPUT_SYNOPS:
    return &c->input_synops;
  case PLAN_N_SYNOPS:
    return &c->synops;
  case PLAN_N_POOL_OPS:
    return &c->pool_ops;
  case PLAN_N_BIAS_OPS:
    return &c->bias_ops;
  }
  return NULL;
}

static void run_phase(const struct phase *p) {
  for (size_t i = 0; i < p->n; i++)
    *p->call[i].counter += p->call[i].kernel(p->call[i].desc, p->call[i].arg);
}

static void start_memory(struct exec_spiking *e, struct arena *a) {
  const struct plan *p = e->plan;

  e->buffer = ARENA_NEW(a, void *, plan_n_buffers(p));
  e->spikes = ARENA_NEW(a, uint32_t, plan_spike_words(p));
  e->input = ARENA_NEW(a, float, plan_input_size(p));
  e->output = ARENA_NEW(a, float, plan_output_size(p));
  if (plan_weight_type(p) != IR_F32) {
    e->stored = ARENA_NEW(a, int16_t, plan_input_size(p));
    e->sum = ARENA_NEW(a, int32_t, plan_output_size(p));
  }
  e->counts = ARENA_NEW(a, struct exec_counts, plan_n_layers(p));
  e->recorder = ARENA_NEW(a, struct recorder, plan_n_layers(p));
  for (size_t i = 0; i < plan_n_buffers(p); i++) {
    const struct plan_buffer *b = plan_buffer(p, i);
    e->buffer[i] = b->kind == PLAN_SPIKES ? e->spikes + b->at : arena_alloc(a, 1, buffer_bytes(b));
    if (b->kind == PLAN_EVENTS)
      e->pending = e->buffer[i];
  }
}

struct exec_spiking *exec_spiking_new(struct arena *a, const struct plan *p) {
  struct exec_spiking *e = ARENA_NEW(a, struct exec_spiking, 1);

  e->plan = p;
  e->arena = a;
  start_memory(e, a);
  for (size_t i = 0; i < PLAN_N_PHASES; i++)
    e->phase[i].call = ARENA_NEW(a, struct call, plan_n_ops(p));
  for (size_t i = 0; i < plan_n_ops(p); i++) {
    const struct plan_op *op = plan_op(p, i);
    struct call *c = &e->phase[op->phase].call[e->phase[op->phase].n++];
    c->kernel = spiking_best_kernels(plan_op_weight_type(p, i))[op->kernel];
    c->desc = op->desc;
    c->counter = resolve_counter(e, op);
    c->counts_spikes = op->counter == PLAN_N_SPIKES;
    for (size_t k = 0; k < PLAN_MAX_ARGS; k++)
      c->arg[k] = resolve_arg(e, &op->arg[k]);
  }
  return e;
}

int16_t exec_stored_input(const struct plan *p, float x) {
  float least = plan_takes(p) == PLAN_TAKES_BYTES ? 0 : -INT16_MAX;
  float most = plan_takes(p) == PLAN_TAKES_BYTES ? UINT8_MAX : INT16_MAX;

  return (int16_t)lroundf(fminf(fmaxf(x, least), most));
}

static void store_input(struct exec_spiking *e) {
  for (size_t i = 0; i < plan_input_size(e->plan); i++)
    e->stored[i] = exec_stored_input(e->plan, e->input[i]);
}

const void *exec_spiking_buffer(const struct exec_spiking *e, size_t i, size_t *bytes) {
  *bytes = buffer_bytes(plan_buffer(e->plan, i));
  return e->buffer[i];
}

/* Forgets the last input, then takes the one in e->input. */
static void begin_input(struct exec_spiking *e) {
  const struct plan *p = e->plan;

  if (e->stored)
    store_input(e);

  for (size_t i = 0; i < plan_n_buffers(p); i++)
    if (plan_buffer(p, i)->kind != PLAN_SPIKES)
      memset(e->buffer[i], 0, buffer_bytes(plan_buffer(p, i)));
  for (size_t l = 0; l < plan_n_layers(p); l++)
    if (e->recorder[l].count)
      memset(e->recorder[l].count, 0, plan_layer(p, l)->n_outputs * sizeof(uint16_t));
  e->clock[1] = 0;
  e->event = e->event_end = NULL;
  run_phase(&e->phase[PLAN_RESET]);
  run_phase(&e->phase[PLAN_SET_INPUT]);
}

void exec_spiking_set_input(struct exec_spiking *e, const float *x) {
  memcpy(e->input, x, plan_input_size(e->plan) * sizeof *x);
  begin_input(e);
}

void exec_spiking_seed(struct exec_spiking *e, uint32_t presentation) {
  e->clock[0] = presentation;
}

void exec_input_of(const struct plan *p, const struct samples *s, size_t i, float *x) {
  struct samples stored = *s;

  if (plan_takes(p) == PLAN_TAKES_BYTES) {
    stored.scale = 1;
    stored.mean.n = stored.std.n = 0;
  }
  samples_get(&stored, i, x);
  for (size_t k = 0; plan_takes(p) == PLAN_TAKES_MULTIPLES && k < plan_input_size(p); k++)
    x[k] = (float)((double)x[k] / plan_input_unit(p));
}

void exec_spiking_set_sample(struct exec_spiking *e, const struct samples *s, size_t i) {
  exec_spiking_seed(e, (uint32_t)(s->first + i));
  exec_input_of(e->plan, s, i, e->input);
  begin_input(e);
  if (!s->recordings)
    return;
  e->event = s->recordings->event + s->recordings->begin[i];
  e->event_end = s->recordings->event + s->recordings->begin[i + 1];
}

bool exec_spiking_push_event(struct exec_spiking *e, uint32_t address) {
  return e->pending && snn_keep_event(e->pending, (uint32_t)plan_input_size(e->plan), address) == 0;
}

static void record_bitmap(struct recorder *r, const uint32_t *spikes, uint16_t value) {
  struct snn_walk walk = snn_walk_start(spikes, r->pixels, r->channels);
  int32_t unit[4], n;

  while ((n = snn_walk_take(&walk, 4, unit)) > 0)
    while (n > 0) {
      uint16_t *count = &r->count[unit[--n]];
      *count = (uint16_t)(*count + value);
    }
}

static void record_spikes(struct recorder *r, uint16_t worth) {
  record_bitmap(r, r->spikes, worth);
  if (r->is_signed)
    record_bitmap(r, r->spikes + r->pixels * snn_words(r->channels), UINT16_MAX);
}

/* A layer's bitmap may be overwritten later in the step, so it is read right after its op. */
uint32_t exec_spiking_step(struct exec_spiking *e) {
  const struct phase *p = &e->phase[PLAN_STEP];
  uint32_t spikes = 0;

  for (; e->event < e->event_end && *e->event >> 32 == e->clock[1]; e->event++)
    exec_spiking_push_event(e, (uint32_t)*e->event);

  for (size_t i = 0; i < p->n; i++) {
    uint32_t n = p->call[i].kernel(p->call[i].desc, p->call[i].arg);
    *p->call[i].counter += n;
    if (p->call[i].counts_spikes)
      spikes += n;
    if (p->call[i].recorder)
      record_spikes(p->call[i].recorder, plan_spike_worth(e->plan, e->clock[1]));
  }
  e->clock[1]++;
  return spikes;
}

const float *exec_spiking_output(const struct exec_spiking *e) {
  run_phase(&e->phase[PLAN_OUTPUT]);
  for (size_t i = 0; e->sum && i < plan_output_size(e->plan); i++)
    e->output[i] = (float)e->sum[i];
  return e->output;
}

int64_t exec_spiking_class(const struct exec_spiking *e) {
  const float *y = exec_spiking_output(e);
  int32_t n = (int32_t)plan_output_size(e->plan);
  bool in_spikes = plan_answers_in_spikes(e->plan);
  int32_t winner;

  if (e->sum)
    winner = in_spikes ? integer_spike_winner(e->sum, n) : integer_winner(e->sum, n);
  else
    winner = in_spikes ? snn_spike_winner(y, n) : snn_winner(y, n);
  return winner >= 0 ? winner : -1;
}

float exec_lead(const float *y, size_t n) {
  return snn_lead(y, (int32_t)n);
}

bool exec_spiking_is_decided(const struct exec_spiking *e) {
  float margin = plan_early_exit(e->plan);
  const float *y;

  if (margin <= 0)
    return false;
  y = exec_spiking_output(e);
  if (e->sum)
    return (double)integer_lead(e->sum, (int32_t)plan_output_size(e->plan)) >= (double)margin;
  return exec_lead(y, plan_output_size(e->plan)) >= margin;
}

const struct exec_counts *exec_spiking_counts(const struct exec_spiking *e) {
  return e->counts;
}

void exec_spiking_clear_counts(struct exec_spiking *e) {
  memset(e->counts, 0, plan_n_layers(e->plan) * sizeof *e->counts);
}

/* The op that counts a layer's spikes has their bitmap as last argument. */
void exec_spiking_record(struct exec_spiking *e) {
  struct phase *p = &e->phase[PLAN_STEP];

  for (size_t i = 0, k = 0; i < plan_n_ops(e->plan); i++) {
    const struct plan_op *op = plan_op(e->plan, i);
    const struct plan_layer *layer = plan_layer(e->plan, op->layer);
    struct recorder *r = &e->recorder[op->layer];
    if (op->phase != PLAN_STEP)
      continue;
    if (op->counter == PLAN_N_SPIKES) {
      r->spikes = p->call[k].arg[plan_kernel(op->kernel)->n_args - 1];
      r->pixels = (int32_t)(layer->n_outputs / layer->n_channels);
      r->channels = (int32_t)layer->n_channels;
      r->is_signed = layer->is_signed;
      r->count = ARENA_NEW(e->arena, uint16_t, layer->n_outputs);
      p->call[k].recorder = r;
    }
    k++;
  }
}

const uint16_t *exec_spiking_unit_counts(const struct exec_spiking *e, size_t layer) {
  return e->recorder[layer].count;
}

bool exec_check_samples(struct diag *d, const struct plan *p, const struct samples *s) {
  if (plan_takes(p) == PLAN_TAKES_EVENTS && !s->recordings)
    return diag_error(
        d, loc_file(s->path),
        "these samples are no recordings, as --encode events needs them; N-MNIST .bs2 "
        "or a .txt list of such files would be right");
  if (plan_takes(p) == PLAN_TAKES_BYTES && s->dtype != SAMPLES_U8)
    return diag_error(d, loc_file(s->path),
                      "the network takes bytes, these samples are floats; give samples of the same "
                      "kind to --calib and --data");
  return plan_takes(p) != PLAN_TAKES_UNIT || samples_check_unit(s, d);
}
