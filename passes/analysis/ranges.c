#include "passes/analysis/ranges.h"

#include "ir/base/arena.h"
#include "ir/ir.h"

static bool is_const_nonnegative(const struct ir_node *n) {
  const struct ir_tensor *t = ir_attr_tensor(n, IR_A_VALUE);
  int64_t count = ir_type_count(&t->type);

  if (t->type.dtype != IR_F32)
    return false;
  for (int64_t i = 0; i < count; i++)
    if (((const float *)t->data)[i] < 0)
      return false;
  return true;
}

static bool is_every_operand(const struct ir_node *n, const bool *is_nonnegative) {
  for (size_t i = 0; i < n->n_in; i++)
    if (!is_nonnegative[n->in[i].idx])
      return false;
  return true;
}

static bool is_nonnegative_node(const struct ir_node *n, const bool *known) {
  switch ((int)n->op) {
  case IR_RELU:
  case IR_SOFTMAX:
  case IR_ABS:
  case IR_SQRT:
  case IR_EXP:
  case IR_SIGMOID:
  case IR_HARD_SIGMOID:
  case IR_SOFTPLUS:
    return true;
  case IR_CONST:
    return is_const_nonnegative(n);
  case IR_CLIP:
    return ir_attr_float(n, IR_A_MIN, -1) >= 0 || known[n->in[0].idx];
  case IR_PADDING:
    return ir_attr_float(n, IR_A_VALUE_F, 0) >= 0 && known[n->in[0].idx];
  case IR_GATHER: /* the second operand holds indices */
    return known[n->in[0].idx];
  case IR_ADD:
  case IR_MUL:
  case IR_MIN:
  case IR_MAX:
  case IR_REDUCE_MEAN:
  case IR_REDUCE_SUM:
  case IR_REDUCE_MAX:
  case IR_REDUCE_MIN:
  case IR_MAXPOOL:
  case IR_AVGPOOL:
  case IR_GLOBAL_AVGPOOL:
  case IR_RESHAPE:
  case IR_TRANSPOSE:
  case IR_CONCAT:
  case IR_SLICE:
    return is_every_operand(n, known);
  default:
    return false;
  }
}

bool *ranges_nonnegative(const struct ir_graph *g, struct arena *scratch) {
  bool *known = ARENA_NEW(scratch, bool, ir_n_nodes(g) + 1);

  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    known[i] = is_nonnegative_node(ir_node(g, ir_id_at(i)), known);
  return known;
}
