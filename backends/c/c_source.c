/* C backend: net.c, tables and functions. */
#include "backends/c/c_internal.h"

#include <math.h>
#include <stdlib.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/options.h"

static void write_head(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix;
  bool takes_events = plan_takes(o->plan) == PLAN_TAKES_EVENTS;
  const char *use =
      takes_events ? arena_printf(o->arena,
                                  "    %s_reset(&s);\n"
                                  "    for each step: %s_push_event(&s, address) .., %s_step(&s);\n"
                                  "    %s_output_of(&s, y);",
                                  p, p, p, p)
                   : arena_printf(o->arena, "    int class = %s_run(&s, x, y);", p);

  emit_comment(
      e,
      arena_printf(o->arena,
                   "%s -- the spiking network %s in C99; made by snncc %s from %s.\n\n"
                   "    static %s_state s;\n"
                   "%s\n\n"
                   "RAM %zu bytes (%s_state), constants %zu bytes. %s",
                   o->file, o->graph, SNNCC_VERSION, o->version, p, use, plan_ram_bytes(o->plan), p,
                   plan_const_bytes(o->plan),
                   plan_weight_type(o->plan) == IR_F32
                       ? "Float sums keep one order: with -ffp-contract=off every compiler gives "
                         "the bits of snncc eval."
                       : "All integers: every compiler gives the bits of snncc eval."));
}

const char *c_type(enum ir_dtype dtype) {
  return dtype == IR_F32   ? "float"
         : dtype == IR_I8  ? "int8_t"
         : dtype == IR_I16 ? "int16_t"
                           : "int32_t";
}

static void write_tensor(const struct c_output *o, struct emit *e, size_t i) {
  const struct plan_tensor *t = plan_tensor(o->plan, i);

  emit_open(e, "static const %s%s %s[%zu]%s =", c_is_avr(o) ? "SNN_TABLE " : "", c_type(t->dtype),
            o->tensor[i], t->n,
            o->comp->opt->weights_section ? arena_printf(o->arena, " %s_SECTION", o->upper) : "");
  if (t->dtype == IR_F32)
    emit_f32(e, t->data, t->n);
  else
    emit_integers(e, t->data, ir_dtype_size(t->dtype), t->n);
  emit_close(e, ";");
}

static void write_desc(const struct c_output *o, struct emit *e, size_t i) {
  const struct plan_op *op = plan_op(o->plan, i);
  const struct plan_kernel *k = plan_kernel(op->kernel);

  emit_open(e, "static const struct snn_%s %s =", k->desc, o->desc[i]);
  emit_fields(e, k->fields, op->desc, k->n_fields);
  emit_close(e, ";");
}

/* Ops in the order of their layers, and of calls within one: those of layer l are op[begin[l]] up
 * to op[begin[l + 1] - 1]. */
struct by_layer {
  size_t *op, *begin;
};

static struct by_layer sort_by_layer(const struct c_output *o) {
  size_t n_ops = plan_n_ops(o->plan), n_layers = plan_n_layers(o->plan);
  struct by_layer s = {ARENA_NEW(o->arena, size_t, n_ops),
                       ARENA_NEW(o->arena, size_t, n_layers + 2)};

  for (size_t i = 0; i < n_ops; i++)
    s.begin[plan_op(o->plan, i)->layer + 2]++;
  for (size_t l = 2; l < n_layers + 2; l++)
    s.begin[l] += s.begin[l - 1];
  for (size_t i = 0; i < n_ops; i++) /* begin[l + 1] counts up to the end of layer l */
    s.op[s.begin[plan_op(o->plan, i)->layer + 1]++] = i;
  return s;
}

static int compare_ids(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

  return (x > y) - (x < y);
}

/* The IR of these ops, each line once. */
static void write_ir(const struct c_output *o, struct emit *e, const size_t *op, size_t n) {
  uint32_t *id = ARENA_NEW(o->arena, uint32_t, n);

  for (size_t i = 0; i < n; i++)
    id[i] = plan_op(o->plan, op[i])->node.idx;
  qsort(id, n, sizeof *id, compare_ids);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || id[i] != id[i - 1])
      emit_comment(e, o->line[id[i]]);
}

