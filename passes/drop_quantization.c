/* passes/drop_quantization.c -- values that are quantized and read back at once become the real
 * numbers they stand for.
 *
 *   %q = quantize %c, %scale, %zero : u8[1, 8]
 *   %d = dequantize %q, %scale, %zero : f32[1, 8]     ->     %d = clip %c {min=0, max=255 scale}
 *
 * Where the least integer stands for 0 and the value may be below, the quantization is its ReLU;
 * any other is left out. Errors that go: half a scale of rounding, and what lies beyond the largest
 * integer of a value that has a lower bound of its own. What they do to spikes, calibration sees.
 */
#include "passes/passes.h"

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "passes/rewrite.h"

static bool is_same_number(struct rewrite *r, const struct ir_node *a, const struct ir_node *b,
                           size_t k) {
  const struct ir_tensor *x = ir_const_in(r->g, a, k), *y = ir_const_in(r->g, b, k);

  if (!x || !y || ir_type_count(&x->type) != 1 || x->type.dtype != y->type.dtype)
    return false;
  return x->type.dtype == IR_F32 ? *ir_f32_of(*x) == *ir_f32_of(*y)
                                 : ir_int_at(x, 0) == ir_int_at(y, 0);
}

static bool drop_pair(struct rewrite *r, ir_id id) {
  const struct ir_node *n = ir_node(r->g, id), *q = rewrite_operand(r, n, 0, IR_QUANTIZE);
  struct ir_attr bounds[2];
  struct ir_node real = {.op = IR_CAST, .n_in = 1, .type = n->type, .loc = n->loc};
  int64_t least, most, zero;
  double scale;

  if (n->op != IR_DEQUANTIZE || !q || !is_same_number(r, n, q, 1) || !is_same_number(r, n, q, 2))
    return false;
  ir_int_limits(q->type.dtype, &least, &most);
  scale = (double)*ir_f32_of(*ir_const_in(r->g, n, 1));
  zero = ir_int_at(ir_const_in(r->g, n, 2), 0);
  real.in = &q->in[0];
  if (zero == least && scale > 0 && !rewrite_is_nonnegative(r, q->in[0])) {
    bounds[0] = ir_float(IR_A_MIN, 0);
    bounds[1] = ir_float(IR_A_MAX, (double)(most - zero) * scale);
    real.op = IR_CLIP;
    real.attr = bounds;
    real.n_attr = 2;
  }
  rewrite_replace(r, id, &real); /* a cast to its own type: fold-constants drops it */
  return true;
}

bool pass_drop_quantization(struct comp *c, struct ir_graph **g) {
  static rewrite_rule *const rules[] = {drop_pair};

  return rewrite_run(c, *g, rules, sizeof rules / sizeof rules[0]);
}
