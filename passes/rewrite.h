/* passes/rewrite.h -- what the analog passes share: rules that are tried at every node until none
 * applies, the patterns they look for, and constants made from constants.
 *
 * Rules replace nodes in place, so that ids stay valid until the end of a round; what no longer has
 * users goes at its end. All numbers are computed in double and rounded once. */
#ifndef PASSES_REWRITE_H
#define PASSES_REWRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/ir.h"

struct comp;

/* The graph while rules work on it. A round visits every node that is in use once, in execution
 * order; rules change the graph through the functions below alone, which release what they leave
 * without users. */
struct rewrite {
  struct comp *comp;
  struct ir_graph *g;
  const bool *nonnegative; /* of ranges.h, as of the start of the round    */
  size_t n_known;          /* ids it knows                                 */
  ir_id inner;             /* where the last swap has moved the outer node */
  bool has_failed;         /* told: a rule has made a number that is no float */
};

/* True when the rule has changed the graph at `id`. A rule has to make something smaller: nodes, or
 * the way of some node to its place. */
typedef bool rewrite_rule(struct rewrite *r, ir_id id);

/* Applies the rules until none changes anything. False: told. */
bool rewrite_run(struct comp *c, struct ir_graph *g, rewrite_rule *const *rules, size_t n_rules);

/* ---- patterns ---- */

/* The node of operand k, or NULL when it is not of this op. */
const struct ir_node *rewrite_operand(struct rewrite *r, const struct ir_node *n, size_t k,
                                      enum ir_op op);
/* Nobody but one node uses the value, and once, so that it may be computed differently. */
bool rewrite_has_one_user(struct rewrite *r, ir_id id);

/* No element is below 0. Holds for the graph at the start of the round: for rules that leave the
 * value of `id` as it is. */
bool rewrite_is_nonnegative(struct rewrite *r, ir_id id);

/* A conv or dense whose weight, and bias if it has one, are constant: w[o][i], i over channels of
 * the group and taps. */
struct rewrite_linear {
  ir_id id;
  const struct ir_node *node;
  const float *w, *b; /* b NULL: no bias */
  int64_t n_out, n_in;
  size_t axis; /* of the result: where its channels are */
};
bool rewrite_match_linear(struct rewrite *r, ir_id id, struct rewrite_linear *l);

/* True when constant c, broadcast to `type`, has one value per index of `axis`; they go to *v
 * (scratch). */
bool rewrite_channel_values(struct rewrite *r, const struct ir_tensor *c,
                            const struct ir_type *type, size_t axis, double **v);

/* ---- changes; a node that cannot be made is a bug of the rule ---- */

ir_id rewrite_append(struct rewrite *r, const struct ir_node *n);
ir_id rewrite_append_const(struct rewrite *r, const char *name, struct ir_tensor t, struct loc loc);
void rewrite_replace(struct rewrite *r, ir_id id, const struct ir_node *n);

/* outer(inner(x)) becomes inner(outer(x)): each keeps its name, place in the source, attributes and
 * its operands but the first. */
void rewrite_swap(struct rewrite *r, ir_id outer_id);
/* The same where one of the two has a constant operand, which has to become c to fit the other's
 * type. */
void rewrite_swap_const(struct rewrite *r, ir_id outer_id, struct ir_tensor c);

/* `id` disappears: its users take its first operand. */
void rewrite_drop(struct rewrite *r, ir_id id);

/* Node `id` with another first operand. rewrite_rebase does it in place where the node has one user
 * at most, else on a copy, and returns what it changed. */
void rewrite_set_operand(struct rewrite *r, ir_id id, ir_id x);
ir_id rewrite_rebase(struct rewrite *r, ir_id id, ir_id x);

/* The constant t in the place of constant `old`: in place where that has one user, else a new node.
 * rewrite_set_const makes it operand k of node `id`, whose operand the old one was. False: told. */
ir_id rewrite_const(struct rewrite *r, ir_id old, struct ir_tensor t);
bool rewrite_set_const(struct rewrite *r, ir_id id, size_t k, struct ir_tensor t);
/* Another weight, of this type, and bias for a linear node; no bias where it had none and gets
 * none. False, changing nothing: told, a number does not fit a float. */
bool rewrite_set_linear(struct rewrite *r, const struct rewrite_linear *l, struct ir_type type,
                        const double *w, const double *b);
/* All elements are finite. False: told at n, where `what` names them, and the pass ends. */
bool rewrite_check(struct rewrite *r, const struct ir_node *n, const char *what,
                   struct ir_tensor t);
/* New f32 tensor from doubles, in the graph's arena. */
struct ir_tensor rewrite_tensor(struct rewrite *r, struct ir_type type, const double *v);
/* The value of a node whose operands are constants. */
struct ir_tensor rewrite_evaluate(struct rewrite *r, const struct ir_node *n);

#endif
