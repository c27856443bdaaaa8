/* passes/analysis/result.h -- which value of an analog network a spiking one reads out: what stands
 * behind it does not change which output is the largest. */
#ifndef PASSES_ANALYSIS_RESULT_H
#define PASSES_ANALYSIS_RESULT_H

#include <stdint.h>

#include "ir/ir.h"

enum result_step {
  RESULT_HERE,  /* the value itself                                          */
  RESULT_SHAPE, /* moves nothing                                             */
  RESULT_ORDER, /* keeps the largest the largest                             */
  RESULT_RELU,  /* of a linear value that nothing else uses: the readout's   */
  RESULT_ROWS   /* softmax over a part of the outputs: there is no largest   */
};

/* What the node does to its operand 0; `uses` is of ir_count_uses. */
enum result_step result_step(const struct ir_graph *g, const uint32_t *uses, ir_id id);

/* The value before all steps at the end of g. */
ir_id result_find(const struct ir_graph *g, const uint32_t *uses);

#endif
