/* port/cortex-m/startup.c -- from reset to main() on any Cortex-M, with link.ld beside it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * When main returns the processor stays in a loop; with -DSNN_SEMIHOSTING the debugger or emulator
 * is told main's value and ends. Interrupts that a program uses want a longer table of vectors. */
#include <stdint.h>

extern uint32_t snn_data[], snn_data_end[], snn_data_from[], snn_bss[], snn_bss_end[];
extern uint32_t snn_stack_top[];

int main(void);
void snn_start(void);

static void snn_hang(void) {
  for (;;) {
  }
}

#ifdef SNN_SEMIHOSTING
/* SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit: Arm, "Semihosting for AArch32 and AArch64".
 */
static void snn_exit(int code) {
  const uint32_t block[2] = {0x20026u, (uint32_t)code};
  register uint32_t op __asm("r0") = 0x20;
  register const uint32_t *arg __asm("r1") = block;

  __asm volatile("bkpt 0xAB" : : "r"(op), "r"(arg) : "memory");
}
#else
static void snn_exit(int code) {
  (void)code;
}
#endif

void snn_start(void) {
  const uint32_t *from = snn_data_from;

#ifdef __ARM_FP
  *(volatile uint32_t *)0xE000ED88u |= 0xF00000u; /* CPACR: the floating-point unit is on */
  __asm volatile("dsb\n\tisb");
#endif
  for (uint32_t *to = snn_data; to < snn_data_end; to++)
    *to = *from++;
  for (uint32_t *to = snn_bss; to < snn_bss_end; to++)
    *to = 0;
  snn_exit(main());
  snn_hang();
}

/* The stack, reset, and the 14 exceptions of the architecture. */
struct snn_vectors {
  const uint32_t *stack;
  void (*handler[15])(void);
};
extern const struct snn_vectors snn_vectors;
const struct snn_vectors snn_vectors __attribute__((section(".vectors"), used)) = {
    snn_stack_top,
    {snn_start, snn_hang, snn_hang, snn_hang, snn_hang, snn_hang, snn_hang, snn_hang, snn_hang,
     snn_hang, snn_hang, snn_hang, snn_hang, snn_hang, snn_hang}};
