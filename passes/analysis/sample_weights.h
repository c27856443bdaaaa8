/* passes/analysis/sample_weights.h -- how much an error at a calibration sample matters.
 *
 * Whether an error changes the answer depends on the lead of the largest output over the second. A
 * sample with a lead of l weighs 1 / (0.3 + l / m)^2, m the median of all leads, in thousandths:
 * 592 at the median, 11111 without any lead. Integers, so that sums of weights do not depend on
 * their order. */
#ifndef PASSES_ANALYSIS_SAMPLE_WEIGHTS_H
#define PASSES_ANALYSIS_SAMPLE_WEIGHTS_H

#include <stdint.h>

struct comp;
struct ir_graph;

/* One weight per sample of --calib, in scratch memory: runs the analog graph on all of them. The
 * leads are those of what goes into a softmax at the end. All are 1 where nothing leads: more than
 * one output node, or a median of 0. */
const uint32_t *sample_weights_new(struct comp *c, const struct ir_graph *g);

#endif