/* The IR of a layer, then what its kernels read, in calling order. */
static void write_layer(const struct c_output *o, struct emit *e, const size_t *op, size_t n,
                        bool *is_done) {
  write_ir(o, e, op, n);
  for (size_t i = 0; i < n; i++) {
    const struct plan_arg *arg = plan_op(o->plan, op[i])->arg;
    for (size_t k = 0; k < PLAN_MAX_ARGS; k++)
      if (arg[k].kind == PLAN_ARG_TENSOR && !is_done[arg[k].index]) {
        is_done[arg[k].index] = true;
        write_tensor(o, e, arg[k].index);
      }
    write_desc(o, e, op[i]);
  }
  emit_blank(e);
}

static void write_early_exit(const struct c_output *o, struct emit *e) {
  float lead = plan_early_exit(o->plan);
  int32_t integer = (int32_t)ceilf(fminf(lead, (float)(1 << 30)));

  emit_comment(e, "The lead of the largest output that ends a run.");
  emit_open(e, "static const %s_output %s_early_exit[1] =", o->prefix, o->prefix);
  if (plan_weight_type(o->plan) == IR_F32)
    emit_f32(e, &lead, 1);
  else
    emit_integers(e, &integer, sizeof integer, 1);
  emit_close(e, ";");
  emit_blank(e);
}

/* What the functions call besides the plan's kernels; their number. */
static size_t list_extra(const struct c_output *o, const char *extra[3]) {
  size_t n = 0;

  if (plan_takes(o->plan) == PLAN_TAKES_EVENTS) {
    extra[0] = "push_event.h";
    return 1;
  }
  extra[n++] = plan_answers_in_spikes(o->plan) ? "spike_winner.h" : "winner.h";
  if (plan_takes(o->plan) == PLAN_TAKES_UNIT)
    extra[n++] = "check_unit.h";
  if (plan_takes(o->plan) == PLAN_TAKES_NUMBERS)
    extra[n++] = "check_input.h";
  if (plan_early_exit(o->plan) > 0)
    extra[n++] = "lead.h";
  return n;
}

static void write_section(const struct c_output *o, struct emit *e) {
  emit_line(e, "#ifndef %s_SECTION", o->upper);
  emit_line(e, "#define %s_SECTION __attribute__((section(\"%s\")))", o->upper,
            o->comp->opt->weights_section);
  emit_line(e, "#endif");
  emit_blank(e);
}

/* What numbers of the kernels are: snn/number.h. */
static void write_numbers(const struct c_output *o, struct emit *e) {
  bool is_real = plan_weight_type(o->plan) == IR_F32, is_short = plan_count_bytes(o->plan) == 1;

  if (!is_real)
    emit_line(e, "#define SNN_INT%d", plan_weight_type(o->plan) == IR_I8 ? 8 : 16);
  if (plan_takes(o->plan) == PLAN_TAKES_BYTES)
    emit_line(e, "#define SNN_BYTES");
  if (is_short)
    emit_line(e, "#define SNN_COUNT8");
  if (!is_real || is_short)
    emit_blank(e);
}

