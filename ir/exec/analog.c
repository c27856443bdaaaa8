#include "ir/exec/analog.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/exec/analog_internal.h"

struct exec_analog {
  const struct ir_graph *g;
  struct ir_tensor *value; /* by node id */
  struct analog_call *call;
  ir_id *called; /* the node that each call computes, ascending */
  size_t n_calls;
  float *scratch; /* used by one call after the other */
};

/* Nodes whose value is the operand's bytes as they are. */
static bool is_alias(const struct ir_graph *g, const struct ir_node *n) {
  return n->op == IR_OUTPUT || n->op == IR_RESHAPE ||
         (n->op == IR_CAST && n->type.dtype == ir_node(g, n->in[0])->type.dtype);
}

/* Gives a node its value's memory, and the list of calls what computes it. Operands come before
 * their users, so their memory is known here and calls need not look it up while running. */
static void prepare_node(struct exec_analog *e, struct arena *a, ir_id id) {
  const struct ir_node *n = ir_node(e->g, id);
  struct ir_tensor *value = &e->value[id.idx], *in;
  bool has_kernel;

  value->type = n->type;
  if (n->op == IR_CONST) {
    *value = *ir_attr_tensor(n, IR_A_VALUE);
    return;
  }
  if (is_alias(e->g, n)) {
    value->data = e->value[n->in[0].idx].data;
    return;
  }
  value->data = arena_alloc(a, analog_type_bytes(&n->type), 1);
  if (n->op == IR_INPUT)
    return;
  in = ARENA_NEW(a, struct ir_tensor, n->n_in);
  for (size_t i = 0; i < n->n_in; i++)
    in[i] = e->value[n->in[i].idx];
  has_kernel = analog_call_init(&e->call[e->n_calls], e->g, n, in);
  assert(has_kernel); /* type inference asks for f32 wherever a kernel does */
  e->call[e->n_calls].out = (void *)(uintptr_t)value->data;
  e->called[e->n_calls++] = id;
}

struct exec_analog *exec_analog_new(struct arena *a, const struct ir_graph *g) {
  struct exec_analog *e = ARENA_NEW(a, struct exec_analog, 1);
  size_t n_nodes = ir_n_nodes(g), scratch = 0;

  /* Ids start at 1. Nodes that nothing needs are computed too: any value may be asked for. */
  e->g = g;
  e->value = ARENA_NEW(a, struct ir_tensor, n_nodes + 1);
  e->call = ARENA_NEW(a, struct analog_call, n_nodes);
  e->called = ARENA_NEW(a, ir_id, n_nodes);
  for (size_t i = 1; i <= n_nodes; i++)
    prepare_node(e, a, ir_id_at(i));
  for (size_t i = 0; i < e->n_calls; i++) {
    size_t wanted = analog_scratch_floats(&e->call[i]);
    scratch = wanted > scratch ? wanted : scratch;
  }
  e->scratch = ARENA_NEW(a, float, scratch);
  for (size_t i = 0; i < e->n_calls; i++)
    e->call[i].scratch = e->scratch;
  return e;
}

void exec_analog_set_input(struct exec_analog *e, size_t k, const float *x) {
  const struct ir_tensor *input = &e->value[ir_nth(e->g, IR_INPUT, k).idx];

  memcpy(ir_f32_of(*input), x, analog_type_bytes(&input->type));
}

void exec_analog_run(struct exec_analog *e) {
  for (size_t i = 0; i < e->n_calls; i++)
    analog_call_run(&e->call[i]);
}

void exec_analog_run_from(struct exec_analog *e, ir_id first, exec_analog_hook *hook, void *ctx) {
  for (size_t i = 0; i < e->n_calls; i++)
    if (e->called[i].idx >= first.idx) {
      analog_call_run(&e->call[i]);
      hook(ctx, e->called[i], (float *)e->call[i].out);
    }
}

const float *exec_analog_value(const struct exec_analog *e, ir_id id) {
  return e->value[id.idx].data;
}

const float *exec_analog_output(const struct exec_analog *e, size_t k) {
  return exec_analog_value(e, ir_nth(e->g, IR_OUTPUT, k));
}

void exec_node_cost(const struct ir_graph *g, const struct ir_node *n, double *macs, double *ops) {
  double results = 0, fan_in = 0; /* fan_in: products that each result adds up */

  /* weight[O, ...]: all axes but the first. Taps in the border count as if they were there. */
  if (n->op == IR_CONV || n->op == IR_DENSE || n->op == IR_CONV_TRANSPOSE) {
    const struct ir_type *weight = &ir_node(g, n->in[1])->type;
    /* Transposed, each element of the operand spreads, instead of each result gathering. */
    results =
        (double)ir_type_count(n->op == IR_CONV_TRANSPOSE ? &ir_node(g, n->in[0])->type : &n->type);
    fan_in = (double)analog_product(weight->dims, 1, weight->rank);
  } else if (n->op == IR_MATMUL) {
    const struct ir_type *left = &ir_node(g, n->in[0])->type;
    results = (double)ir_type_count(&n->type);
    fan_in = (double)left->dims[left->rank - 1];
  }
  *macs = results * fan_in;
  *ops = fan_in > 0 && n->op != IR_MATMUL && n->n_in == 3 ? (double)ir_type_count(&n->type) : 0;
}

void exec_analog_cost(const struct ir_graph *g, double *macs, double *ops) {
  *macs = *ops = 0;
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    double node_macs, node_ops;
    exec_node_cost(g, ir_node(g, ir_id_at(i)), &node_macs, &node_ops);
    *macs += node_macs;
    *ops += node_ops;
  }
}

size_t exec_argmax(const float *y, size_t n) {
  size_t best = 0;

  for (size_t i = 1; i < n; i++)
    if (y[i] > y[best] || (isnan(y[best]) && !isnan(y[i])))
      best = i;
  return best;
}
