#include "ir/ir.h"

struct ir_turn ir_turn_of(const struct ir_node *population) {
  const struct ir_attr *a = ir_attr(population, IR_A_TURN);

  if (!a || a->u.ints.n != 2)
    return (struct ir_turn){0, 0};
  return (struct ir_turn){a->u.ints.v[0], a->u.ints.v[1]};
}

/* What is sent is counted in 16 bits. */
void ir_turn_limits(enum ir_word model, int64_t *least, int64_t *most) {
  *least = model == IR_W_MODEL_TTFS ? 2 : 1;
  *most = model == IR_W_MODEL_PATTERN ? 16 : model == IR_W_MODEL_TTFS ? UINT16_MAX : 0;
}

int64_t ir_turn_levels(enum ir_word model, int64_t steps) {
  if (model == IR_W_MODEL_PATTERN)
    return ((int64_t)1 << steps) - 1;
  if (model == IR_W_MODEL_TTFS_DYN)
    return UINT16_MAX;
  return model == IR_W_MODEL_TTFS ? steps - 1 : steps;
}
