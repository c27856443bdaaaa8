/* tests/diff/image.c -- an image on its interpreter: image NET.img IMAGES; prints what main.c does.
 * C99; built with the files of runtime/image. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "hash.h"
#include "snn/image.h"

static struct snn_net net;
static float *x;     /* an input, or a map of 0 and 1 for each step */
static void *stored; /* the input as the network takes it           */
static int32_t *y;

static void store_input(void) {
  for (uint32_t i = 0; i < net.input_size; i++)
    if (net.input_kind == SNN_INPUT_BYTES)
      ((uint8_t *)stored)[i] = (uint8_t)x[i];
    else if (net.input_kind == SNN_INPUT_MULTIPLES)
      ((int16_t *)stored)[i] = (int16_t)x[i];
}

static void present(void) {
  int is_events = net.input_kind == SNN_INPUT_EVENTS;

  snn_reset(&net);
  if (is_events ? snn_push_event(&net, net.input_size) != SNN_NO_SUCH_PLACE ||
                      snn_set_input(&net, x, net.input_size) != SNN_WRONG_INPUT
                : snn_set_input(&net, stored, net.input_size) != SNN_OK ||
                      snn_push_event(&net, 0) != SNN_WRONG_INPUT)
    printf("input refused\n");
}

static int32_t step(uint32_t t) {
  int32_t n = -1;

  for (uint32_t i = 0; net.input_kind == SNN_INPUT_EVENTS && i < net.input_size; i++)
    if (x[t * net.input_size + i] != 0)
      snn_push_event(&net, i);
  snn_step(&net, &n);
  return n;
}

static void hash_output(struct hash *h) {
  for (uint32_t i = 0; i < net.output_size; i++) {
    float real = (float)y[i];
    hash_floats(&h->output, &real, 1);
  }
}

/* All steps at once; what main.c hashes as the class. */
static uint32_t run_whole(void) {
  int32_t winner = 0;

  if (net.input_kind == SNN_INPUT_EVENTS) {
    present();
    for (uint32_t t = 0; t < net.steps; t++)
      step(t);
    snn_output(&net, y, net.output_size);
    return 0;
  }
  if (snn_run(&net, stored, net.input_size, y, net.output_size, &winner) == SNN_NO_ANSWER)
    return NO_ANSWER;
  return (uint32_t)winner;
}

static void run_image(unsigned long image) {
  struct hash h = hash_new();

  store_input();
  present();
  for (uint32_t t = 0; t < net.steps; t++) {
    uint32_t n = (uint32_t)step(t);
    for (uint32_t l = 0; l + 1 < net.n_layers; l++) {
      hash_word(&h.spikes, net.spikes[l]);
      n -= net.spikes[l];
    }
    if (n != 0)
      printf("snn_step and the layers differ by %lu\n", (unsigned long)n);
    snn_output(&net, y, net.output_size);
    hash_output(&h);
  }
  hash_word(&h.output, run_whole());
  hash_output(&h);
  hash_print(&h, image);
}

static void *read_file(const char *path, size_t *len) {
  FILE *f = fopen(path, "rb");
  char *bytes = NULL;
  size_t n;

  *len = 0;
  do {
    bytes = realloc(bytes, *len + 4096);
    n = f && bytes ? fread(bytes + *len, 1, 4096, f) : 0;
    *len += n;
  } while (n > 0);
  if (f)
    fclose(f);
  return bytes;
}

int main(int argc, char **argv) {
  size_t len, n_values, need;
  void *image = argc == 3 ? read_file(argv[1], &len) : NULL, *ram;
  FILE *f = argc == 3 ? fopen(argv[2], "rb") : NULL;
  unsigned long i = 0;
  enum snn_status status;

  if (!image || !f)
    return 2;
  need = snn_ram_needed(image, len);
  ram = malloc(need + 4);
  if (snn_open(&net, image, len, ram, need - 1) != SNN_RAM_TOO_SMALL)
    return printf("less RAM than is needed is taken\n"), 1;
  status = snn_open(&net, image, len, ram, need);
  if (status != SNN_OK)
    return printf("%s\n", snn_status_text(status)), 1;
  n_values = net.input_size * (net.input_kind == SNN_INPUT_EVENTS ? net.steps : 1);
  x = calloc(n_values, sizeof *x);
  stored = calloc(net.input_size, sizeof(int16_t));
  y = calloc(net.output_size, sizeof *y);
  for (; x && stored && y && fread(x, sizeof *x, n_values, f) == n_values; i++)
    run_image(i);
  fclose(f);
  return i == 0;
}