void c_write_tables(const struct c_output *o, struct emit *e) {
  const char *extra[3];
  size_t n_extra = list_extra(o, extra);
  struct by_layer ops = sort_by_layer(o);
  bool *is_done = ARENA_NEW(o->arena, bool, plan_n_tensors(o->plan));

  write_head(o, e);
  emit_line(e, "#include \"%s\"", o->header);
  emit_blank(e);
  emit_line(e, "#include <stddef.h>");
  emit_line(e, "#include <string.h>");
  emit_blank(e);
  write_numbers(o, e);
  c_write_kernels(o, e, extra, n_extra);
  emit_comment(e, "The state is as large as the header says.");
  emit_line(e, "typedef char %s_state_size[sizeof(%s_state) %s %s_RAM_BYTES ? 1 : -1];", o->prefix,
            o->prefix, c_is_avr(o) ? "<=" : "==", o->upper);
  emit_blank(e);
  if (o->comp->opt->weights_section)
    write_section(o, e);
  emit_line(e, "/* clang-format off */");
  for (size_t l = 0; l < plan_n_layers(o->plan); l++)
    write_layer(o, e, ops.op + ops.begin[l], ops.begin[l + 1] - ops.begin[l], is_done);
  if (plan_early_exit(o->plan) > 0)
    write_early_exit(o, e);
  emit_line(e, "/* clang-format on */");
  emit_blank(e);
}

/* ---- functions ---- */

static const char *arg_text(const struct c_output *o, const struct plan_arg *arg) {
  switch (arg->kind) {
  case PLAN_ARG_NULL:
    return "NULL";
  case PLAN_ARG_BUFFER:
    return arena_printf(o->arena, "s->%s", o->buffer[arg->index]);
  case PLAN_ARG_NEGATIVE:
    return arena_printf(o->arena, "s->bits + %zu",
                        plan_buffer(o->plan, arg->index)->at +
                            plan_buffer(o->plan, arg->index)->n / 2);
  case PLAN_ARG_TENSOR:
    return o->tensor[arg->index];
  case PLAN_ARG_INPUT:
    return "x";
  case PLAN_ARG_OUTPUT:
    return "y";
  case PLAN_ARG_CLOCK:
    return "s->clock";
  }
  return NULL;
}

static void write_calls(const struct c_output *o, struct emit *e, enum plan_phase phase) {
  for (size_t i = 0; i < plan_n_ops(o->plan); i++) {
    const struct plan_op *op = plan_op(o->plan, i);
    const struct plan_kernel *k = plan_kernel(op->kernel);
    const char *arg[PLAN_MAX_ARGS + 1], *head = arena_printf(o->arena, "%s(", c_kernel_name(o, i));
    if (op->phase != phase)
      continue;
    arg[0] = arena_printf(o->arena, "&%s", o->desc[i]);
    for (size_t a = 0; a < k->n_args; a++)
      arg[a + 1] = arg_text(o, &op->arg[a]);
    if (op->counter == PLAN_N_SPIKES)
      head = arena_printf(o->arena, "s->spikes[%zu] = %s", op->layer, head);
    emit_call(e, head, arg, k->n_args + 1, ");");
  }
}

static bool has_calls(const struct c_output *o, enum plan_phase phase) {
  for (size_t i = 0; i < plan_n_ops(o->plan); i++)
    if (plan_op(o->plan, i)->phase == phase)
      return true;
  return false;
}

/* In place of an input that is set. */
static void write_push_event(const struct c_output *o, struct emit *e) {
  const char *pending = NULL;

  for (size_t i = 0; i < plan_n_buffers(o->plan); i++)
    if (plan_buffer(o->plan, i)->kind == PLAN_EVENTS)
      pending = o->buffer[i];
  emit_open(e, "int %s_push_event(%s_state *s, uint32_t address)", o->prefix, o->prefix);
  emit_line(e, "return snn_keep_event(s->%s, %s_INPUT_SIZE, address);", pending, o->upper);
  emit_close(e, "");
}

static void write_set_input(const struct c_output *o, struct emit *e) {
  emit_open(e, "int %s_set_input(%s_state *s, const %s_input x[%s_INPUT_SIZE])", o->prefix,
            o->prefix, o->prefix, o->upper);
  if (plan_weight_type(o->plan) == IR_F32) {
    emit_line(e, "if (!%s(x, %s_INPUT_SIZE))",
              plan_takes(o->plan) == PLAN_TAKES_UNIT ? "snn_is_unit_input" : "snn_is_finite_input",
              o->upper);
    emit_line(e, "  return -1;");
  }
  write_calls(o, e, PLAN_SET_INPUT);
  if (!has_calls(o, PLAN_SET_INPUT))
    emit_line(e, "(void)s;");
  emit_line(e, "return 0;");
  emit_close(e, "");
}

