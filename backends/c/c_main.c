/* C backend: main.c of --main, which classifies one sample that it holds, and the start-up. */
#include "backends/c/c_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/options.h"
#include "ir/recordings.h"
#include "ir/samples.h"

static void write_head(const struct c_output *o, struct emit *e, enum c_main kind, const char *file,
                       const char *build) {
  static const char *const outcome[] = {
      [C_MAIN_PRINTS] = "The class is printed.",
      [C_MAIN_BARE] = "What main returns, the class, is in answer too.",
      [C_MAIN_SERIAL] = "The class goes to the first serial port, 9600 baud.",
      [C_MAIN_APP] = "The class is printed.",
      [C_MAIN_SKETCH] = "The class goes to the serial port once a second, 9600 baud."};

  emit_comment(e, arena_printf(o->arena,
                               "%s -- classifies one sample with %s%s; made by snncc %s.\n\n%s%s",
                               file, o->file,
                               *build ? arena_printf(o->arena, " on %s", c_target(o)->title) : "",
                               SNNCC_VERSION, build, outcome[kind]));
  if (kind == C_MAIN_SERIAL) {
    emit_line(e, "#include <avr/interrupt.h>");
    emit_line(e, "#include <avr/io.h>");
    emit_line(e, "#include <avr/sleep.h>");
  }
  if (kind != C_MAIN_BARE && kind != C_MAIN_SKETCH) {
    emit_line(e, "#include <stdio.h>");
    emit_blank(e);
  }
  emit_line(e, "#include \"%s\"", o->header);
  emit_blank(e);
}

/* The events of a recording, and one after the last step at which the list ends. */
static void write_events(const struct c_output *o, struct emit *e, const struct recordings *r) {
  size_t begin = r ? r->begin[0] : 0, end = r ? r->begin[1] : 0;

  emit_comment(e, "Input spikes: step and address; the last one is never sent.");
  emit_open(e, "static const uint32_t sample[][2] =");
  for (size_t i = begin; i < end && r->event[i] >> 32 < plan_steps(o->plan); i++)
    emit_line(e, "{%u, %u},", (unsigned)(r->event[i] >> 32), (unsigned)r->event[i]);
  emit_line(e, "{%s_STEPS, 0},", o->upper);
  emit_close(e, ";");
}

static void write_numbers(const struct c_output *o, struct emit *e, const struct samples *s) {
  size_t n = plan_input_size(o->plan);
  float *x = ARENA_NEW(o->arena, float, n);
  int16_t *integer = ARENA_NEW(o->arena, int16_t, n);

  if (s)
    exec_input_of(o->plan, s, 0, x);
  for (size_t i = 0; i < n; i++)
    integer[i] = exec_stored_input(o->plan, x[i]);
  emit_open(e, "static const %s_input sample[%s_INPUT_SIZE] =", o->prefix, o->upper);
  if (plan_weight_type(o->plan) == IR_F32)
    emit_f32(e, x, n);
  else
    emit_integers(e, integer, sizeof *integer, n);
  emit_close(e, ";");
}

/* A stream over the serial port, so that printf is what it is elsewhere. */
static void write_serial(struct emit *e) {
  emit_open(e, "static int put(char c, FILE *f)");
  emit_line(e, "(void)f;");
  emit_line(e, "while (!(UCSR0A & 1 << UDRE0))");
  emit_line(e, "  ;");
  emit_line(e, "UDR0 = (uint8_t)c;");
  emit_line(e, "return 0;");
  emit_close(e, "");
  emit_line(e, "static FILE serial = FDEV_SETUP_STREAM(put, NULL, _FDEV_SETUP_WRITE);");
  emit_blank(e);
}

static void write_classify(const struct c_output *o, struct emit *e) {
  const char *p = o->prefix;

  emit_open(e, "static int classify(void)");
  if (plan_takes(o->plan) != PLAN_TAKES_EVENTS) {
    emit_line(e, "return %s_run(&state, sample, output);", p);
  } else {
    emit_line(e, "int best = 0;");
    emit_line(e, "uint32_t k = 0;");
    emit_blank(e);
    emit_line(e, "%s_reset(&state);", p);
    emit_open(e, "for (uint32_t t = 0; t < %s_STEPS; t++)", o->upper);
    emit_line(e, "for (; sample[k][0] == t; k++)");
    emit_line(e, "  %s_push_event(&state, sample[k][1]);", p);
    emit_line(e, "%s_step(&state);", p);
    emit_close(e, "");
    emit_line(e, "%s_output_of(&state, output);", p);
    emit_line(e, "for (int i = 1; i < %s_OUTPUT_SIZE; i++)", o->upper);
    emit_line(e, "  best = output[i] > output[best] ? i : best;");
    emit_line(e, "return best;");
  }
  emit_close(e, "");
  emit_blank(e);
}

