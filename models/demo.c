/* models/demo.c -- what firmware would do with net.c: classify images and count what it costs.
 *
 *   demo IMAGES LABELS     both IDX files; compiled together with net.c by models/demo.sh
 *
 * Shows a few images with the evidence for each class over time, then accuracy and time. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "net.h"

enum { SIDE = 28, SHOWN = 3, HEADER_IMAGES = 16, HEADER_LABELS = 8 };

static unsigned char *read_all(const char *path, long skip, long *len) {
  FILE *f = fopen(path, "rb");
  unsigned char *data = NULL;

  if (f && fseek(f, 0, SEEK_END) == 0 && (*len = ftell(f) - skip) > 0 &&
      fseek(f, skip, SEEK_SET) == 0 && (data = malloc((size_t)*len)) != NULL &&
      fread(data, 1, (size_t)*len, f) != (size_t)*len)
    *len = 0;
  if (f)
    fclose(f);
  return *len > 0 ? data : NULL;
}

static void to_input(const unsigned char *image, net_input *x) {
  for (int i = 0; i < NET_INPUT_SIZE; i++)
    x[i] = (net_input)image[i] / 255;
}

static int best_of(const net_output *y) {
  int best = 0;

  for (int c = 1; c < NET_OUTPUT_SIZE; c++)
    if (y[c] > y[best])
      best = c;
  return best;
}

/* Two image rows as one line of half blocks. */
static void print_pixels(const unsigned char *image, int row) {
  static const char *const blocks[] = {" ", "\u2580", "\u2584", "\u2588"};

  for (int x = 0; x < SIDE; x++) {
    int top = image[row * SIDE + x] > 100, bottom = image[(row + 1) * SIDE + x] > 100;

    printf("%s", blocks[top + 2 * bottom]);
  }
}

/* How far class c is ahead of the mean, in eighths of the leader's distance. */
static const char *evidence(const net_output *y, int c) {
  static const char *const bars[] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                     "\u2585", "\u2586", "\u2587", "\u2588"};
  net_output mean = 0, lead;

  for (int i = 0; i < NET_OUTPUT_SIZE; i++)
    mean += y[i] / NET_OUTPUT_SIZE;
  lead = y[best_of(y)] - mean;
  if (lead <= 0 || y[c] <= mean)
    return bars[0];
  return bars[(int)((y[c] - mean) / lead * 8)];
}

/* The image on the left; on the right a row per class, a column per time step. */
static void show(net_state *s, const unsigned char *image, int label) {
  static net_output y[NET_STEPS][NET_OUTPUT_SIZE];
  net_input x[NET_INPUT_SIZE];
  long spikes = 0;
  int decided = NET_STEPS;

  to_input(image, x);
  net_reset(s);
  net_set_input(s, x);
  for (int t = 0; t < NET_STEPS; t++) {
    spikes += net_step(s);
    net_output_of(s, y[t]);
  }
  while (decided > 1 && best_of(y[decided - 2]) == best_of(y[NET_STEPS - 1]))
    decided--;
  for (int row = 0; row < SIDE; row += 2) {
    int c = row / 2 - 2;

    printf("  ");
    print_pixels(image, row);
    if (c == -2)
      printf("   a %d, seen as %d: for good after %d of %d steps, %ld spikes", label,
             best_of(y[NET_STEPS - 1]), decided, NET_STEPS, spikes);
    if (c == -1)
      printf("   evidence for each class over time");
    if (c >= 0 && c < NET_OUTPUT_SIZE) {
      printf("   %d ", c);
      for (int t = 0; t < NET_STEPS; t++)
        printf("%s", evidence(y[t], c));
    }
    printf("\n");
  }
  printf("\n");
}

int main(int argc, char **argv) {
  static net_state s;
  long n_bytes = 0, n_labels = 0, n, right = 0;
  unsigned char *images = argc == 3 ? read_all(argv[1], HEADER_IMAGES, &n_bytes) : NULL;
  unsigned char *labels = argc == 3 ? read_all(argv[2], HEADER_LABELS, &n_labels) : NULL;
  struct timespec start, end;

  if (!images || !labels) {
    fprintf(stderr, "usage: demo IMAGES LABELS (IDX files, not compressed)\n");
    return 1;
  }
  n = n_bytes / NET_INPUT_SIZE;
  if (n_labels < n)
    n = n_labels;
  for (long i = 0; i < SHOWN && i < n; i++)
    show(&s, images + i * NET_INPUT_SIZE, labels[i]);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
  for (long i = 0; i < n; i++) {
    net_input x[NET_INPUT_SIZE];
    net_output y[NET_OUTPUT_SIZE];

    to_input(images + i * NET_INPUT_SIZE, x);
    right += net_run(&s, x, y) == labels[i];
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  printf(
      "net.c   %ld of %ld digits right, %.1f us an image (%d steps), %d bytes of RAM, %d bytes of "
      "constants\n",
      right, n,
      ((double)(end.tv_sec - start.tv_sec) * 1e6 + (double)(end.tv_nsec - start.tv_nsec) / 1e3) /
          (double)n,
      NET_STEPS, NET_RAM_BYTES, NET_CONST_BYTES);
  free(images);
  free(labels);
  return 0;
}
