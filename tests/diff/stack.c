/* tests/diff/stack.c -- runs generated C on a painted stack of its own: stack IMAGES. Prints the
 * bytes used and the bound; fails where the bound is too low. C99 and POSIX threads. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "present.h"

enum { STACK_SIZE = 1 << 18, PAINT = 0xA5 };

static net_state state;
static net_output y[NET_OUTPUT_SIZE];

static void *do_nothing(void *arg) {
  return arg;
}

static void *do_run(void *arg) {
  present_all(&state, y);
  return arg;
}

/* Bytes of its stack that a thread has written. */
static size_t used_by(void *(*fn)(void *)) {
  unsigned char *stack =
      mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_attr_t attr;
  pthread_t thread;
  size_t untouched = 0;

  if (stack == MAP_FAILED)
    exit(2);
  memset(stack, PAINT, STACK_SIZE);
  if (pthread_attr_init(&attr) || pthread_attr_setstack(&attr, stack, STACK_SIZE) ||
      pthread_create(&thread, &attr, fn, NULL) || pthread_join(thread, NULL))
    exit(2);
  while (stack[untouched] == PAINT)
    untouched++;
  return STACK_SIZE - untouched;
}

int main(int argc, char **argv) {
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
  size_t base, all;

  if (!f || fread(x, sizeof x, 1, f) != 1 || fclose(f) != 0)
    return 2;
  base = used_by(do_nothing);
  all = used_by(do_run);
  printf("stack %lu of %d\n", (unsigned long)(all - base), NET_STACK_BYTES);
  return all - base > NET_STACK_BYTES;
}
