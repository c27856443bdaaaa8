/* backends/text/snn.c -- a network in its language, docs/DSL.md, with its weights beside it.
 *
 * One graph has one text, and what reads it gives the same graph. Constant operands of layers stand
 * as attributes of the layer, a relu named after its layer as its activation; all other nodes are
 * statements by the name of their op. */
#include "backends/text/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "backends/npz.h"
#include "backends/text/snn_internal.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/base/map.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"

/* What zip without its extensions can hold, with room for headers. */
#define MAX_NPZ_BYTES (UINT64_C(2) << 30)

/* ---- tensors ---- */

/* Integers that f32 cannot say stay in the text: files are read as f32. */
static bool fits_file(const struct ir_tensor *t) {
  if (t->type.dtype == IR_F32 || t->type.rank == 0)
    return t->type.rank > 0;
  for (int64_t i = 0; i < ir_type_count(&t->type); i++)
    if (llabs(ir_int_at(t, i)) > 1 << 24)
      return false;
  return true;
}

static void put_element(struct buf *b, const struct ir_tensor *t, int64_t i) {
  if (t->type.dtype == IR_F32)
    text_put_float(b, ir_f32_of(*t)[i]);
  else
    buf_printf(b, "%lld", (long long)ir_int_at(t, i));
}

static void put_level(struct buf *b, const struct ir_tensor *t, size_t level, int64_t *at) {
  if (level == t->type.rank) {
    put_element(b, t, (*at)++);
    return;
  }
  buf_puts(b, "[");
  for (int64_t i = 0; i < t->type.dims[level]; i++) {
    buf_puts(b, i ? ", " : "");
    put_level(b, t, level + 1, at);
  }
  buf_puts(b, "]");
}

/* A key that is not taken; one of other letters than ASCII would depend on how zip says them. */
static const char *free_key(struct snn_printer *p, const char *name) {
  const char *key = name;
  unsigned n = 0;

  for (const char *s = name; *s; s++)
    if ((unsigned char)*s >= 0x80)
      key = name = "tensor";
  while (!map_put(p->keys, key, 0))
    key = arena_printf(p->c->arena, "%s.%u", name, ++n);
  return key;
}

static void add_array(struct snn_printer *p, const char *key, const struct ir_tensor *t) {
  static const char *const descr[IR_N_DTYPES] = {
      [IR_F32] = "<f4", [IR_I8] = "|i1", [IR_I16] = "<i2", [IR_I32] = "<i4",
      [IR_I64] = "<i8", [IR_U8] = "|u1", [IR_BOOL] = "|u1"};
  struct npz_array array = {
      key, descr[t->type.dtype], ir_dtype_size(t->type.dtype), t->type.rank, {0}, t->data};

  for (size_t i = 0; i < t->type.rank; i++)
    array.dims[i] = (size_t)t->type.dims[i];
  p->npz_bytes += (uint64_t)ir_type_count(&t->type) * array.elem_bytes;
  if (p->npz_bytes <= MAX_NPZ_BYTES)
    npz_add(p->npz, &array);
}

void text_put_tensor(struct snn_printer *p, struct buf *b, const char *name,
                     const struct ir_tensor *t, bool is_small) {
  bool is_f32 = t->type.dtype == IR_F32;
  int64_t at = 0;

  if (!is_f32)
    buf_printf(b, "%s(", ir_dtype_name(t->type.dtype));
  if (!p->npz || (is_small && ir_type_count(&t->type) <= IR_INLINE_MAX) || !fits_file(t)) {
    put_level(b, t, 0, &at);
  } else {
    const char *key = free_key(p, name);
    add_array(p, key, t);
    buf_put_quoted(b, arena_printf(p->c->arena, "%s:%s", p->npz_name, key));
  }
  if (!is_f32)
    buf_puts(b, ")");
}

/* ---- what stands in another statement ---- */

static bool has_named_operands(const struct ir_node *n) {
  return n->n_in > 1 && ir_operand_name(n->op, 1) != NULL;
}

/* All named operands are constants of numbers that may be folded. */
static bool folds_operands(const struct snn_printer *p, const struct ir_node *n) {
  for (size_t k = 1; k < n->n_in; k++)
    if (!p->is_folded[n->in[k].idx])
      return false;
  return has_named_operands(n);
}