static void write_step(const struct c_output *o, struct emit *e) {
  emit_open(e, "int %s_step(%s_state *s)", o->prefix, o->prefix);
  emit_line(e, "uint32_t n = 0;");
  emit_blank(e);
  write_calls(o, e, PLAN_STEP);
  for (size_t l = 0; l < o->n_spiking_layers; l++)
    emit_line(e, "n += s->spikes[%zu];", l);
  if (plan_has_clock(o->plan))
    emit_line(e, "s->clock[1]++;");
  emit_line(e, "return (int)n;");
  emit_close(e, "");
}

/* The loop over the steps is the one loop that is printed: it calls functions of this network. */
static void write_steps(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix, *u = o->upper;
  bool exits_early = plan_early_exit(o->plan) > 0;

  emit_line(e, "for (int32_t t = 0; t < %s_STEPS; t++)%s", u, exits_early ? " {" : "");
  emit_line(e, "  %s_step(s);", p);
  if (exits_early)
    e->depth++;
  emit_line(e, "%s_output_of(s, y);", p);
  if (!exits_early)
    return;
  emit_line(e, "if (snn_lead(y, %s_OUTPUT_SIZE) >= %s_early_exit[0])", u, p);
  emit_line(e, "  break;");
  emit_close(e, "");
}

static void write_run(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix, *u = o->upper;

  emit_call(e, arena_printf(o->arena, "int %s_run(", p),
            (const char *const[]){arena_printf(o->arena, "%s_state *s", p),
                                  arena_printf(o->arena, "const %s_input x[%s_INPUT_SIZE]", p, u),
                                  arena_printf(o->arena, "%s_output y[%s_OUTPUT_SIZE]", p, u)},
            3, ") {");
  e->depth++;
  emit_line(e, "int status;");
  emit_blank(e);
  emit_line(e, "%s_reset(s);", p);
  emit_line(e, "status = %s_set_input(s, x);", p);
  emit_line(e, "if (status < 0)");
  emit_line(e, "  return status;");
  write_steps(o, e);
  emit_line(e, "return (int)%s(y, %s_OUTPUT_SIZE);",
            plan_answers_in_spikes(o->plan) ? "snn_spike_winner" : "snn_winner", u);
  emit_close(e, "");
}

/* The number of the presentation outlives a reset. */
static void write_reset(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix;
  bool is_random = plan_is_random(o->plan);

  emit_open(e, "void %s_reset(%s_state *s)", p, p);
  if (is_random) {
    emit_line(e, "const uint32_t presentation = s->clock[0];");
    emit_blank(e);
  }
  emit_line(e, "memset(s, 0, sizeof *s);");
  if (is_random)
    emit_line(e, "s->clock[0] = presentation;");
  write_calls(o, e, PLAN_RESET);
  emit_close(e, "");
  emit_blank(e);
  if (!is_random)
    return;
  emit_open(e, "void %s_seed(%s_state *s, uint32_t n)", p, p);
  emit_line(e, "s->clock[0] = n;");
  emit_close(e, "");
  emit_blank(e);
}

void c_write_functions(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix;

  write_reset(o, e);
  if (plan_takes(o->plan) == PLAN_TAKES_EVENTS)
    write_push_event(o, e);
  else
    write_set_input(o, e);
  emit_blank(e);
  write_step(o, e);
  emit_blank(e);
  emit_open(e, "int %s_output_of(const %s_state *s, %s_output y[%s_OUTPUT_SIZE])", p, p, p,
            o->upper);
  write_calls(o, e, PLAN_OUTPUT);
  emit_line(e, "return 0;");
  emit_close(e, "");
  if (plan_takes(o->plan) == PLAN_TAKES_EVENTS)
    return;
  emit_blank(e);
  write_run(o, e);
}
