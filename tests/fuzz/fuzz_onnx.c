/* Fuzz target: any bytes as an ONNX model. One in CONVERT_EVERY that is read goes through all
 * passes, and what they make must print and parse to the same text; a small one runs two steps. */
#include "tests/fuzz/fuzz.h"

#include "frontend/onnx/onnx.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "passes/pass.h"

#ifndef CONVERT_EVERY
#define CONVERT_EVERY 4 /* most of the time goes to the reader */
#endif

/* Larger networks are planned and not run, larger graphs not printed: time goes to the reader. */
enum { MAX_RAM_BYTES = 1 << 16, MAX_BYTES = 1 << 17 };

static void run_plan(struct comp *c, const struct plan *p) {
  struct exec_spiking *e;
  float *x;

  if (plan_ram_bytes(p) > MAX_RAM_BYTES || plan_input_size(p) > MAX_RAM_BYTES)
    return;
  e = exec_spiking_new(c->arena, p);
  x = ARENA_NEW(c->arena, float, plan_input_size(p));
  for (size_t i = 0; i < plan_input_size(p); i++)
    x[i] = (float)(i % 5) / 4;
  exec_spiking_set_input(e, x);
  for (int step = 0; step < 2; step++)
    exec_spiking_step(e);
  exec_spiking_output(e);
}

/* Sum of the bytes: what is chosen by chance comes from the input, so that it can be replayed. */
static unsigned sum_of(const uint8_t *data, size_t len) {
  unsigned sum = 0;

  for (size_t i = 0; i < len; i++)
    sum += data[i];
  return sum;
}

/* Options that change what passes do. */
static void choose_options(struct options *o, unsigned sum) {
  o->normalize = sum & 1 ? NORMALIZE_WEIGHTS : NORMALIZE_NONE;
  o->scope = sum & 2 ? SCOPE_CHANNEL : SCOPE_LAYER;
  o->maxpool = sum & 4 ? MAXPOOL_GATE : MAXPOOL_AVERAGE;
  o->neuron = sum & 64 ? NEURON_IF : NEURON_IF_SIGNED;
  o->reset = sum & 8 ? RESET_SUBTRACT : RESET_ZERO;
}

static void check_onnx(struct fuzz *f, const uint8_t *data, size_t len) {
  struct comp *c = &f->comp;
  struct ir_graph *g = onnx_read(c, "in.onnx", (struct bytes){.data = data, .len = len});
  unsigned sum = sum_of(data, len);
  bool is_printed = (sum >> 4 & 3) == 0; /* the textual IR has a target of its own */
  const struct plan *p;

  arena_reset(c->scratch);
  if (!g)
    return;
  require(ir_verify(g, c->diag));
  if (is_printed && arena_used(c->arena) < MAX_BYTES)
    fuzz_check_round_trip(c, g);
  choose_options(&f->opt, sum);
  if ((sum >> 7) % CONVERT_EVERY || !pass_run_pipeline(c, &g, PIPELINE_SPIKING))
    return;
  if (is_printed && arena_used(c->arena) < MAX_BYTES)
    fuzz_check_round_trip(c, g);
  p = plan_new(c->arena, c->diag, g);
  if (p)
    run_plan(c, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static const char *const argv[] = {"snncc",   "in.onnx", "-o",           "out.ir",
                                     "--steps", "2",       "--max-memory", "1048576"};
  static struct fuzz f;

  if (!f.null)
    fuzz_begin(&f, 8, argv);
  return fuzz_one(&f, check_onnx, data, len);
}