/* A constant is folded where all that use it fold it: what does not takes it from others, until
 * nothing changes. */
static void fold_constants(struct snn_printer *p) {
  bool is_changed = true;

  for (size_t i = 1; i <= ir_n_nodes(p->g); i++)
    p->is_folded[i] = snn_node(p, i)->op == IR_CONST && snn_node(p, i)->type.dtype == IR_F32 &&
                      snn_node(p, i)->type.rank > 0;
  while (is_changed) {
    is_changed = false;
    for (size_t i = 1; i <= ir_n_nodes(p->g); i++) {
      const struct ir_node *n = snn_node(p, i);
      bool folds = folds_operands(p, n);

      for (size_t k = 0; k < n->n_in; k++)
        if (p->is_folded[n->in[k].idx] && (k == 0 || !folds)) {
          p->is_folded[n->in[k].idx] = false;
          is_changed = true;
        }
    }
  }
}

static bool may_activate(enum ir_op op) {
  return op == IR_CONV || op == IR_DENSE || op == IR_BATCHNORM || op == IR_ADD;
}

/* The layer whose activation relu `n` is, or NULL. */
static const struct ir_node *activated(const struct snn_printer *p, const struct ir_node *n) {
  const struct ir_node *layer;

  if (n->op != IR_RELU || n->n_attr > 0)
    return NULL;
  layer = ir_node(p->g, n->in[0]);
  if (!may_activate(layer->op) || p->uses[n->in[0].idx] != 1 ||
      strcmp(n->name, arena_printf(p->c->arena, "%s.relu", layer->name)) != 0)
    return NULL;
  return layer;
}

static void fold_relus(struct snn_printer *p) {
  for (size_t i = 1; i <= ir_n_nodes(p->g); i++)
    if (activated(p, snn_node(p, i))) {
      p->is_folded[i] = true;
      p->is_activated[snn_node(p, i)->in[0].idx] = true;
    }
}

/* What other statements call it. */
static const char *name_of(const struct snn_printer *p, ir_id id) {
  const struct ir_node *n = ir_node(p->g, id), *layer = activated(p, n);

  return layer ? layer->name : n->name;
}

/* ---- attributes ---- */

static size_t n_equal(const int64_t *v, size_t n, size_t period) {
  for (size_t i = period; i < n; i++)
    if (v[i] != v[i - period])
      return n;
  return period;
}

/* One number for a window that is the same along all axes; a pad for each axis where both ends
 * have the same. */
static size_t n_printed(const struct ir_attr *a) {
  size_t n = a->u.ints.n, one = n ? n_equal(a->u.ints.v, n, 1) : 0;

  if (a->key != IR_A_KERNEL && a->key != IR_A_STRIDE && a->key != IR_A_DILATION &&
      a->key != IR_A_PAD)
    return n;
  return one == 1 ? 1 : a->key == IR_A_PAD && n > 2 ? n_equal(a->u.ints.v, n, n / 2) : n;
}

void text_put_value(struct snn_printer *p, struct buf *b, const char *node,
                    const struct ir_attr *a) {
  switch (ir_attr_kind_of(a->key)) {
  case IR_KIND_INT:
    buf_printf(b, " %lld", (long long)a->u.i);
    break;
  case IR_KIND_INTS:
    for (size_t i = 0; i < n_printed(a); i++)
      buf_printf(b, "%s%lld", i ? ", " : " ", (long long)a->u.ints.v[i]);
    break;
  case IR_KIND_FLOAT:
    buf_puts(b, " ");
    buf_put_decimal(b, a->u.f);
    break;
  case IR_KIND_WORD:
    buf_printf(b, " %s", ir_word_text(a->u.word));
    break;
  case IR_KIND_TEXT:
    buf_puts(b, " ");
    buf_put_quoted(b, a->u.text);
    break;
  case IR_KIND_TENSOR:
    buf_puts(b, " ");
    text_put_tensor(p, b, arena_printf(p->c->arena, "%s.%s", node, ir_attr_name(a->key)),
                    &a->u.tensor, true);
    break;
  }
}

