/* C backend: net.h. */
#include "backends/c/c_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/exec/plan.h"

/* Values and comments in columns, as clang-format wants them. */
static void write_sizes(const struct c_output *o, struct emit *e) {
  const struct plan *p = o->plan;
  const struct {
    const char *name;
    size_t value;
    const char *comment;
  } rows[] = {
      {"INPUT_SIZE", plan_input_size(p), "values of one input, in the order of the model"},
      {"OUTPUT_SIZE", plan_output_size(p), "values of one output"},
      {"STEPS", plan_steps(p), "time steps of one inference"},
      {"LAYERS", o->n_spiking_layers, "layers that spike"},
      {"RAM_BYTES", plan_ram_bytes(p),
       arena_printf(o->arena, "sizeof(%s_state)%s", o->prefix,
                    c_is_avr(o) ? ", up to whole words" : "")},
      {"CONST_BYTES", plan_const_bytes(p), "weights, tables and descriptors"},
      {"STACK_BYTES", c_target(o)->stack_bytes,
       arena_printf(o->arena, "upper bound: %s", c_target(o)->compilers)},
  };
  const size_t n = sizeof rows / sizeof *rows;
  int width = 0;

  for (size_t i = 0; i < n; i++) {
    int digits = (int)strlen(arena_printf(o->arena, "%zu", rows[i].value));
    width = digits > width ? digits : width;
  }
  for (size_t i = 0; i < n; i++)
    emit_line(e, "#define %s_%-11s %-*zu /* %s */", o->upper, rows[i].name, width, rows[i].value,
              rows[i].comment);
}

static void write_buffers(const struct c_output *o, struct emit *e, bool counts) {
  for (size_t i = 0; i < plan_n_buffers(o->plan); i++) {
    const struct plan_buffer *b = plan_buffer(o->plan, i);
    const char *type = counts ? plan_count_bytes(o->plan) == 1 ? "uint8_t" : "uint16_t"
                       : b->kind == PLAN_EVENTS || b->kind == PLAN_PENDING
                           ? "uint32_t"
                           : c_type(plan_weight_type(o->plan) == IR_F32 ? IR_F32 : IR_I32);
    if (b->kind != PLAN_SPIKES && (b->kind == PLAN_COUNT) == counts)
      emit_line(e, "%s %s[%zu];", type, o->buffer[i], b->n);
  }
}

/* The counts come last, so that nothing is padded but the end: plan_ram_bytes. */
static void write_state(const struct c_output *o, struct emit *e) {
  emit_comment(
      e, "A running network. The caller owns it; several may run side by side. Maps are "
         "channels last; bits are the spikes of this step, spikes their number in each layer in "
         "the last step.");
  emit_open(e, "typedef struct");
  write_buffers(o, e, false);
  if (plan_spike_words(o->plan) > 0)
    emit_line(e, "uint32_t bits[%zu];", plan_spike_words(o->plan));
  if (o->n_spiking_layers > 0)
    emit_line(e, "uint32_t spikes[%s_LAYERS];", o->upper);
  if (plan_has_clock(o->plan))
    emit_line(e, "uint32_t clock[2];");
  write_buffers(o, e, true);
  emit_close(e, arena_printf(o->arena, " %s_state;", o->prefix));
}

static void write_start(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix;

  emit_comment(e, plan_is_random(o->plan)
                      ? "Forgets the last input, but not the number of the presentation."
                      : "Forgets the last input.");
  emit_line(e, "void %s_reset(%s_state *s);", p, p);
  if (!plan_is_random(o->plan))
    return;
  emit_comment(e,
               "The number of the presentation: what is drawn depends on it and on nothing else. "
               "A state that is not 0 from the start wants it before the first reset.");
  emit_line(e, "void %s_seed(%s_state *s, uint32_t n);", p, p);
}

static void write_input(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix;

  if (plan_takes(o->plan) == PLAN_TAKES_EVENTS) {
    emit_comment(e,
                 arena_printf(o->arena,
                              "An input spike of the next step, at the place in an input that is "
                              "below %s_INPUT_SIZE; two at one place are one. Below 0 where "
                              "there is no such place.",
                              o->upper));
    emit_line(e, "int %s_push_event(%s_state *s, uint32_t address);", p, p);
    return;
  }
  emit_comment(
      e, plan_takes(o->plan) == PLAN_TAKES_UNIT
             ? "Sets what becomes spikes; below 0, changing nothing, where a value is not "
               "from 0 to 1."
         : plan_weight_type(o->plan) != IR_F32 ? "Sets what is added in every step. Returns 0."
         : plan_turn_steps(o->plan) > 0
             ? "Sets the input, before the first step; below 0, changing nothing, where a "
               "value is not finite."
             : "Sets what is added in every step; below 0, changing nothing, where a value "
               "is not finite.");
  emit_line(e, "int %s_set_input(%s_state *s, const %s_input x[%s_INPUT_SIZE]);", p, p, p,
            o->upper);
}

