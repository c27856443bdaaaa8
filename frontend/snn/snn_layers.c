/* frontend/snn/snn_layers.c -- statements of the layers family, and every op of the IR by its name.
 *
 * A layer is an op whose constant operands stand as attributes; what is computed from its name and
 * sources (a flattening, a relu) becomes nodes of their own. */
#include "frontend/snn/snn_layer.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/comp.h"

bool snn_layer_fail(const struct snn_layer_build *l, const char *text) {
  return snn_fail(l->b, l->s->name.loc, "%s %s: %s", l->s->keyword.text, l->s->name.text, text);
}

const struct ir_type *snn_layer_type(const struct snn_layer_build *l, size_t k) {
  return &ir_node(l->b->g, l->in[k])->type;
}

const struct snn_attr *snn_layer_find(const struct snn_layer_build *l, const char *name) {
  return snn_attr_find(l->attrs, name);
}

const char *snn_layer_part(const struct snn_layer_build *l, const char *part) {
  return arena_printf(l->b->c->arena, "%s.%s", l->s->name.text, part);
}

ir_id snn_append(struct snn_build *b, struct ir_node n) {
  ir_id id = ir_append(b->g, b->c->diag, &n);

  b->parse.is_bad |= ir_is_none(id);
  return id;
}

void snn_add_renamed(struct snn_build *b, struct snn_list *to, const struct snn_attr *a,
                     const char *name) {
  struct snn_attr copy = *a;

  copy.name.text = name;
  snn_list_add(&b->parse, to, arena_memdup(b->c->arena, &copy, sizeof copy));
}

/* ---- attributes of layers ---- */

/* An integer attribute, or `otherwise`; false: told. */
static bool integer(const struct snn_layer_build *l, const char *name, int64_t otherwise,
                    int64_t *v) {
  const struct snn_attr *a = snn_layer_find(l, name);
  const struct snn_expr *e = a ? snn_single(l->b, a) : NULL;

  *v = otherwise;
  if (!e)
    return !a;
  if (!snn_integer(l->b, e, name, v))
    return false;
  return (*v >= 1 && *v <= INT32_MAX) ||
         snn_fail(l->b, e->loc, "%s is %lld; 1 to 2147483647 is right", name, (long long)*v);
}

static size_t n_axes(const struct snn_layer_build *l) {
  const struct ir_type *t = l->n_in ? snn_layer_type(l, 0) : NULL;
  size_t other = ir_op_level(l->k->op) == IR_LEVEL_SPIKING ? 1 : 2;

  return t && t->rank > other ? t->rank - other : 1;
}

static bool is_same_pad(const struct snn_attr *a) {
  const struct snn_expr *e = a && a->values->n == 1 ? a->values->v[0] : NULL;

  return e && e->kind == SNN_E_WORD && !strcmp(e->text, "same");
}

/* As many results as ceil(size / stride); an odd element goes to the end. */
static bool pad_same(struct snn_layer_build *l, const int64_t *kernel, struct ir_attr *out) {
  const struct snn_attr *attrs[] = {snn_layer_find(l, "stride"), snn_layer_find(l, "dilation")};
  struct ir_attr read[2];
  size_t n = n_axes(l);
  int64_t *pads = ARENA_NEW(l->b->c->arena, int64_t, 2 * n);

  for (size_t k = 0; k < 2; k++)
    if (attrs[k] && !snn_ir_attr(l->b, attrs[k], k ? IR_A_DILATION : IR_A_STRIDE, n, &read[k]))
      return false;
  for (size_t i = 0; i < n; i++) {
    int64_t size = snn_layer_type(l, 0)->dims[i + snn_layer_type(l, 0)->rank - n];
    int64_t stride = attrs[0] ? read[0].u.ints.v[i] : 1,
            dilation = attrs[1] ? read[1].u.ints.v[i] : 1;
    int64_t results, total;

    if (stride < 1 || stride > INT32_MAX || dilation < 1 || dilation > INT32_MAX || kernel[i] < 1 ||
        kernel[i] > INT32_MAX)
      return snn_layer_fail(l, "stride, dilation and kernel are 1 to 2147483647");
    results = (size + stride - 1) / stride;
    total = (results - 1) * stride + dilation * (kernel[i] - 1) + 1 - size;
    total = total > 0 ? total : 0;
    pads[i] = total / 2;
    pads[n + i] = total - total / 2;
  }
  *out = ir_ints(IR_A_PAD, pads, 2 * n);
  return true;
}

