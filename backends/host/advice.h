/* backends/host/advice.h -- what to try next, by rules on what was found and which options ran. */
#ifndef BACKENDS_HOST_ADVICE_H
#define BACKENDS_HOST_ADVICE_H

struct comp;
struct explain;

/* Fills x->advice, the most important first; the rules are the table in advice.c, and
 * docs/EXPLAIN.md lists them. A loss counts where its 95 % interval lies above 0. */
void advice_give(struct comp *c, struct explain *x);

#endif
