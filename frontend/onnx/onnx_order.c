/* Which definition a name has, which nodes the outputs need, and in which order they run. */
#include <stdio.h>
#include <string.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/comp.h"

bool onnx_is_default_domain(const char *domain) {
  return !*domain || !strcmp(domain, "ai.onnx");
}

/* ---- names ---- */

const char *onnx_ir_name(struct onnx_import *im, const char *name) {
  static const char hex[] = "0123456789abcdef";
  char s[IR_MAX_NAME + 1];
  size_t len = 0;

  for (const char *p = name; *p && len + 4 <= IR_MAX_NAME; p++) {
    unsigned char c = (unsigned char)*p;
    if (c >= 0x20 && c != 0x7f) {
      s[len++] = *p;
      continue;
    }
    memcpy(s + len, "\\x", 2);
    s[len + 2] = hex[c >> 4];
    s[len + 3] = hex[c & 15];
    len += 4;
  }
  return arena_strndup(im->c->arena, s, len);
}

struct onnx_value *onnx_value_find(const struct onnx_import *im, const char *name) {
  uint32_t i;

  return map_get(im->index, name, &i) ? &im->values[i] : NULL;
}

/* NULL: the name is taken, or empty, which nothing can refer to. */
static struct onnx_value *add_value(struct onnx_import *im, const char *name) {
  struct onnx_value *v = &im->values[im->n_values];

  if (!*name || !map_put(im->index, name, (uint32_t)im->n_values))
    return NULL;
  im->n_values++;
  v->name = name;
  return v;
}

static bool tell_twice(struct onnx_import *im, struct loc loc, const char *what, const char *name) {
  if (!*name)
    return diag_error(im->c->diag, loc, "an %s has no name", what);
  return diag_error(im->c->diag, loc, "%s %s is defined twice; every name may have one definition",
                    what, diag_quote(im->c->diag, name));
}

struct loc onnx_node_loc(struct onnx_import *im, const Onnx__NodeProto *p) {
  struct loc loc = loc_file(im->path);
  const char *name = onnx_str(p->name);

  if (!*name && p->n_output)
    name = onnx_str(p->output[0]);
  loc.node = arena_strdup(im->c->arena, name);
  loc.op = arena_strdup(im->c->arena, onnx_str(p->op_type));
  return loc;
}

static bool name_results(struct onnx_import *im) {
  bool good = true;

  for (size_t i = 0; i < im->graph->n_node; i++) {
    const Onnx__NodeProto *p = im->graph->node[i];
    for (size_t k = 0; k < p->n_output; k++) {
      struct onnx_value *v;
      if (!*onnx_str(p->output[k])) /* an optional result that is left out */
        continue;
      v = add_value(im, p->output[k]);
      if (v)
        v->producer = i + 1;
      else
        good = tell_twice(im, onnx_node_loc(im, p), "output", p->output[k]);
    }
  }
  return good;
}

/* Initializers come first: until IR version 3 they are listed in graph.input as well. */
bool onnx_name_values(struct onnx_import *im) {
  const Onnx__GraphProto *g = im->graph;
  size_t n = g->n_initializer + g->n_input;
  bool good = true;

  for (size_t i = 0; i < g->n_node; i++)
    n += g->node[i]->n_output;
  im->values = ARENA_NEW(im->c->scratch, struct onnx_value, n);
  im->index = map_new(im->c->scratch);
  for (size_t i = 0; i < g->n_initializer; i++) {
    struct onnx_value *v = add_value(im, onnx_str(g->initializer[i]->name));
    if (v)
      v->proto = g->initializer[i];
    else
      good = tell_twice(im, loc_file(im->path), "initializer", onnx_str(g->initializer[i]->name));
  }
  for (size_t i = 0; i < g->n_input; i++) {
    const char *name = onnx_str(g->input[i]->name);
    struct onnx_value *v = onnx_value_find(im, name);
    if (!v)
      v = add_value(im, name);
    else if (v->is_input)
      v = NULL;
    if (v)
      v->is_input = true;
    else
      good = tell_twice(im, loc_file(im->path), "input", name);
  }
  return name_results(im) && good;
}

/* ---- which nodes, in which order ---- */

/* Nodes that are needed and whose operands are still to be looked at. */
struct todo {
  bool *needed;
  size_t *nodes, n;
};

static void need(struct todo *t, struct onnx_value *v) {
  v->is_used = true;
  if (v->producer && !t->needed[v->producer - 1]) {
    t->needed[v->producer - 1] = true;
    t->nodes[t->n++] = v->producer - 1;
  }
}

static bool need_operands(struct onnx_import *im, struct todo *t, const Onnx__NodeProto *p) {
  bool good = true;

  for (size_t k = 0; k < p->n_input; k++) {
    struct onnx_value *v = onnx_value_find(im, onnx_str(p->input[k]));
    if (v)
      need(t, v);
    else if (*onnx_str(p->input[k])) /* an optional operand may be left out */
      good = diag_error(im->c->diag, onnx_node_loc(im, p),
                        "input %s is not made by any node, input or initializer",
                        diag_quote(im->c->diag, p->input[k]));
  }
  return good;
}