static void write_run(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix, *u = o->upper;

  emit_comment(
      e,
      arena_printf(o->arena,
                   "Reset, input, all steps%s, output. The class: the index of the largest "
                   "output, the lowest of equals; or below 0 as above, and then y is not "
                   "written.%s",
                   plan_early_exit(o->plan) > 0 ? " or until an output leads" : "",
                   plan_answers_in_spikes(o->plan) ? " -2 where no output has sent a spike." : ""));
  emit_call(e, arena_printf(o->arena, "int %s_run(", p),
            (const char *const[]){arena_printf(o->arena, "%s_state *s", p),
                                  arena_printf(o->arena, "const %s_input x[%s_INPUT_SIZE]", p, u),
                                  arena_printf(o->arena, "%s_output y[%s_OUTPUT_SIZE]", p, u)},
            3, ");");
}

static void write_api(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix, *u = o->upper;

  write_start(o, e);
  write_input(o, e);
  emit_comment(e, "One time step; the spikes of all layers.");
  emit_line(e, "int %s_step(%s_state *s);", p, p);
  emit_comment(
      e,
      plan_is_timed(o->plan)
          ? "The answer so far, in the order of the model; only which is largest says something. "
            "Returns 0."
      : plan_answers_in_spikes(o->plan)
          ? "What the outputs have sent so far, in the order of the model. Returns 0."
      : plan_turn_steps(o->plan) > 0
          ? arena_printf(o->arena,
                         "The answer, in the order of the model: after the last step it is near "
                         "the ANN's output before softmax, before it incomplete, since layers send "
                         "one after another, %zu steps each. Returns 0.",
                         plan_turn_steps(o->plan))
          : "The answer so far, in the order of the model: divided by the number of steps it is "
            "near the ANN's output before softmax. Returns 0.");
  emit_line(e, "int %s_output_of(const %s_state *s, %s_output y[%s_OUTPUT_SIZE]);", p, p, p, u);
  if (plan_takes(o->plan) != PLAN_TAKES_EVENTS)
    write_run(o, e);
}

static void write_input_type(const struct c_output *o, struct emit *e) {
  enum plan_takes takes = plan_takes(o->plan);

  if (takes == PLAN_TAKES_BYTES) {
    emit_comment(e, "A byte as it is stored; scale, mean and std are in the first layer.");
    emit_line(e, "typedef uint8_t %s_input;", o->prefix);
  } else if (takes == PLAN_TAKES_MULTIPLES) {
    emit_comment(e, "(x * scale - mean) / std, as the samples that the network was trained on, "
                    "divided by this, rounded, and cut to 16 bits.");
    emit_line(e, "#define %s_INPUT_SCALE %.8ef", o->upper, plan_input_unit(o->plan));
    emit_line(e, "typedef int16_t %s_input;", o->prefix);
  } else {
    emit_comment(e, "(x * scale - mean) / std, as the samples that the network was trained on.");
    emit_line(e, "typedef float %s_input;", o->prefix);
  }
}

static void write_output_type(const struct c_output *o, struct emit *e) {
  if (plan_weight_type(o->plan) == IR_F32) {
    emit_line(e, "typedef float %s_output;", o->prefix);
    return;
  }
  if (!plan_answers_in_spikes(o->plan)) {
    emit_comment(e, "An output times this is what a network of floats would say.");
    emit_line(e, "#define %s_OUTPUT_SCALE %.8ef", o->upper, plan_output_unit(o->plan));
  }
  emit_line(e, "typedef int32_t %s_output;", o->prefix);
}

void c_write_header(const struct c_output *o, struct emit *e) {
  bool takes_events = plan_takes(o->plan) == PLAN_TAKES_EVENTS;

  emit_comment(e, arena_printf(o->arena,
                               "%s -- the spiking network %s; made by snncc %s from %s for "
                               "%s.\n\nCall %s_%s; %s says more.",
                               o->header, o->graph, SNNCC_VERSION, o->version, c_target(o)->title,
                               o->prefix, takes_events ? "push_event and _step" : "run", o->file));
  emit_line(e, "#ifndef %s_H", o->upper);
  emit_line(e, "#define %s_H", o->upper);
  emit_blank(e);
  emit_line(e, "#include <stdint.h>");
  emit_blank(e);
  emit_line(e, "#ifdef __cplusplus");
  emit_line(e, "extern \"C\" {");
  emit_line(e, "#endif");
  emit_blank(e);
  write_sizes(o, e);
  emit_blank(e);
  if (!takes_events)
    write_input_type(o, e);
  write_output_type(o, e);
  emit_blank(e);
  write_state(o, e);
  emit_blank(e);
  write_api(o, e);
  emit_blank(e);
  emit_line(e, "#ifdef __cplusplus");
  emit_line(e, "}");
  emit_line(e, "#endif");
  emit_blank(e);
  emit_line(e, "#endif");
}
