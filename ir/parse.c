#include "ir/parse_internal.h"

#include <string.h>

#include "ir/base/arena.h"

/* An operand that is defined further down: only projections of a synchronous graph have them. */
struct forward {
  size_t node, operand;
  const char *name;
  struct loc place;
};

static const char *op_name(int i) {
  return ir_op_name((enum ir_op)i);
}

static const char *key_name(int i) {
  return ir_attr_name((enum ir_attr_key)i);
}

static const char *fact_name(int i) {
  return ir_fact_name(1u << i);
}

/* "key=" */
static bool parse_key(struct parser *p, enum ir_attr_key *key) {
  int i = parse_one_of(p, "attribute", key_name, IR_N_ATTRS);
  *key = (enum ir_attr_key)i;
  return i >= 0 && lex_expect(&p->x, '=');
}

/* "[shaped, folded]" */
static bool parse_facts(struct parser *p) {
  if (!lex_expect(&p->x, '['))
    return false;
  do {
    int i = parse_one_of(p, "fact", fact_name, IR_N_FACTS);
    if (i < 0)
      return false;
    p->g->facts |= 1u << i;
  } while (lex_take(&p->x, ','));
  return lex_expect(&p->x, ']');
}

static bool parse_header_attr(struct parser *p) {
  struct ir_attr a = {0};
  size_t from = lex_skip_blanks(&p->x);
  if (!parse_key(p, &a.key))
    return false;
  if (a.key == IR_A_FACTS)
    return parse_facts(p);
  if (ir_spec_index(ir_graph_spec, a.key) < 0)
    return lex_fail(&p->x, from, "a graph has no attribute %s; it takes: facts? %s",
                    ir_attr_name(a.key), ir_graph_spec);
  if (ir_graph_attr(p->g, a.key))
    return lex_fail(&p->x, from, "attribute %s is there twice", ir_attr_name(a.key));
  if (!parse_value(p, &a))
    return false;
  ir_graph_set_attr(p->g, a);
  return true;
}

static bool parse_header(struct parser *p) {
  char word[LEX_MAX_WORD + 1];
  const char *name;
  int64_t version;
  size_t from = lex_skip_blanks(&p->x);
  if (!lex_word(&p->x, word) || !lex_int(&p->x, 0, INT64_MAX, &version))
    return false;
  if (strcmp(word, "ir") != 0 || version != 1)
    return lex_fail(&p->x, from, "the text must begin with: ir 1");
  if (!lex_end_line(&p->x))
    return false;
  from = lex_skip_blanks(&p->x);
  if (!lex_word(&p->x, word) || !lex_string(&p->x, &name))
    return false;
  if (strcmp(word, "graph") != 0)
    return lex_fail(&p->x, from, "the second line must be: graph \"name\"");
  p->g = ir_graph_new(p->x.arena, name);
  if (lex_take(&p->x, '{')) {
    do
      if (!parse_header_attr(p))
        return false;
    while (lex_take(&p->x, ','));
    if (!lex_expect(&p->x, '}'))
      return false;
  }
  return lex_end_line(&p->x);
}

/* "%a, %b". */
static bool parse_operands(struct parser *p, struct ir_node *n) {
  bool may_look_ahead = ir_is_synchronous(p->g) && ir_is_projection(n->op);
  p->operands.n = 0;
  do {
    const char *name;
    size_t from = lex_skip_blanks(&p->x);
    if (!lex_name(&p->x, &name))
      return false;
    ir_id *id = parse_list_add(p->x.arena, &p->operands, sizeof *id);
    *id = ir_find(p->g, name);
    if (!ir_is_none(*id))
      continue;
    if (!may_look_ahead)
      return lex_fail(&p->x, from, "%%%s is not defined above this line", name);
    struct forward *f = parse_list_add(p->x.arena, &p->forwards, sizeof *f);
    *f = (struct forward){p->g->n_nodes + 1, p->operands.n - 1, name, lex_place(&p->x, from)};
  } while (lex_take(&p->x, ','));
  n->n_in = p->operands.n;
  n->in = arena_memdup(p->x.arena, p->operands.v, n->n_in * sizeof *n->in);
  return true;
}