static bool is_set(const struct snn_layer_build *l, enum ir_attr_key key) {
  for (size_t i = 0; i < l->n_attr; i++)
    if (l->attr[i].key == key)
      return true;
  return false;
}

static const char *example_of(enum ir_attr_key key) {
  switch (ir_attr_kind_of(key)) {
  case IR_KIND_INTS:
    return "1, 2, ..";
  case IR_KIND_WORD:
    return "WORD";
  case IR_KIND_TEXT:
    return "\"TEXT\"";
  case IR_KIND_TENSOR:
    return "[1, 2, ..] or \"file.npz:key\"";
  case IR_KIND_INT:
  case IR_KIND_FLOAT:
    break;
  }
  return "NUMBER";
}

/* The attributes that the op has and that are not set yet. */
static bool read_attrs(struct snn_layer_build *l, const int64_t *kernel) {
  const char *spec = ir_op_attrs(l->k->op);
  struct ir_spec_item item;
  bool is_good = true;

  while (ir_spec_next(&spec, &item)) {
    const struct snn_attr *a = snn_layer_find(l, ir_attr_name(item.key));

    if (is_set(l, item.key))
      continue;
    if (!a && item.is_required)
      is_good = snn_layer_fail(l, arena_printf(l->b->c->arena, "%s is missing; %s %s; gives it",
                                               ir_attr_name(item.key), ir_attr_name(item.key),
                                               example_of(item.key)));
    if (!a || (l->group && item.key == IR_A_GROUP))
      continue;
    if (item.key == IR_A_PAD && kernel && is_same_pad(a))
      is_good = pad_same(l, kernel, &l->attr[l->n_attr]) && is_good;
    else
      is_good = snn_ir_attr(l->b, a, item.key, n_axes(l), &l->attr[l->n_attr]) && is_good;
    l->n_attr++;
  }
  if (l->group > 1)
    l->attr[l->n_attr++] = ir_int(IR_A_GROUP, l->group);
  return is_good;
}

/* ---- constant operands ---- */

/* The constant that an attribute gives, once for each name of a file. None: told. */
static ir_id constant(struct snn_layer_build *l, const struct snn_attr *a, struct snn_shape shape) {
  const struct snn_expr *e = a->values->n ? snn_resolve(l->b, a->values->v[0]) : NULL;
  const char *source = e && e->kind == SNN_E_TEXT
                           ? arena_printf(l->b->c->arena, "%s %s", e->loc.file, e->text)
                           : NULL;
  const char *key, *name = snn_layer_part(l, a->name.text);
  struct ir_tensor t;
  uint32_t at;
  ir_id id;

  shape.stream = snn_stream(l->b, name, 0);
  if (source && map_get(l->b->const_index, source, &at)) {
    id.idx = at;
    t.type = ir_node(l->b->g, id)->type;
  } else if (!snn_tensor(l->b, a, shape, NULL, &t, &key)) {
    return (ir_id){0};
  } else {
    id = ir_append_const(l->b->g, l->b->c->diag, key ? key : name, t, l->s->name.loc);
    l->b->parse.is_bad |= ir_is_none(id);
    if (source)
      map_put(l->b->const_index, source, id.idx);
  }
  if (shape.is_known && !ir_type_equal(&t.type, &shape.type)) {
    snn_fail(l->b, a->name.loc, "%s %s: %s is %s; %s is wanted", l->s->keyword.text,
             l->s->name.text, a->name.text, ir_type_text(l->b->c->arena, &t.type),
             ir_type_text(l->b->c->arena, &shape.type));
    return (ir_id){0};
  }
  return id;
}

/* The shape of operand k as far as it is known before it is read. */
static struct snn_shape operand_shape(const struct snn_layer_build *l, size_t k,
                                      const struct snn_shape *weight) {
  const struct ir_type *x = snn_layer_type(l, 0);
  int64_t n = l->k->op == IR_BATCHNORM ? (x->rank > 1 ? x->dims[1] : 0)
              : l->n_in > 1            ? snn_layer_type(l, 1)->dims[0]
                                       : 0;

  if (k == 1 && l->k->op != IR_BATCHNORM)
    return *weight;
  return (struct snn_shape){
      .type = ir_type_make(IR_F32, 1, &n), .is_known = n > 0, .fan_in = 1, .fan_out = (double)n};
}

