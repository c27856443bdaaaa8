/* backends/text/snn_populations.c -- populations and connections of a synchronous graph.
 *
 * A projection that only one population takes is a connection; what else a population takes stands
 * as its source. Times are in steps, membranes count from rest, as in the graph. */
#include "backends/text/snn_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"

static bool is_projection(enum ir_op op) {
  return op == IR_PROJECT_CONV || op == IR_PROJECT_DENSE || op == IR_PROJECT_ONE_TO_ONE ||
         op == IR_PROJECT_ALL_BUT_SELF || op == IR_PROJECT_SPARSE;
}

bool text_is_connected(const struct snn_printer *p, size_t i) {
  const struct ir_node *n = snn_node(p, i);

  return ir_is_synchronous(p->g) &&
         (n->op == IR_POPULATION || (is_projection(n->op) && p->uses[i] == 1));
}

/* ---- populations ---- */

static void put_params(struct text_statement *s, const struct ir_node *n,
                       const struct ir_tensor *t) {
  const struct ir_param *params;
  size_t n_params = ir_model_params(ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF), &params);

  for (size_t i = 0; i < n_params; i++) {
    struct buf *b = text_attribute(s, params[i].name);

    buf_puts(b, " ");
    text_put_float(b, ir_f32_of(*t)[i]);
    buf_puts(b, params[i].unit == IR_UNIT_STEPS ? " steps" : "");
  }
}

void text_put_population(struct snn_printer *p, const struct ir_node *n) {
  struct text_statement s;
  ir_id *sources = ARENA_NEW(p->c->arena, ir_id, n->n_in);
  size_t n_sources = 0;

  for (size_t k = 0; k < n->n_in; k++)
    if (!text_is_connected(p, n->in[k].idx))
      sources[n_sources++] = n->in[k];
  text_statement_begin(&s, p->c->arena, "population ");
  text_put_name(&s.head, n->name);
  text_put_sizes(&s.head, &n->type, 0);
  text_put_sources(p, &s, sources, n_sources);
  for (size_t i = 0; i < n->n_attr; i++) {
    const struct ir_attr *a = &n->attr[i];

    if (a->key == IR_A_PARAMS)
      put_params(&s, n, &a->u.tensor);
    else if (a->key == IR_A_REFRACTORY)
      buf_printf(text_attribute(&s, "refractory"), " %lld steps", (long long)a->u.i);
    else if (a->key != IR_A_LAYER || strcmp(a->u.text, n->name) != 0)
      text_put_value(p, text_attribute(&s, ir_attr_name(a->key)), n->name, a);
  }
  text_statement_end(&s, p->text);
}

/* ---- connections ---- */

static void put_pattern(struct snn_printer *p, struct text_statement *s, const struct ir_node *n) {
  struct buf *b;

  if (n->op == IR_PROJECT_DENSE) {
    text_attribute(s, "all_to_all");
  } else if (n->op == IR_PROJECT_ONE_TO_ONE) {
    text_attribute(s, "one_to_one");
  } else if (n->op == IR_PROJECT_ALL_BUT_SELF) {
    text_attribute(s, "all_except_self");
  } else if (n->op == IR_PROJECT_CONV) {
    text_attribute(s, "conv");
  } else {
    b = text_attribute(s, "sparse");
    buf_puts(b, " ");
    text_put_tensor(p, b, arena_printf(p->c->arena, "%s.index", n->name),
                    ir_attr_tensor(n, IR_A_INDEX), true);
  }
}

static void put_learning(struct text_statement *s, const struct ir_tensor *t) {
  static const char *const names[] = {"pre", "post", "tau_pre", "tau_post1", "tau_post2", "wmax"};
  struct buf *b = text_attribute(s, "learn");

  buf_puts(b, " stdp {");
  for (size_t i = 0; i < 6 && (int64_t)i < ir_type_count(&t->type); i++) {
    buf_printf(b, " %s ", names[i]);
    text_put_float(b, ir_f32_of(*t)[i]);
    buf_puts(b, i >= 2 && i <= 4 ? " steps;" : ";");
  }
  buf_puts(b, " }");
  if (ir_type_count(&t->type) > 6 && ir_f32_of(*t)[6] > 0) {
    b = text_attribute(s, "normalize");
    buf_puts(b, " ");
    text_put_float(b, ir_f32_of(*t)[6]);
  }
}

static void put_synapse(struct snn_printer *p, struct text_statement *s, const struct ir_node *n,
                        const struct ir_attr *a) {
  switch (a->key) {
  case IR_A_RECEPTOR:
    if (a->u.word != IR_W_RECEPTOR_CURRENT)
      text_attribute(s, a->u.word == IR_W_RECEPTOR_EXC ? "excitatory" : "inhibitory");
    break;
  case IR_A_TAU: {
    struct buf *b = text_attribute(s, "tau");
    buf_puts(b, " ");
    buf_put_decimal(b, a->u.f);
    buf_puts(b, " steps");
    break;
  }
  case IR_A_RULE_PARAMS:
    put_learning(s, &a->u.tensor);
    break;
  case IR_A_ORDER:
  case IR_A_RULE:
  case IR_A_INDEX:
    break; /* said otherwise */
  default:
    text_put_value(p, text_attribute(s, ir_attr_name(a->key)), n->name, a);
  }
}

static void put_connection(struct snn_printer *p, const struct ir_node *n, const char *target) {
  struct text_statement s;
  const char *source = ir_node(p->g, n->in[0])->name;

  text_statement_begin(&s, p->c->arena, "connect ");
  text_put_name(&s.head, source);
  buf_puts(&s.head, " -> ");
  text_put_name(&s.head, target);
  put_pattern(p, &s, n);
  if (strcmp(n->name, arena_printf(p->c->arena, "%s.%s", source, target)) != 0) {
    struct buf *b = text_attribute(&s, "name");
    buf_puts(b, " ");
    buf_put_quoted(b, n->name);
  }
  for (size_t i = 0; i < n->n_attr; i++)
    put_synapse(p, &s, n, &n->attr[i]);
  text_statement_end(&s, p->text);
}

void text_put_connections(struct snn_printer *p) {
  for (size_t i = 1; i <= ir_n_nodes(p->g); i++)
    for (size_t k = 0; text_is_connected(p, i) && k < snn_node(p, i)->n_in; k++) {
      size_t from = snn_node(p, i)->in[k].idx;

      if (snn_node(p, i)->op == IR_POPULATION && text_is_connected(p, from))
        put_connection(p, snn_node(p, from), snn_node(p, i)->name);
    }
}
