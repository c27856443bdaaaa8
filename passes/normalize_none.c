/* normalize-none: every scale is 1, as for a network whose activations are in [0, 1] already.
 *
 *   %r = relu %c                 ->   %r = relu %c {scale=1 for each channel}
 *
 * Larger activations saturate at one spike per step. */
#include "ir/comp.h"
#include "passes/calibration.h"
#include "passes/passes.h"

bool pass_normalize_none(struct comp *c, struct ir_graph **g) {
  struct calibration cal = calibration_new(c, *g);

  for (size_t i = 0; i < cal.n; i++) {
    for (size_t ch = 0; ch < cal.value[i].n_channels; ch++)
      cal.value[i].channel[ch] = 1;
    cal.value[i].layer = 1;
  }
  return calibration_apply(c, *g, &cal);
}
