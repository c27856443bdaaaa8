#include "passes/overflow.h"

#include <math.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/ir.h"

bool overflow_check(struct comp *c, const struct ir_node *n, const char *what, const float *v,
                    size_t len) {
  bool has_place = n->loc.node || n->loc.line;

  for (size_t i = 0; i < len; i++)
    if (!isfinite(v[i]))
      return diag_error(
          c->diag, n->loc,
          "%s%s%s%s overflow float32 (3.4e38) in the conversion; the model's weights "
          "or its samples are too large: did the training diverge, are --input-scale "
          "and --input-std right?",
          has_place ? "" : ir_op_name(n->op), has_place ? "" : " ",
          has_place ? "" : arena_printf(c->scratch, "%s: ", diag_quote(c->diag, n->name)), what);
  return true;
}
