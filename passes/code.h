/* passes/code.h -- what a value becomes under --code. */
#ifndef PASSES_CODE_H
#define PASSES_CODE_H

#include "ir/ir.h"

struct options;

/* The neuron that sends so. */
enum ir_word code_model(const struct options *o);
/* A value is sent as 0 .. levels thresholds' worth. */
double code_levels(const struct options *o);

#endif
