#include "backends/host/input.h"

#include "frontend/data/data.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"

struct samples *input_read(struct comp *c, const struct ir_graph *g, const char *labels,
                           int64_t limit) {
  const struct options *o = c->opt;
  const char *command = o->command == CMD_RUN ? "run" : "eval";
  struct samples *s;

  if (!o->data) {
    diag_error(c->diag, loc_file(o->model), "%s needs samples; give them with --data FILE",
               command);
    return NULL;
  }
  if (ir_n_of(g, IR_INPUT) != 1 || ir_n_of(g, IR_OUTPUT) != 1) {
    diag_error(c->diag, loc_file(o->model),
               "the model has %zu inputs and %zu outputs; %s takes models with one of each",
               ir_n_of(g, IR_INPUT), ir_n_of(g, IR_OUTPUT), command);
    return NULL;
  }
  s = data_read(c, o->data, labels, o->skip, limit);
  if (!s || !samples_prepare(s, c->diag, &ir_node(g, ir_nth(g, IR_INPUT, 0))->type, o))
    return NULL;
  if (!c->calib) /* else told already, in all likelihood */
    samples_warn(s, c->diag, o);
  return s;
}