static bool parse_attrs(struct parser *p, struct ir_node *n) {
  struct ir_attr v[IR_N_ATTRS];
  do {
    struct ir_attr a = {0};
    size_t from = lex_skip_blanks(&p->x);
    if (!parse_key(p, &a.key) || !parse_value(p, &a))
      return false;
    if (n->n_attr == IR_N_ATTRS)
      return lex_fail(&p->x, from, "more attributes than exist");
    ir_attr_insert(v, &n->n_attr, ir_op_attrs(n->op), a);
  } while (lex_take(&p->x, ','));
  n->attr = arena_memdup(p->x.arena, v, n->n_attr * sizeof *v);
  return lex_expect(&p->x, '}');
}

static bool parse_text_or_none(struct parser *p, const char **s) {
  char word[LEX_MAX_WORD + 1];
  size_t from = lex_skip_blanks(&p->x);
  *s = NULL;
  if (lex_is_at(&p->x, '"'))
    return lex_string(&p->x, s);
  return lex_word(&p->x, word) &&
         (!strcmp(word, "none") || lex_fail(&p->x, from, "expected a string or none"));
}

static bool parse_loc(struct parser *p, struct loc *loc) {
  char word[LEX_MAX_WORD + 1];
  size_t from = lex_skip_blanks(&p->x);
  if (!lex_word(&p->x, word) || !parse_text_or_none(p, &loc->file))
    return false;
  if (!strcmp(word, "text"))
    return lex_u32(&p->x, &loc->line) && lex_u32(&p->x, &loc->col) && lex_u32(&p->x, &loc->len);
  if (!strcmp(word, "onnx"))
    return parse_text_or_none(p, &loc->node) && parse_text_or_none(p, &loc->op);
  return lex_fail(&p->x, from, "a place begins with onnx or text");
}

/* While the text is read and verified, a node's loc is its line here. */
static bool parse_node(struct parser *p) {
  struct ir_node n = {0};
  size_t from = lex_skip_blanks(&p->x);
  if (!lex_name(&p->x, &n.name) || !lex_expect(&p->x, '='))
    return false;
  int op = parse_one_of(p, "op", op_name, IR_N_OPS);
  if (op < 0)
    return false;
  n.op = (enum ir_op)op;
  n.loc = lex_place(&p->x, from);
  if (lex_is_at(&p->x, '%') && !parse_operands(p, &n))
    return false;
  if (lex_take(&p->x, '{') && !parse_attrs(p, &n))
    return false;
  if (!lex_expect(&p->x, ':') || !parse_type(p, &n.type))
    return false;
  struct loc *loc = parse_list_add(p->x.arena, &p->locs, sizeof *loc);
  if (lex_take(&p->x, ';') && !parse_loc(p, loc))
    return false;
  if (!ir_push(p->g, &n))
    return diag_error(p->x.diag, n.loc, "%%%s is defined twice", n.name);
  return lex_end_line(&p->x);
}

static bool resolve_forwards(struct parser *p) {
  const struct forward *f = p->forwards.v;
  for (size_t i = 0; i < p->forwards.n; i++) {
    ir_id *in = (ir_id *)(uintptr_t)p->g->nodes[f[i].node].in; /* made by parse_operands */
    in[f[i].operand] = ir_find(p->g, f[i].name);
    if (ir_is_none(in[f[i].operand]))
      return diag_error(p->x.diag, f[i].place, "%%%s is not defined", f[i].name);
  }
  return true;
}

struct ir_graph *ir_parse(struct arena *a, struct diag *d, const char *path, const char *text,
                          size_t len) {
  struct parser p = {.x = {.arena = a,
                           .diag = d,
                           .path = arena_strdup(a, path),
                           .text = text,
                           .len = len,
                           .line = 1}};
  diag_add_source(d, path, text, len);
  if (!parse_header(&p))
    return NULL;
  while (!lex_at_end(&p.x))
    if (!parse_node(&p))
      return NULL;
  if (!resolve_forwards(&p) || !ir_verify(p.g, d))
    return NULL;
  ir_link_all_uses(p.g);
  for (size_t i = 1; i <= p.g->n_nodes; i++)
    p.g->nodes[i].loc = ((struct loc *)p.locs.v)[i - 1];
  return p.g;
}