bool onnx_mark_needed(struct onnx_import *im, bool *needed) {
  const Onnx__GraphProto *g = im->graph;
  struct todo t = {needed, ARENA_NEW(im->c->scratch, size_t, g->n_node), 0};
  bool good = true;

  for (size_t i = 0; i < g->n_output; i++) {
    struct onnx_value *v = onnx_value_find(im, onnx_str(g->output[i]->name));
    if (!v) {
      good = diag_error(im->c->diag, loc_file(im->path), "output %s is not made by any node",
                        diag_quote(im->c->diag, onnx_str(g->output[i]->name)));
      continue;
    }
    v->is_output = true;
    need(&t, v);
  }
  while (t.n)
    good = need_operands(im, &t, g->node[t.nodes[--t.n]]) && good;
  return good;
}

/* An operator that a model needs and that is not supported. */
struct missing {
  const Onnx__NodeProto *first;
  size_t n_nodes;
};

static const char *op_title(struct onnx_import *im, const Onnx__NodeProto *p) {
  const char *domain = onnx_str(p->domain);

  if (onnx_is_default_domain(domain))
    return onnx_str(p->op_type);
  return arena_printf(im->c->scratch, "%s.%s", domain, onnx_str(p->op_type));
}

static bool is_function(const struct onnx_import *im, const Onnx__NodeProto *p) {
  for (size_t i = 0; i < im->model->n_functions; i++)
    if (!strcmp(onnx_str(im->model->functions[i]->name), onnx_str(p->op_type)) &&
        !strcmp(onnx_str(im->model->functions[i]->domain), onnx_str(p->domain)))
      return true;
  return false;
}

static void tell_missing(struct onnx_import *im, const struct missing *m, bool is_first) {
  struct diag *d = im->c->diag;
  struct loc loc = onnx_node_loc(im, m->first);
  const char *title = op_title(im, m->first);
  const char *why = "is not supported";
  char more[48] = "";

  if (is_function(im, m->first))
    why = "is a function of the model; functions are not supported";
  if (m->n_nodes > 1)
    snprintf(more, sizeof more, " (%zu nodes use it)", m->n_nodes);
  title = diag_quote(d, title);
  title = arena_strndup(im->c->scratch, title + 1, strlen(title) - 2); /* without quotes */
  if (is_first)
    diag_error(d, loc, "operator %s %s%s; supported are: %s", title, why, more,
               onnx_op_names(im->c->scratch));
  else
    diag_error(d, loc, "operator %s %s%s", title, why, more);
}

bool onnx_check_ops(struct onnx_import *im, const bool *needed) {
  struct missing *missing = ARENA_NEW(im->c->scratch, struct missing, im->graph->n_node);
  struct map *index = map_new(im->c->scratch);
  uint32_t n = 0, at;

  for (size_t i = 0; i < im->graph->n_node; i++) {
    const Onnx__NodeProto *p = im->graph->node[i];
    if (!needed[i] || (onnx_op_find(im, p) && !is_function(im, p)))
      continue;
    if (map_put(index, op_title(im, p), n))
      missing[n++].first = p;
    map_get(index, op_title(im, p), &at);
    missing[at].n_nodes++;
  }
  for (uint32_t i = 0; i < n; i++)
    tell_missing(im, &missing[i], i == 0);
  return n == 0;
}

/* A node on the way down, and the operand to look at next. */
struct visit {
  size_t node, next_in;
};

/* Indices of the needed nodes in execution order, in the file's order where operands allow it.
 * The stack is explicit: a chain may be as long as the file. */
bool onnx_sort_nodes(struct onnx_import *im, const bool *needed, size_t *order, size_t *n_order) {
  enum { NEW, OPEN, DONE };
  const Onnx__GraphProto *g = im->graph;
  uint8_t *state = ARENA_NEW(im->c->scratch, uint8_t, g->n_node);
  struct visit *stack = ARENA_NEW(im->c->scratch, struct visit, g->n_node);
  size_t depth;

  *n_order = 0;
  for (size_t i = 0; i < g->n_node; i++) {
    if (!needed[i] || state[i] != NEW)
      continue;
    stack[0] = (struct visit){i, 0};
    for (depth = 1; depth > 0;) {
      struct visit *top = &stack[depth - 1];
      const Onnx__NodeProto *p = g->node[top->node];
      const struct onnx_value *v;
      state[top->node] = OPEN;
      if (top->next_in == p->n_input) {
        state[top->node] = DONE;
        order[(*n_order)++] = top->node;
        depth--;
        continue;
      }
      v = onnx_value_find(im, onnx_str(p->input[top->next_in++]));
      if (!v || !v->producer || state[v->producer - 1] == DONE)
        continue;
      if (state[v->producer - 1] == OPEN)
        return diag_error(im->c->diag, onnx_node_loc(im, p),
                          "is on a cycle: its input %s depends on its own result",
                          diag_quote(im->c->diag, v->name));
      stack[depth++] = (struct visit){v->producer - 1, 0};
    }
  }
  return true;
}
