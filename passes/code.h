/* passes/code.h -- what a value becomes under --code. */
#ifndef PASSES_CODE_H
#define PASSES_CODE_H

#include <stdbool.h>

#include "ir/ir.h"

struct options;

/* The neuron that sends so. */
enum ir_word code_model(const struct options *o);
/* A value is sent as 0 .. levels parts; with ttfs_dyn they are finer for small values, and this is
 * about what they are on average. */
double code_levels(const struct options *o);
/* Layers send one after another. */
bool code_has_turns(const struct options *o);

#endif
