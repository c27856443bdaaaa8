/* tests/firmware/bench.c -- instructions of one inference of the sample in input.h, under QEMU with
 * -icount shift=0, where an instruction takes 1 ns. Prints those of net_reset and net_set_input,
 * and those of all steps and the answer. C99. */
#include <stdio.h>

#include "net.h"

#include "input.h"

#ifdef __riscv
static uint32_t now(void) {
  uint32_t n;

  __asm volatile(".insn i 0x73, 2, %0, x0, -1022" : "=r"(n)); /* csrr of instret, 0xC02 */
  return n;
}

static void begin(void) {
}
#else
/* SysTick counts down in 24 bits at 25 MHz: 40 instructions a tick. */
#define SYSTICK ((volatile uint32_t *)0xE000E010u)

static uint32_t now(void) {
  return (0xFFFFFFu - SYSTICK[2]) * 40u;
}

static void begin(void) {
  SYSTICK[1] = 0xFFFFFFu;
  SYSTICK[2] = 0;
  SYSTICK[0] = 5;
  while (SYSTICK[2] == 0) /* until the first reload */
    ;
}
#endif

static net_state state;
static net_output y[NET_OUTPUT_SIZE];

int main(void) {
  uint32_t start, set, all;

  begin();
  start = now();
  net_reset(&state);
  if (net_set_input(&state, sample) != 0)
    return 1;
  set = now();
  for (int t = 0; t < NET_STEPS; t++)
    net_step(&state);
  net_output_of(&state, y);
  all = now();
  printf("%lu %lu\n", (unsigned long)(set - start), (unsigned long)(all - set));
  return 0;
}