/* Attributes become operands, where the statement does not name all of them as sources. */
static bool read_operands(struct snn_layer_build *l, const struct snn_shape *weight) {
  size_t least, most;

  ir_op_arity(l->k->op, &least, &most);
  for (size_t k = l->n_in; k < most; k++) {
    const char *name = ir_operand_name(l->k->op, k);
    const struct snn_attr *a = name ? snn_layer_find(l, name) : NULL;
    ir_id id;

    if (!name)
      return true;
    if (!a && k >= least)
      continue;
    if (!a)
      return snn_layer_fail(
          l, arena_printf(l->b->c->arena,
                          "%s is missing; \"file.npz:key\", numbers or glorot() is wanted", name));
    id = constant(l, a, operand_shape(l, k, weight));
    if (ir_is_none(id))
      return false;
    l->in[l->n_in++] = id;
  }
  return true;
}

/* ---- what layers do before they are ops ---- */

/* Number of values of `kernel`, for all axes; false: told. */
static bool read_kernel(struct snn_layer_build *l, int64_t *kernel, size_t n) {
  const struct snn_attr *a = snn_layer_find(l, "kernel");
  struct ir_attr read;

  if (!a)
    return true;
  if (!snn_ir_attr(l->b, a, IR_A_KERNEL, n, &read))
    return false;
  for (size_t i = 0; i < n; i++) {
    kernel[i] = read.u.ints.v[i];
    if (kernel[i] < 1 || kernel[i] > INT32_MAX)
      return snn_fail(l->b, a->name.loc, "kernel is %lld; 1 to 2147483647 is right",
                      (long long)kernel[i]);
  }
  return true;
}

/* weight[O, C / group, ..] of channels and kernel. */
static bool conv_shape(struct snn_layer_build *l, const int64_t *kernel, struct snn_shape *shape) {
  const struct ir_type *x = snn_layer_type(l, 0);
  int64_t channels, group, area = 1;
  size_t n = n_axes(l);

  if (x->rank < 3 || n > IR_MAX_SPATIAL)
    return snn_layer_fail(l,
                          arena_printf(l->b->c->arena,
                                       "its source is %s; a map of channels, height and width is "
                                       "wanted",
                                       ir_type_text(l->b->c->arena, x)));
  if (!integer(l, "group", l->group ? l->group : 1, &group) ||
      !integer(l, "channels", l->group ? l->group : 0, &channels))
    return false;
  shape->is_known = snn_layer_find(l, "kernel") && channels > 0 && x->dims[1] % group == 0;
  shape->type = (struct ir_type){.dtype = IR_F32, .rank = (uint8_t)(2 + n)};
  shape->type.dims[0] = channels;
  shape->type.dims[1] = x->dims[1] / group;
  for (size_t i = 0; i < n && i < IR_MAX_SPATIAL; i++) {
    shape->type.dims[2 + i] = kernel[i];
    area *= snn_layer_find(l, "kernel") ? kernel[i] % INT32_MAX : 1;
  }
  shape->fan_in = (double)(x->dims[1] / group) * (double)area;
  shape->fan_out = (double)(channels / group) * (double)area;
  return true;
}

static bool dense_shape(struct snn_layer_build *l, struct snn_shape *shape) {
  const struct ir_type *x = snn_layer_type(l, 0);
  int64_t dims[2] = {0, x->rank ? x->dims[x->rank - 1] : 1};

  if (!integer(l, "units", 0, &dims[0]))
    return false;
  *shape = (struct snn_shape){.type = ir_type_make(IR_F32, 2, dims),
                              .is_known = dims[0] > 0,
                              .fan_in = (double)dims[1],
                              .fan_out = (double)dims[0]};
  return true;
}

/* ---- a layer ---- */

/* What the statement may have: its own, those of its op, its constant operands. */
static const char *known_attrs(const struct snn_layer_build *l) {
  const char *known = l->k->attrs;
  size_t least, most;

  ir_op_arity(l->k->op, &least, &most);
  for (size_t k = 0; k < most && k < MAX_OPERANDS; k++)
    if (ir_operand_name(l->k->op, k))
      known = arena_printf(l->b->c->arena, "%s %s", known, ir_operand_name(l->k->op, k));
  if (strcmp(l->k->word, "flatten") != 0)
    known = arena_printf(l->b->c->arena, "%s %s", known, ir_op_attrs(l->k->op));
  return known;
}

