/* port/rv32/startup.c -- from reset to main() on a RISC-V core in machine mode, with link.ld beside
 * it. SPDX-License-Identifier: Apache-2.0
 *
 * When main returns the processor stays in a loop; with -DSNN_SEMIHOSTING the debugger or emulator
 * is told main's value and ends. */
#include <stdint.h>

extern uint32_t snn_data[], snn_data_end[], snn_data_from[], snn_bss[], snn_bss_end[];

int main(void);
void snn_begin(void);

/* The first instructions: no stack yet. */
__asm(".section .vectors, \"ax\"\n"
      ".globl snn_start\n"
      ".option push\n"
      ".option norelax\n"
      "snn_start:\n"
      "  la sp, snn_stack_top\n"
      "  j snn_begin\n"
      ".option pop\n"
      ".text\n");

#ifdef SNN_SEMIHOSTING
/* "RISC-V Semihosting": the call is these three instructions, uncompressed, on one page. */
__asm(".section .vectors, \"ax\"\n"
      ".option push\n"
      ".option norvc\n"
      ".option norelax\n"
      ".balign 16\n"
      "snn_call:\n"
      "  slli zero, zero, 0x1f\n"
      "  ebreak\n"
      "  srai zero, zero, 7\n"
      "  ret\n"
      ".option pop\n"
      ".text\n");
uint32_t snn_call(uint32_t op, const uint32_t *arg);

/* SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit. */
static void snn_exit(int code) {
  const uint32_t block[2] = {0x20026u, (uint32_t)code};

  snn_call(0x20, block);
}
#else
static void snn_exit(int code) {
  (void)code;
}
#endif

void snn_begin(void) {
  const uint32_t *from = snn_data_from;

  for (uint32_t *to = snn_data; to < snn_data_end; to++)
    *to = *from++;
  for (uint32_t *to = snn_bss; to < snn_bss_end; to++)
    *to = 0;
  snn_exit(main());
  for (;;) {
  }
}
