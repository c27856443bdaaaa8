/* tests/package/Arduino.h -- stands in for that of a core: what the example of a package calls. The
 * second turn of loop ends the program. */
#ifndef TESTS_PACKAGE_ARDUINO_H
#define TESTS_PACKAGE_ARDUINO_H

#include <stdio.h>
#include <stdlib.h>

struct serial_port {
  void begin(long baud) {
    (void)baud;
  }
  void println(int number) {
    printf("%d\n", number);
  }
};
static serial_port Serial;

static inline void delay(unsigned long ms) {
  exit(ms == 0);
}

void setup();
void loop();

int main() {
  setup();
  for (;;)
    loop();
}

#endif
