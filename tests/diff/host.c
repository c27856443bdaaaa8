/* tests/diff/host.c -- a placed network on the in-process executor: host NET.ir DATA N IMAGES
 *
 * Writes the first N prepared samples to IMAGES (floats, one behind the other) and prints for each
 * a hash of the spikes per layer and step and of the bits of the output in every step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/frontend.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/recordings.h"
#include "ir/samples.h"
#include "tests/diff/hash.h"

static struct arena_guard guard;

struct host {
  struct exec_spiking *e;
  const struct plan *p;
  const struct samples *s;
  float *x; /* what generated C gets: an input, or a map of 0 and 1 for each step */
  size_t n;
};

/* What net_run does: all steps, or until the early exit. The class is not asked for where the
 * program has no net_run. */
static void run_whole(const struct host *h, size_t image, struct hash *hash) {
  bool has_class = plan_takes(h->p) != PLAN_TAKES_EVENTS;
  int64_t class;
  size_t t = 0;

  exec_spiking_set_sample(h->e, h->s, image);
  do
    exec_spiking_step(h->e);
  while (++t < plan_steps(h->p) && !exec_spiking_is_decided(h->e));
  class = has_class ? exec_spiking_class(h->e) : 0;
  hash_word(&hash->output, class < 0 ? NO_ANSWER : (uint32_t) class);
  hash_floats(&hash->output, exec_spiking_output(h->e), plan_output_size(h->p));
}

static void run_image(const struct host *h, size_t image) {
  struct hash hash = hash_new();

  exec_spiking_set_sample(h->e, h->s, image);
  for (size_t t = 0; t < plan_steps(h->p); t++) {
    exec_spiking_clear_counts(h->e);
    exec_spiking_step(h->e);
    for (size_t l = 0; l + 1 < plan_n_layers(h->p); l++)
      hash_word(&hash.spikes, (uint32_t)exec_spiking_counts(h->e)[l].spikes);
    hash_floats(&hash.output, exec_spiking_output(h->e), plan_output_size(h->p));
  }
  run_whole(h, image, &hash);
  hash_print(&hash, (unsigned long)image);
}

static void get_image(const struct host *h, size_t image) {
  const struct recordings *r = h->s->recordings;

  if (plan_takes(h->p) != PLAN_TAKES_EVENTS) {
    exec_input_of(h->p, h->s, image, h->x);
    return;
  }
  memset(h->x, 0, h->n * sizeof *h->x);
  for (size_t k = r->begin[image]; k < r->begin[image + 1]; k++)
    if (r->event[k] >> 32 < plan_steps(h->p))
      h->x[(r->event[k] >> 32) * plan_input_size(h->p) + (r->event[k] & UINT32_MAX)] = 1;
}

int main(int argc, char **argv) {
  char *args[] = {"snncc", "eval", argv[1], "--data", argv[2], "--limit", argv[3], NULL};
  struct options opt;
  struct comp c = {.arena = arena_new(&guard), .scratch = arena_new(&guard), .opt = &opt};
  struct ir_graph *g;
  struct samples *s;
  struct plan *p;
  struct host h;
  FILE *images;

  if (setjmp(guard.env) || argc != 5)
    return 2;
  c.diag = diag_new(c.arena, stderr);
  if (!options_parse(&opt, c.arena, c.diag, 7, args) || !(g = frontend_read(&c, opt.model)) ||
      !(p = plan_new(c.arena, c.diag, g)) || !(s = data_read(&c, opt.data, NULL, 0, opt.limit)) ||
      !samples_prepare(s, c.diag, &ir_node(g, ir_nth(g, IR_INPUT, 0))->type, &opt))
    return 1;
  h = (struct host){.e = exec_spiking_new(c.arena, p), .p = p, .s = s, .n = plan_input_size(p)};
  if (plan_takes(p) == PLAN_TAKES_EVENTS)
    h.n *= plan_steps(p);
  h.x = ARENA_NEW(c.arena, float, h.n);
  images = fopen(argv[4], "wb");
  for (size_t i = 0; images && i < s->n; i++) {
    get_image(&h, i);
    if (fwrite(h.x, sizeof *h.x, h.n, images) != h.n)
      return 1;
    run_image(&h, i);
  }
  return images && fclose(images) == 0 ? 0 : 1;
}
