#include "passes/analysis/result.h"

static bool is_linear(enum ir_op op) {
  return op == IR_CONV || op == IR_DENSE || op == IR_BATCHNORM || op == IR_ADD;
}

/* Larger operands give larger results, so that the largest stays the largest. */
static bool is_increasing(enum ir_op op) {
  return op == IR_TANH || op == IR_SIGMOID || op == IR_EXP || op == IR_LOG || op == IR_SOFTPLUS ||
         op == IR_SOFTSIGN;
}

enum result_step result_step(const struct ir_graph *g, const uint32_t *uses, ir_id id) {
  const struct ir_node *n = ir_node(g, id);

  if (n->op == IR_SOFTMAX || n->op == IR_LOG_SOFTMAX)
    return n->type.dims[ir_attr_int(n, IR_A_AXIS, 0)] == ir_type_count(&n->type) ? RESULT_ORDER
                                                                                 : RESULT_ROWS;
  if (is_increasing(n->op))
    return RESULT_ORDER;
  if (n->op == IR_RELU && is_linear(ir_node(g, n->in[0])->op) && uses[id.idx] == 1)
    return RESULT_RELU;
  return n->op == IR_RESHAPE ? RESULT_SHAPE : RESULT_HERE;
}

ir_id result_find(const struct ir_graph *g, const uint32_t *uses) {
  ir_id id = ir_node(g, ir_nth(g, IR_OUTPUT, 0))->in[0];

  for (enum result_step s; (s = result_step(g, uses, id)) != RESULT_HERE && s != RESULT_ROWS;)
    id = ir_node(g, id)->in[0];
  return id;
}
