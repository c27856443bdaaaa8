/* tests/diff/board.h -- where the output of a board goes, and how its program ends. C99. */
#ifndef TESTS_DIFF_BOARD_H
#define TESTS_DIFF_BOARD_H

#include <stdio.h>

#ifdef __AVR__
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

static int board_put(char c, FILE *f) {
  (void)f;
  while (!(UCSR0A & 1 << UDRE0))
    ;
  UDR0 = (uint8_t)c;
  return 0;
}

static FILE board_serial = FDEV_SETUP_STREAM(board_put, NULL, _FDEV_SETUP_WRITE);

static void board_begin(void) {
  UBRR0 = 0;
  UCSR0B = 1 << TXEN0;
  stdout = &board_serial;
}

/* simavr ends when the processor sleeps without interrupts. */
static void board_end(void) {
  cli();
  for (;;)
    sleep_mode();
}
#else
static void board_begin(void) {
}
static void board_end(void) {
}
#endif

#endif
