/* tests/diff/two.c -- two generated networks in one program, and inputs that are refused. C99. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "one.h"
#include "two.h"

static one_state a;
static two_state b;

#ifdef HAS_EVENTS
/* The same but for one spike. */
int main(void) {
  int is_good = one_push_event(&a, ONE_INPUT_SIZE) < 0 && two_push_event(&b, 0) == 0;

  return is_good && one_step(&a) != two_step(&b) ? 0 : 1;
}
#else
#ifndef HAS_INTEGERS
static one_state before;
#endif
static float image[ONE_INPUT_SIZE];
static one_input x[ONE_INPUT_SIZE];
static one_output y[ONE_OUTPUT_SIZE];
static two_output z[TWO_OUTPUT_SIZE];

int main(int argc, char **argv) {
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
#ifndef HAS_INTEGERS
  const float bad[] = {(float)NAN, (float)INFINITY, -(float)INFINITY};
#endif
  const int no_answer = -2;
  int one, two;

  if (!f || fread(image, sizeof image, 1, f) != 1 || fclose(f) != 0)
    return 2;
  for (int i = 0; i < ONE_INPUT_SIZE; i++)
    x[i] = (one_input)image[i];
  one = one_run(&a, x, y);
  two = two_run(&b, x, z);
  if ((one < 0 && one != no_answer) || one != two || memcmp(y, z, sizeof y) != 0)
    return printf("one says %d, two says %d\n", one, two), 1;
#ifndef HAS_INTEGERS
  before = a;
  for (int i = 0; i < 3; i++) {
    x[ONE_INPUT_SIZE - 1] = bad[i];
    if (one_set_input(&a, x) >= 0 || memcmp(&a, &before, sizeof a) != 0)
      return printf("value %d of 3 that is not finite is not refused\n", i + 1), 1;
  }
#endif
  return 0;
}
#endif
