/* backends/text/dot.c -- the graph for Graphviz: a box per node that computes, arrows for values.
 * Constants are left out; their shapes stand in the box that uses them. */
#include "backends/text/text.h"

#include <string.h>

#include "backends/emit.h"
#include "ir/base/arena.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/ir.h"

/* Text inside a quoted Graphviz string. */
static const char *escaped(struct arena *a, const char *s) {
  struct buf b;

  buf_init(&b, a);
  for (; *s; s++) {
    if (*s == '"' || *s == '\\')
      buf_puts(&b, "\\");
    buf_put(&b, s, 1);
  }
  return b.data ? b.data : "";
}

static const char *label(struct comp *c, const struct ir_graph *g, const struct ir_node *n) {
  struct buf b;

  buf_init(&b, c->arena);
  buf_printf(&b, "%s\\n%s", escaped(c->arena, n->name), ir_op_name(n->op));
  for (size_t k = 0; k < n->n_in; k++)
    if (ir_const_in(g, n, k))
      buf_printf(&b, " %s", ir_type_text(c->arena, &ir_const_in(g, n, k)->type));
  buf_printf(&b, "\\n%s", ir_type_text(c->arena, &n->type));
  return b.data;
}

bool text_emit_dot(struct comp *c, const struct ir_graph *g, const char *path) {
  struct buf out;
  struct emit e = {&out, 0};

  buf_init(&out, c->arena);
  emit_open(&e, "digraph \"%s\"", escaped(c->arena, ir_graph_name(g)));
  emit_line(&e, "node [shape=box, fontname=\"sans-serif\", fontsize=10];");
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));

    if (n->op == IR_CONST)
      continue;
    emit_line(&e, "n%zu [label=\"%s\"];", i, label(c, g, n));
    for (size_t k = 0; k < n->n_in; k++)
      if (!ir_const_in(g, n, k))
        emit_line(&e, "n%u -> n%zu;", (unsigned)n->in[k].idx, i);
  }
  emit_close(&e, "");
  return file_outputs_add(c->outputs, c->diag, path, out.data, out.len);
}
