/* passes/passes.h -- every pass function, for the one table in pipelines.c. The head comment of
 * each passes/<name>.c says which graph goes in and which comes out. */
#ifndef PASSES_PASSES_H
#define PASSES_PASSES_H

#include <stdbool.h>

struct comp;
struct ir_graph;

#define PASS_LIST(X)                                                                               \
  X(single_sample)                                                                                 \
  X(drop_quantization)                                                                             \
  X(fold_constants)                                                                                \
  X(simplify_shapes)                                                                               \
  X(fold_affine)                                                                                   \
  X(fold_batchnorm)                                                                                \
  X(relu_before_maxpool)                                                                           \
  X(merge_linear)                                                                                  \
  X(average_maxpool)                                                                               \
  X(merge_needed)                                                                                  \
  X(normalize_percentile)                                                                          \
  X(normalize_mse)                                                                                 \
  X(normalize_weights)                                                                             \
  X(normalize_none)                                                                                \
  X(lower_spiking)                                                                                 \
  X(pool_currents)                                                                                 \
  X(layout_weights)                                                                                \
  X(place_memory)                                                                                  \
  X(correct_bias)                                                                                  \
  X(quantize)                                                                                      \
  X(early_exit)

#define PASS_DECLARE(name) bool pass_##name(struct comp *c, struct ir_graph **g);
PASS_LIST(PASS_DECLARE)
#undef PASS_DECLARE

#endif