static bool read_sources(struct snn_layer_build *l) {
  const struct snn_list *sources = l->s->sources;
  size_t least, most;
  bool is_good = true;

  ir_op_arity(l->k->op, &least, &most);
  if (l->k->op == IR_ADD)
    most = MAX_SOURCES;
  if (ir_operand_name(l->k->op, 1))
    least = 1;
  if (sources->n < least || sources->n > most)
    return snn_layer_fail(l, arena_printf(l->b->c->arena,
                                          "it has %zu sources; %zu%s wanted, in parentheses behind "
                                          "its name",
                                          sources->n, least,
                                          most > least ? " or more are"
                                          : least == 1 ? " is"
                                                       : " are"));
  for (size_t i = 0; i < sources->n; i++) {
    l->in[i] = snn_value(l->b, sources->v[i]);
    is_good = !ir_is_none(l->in[i]) && is_good;
  }
  l->n_in = sources->n;
  return is_good;
}

/* The relu behind a layer; the name stands for what it gives. */
static bool activate(struct snn_layer_build *l, ir_id *id) {
  const struct snn_attr *a = snn_layer_find(l, "activation");
  const struct snn_expr *e = a ? snn_single(l->b, a) : NULL;
  const char *word = e ? snn_word_of(l->b, e, "activation") : NULL;

  if (!a)
    return true;
  if (!word || !strcmp(word, "none"))
    return word != NULL;
  if (strcmp(word, "relu") != 0)
    return snn_fail(l->b, e->loc, "activation cannot be %s; it is relu or none",
                    diag_quote(l->b->c->diag, word));
  *id = snn_append(l->b, (struct ir_node){.op = IR_RELU,
                                          .name = snn_layer_part(l, "relu"),
                                          .in = id,
                                          .n_in = 1,
                                          .loc = l->s->name.loc});
  return !ir_is_none(*id);
}

static ir_id build(struct snn_layer_build *l) {
  int64_t kernel[IR_MAX_SPATIAL] = {0};
  struct snn_shape weight = {0};
  bool is_window = l->k->op == IR_CONV, has_kernel;
  ir_id id = {0};

  bool is_known = snn_check_attrs(l->b, l->attrs, l->s->keyword.text, known_attrs(l));
  if (!read_sources(l) || !is_known || (l->k->prepare && !l->k->prepare(l)))
    return id;
  has_kernel = snn_layer_find(l, "kernel") != NULL;
  if (has_kernel && n_axes(l) <= IR_MAX_SPATIAL && !read_kernel(l, kernel, n_axes(l)))
    return id;
  if (l->n_in == 1 && is_window && !conv_shape(l, kernel, &weight))
    return id;
  if (l->n_in == 1 && l->k->op == IR_DENSE && !dense_shape(l, &weight))
    return id;
  if (l->n_in > 0 && !read_operands(l, &weight))
    return id;
  if (is_window && l->n_in > 1)
    for (size_t i = 0; i < IR_MAX_SPATIAL && i + 2 < snn_layer_type(l, 1)->rank; i++)
      kernel[i] = snn_layer_type(l, 1)->dims[i + 2];
  if (!read_attrs(l, is_window || has_kernel ? kernel : NULL))
    return id;
  id = snn_append(l->b, (struct ir_node){.op = l->k->op,
                                         .name = l->s->name.text,
                                         .type = l->type,
                                         .in = l->in,
                                         .n_in = l->n_in,
                                         .attr = l->attr,
                                         .n_attr = l->n_attr,
                                         .loc = l->s->name.loc});
  if (!ir_is_none(id) && !activate(l, &id))
    id.idx = 0;
  return id;
}

void snn_build_layer(struct snn_build *b, const struct snn_stmt *s) {
  struct snn_layer_build *l = ARENA_NEW(b->c->scratch, struct snn_layer_build, 1);
  struct snn_symbol symbol = {.stmt = s, .kind = SNN_IS_VALUE};

  *l = (struct snn_layer_build){
      .b = b, .s = s, .attrs = s->attrs, .k = snn_keyword_find(b, s->keyword.text)};
  l->in = ARENA_NEW(b->c->scratch, ir_id, s->sources->n + MAX_OPERANDS);
  if (!l->k) {
    const char *near = snn_did_you_mean(b, s->keyword.text, snn_keyword_names(b));

    snn_fail(b, s->keyword.loc, "there is no statement %s%s",
             diag_quote(b->c->diag, s->keyword.text),
             *near ? near
                   : "; input, conv, dense, pool, output, neuron, population and connect are some, "
                     "docs/DSL.md has all");
  } else if (s->sizes && !snn_keyword_has_sizes(l->k)) {
    snn_layer_fail(
        l,
        "sizes in brackets belong to inputs and populations; other shapes follow from the sources");
  } else {
    symbol.id = build(l);
  }
  if (ir_is_none(symbol.id)) {
    symbol.kind = SNN_IS_BROKEN;
    b->parse.is_bad = true;
  }
  snn_define(b, s, symbol);
}
