/* The first sample of an .npy through net.c: spikes of both layers and the outputs, per step. */
#include <stdio.h>

#include "net.h"

enum { NPY_HEADER = 128 };

int main(int argc, char **argv) {
  static net_state s;
  static net_input x[NET_INPUT_SIZE];
  net_output y[NET_OUTPUT_SIZE];
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;

  if (!f || fseek(f, NPY_HEADER, SEEK_SET) != 0 || fread(x, sizeof x, 1, f) != 1)
    return 1;
  net_reset(&s);
  if (net_set_input(&s, x) < 0)
    return 1;
  printf("step  conv1  conv2  output 0  output 1\n");
  for (int t = 1; t <= NET_STEPS; t++) {
    net_step(&s);
    net_output_of(&s, y);
    printf("%4d  %5u  %5u  %8g  %8g\n", t, (unsigned)s.spikes[0], (unsigned)s.spikes[1],
           (double)y[0], (double)y[1]);
  }
  printf("class %d\n", net_run(&s, x, y));
  return fclose(f);
}
