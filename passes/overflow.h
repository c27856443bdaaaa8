/* passes/overflow.h -- numbers that a pass makes have to be floats: the product of weights that fit
 * need not. Asked by every pass that makes new weights, biases or scales. */
#ifndef PASSES_OVERFLOW_H
#define PASSES_OVERFLOW_H

#include <stdbool.h>
#include <stddef.h>

struct comp;
struct ir_node;

/* All of v[0..len) are finite. False: told at n, where `what` ("weights") names them. */
bool overflow_check(struct comp *c, const struct ir_node *n, const char *what, const float *v,
                    size_t len);

#endif
