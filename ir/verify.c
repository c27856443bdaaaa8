#include "ir/ir_internal.h"

#include <string.h>

#include "ir/base/diag.h"

struct check {
  const struct ir_graph *g;
  struct diag *d;
  uint32_t id;
  const struct ir_node *n;
};

static struct ir_infer as_infer(const struct check *c) {
  return (struct ir_infer){c->g, c->d, (struct ir_node *)(uintptr_t)c->n};
}

static bool check_name(const struct check *c) {
  const struct ir_infer f = as_infer(c);
  size_t len = c->n->name ? strlen(c->n->name) : 0;
  if (len == 0 || len > IR_MAX_NAME)
    return ir_fail(&f, "its name has %zu bytes; 1 to %d are allowed", len, IR_MAX_NAME);
  for (const char *s = c->n->name; *s; s++)
    if ((unsigned char)*s < 0x20 || *s == 0x7F)
      return ir_fail(&f, "its name %s holds a control byte", diag_quote(c->d, c->n->name));
  if (ir_find(c->g, c->n->name).idx != c->id)
    return ir_fail(&f, "its name %s is that of another node", diag_quote(c->d, c->n->name));
  return true;
}

static bool check_order(const struct check *c) {
  const struct ir_infer f = as_infer(c);
  bool may_look_ahead = ir_is_synchronous(c->g) && ir_is_projection(c->n->op);
  for (size_t k = 0; k < c->n->n_in; k++)
    if (c->n->in[k].idx >= c->id && !may_look_ahead)
      return ir_fail(&f, "operand %zu is %s, which does not come before it", k + 1,
                     diag_quote(c->d, c->g->nodes[c->n->in[k].idx].name));
  return true;
}

/* Sizes first, for all nodes: the rules multiply the sizes of operands. */
static bool check_sizes(const struct check *c) {
  const struct ir_infer f = as_infer(c);
  if (c->n->type.rank > IR_MAX_RANK || ir_count_checked(&c->n->type) < 0)
    return ir_fail(&f,
                   "its type is %s; each size must be at least 1, all together at most 2147483647",
                   c->n->type.rank > IR_MAX_RANK ? "of too many axes" : ir_show(&f, &c->n->type));
  return true;
}

static bool check_type(const struct check *c) {
  const struct ir_infer f = as_infer(c);
  struct ir_node copy = *c->n;
  if (!ir_infer_type(c->g, c->d, &copy))
    return false;
  if (!ir_type_equal(&copy.type, &c->n->type))
    return ir_fail(&f, "its type is %s; from its operands it must be %s", ir_show(&f, &c->n->type),
                   ir_show(&f, &copy.type));
  return true;
}

static bool check_level(const struct check *c) {
  const struct ir_infer f = as_infer(c);
  bool is_spiking = c->g->facts & IR_FACT_SPIKING;
  enum ir_level level = ir_op_level(c->n->op);
  if (is_spiking && level == IR_LEVEL_ANALOG)
    return ir_fail(&f, "an analog op in a spiking graph");
  if (!is_spiking && level == IR_LEVEL_SPIKING && !ir_is_synchronous(c->g))
    return ir_fail(&f, "a spiking op in a graph that is neither spiking nor synchronous");
  return true;
}

/* Integers where real numbers may be: in quantized networks, and there alone. */
static bool check_numbers(const struct check *c, const struct ir_attr *a) {
  const struct ir_infer f = as_infer(c);
  bool is_number = a->key == IR_A_WEIGHT || a->key == IR_A_THRESHOLD || a->key == IR_A_BIAS;
  bool is_integer = a->u.tensor.type.dtype != IR_F32;
  if (!is_number || is_integer == ((c->g->facts & IR_FACT_QUANTIZED) != 0))
    return true;
  return ir_fail(&f, "%s is %s in a graph that is%s quantized", ir_attr_name(a->key),
                 ir_show(&f, &a->u.tensor.type), is_integer ? " not" : "");
}

