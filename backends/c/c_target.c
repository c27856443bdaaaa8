/* C backend: the machines of --target. */
#include "backends/c/c_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/options.h"

/* The largest object of avr-gcc, whose size_t has 16 bits. */
enum { AVR_OBJECT_BYTES = 32767 };

#define GCC_LINK " -Os -nostartfiles -T link.ld"
#define GCC_ARM(core)                                                                              \
  "arm-none-eabi-gcc -mcpu=" core " -mthumb" GCC_LINK " main.c startup.c %s -o main.elf"

/* Upper bounds of what net_run and all that it calls take from the stack, at -O0 to -O3; of host
 * measured by tests/diff, of the others by tests/firmware. No kernel has arrays that depend on the
 * network, so one number serves all. */
static const struct c_target targets[TARGET_N] = {
    [TARGET_HOST] = {"the host", "gcc 12, clang 14; x86-64, i386", 8192,
                     "cc -O2 main.c %s -o main && ./main", NULL},
    [TARGET_CORTEX_M0] = {"Cortex-M0", "gcc 12", 640, GCC_ARM("cortex-m0"), "cortex-m"},
    [TARGET_CORTEX_M3] = {"Cortex-M3", "gcc 12", 640, GCC_ARM("cortex-m3"), "cortex-m"},
    [TARGET_CORTEX_M4] = {"Cortex-M4", "gcc 12", 640, GCC_ARM("cortex-m4"), "cortex-m"},
    [TARGET_RV32] = {"RV32", "gcc 12", 640,
                     "riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32" GCC_LINK
                     " main.c startup.c %s -o main.elf",
                     "rv32"},
    [TARGET_AVR] = {"AVR", "gcc 5.4", 640,
                    "avr-gcc -std=gnu99 -mmcu=atmega1284p -DF_CPU=16000000 -Os main.c %s -o "
                    "main.elf",
                    NULL},
};

const struct c_target *c_target(const struct c_output *o) {
  return &targets[o->comp->opt->target];
}

bool c_is_avr(const struct c_output *o) {
  return o->comp->opt->target == TARGET_AVR;
}

static bool check_avr(const struct c_output *o) {
  struct diag *d = o->comp->diag;

  if (plan_weight_type(o->plan) == IR_F32)
    return diag_error(
        d, loc_file(o->comp->opt->model),
        "is a network of floats, which --target avr does not take; --quantize int8 or "
        "int16 is right");
  for (size_t i = 0; i < plan_n_tensors(o->plan); i++) {
    const struct plan_tensor *t = plan_tensor(o->plan, i);
    size_t bytes = t->n * ir_dtype_size(t->dtype);
    if (bytes > AVR_OBJECT_BYTES)
      return diag_error(d, loc_file(o->comp->opt->model),
                        "table %s has %zu bytes; --target avr takes at most %d in one", t->name,
                        bytes, AVR_OBJECT_BYTES);
  }
  if (plan_ram_bytes(o->plan) > AVR_OBJECT_BYTES)
    return diag_error(d, loc_file(o->comp->opt->model),
                      "needs %zu bytes of RAM; --target avr takes at most %d",
                      plan_ram_bytes(o->plan), AVR_OBJECT_BYTES);
  return true;
}

/* A name goes into C and through the assembler. */
static bool check_section(const struct c_output *o) {
  const char *name = o->comp->opt->weights_section;

  return !name ||
         name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                           "._-$")] == '\0' ||
         diag_error(o->comp->diag, loc_file(NULL),
                    "--weights-section is %s; letters, digits and . _ - $ are wanted",
                    diag_quote(o->comp->diag, name));
}

bool c_check_target(const struct c_output *o) {
  return check_section(o) && (!c_is_avr(o) || check_avr(o));
}