/* Constant operands as attributes. A shared one goes by its name in the file. */
static void put_operands(struct snn_printer *p, struct text_statement *s, const struct ir_node *n) {
  for (size_t k = 1; k < n->n_in && folds_operands(p, n); k++) {
    const struct ir_node *value = ir_node(p->g, n->in[k]);
    const char *name = ir_operand_name(n->op, k),
               *own = arena_printf(p->c->arena, "%s.%s", n->name, name);
    struct buf *b = text_attribute(s, name);
    uint32_t at;

    buf_puts(b, " ");
    if (p->uses[n->in[k].idx] > 1 && map_get(p->keys, value->name, &at))
      buf_put_quoted(b, arena_printf(p->c->arena, "%s:%s", p->npz_name, value->name));
    else
      text_put_tensor(p, b, value->name, ir_attr_tensor(value, IR_A_VALUE),
                      p->uses[n->in[k].idx] == 1 && !strcmp(own, value->name));
  }
}

static bool is_flatten(const struct snn_printer *p, const struct ir_node *n) {
  const struct ir_type *x = n->op == IR_RESHAPE ? &ir_node(p->g, n->in[0])->type : NULL;

  return x && x->rank > 2 && n->type.rank == 2 && n->type.dims[0] == x->dims[0];
}

static void put_attrs(struct snn_printer *p, struct text_statement *s, const struct ir_node *n) {
  for (size_t i = 0; i < n->n_attr; i++) {
    const struct ir_attr *a = &n->attr[i];

    if ((n->op == IR_CONCAT && a->key == IR_A_AXIS && a->u.i == 1) || is_flatten(p, n))
      continue;
    text_put_value(p, text_attribute(s, ir_attr_name(a->key)), n->name, a);
  }
}

/* ---- statements ---- */

void text_put_sizes(struct buf *b, const struct ir_type *t, size_t from) {
  buf_puts(b, "[");
  for (size_t i = from; i < t->rank; i++)
    buf_printf(b, "%s%lld", i > from ? ", " : "", (long long)t->dims[i]);
  buf_puts(b, "]");
}

/* An input's first axis is the batch, but where nothing else is there. */
static void put_input(struct text_statement *s, const struct ir_node *n) {
  bool is_batched = n->type.rank > 1;

  text_put_sizes(&s->head, &n->type, is_batched);
  if (!is_batched)
    buf_puts(text_attribute(s, "batch"), " none");
  else if (n->type.dims[0] != 1)
    buf_printf(text_attribute(s, "batch"), " %lld", (long long)n->type.dims[0]);
}

void text_put_sources(struct snn_printer *p, struct text_statement *s, const ir_id *in, size_t n) {
  for (size_t k = 0; k < n; k++) {
    buf_puts(&s->head, k ? ", " : " (");
    text_put_name(&s->head, name_of(p, in[k]));
  }
  buf_puts(&s->head, n ? ")" : "");
}

static void put_node(struct snn_printer *p, const struct ir_node *n, bool is_activated) {
  struct text_statement s;

  text_statement_begin(&s, p->c->arena, is_flatten(p, n) ? "flatten" : ir_op_name(n->op));
  buf_puts(&s.head, " ");
  text_put_name(&s.head, n->name);
  if (n->op == IR_INPUT)
    put_input(&s, n);
  else if (n->op == IR_PROJECT_SPARSE || (n->op == IR_POPULATION && n->n_in == 0))
    text_put_sizes(&s.head, &n->type, 0);
  text_put_sources(p, &s, n->in, folds_operands(p, n) ? 1 : n->n_in);
  if (n->op == IR_CAST)
    buf_printf(text_attribute(&s, "type"), " %s", ir_dtype_name(n->type.dtype));
  if (n->op == IR_CONST) {
    struct buf *b = text_attribute(&s, "value");
    buf_puts(b, " ");
    text_put_tensor(p, b, n->name, ir_attr_tensor(n, IR_A_VALUE), true);
  } else {
    put_operands(p, &s, n);
    put_attrs(p, &s, n);
  }
  if (is_activated)
    buf_puts(text_attribute(&s, "activation"), " relu");
  text_statement_end(&s, p->text);
}

static void put_nodes(struct snn_printer *p) {
  for (size_t i = 1; i <= ir_n_nodes(p->g); i++) {
    const struct ir_node *n = snn_node(p, i);

    if (text_is_connected(p, i) && n->op == IR_POPULATION)
      text_put_population(p, n);
    else if (!p->is_folded[i] && !text_is_connected(p, i))
      put_node(p, n, p->is_activated[i]);
  }
}

