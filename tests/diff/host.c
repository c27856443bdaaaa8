/* tests/diff/host.c -- a placed network on the in-process executor: host NET.ir DATA N IMAGES
 *
 * Writes the first N prepared samples to IMAGES (floats, one behind the other) and prints for each
 * a hash of the spikes per layer and step and of the bits of the output in every step. */
#include <stdio.h>
#include <stdlib.h>

#include "frontend/data/data.h"
#include "frontend/frontend.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "tests/diff/hash.h"

static struct arena_guard guard;

/* What net_run does: all steps, or until the early exit. */
static void run_whole(struct exec_spiking *e, const struct plan *p, const float *x,
                      struct hash *h) {
  size_t t = 0;

  exec_spiking_set_input(e, x); /* the number of the presentation is still that of run_image */
  do
    exec_spiking_step(e);
  while (++t < plan_steps(p) && !exec_spiking_is_decided(e));
  hash_word(&h->output, exec_spiking_class(e) < 0 ? NO_ANSWER : (uint32_t)exec_spiking_class(e));
  hash_floats(&h->output, exec_spiking_output(e), plan_output_size(p));
}

static void run_image(struct exec_spiking *e, const struct plan *p, unsigned long image,
                      const float *x) {
  struct hash h = hash_new();

  exec_spiking_seed(e, (uint32_t)image);
  exec_spiking_set_input(e, x);
  for (size_t t = 0; t < plan_steps(p); t++) {
    exec_spiking_clear_counts(e);
    exec_spiking_step(e);
    for (size_t l = 0; l + 1 < plan_n_layers(p); l++)
      hash_word(&h.spikes, (uint32_t)exec_spiking_counts(e)[l].spikes);
    hash_floats(&h.output, exec_spiking_output(e), plan_output_size(p));
  }
  run_whole(e, p, x, &h);
  hash_print(&h, image);
}

int main(int argc, char **argv) {
  char *args[] = {"snncc", "eval", argv[1], "--data", argv[2], "--limit", argv[3], NULL};
  struct options opt;
  struct comp c = {.arena = arena_new(&guard), .scratch = arena_new(&guard), .opt = &opt};
  struct exec_spiking *e;
  struct ir_graph *g;
  struct samples *s;
  struct plan *p;
  FILE *images;
  float *x;

  if (setjmp(guard.env) || argc != 5)
    return 2;
  c.diag = diag_new(c.arena, stderr);
  if (!options_parse(&opt, c.arena, c.diag, 7, args) || !(g = frontend_read(&c, opt.model)) ||
      !(p = plan_new(c.arena, c.diag, g)) || !(s = data_read(&c, opt.data, NULL, 0, opt.limit)) ||
      !samples_prepare(s, c.diag, &ir_node(g, ir_nth(g, IR_INPUT, 0))->type, &opt))
    return 1;
  e = exec_spiking_new(c.arena, p);
  x = ARENA_NEW(c.arena, float, plan_input_size(p));
  images = fopen(argv[4], "wb");
  for (size_t i = 0; images && i < s->n; i++) {
    samples_get(s, i, x);
    if (fwrite(x, sizeof *x, plan_input_size(p), images) != plan_input_size(p))
      return 1;
    run_image(e, p, (unsigned long)i, x);
  }
  return images && fclose(images) == 0 ? 0 : 1;
}
