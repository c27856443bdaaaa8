/* passes/pass_internal.h -- between the manager (pass.c) and the tables (pipelines.c). */
#ifndef PASSES_PASS_INTERNAL_H
#define PASSES_PASS_INTERNAL_H

#include <stddef.h>

#include "passes/pass.h"

struct comp;

/* One place in a run. The pass is skipped where any fact of `until` holds: its work is done. */
struct pass_step {
  const struct pass *pass;
  unsigned until;
};

/* All passes, in the order in which they can run. */
const struct pass *pass_table(size_t *n);

/* The steps of a pipeline under the options of this compilation; in c->arena. */
const struct pass_step *pass_steps(const struct comp *c, enum pipeline p, size_t *n);

#endif