/* The text says the class. */
static void write_print(struct emit *e) {
  emit_line(e, "printf(\"%%d\\n\", classify());");
}

static void write_sketch(struct emit *e) {
  emit_open(e, "void setup()");
  emit_line(e, "Serial.begin(9600);");
  emit_close(e, "");
  emit_blank(e);
  emit_open(e, "void loop()");
  emit_line(e, "Serial.println(classify());");
  emit_line(e, "delay(1000);");
  emit_close(e, "");
}

static void write_main(struct emit *e, enum c_main kind) {
  emit_open(e, kind == C_MAIN_APP ? "void app_main(void)" : "int main(void)");
  if (kind == C_MAIN_BARE) {
    emit_line(e, "answer = classify();");
    emit_line(e, "return answer;");
  } else if (kind == C_MAIN_SERIAL) {
    emit_line(e, "UBRR0 = F_CPU / 16 / 9600 - 1;");
    emit_line(e, "UCSR0B = 1 << TXEN0;");
    emit_line(e, "stdout = &serial;");
    write_print(e);
    emit_line(e, "cli();");
    emit_line(e, "for (;;)");
    emit_line(e, "  sleep_mode();");
  } else {
    write_print(e);
    if (kind == C_MAIN_PRINTS)
      emit_line(e, "return 0;");
  }
  emit_close(e, "");
}

static bool add_file(const struct c_output *o, const char *beside, const char *name,
                     const char *text, size_t n) {
  const char *path = arena_printf(o->arena, "%s%s", file_dir(o->arena, beside), name);

  if (strcmp(name, o->file) == 0)
    return diag_error(o->comp->diag, loc_file(beside),
                      "is what --main writes too; another name for the network would do");
  return file_outputs_add(o->comp->outputs, o->comp->diag, path, text, n);
}

/* A file of the runtime, by its path below runtime/port. */
static bool add_port(const struct c_output *o, const char *beside, const char *path) {
  const char *text = c_runtime_text(o, path), *name = strrchr(path, '/') + 1;

  return add_file(o, beside, name, text, strlen(text));
}

enum c_main c_main_of_target(const struct c_output *o) {
  return c_target(o)->port ? C_MAIN_BARE : c_is_avr(o) ? C_MAIN_SERIAL : C_MAIN_PRINTS;
}

void c_write_main(const struct c_output *o, enum c_main kind, const char *file, const char *build,
                  struct buf *text) {
  const struct samples *s = o->comp->calib;
  struct emit e = {text, 0};

  buf_init(text, o->arena);
  write_head(o, &e, kind, file, build);
  emit_line(&e, "/* clang-format off */");
  if (plan_takes(o->plan) == PLAN_TAKES_EVENTS)
    write_events(o, &e, s ? s->recordings : NULL);
  else
    write_numbers(o, &e, s);
  emit_line(&e, "/* clang-format on */");
  emit_line(&e, "static %s_state state;", o->prefix);
  emit_line(&e, "static %s_output output[%s_OUTPUT_SIZE];", o->prefix, o->upper);
  if (kind == C_MAIN_BARE)
    emit_line(&e, "volatile int answer;");
  emit_blank(&e);
  if (kind == C_MAIN_SERIAL)
    write_serial(&e);
  write_classify(o, &e);
  if (kind == C_MAIN_SKETCH)
    write_sketch(&e);
  else
    write_main(&e, kind);
}

bool c_emit_main(const struct c_output *o, const char *path) {
  const struct c_target *t = c_target(o);
  struct buf text;

  c_write_main(o, c_main_of_target(o), "main.c",
               arena_printf(o->arena, "    %s\n\n%s", arena_printf(o->arena, t->build, o->file),
                            t->port ? "The memory of the board: link.ld. -DSNN_SEMIHOSTING hands "
                                      "the class to a debugger or emulator. "
                                    : ""),
               &text);
  return add_file(o, path, "main.c", text.data, text.len) &&
         (!t->port || (add_port(o, path, arena_printf(o->arena, "port/%s/startup.c", t->port)) &&
                       add_port(o, path, "port/link.ld")));
}
