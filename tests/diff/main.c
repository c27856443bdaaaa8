/* tests/diff/main.c -- the same network as generated C: main IMAGES. Prints what host.c prints.
 * C99. */
#include <stdio.h>

#include "hash.h"
#include "present.h"

static net_state state;
static net_output y[NET_OUTPUT_SIZE];

static void hash_output(struct hash *h) {
  float real[NET_OUTPUT_SIZE];

  for (int i = 0; i < NET_OUTPUT_SIZE; i++)
    real[i] = (float)y[i];
  hash_floats(&h->output, real, NET_OUTPUT_SIZE);
}

static void run_image(unsigned long image) {
  struct hash h = hash_new();

#ifdef HAS_SEED
  net_seed(&state, (uint32_t)image);
#endif
  if (present(&state) != 0)
    printf("input refused\n");
  for (int t = 0; t < NET_STEPS; t++) {
    uint32_t n = 0;
    int spikes = present_step(&state, t);
    for (int l = 0; l < NET_LAYERS; l++) {
      hash_word(&h.spikes, state.spikes[l]);
      n += state.spikes[l];
    }
    if ((uint32_t)spikes != n)
      printf("net_step gives %d, its layers %lu\n", spikes, (unsigned long)n);
    net_output_of(&state, y);
    hash_output(&h);
  }
  hash_word(&h.output, (uint32_t)present_all(&state, y));
  hash_output(&h);
  hash_print(&h, image);
}

int main(int argc, char **argv) {
  FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
  unsigned long image = 0;

  if (!f)
    return 2;
  for (; fread(x, sizeof x, 1, f) == 1; image++)
    run_image(image);
  fclose(f);
  return image == 0;
}
