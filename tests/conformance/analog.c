/* What the analog executor makes of random inputs, for comparison with another program:
 *   analog MODEL SEED FOLDER
 * Writes FOLDER/input-K and FOLDER/output-K, float32 as they lie in memory, and prints a line for
 * each: "input" or "output", the sizes with "," between, the name. Inputs are in [-1, 1). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "frontend/frontend.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/ir.h"
#include "ir/options.h"

static struct {
  struct arena_guard guard;
  struct options opt;
  struct comp comp;
  const char *folder;
  uint64_t random; /* state of xorshift64* (Vigna 2016) */
} run;

static float next_random(void) {
  run.random ^= run.random >> 12;
  run.random ^= run.random << 25;
  run.random ^= run.random >> 27;
  return (float)(run.random * 0x2545F4914F6CDD1Du >> 40) * 0x1p-23f - 1;
}

static bool save(const char *kind, size_t k, const struct ir_node *n, const float *v) {
  const char *path = arena_printf(run.comp.arena, "%s/%s-%zu", run.folder, kind, k);
  size_t count = (size_t)ir_type_count(&n->type);
  FILE *f = fopen(path, "wb");

  printf("%s ", kind);
  for (size_t i = 0; i < n->type.rank; i++)
    printf("%s%" PRId64, i ? "," : "", n->type.dims[i]);
  printf(" %s\n", n->name);
  if (f && fwrite(v, sizeof *v, count, f) == count && fclose(f) == 0)
    return true;
  perror(path);
  return false;
}

static bool run_graph(const struct ir_graph *g) {
  struct exec_analog *e = exec_analog_new(run.comp.arena, g);
  bool good = true;

  for (size_t k = 0; k < ir_n_of(g, IR_INPUT); k++) {
    const struct ir_node *n = ir_node(g, ir_nth(g, IR_INPUT, k));
    size_t count = (size_t)ir_type_count(&n->type);
    float *x = ARENA_NEW(run.comp.arena, float, count);
    for (size_t i = 0; i < count; i++)
      x[i] = next_random();
    exec_analog_set_input(e, k, x);
    good = save("input", k, n, x) && good;
  }
  exec_analog_run(e);
  for (size_t k = 0; k < ir_n_of(g, IR_OUTPUT); k++)
    good = save("output", k, ir_node(g, ir_nth(g, IR_OUTPUT, k)), exec_analog_output(e, k)) && good;
  return good;
}

int main(int argc, char **argv) {
  const struct ir_graph *g;

  if (argc != 4 || setjmp(run.guard.env)) {
    fprintf(stderr, argc != 4 ? "usage: analog MODEL SEED FOLDER\n" : "out of memory\n");
    return 2;
  }
  run.comp.arena = arena_new(&run.guard);
  run.comp.scratch = arena_new(&run.guard);
  run.comp.diag = diag_new(run.comp.arena, stderr);
  diag_set_quiet(run.comp.diag, true);
  run.comp.opt = &run.opt;
  run.random = strtoull(argv[2], NULL, 10) * 2 + 1; /* never 0 */
  run.folder = argv[3];
  g = frontend_read(&run.comp, argv[1]);
  return g && run_graph(g) ? 0 : 1;
}
