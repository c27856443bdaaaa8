#include "ir/exec/fold.h"

#include "ir/base/arena.h"
#include "ir/exec/analog_internal.h"

/* The kernels clamp what is out of range; a constant made of that would hide the fault. */
static bool indices_in_range(const struct analog_call *c) {
  const struct ir_type *type = &c->in[1].type;
  bool is_nd = c->node->op == IR_GATHER_ND;
  int64_t n = ir_type_count(type), n_list = is_nd ? type->dims[type->rank - 1] : 1;
  int64_t first = ir_attr_int(c->node, is_nd ? IR_A_BATCH_DIMS : IR_A_AXIS, 0);

  for (int64_t i = 0; i < n; i++) {
    int64_t at = ir_int_at(&c->in[1], i), limit = c->in[0].type.dims[first + i % n_list];
    if (at < -limit || at >= limit)
      return false;
  }
  return true;
}

static bool is_gather(enum ir_op op) {
  return op == IR_GATHER || op == IR_GATHER_ELEMENTS || op == IR_GATHER_ND;
}

bool exec_fold(struct ir_graph *g, const struct ir_node *n, struct ir_tensor *out) {
  struct arena *a = ir_graph_arena(g);
  struct ir_tensor *in = ARENA_NEW(a, struct ir_tensor, n->n_in);
  struct analog_call call;

  for (size_t i = 0; i < n->n_in; i++) {
    const struct ir_tensor *t = ir_const_in(g, n, i);
    if (t == NULL)
      return false;
    in[i] = *t;
  }
  if (!analog_call_init(&call, g, n, in) || (is_gather(n->op) && !indices_in_range(&call)))
    return false;
  *out = ir_tensor_new(a, n->type);
  call.out = (void *)(uintptr_t)out->data;
  call.scratch = ARENA_NEW(a, float, analog_scratch_floats(&call));
  analog_call_run(&call);
  return true;
}