static bool check_values(const struct check *c) {
  const struct ir_infer f = as_infer(c);
  for (size_t i = 0; i < c->n->n_attr; i++) {
    const struct ir_attr *a = &c->n->attr[i];
    if (ir_attr_kind_of(a->key) != IR_KIND_TENSOR)
      continue;
    if (!check_numbers(c, a))
      return false;
    for (int64_t j = 0; a->key == IR_A_THRESHOLD && a->u.tensor.type.dtype == IR_I32 &&
                        j < ir_type_count(&a->u.tensor.type);
         j++)
      if (ir_int_at(&a->u.tensor, j) <= 0)
        return ir_fail(&f, "threshold[%lld] is %lld; a threshold must be above 0", (long long)j,
                       (long long)ir_int_at(&a->u.tensor, j));
    if (a->u.tensor.type.dtype != IR_F32)
      continue;
    const float *v = a->u.tensor.data;
    size_t n = (size_t)ir_type_count(&a->u.tensor.type);
    size_t bad = ir_find_infinite(v, n);
    if (bad < n)
      return ir_fail(&f, "%s[%zu] is %g; every value must be finite", ir_attr_name(a->key), bad,
                     (double)v[bad]);
    for (size_t j = 0; j < n && a->key == IR_A_THRESHOLD; j++)
      if (!(v[j] > 0))
        return ir_fail(&f, "threshold[%zu] is %g; a threshold must be above 0", j, (double)v[j]);
  }
  return true;
}

/* Bitmap words lie inside the shared region: what runs the graph may rely on it. */
static bool check_place(const struct check *c) {
  const struct ir_infer f = as_infer(c);
  const struct ir_attr *at = ir_attr(c->n, IR_A_SPIKES_AT);
  const struct ir_attr *words = ir_graph_attr(c->g, IR_A_SPIKE_WORDS);
  if (!at)
    return true;
  int64_t need = ir_type_spike_words(&c->n->type), have = words ? words->u.i : 0;
  if (at->u.i < 0 || at->u.i > have || need > have - at->u.i)
    return ir_fail(&f, "spikes_at is %lld and its %lld words do not fit into spike_words, %lld",
                   (long long)at->u.i, (long long)need, (long long)have);
  return true;
}

static bool check_header(const struct ir_graph *g, struct diag *d) {
  const struct ir_attr *steps = ir_graph_attr(g, IR_A_STEPS);
  const struct ir_attr *words = ir_graph_attr(g, IR_A_SPIKE_WORDS);
  const struct ir_attr *dt = ir_graph_attr(g, IR_A_DT);
  struct loc loc = g->n_nodes ? loc_file(g->nodes[1].loc.file) : (struct loc){0};
  if (steps && (steps->u.i < 1 || steps->u.i > INT32_MAX))
    return diag_error(d, loc, "graph: steps is %lld; it must be 1 to 2147483647",
                      (long long)steps->u.i);
  if (words && (words->u.i < 0 || words->u.i > INT32_MAX))
    return diag_error(d, loc, "graph: spike_words is %lld; it must be 0 to 2147483647",
                      (long long)words->u.i);
  if ((g->facts & IR_FACT_QUANTIZED) && (ir_is_synchronous(g) || !(g->facts & IR_FACT_PLACED)))
    return diag_error(d, loc, "graph: quantized is for layered graphs that are placed");
  if (dt && !(dt->u.f > 0 && dt->u.f <= 1e6))
    return diag_error(d, loc, "graph: dt is %g; it must be above 0, at most 1e6 seconds", dt->u.f);
  return true;
}

bool ir_verify(const struct ir_graph *g, struct diag *d) {
  static bool (*const checks[])(const struct check *) = {check_name,  check_order,  check_type,
                                                         check_level, check_values, check_place};
  struct check c = {g, d, 0, NULL};
  if (!check_header(g, d))
    return false;
  for (c.id = 1; c.id <= g->n_nodes; c.id++) {
    c.n = &g->nodes[c.id];
    if (!check_sizes(&c) || !ir_check_operands(g, d, c.n))
      return false;
  }
  for (c.id = 1; c.id <= g->n_nodes; c.id++) {
    c.n = &g->nodes[c.id];
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
      if (!checks[i](&c))
        return false;
  }
  return true;
}