/* ---- blocks ---- */

static void put_header(struct snn_printer *p) {
  static const enum ir_attr_key keys[] = {IR_A_SCHEDULE, IR_A_STEPS, IR_A_SPIKE_WORDS, IR_A_SEED};
  struct text_statement s;
  const struct ir_attr *dt = ir_graph_attr(p->g, IR_A_DT);
  unsigned facts = ir_facts(p->g);

  text_statement_begin(&s, p->c->arena, "run");
  if (dt)
    text_put_seconds(text_attribute(&s, "dt"), dt->u.f);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (ir_graph_attr(p->g, keys[i]))
      text_put_value(p, text_attribute(&s, ir_attr_name(keys[i])), "",
                     ir_graph_attr(p->g, keys[i]));
  if (facts != IR_FACT_SHAPED) {
    struct buf *b = text_attribute(&s, "facts");
    for (unsigned bit = 1, n = 0; ir_fact_name(bit); bit <<= 1)
      if (facts & bit)
        buf_printf(b, "%s%s", n++ ? ", " : " ", ir_fact_name(bit));
  }
  if (s.n > 0)
    text_statement_end(&s, p->text);
}

/* A block that the header has as lines. */
static void put_lines(struct snn_printer *p, const char *block, enum ir_attr_key key) {
  const struct ir_attr *a = ir_graph_attr(p->g, key);

  if (!a)
    return;
  buf_printf(p->text, "  %s {\n    ", block);
  for (const char *s = a->u.text; *s; s++)
    if (*s == '\n')
      buf_puts(p->text, "\n    ");
    else
      buf_put(p->text, s, 1);
  buf_puts(p->text, "\n  }\n");
}

static void put_convert(struct snn_printer *p, const char *path) {
  struct text_statement s;
  size_t at = 0;
  const struct option_given *o;

  text_statement_begin(&s, p->c->arena, "convert");
  while ((o = options_next_given(p->c->opt, &at))) {
    struct buf *b = text_attribute(&s, o->name);

    buf_puts(b, " ");
    if (options_is_file(o->name))
      buf_put_quoted(b, text_path_from(p->c->arena, path, o->text));
    else
      text_put_option(b, o->text);
  }
  if (s.n > 0)
    text_statement_end(&s, p->text);
}

/* ---- the file ---- */

static void print(struct snn_printer *p, const char *path) {
  size_t n = ir_n_nodes(p->g);

  p->keys = map_new(p->c->arena);
  p->uses = ir_count_uses(p->g, p->c->arena);
  p->is_folded = ARENA_NEW(p->c->arena, bool, n + 1);
  p->is_activated = ARENA_NEW(p->c->arena, bool, n + 1);
  fold_constants(p);
  fold_relus(p);
  buf_puts(p->text, "network ");
  text_put_name(p->text, ir_graph_name(p->g));
  buf_puts(p->text, " {\n");
  put_header(p);
  put_nodes(p);
  text_put_connections(p);
  put_lines(p, "protocol", IR_A_PROTOCOL);
  put_lines(p, "record", IR_A_RECORD);
  put_convert(p, path);
  buf_puts(p->text, "}\n");
}

void text_print_snn(struct comp *c, const struct ir_graph *g, struct buf *text) {
  struct snn_printer p = {.c = c, .g = g, .text = text};

  print(&p, "");
}

bool text_emit_snn(struct comp *c, const struct ir_graph *g, const char *path) {
  const char *beside;
  struct buf text;
  struct snn_printer p = {.c = c, .g = g, .text = &text, .npz = npz_new(c->arena)};

  buf_init(&text, c->arena);
  p.npz_name = arena_printf(c->arena, "%s.weights.npz", file_stem(c->arena, path));
  print(&p, path);
  if (p.npz_bytes > MAX_NPZ_BYTES)
    return diag_error(
        c->diag, loc_file(path),
        "the weights take more than 2 GiB, the most that one .npz can hold; -o FILE.ir "
        "has no such limit");
  beside = arena_printf(c->arena, "%s%s", file_dir(c->arena, path), p.npz_name);
  if (p.npz_bytes > 0 && !npz_write(c, p.npz, beside))
    return false;
  return file_outputs_add(c->outputs, c->diag, path, text.data, text.len);
}
