/* frontend/snn/snn_keywords.c -- the keywords of layers, and what each does before it is an op. */
#include "frontend/snn/snn_layer.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"

static bool prepare_depthwise(struct snn_layer_build *l) {
  const struct ir_type *x = snn_layer_type(l, 0);

  l->group = x->rank > 1 ? x->dims[1] : 1;
  return true;
}

/* A map is flattened first. */
static bool prepare_dense(struct snn_layer_build *l) {
  const struct ir_type *x = snn_layer_type(l, 0);
  int64_t dims[] = {x->dims[0], 1};
  struct ir_attr shape;

  if (x->rank <= 2 || l->n_in > 1)
    return true;
  for (size_t i = 1; i < x->rank; i++)
    dims[1] *= x->dims[i];
  shape = ir_ints(IR_A_SHAPE, dims, 2);
  l->in[0] = snn_append(l->b, (struct ir_node){.op = IR_RESHAPE,
                                               .name = snn_layer_part(l, "flatten"),
                                               .in = l->in,
                                               .n_in = 1,
                                               .attr = &shape,
                                               .n_attr = 1,
                                               .loc = l->s->name.loc});
  return !ir_is_none(l->in[0]);
}

static bool prepare_flatten(struct snn_layer_build *l) {
  const struct ir_type *x = snn_layer_type(l, 0);
  int64_t dims[] = {x->rank ? x->dims[0] : 1, 1};

  for (size_t i = 1; i < x->rank; i++)
    dims[1] *= x->dims[i];
  l->attr[l->n_attr++] = ir_ints(IR_A_SHAPE, arena_memdup(l->b->c->arena, dims, sizeof dims), 2);
  return true;
}

static bool prepare_concat(struct snn_layer_build *l) {
  if (!snn_layer_find(l, "axis"))
    l->attr[l->n_attr++] = ir_int(IR_A_AXIS, 1);
  return true;
}

/* max 2, average 2, global max, global average; windows do not overlap unless stride says so. */
static bool prepare_pool(struct snn_layer_build *l) {
  static const struct snn_keyword max = {"pool", IR_MAXPOOL, "", NULL},
                                  average = {"pool", IR_AVGPOOL, "", NULL},
                                  global = {"pool", IR_GLOBAL_AVGPOOL, "", NULL};
  const struct snn_attr *m = snn_layer_find(l, "max"), *a = snn_layer_find(l, "average"),
                        *g = snn_layer_find(l, "global");
  struct snn_list *attrs = snn_list_new(&l->b->parse);
  const char *word = NULL;

  if (!!m + !!a + !!g != 1)
    return snn_layer_fail(l, "one of max 2; average 2; global max; or global average; is wanted");
  if (g) {
    const struct snn_expr *e = snn_single(l->b, g);
    word = e ? snn_word_of(l->b, e, "global") : NULL;
    if (!word)
      return false;
    if (strcmp(word, "max") != 0 && strcmp(word, "average") != 0)
      return snn_fail(l->b, g->name.loc, "global pool of %s; max or average is right",
                      diag_quote(l->b->c->diag, word));
  }
  l->k = m || (word && !strcmp(word, "max")) ? &max : a ? &average : &global;
  for (size_t i = 0; i < l->attrs->n; i++) {
    const struct snn_attr *old = l->attrs->v[i];
    if (old != g)
      snn_add_renamed(l->b, attrs, old, old == m || old == a ? "kernel" : old->name.text);
  }
  if ((m || a) && !snn_layer_find(l, "stride"))
    snn_add_renamed(l->b, attrs, m ? m : a, "stride");
  l->attrs = attrs;
  if (g && l->k == &max) /* a window as large as the map */
    l->attr[l->n_attr++] =
        ir_ints(IR_A_KERNEL, snn_layer_type(l, 0)->dims + (snn_layer_type(l, 0)->rank > 2 ? 2 : 0),
                snn_layer_type(l, 0)->rank > 2 ? snn_layer_type(l, 0)->rank - 2u : 0);
  return true;
}

/* Sizes in brackets: a type. */
static bool read_sizes(struct snn_layer_build *l, struct ir_type *t) {
  const struct snn_list *sizes = l->s->sizes;

  for (size_t i = 0; sizes && i < sizes->n; i++) {
    if (t->rank == IR_MAX_RANK)
      return snn_layer_fail(l, "it has more than 8 axes; 1 to 8 are right");
    if (!snn_integer(l->b, sizes->v[i], "a size", &t->dims[t->rank++]))
      return false;
  }
  return true;
}

/* image[1, 28, 28] has a batch axis of 1 before it, batch none has none. */
static bool prepare_input(struct snn_layer_build *l) {
  const struct snn_attr *batch = snn_layer_find(l, "batch"), *encode = snn_layer_find(l, "encode");
  const struct snn_expr *e = batch ? snn_single(l->b, batch) : NULL;
  bool is_none;

  if (!l->s->sizes)
    return snn_layer_fail(
        l, "its shape is missing; channels, height and width are wanted, as in image[1, 28, 28]");
  if (batch && !e)
    return false;
  is_none = e && e->kind == SNN_E_WORD && !strcmp(e->text, "none");
  l->type = (struct ir_type){.dtype = IR_F32, .rank = !is_none, .dims = {1}};
  if (e && !is_none && !snn_integer(l->b, e, "batch", &l->type.dims[0]))
    return false;
  if (encode) {
    struct snn_list *list = snn_list_new(&l->b->parse);
    snn_add_renamed(l->b, list, encode, "encode");
    if (!snn_convert(l->b, list))
      return false;
  }
  return read_sizes(l, &l->type);
}

static bool prepare_cast(struct snn_layer_build *l) {
  const struct snn_attr *a = snn_layer_find(l, "type");
  const struct snn_expr *e = a ? snn_single(l->b, a) : NULL;
  const char *word = e ? snn_word_of(l->b, e, "type") : NULL;

  for (int t = IR_F32; word && t <= IR_BOOL; t++)
    if (!strcmp(ir_dtype_name((enum ir_dtype)t), word)) {
      l->type.dtype = (enum ir_dtype)t;
      return true;
    }
  return snn_layer_fail(l, "type is one of f32, i8, i16, i32, i64, u8 and bool");
}

/* Spikes or currents whose shape nothing else says. */
static bool prepare_given(struct snn_layer_build *l) {
  l->type.dtype = l->k->op == IR_POPULATION ? IR_SPIKES : IR_CURRENT;
  return read_sizes(l, &l->type);
}

/* More than two are added one after the other. */
static bool prepare_add(struct snn_layer_build *l) {
  while (l->n_in > 2) {
    ir_id sum = snn_append(l->b, (struct ir_node){.op = IR_ADD,
                                                  .name = snn_layer_part(l, "sum"),
                                                  .in = l->in,
                                                  .n_in = 2,
                                                  .loc = l->s->name.loc});
    if (ir_is_none(sum))
      return false;
    memmove(l->in + 1, l->in + 2, (--l->n_in - 1) * sizeof *l->in);
    l->in[0] = sum;
  }
  return true;
}

static const struct snn_keyword keywords[] = {
    {"input", IR_INPUT, "batch encode", prepare_input},
    {"output", IR_OUTPUT, "", NULL},
    {"conv", IR_CONV, "channels kernel activation", NULL},
    {"depthwise", IR_CONV, "channels kernel activation", prepare_depthwise},
    {"dense", IR_DENSE, "units activation", prepare_dense},
    {"pool", IR_MAXPOOL, "max average global count_pad", prepare_pool},
    {"flatten", IR_RESHAPE, "", prepare_flatten},
    {"add", IR_ADD, "activation", prepare_add},
    {"concat", IR_CONCAT, "", prepare_concat},
    {"batchnorm", IR_BATCHNORM, "activation", NULL},
    {"cast", IR_CAST, "type", prepare_cast},
    {"population", IR_POPULATION, "", prepare_given},
    {"project_sparse", IR_PROJECT_SPARSE, "", prepare_given},
};

const struct snn_keyword *snn_keyword_find(struct snn_build *b, const char *word) {
  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    if (!strcmp(keywords[i].word, word))
      return &keywords[i];
  for (int op = 0; op < IR_N_OPS; op++)
    if (!strcmp(ir_op_name((enum ir_op)op), word)) {
      struct snn_keyword k = {word, (enum ir_op)op, "", NULL};
      return arena_memdup(b->c->arena, &k, sizeof k);
    }
  return NULL;
}

const char *snn_keyword_names(struct snn_build *b) {
  const char *all = "neuron population connect convert run protocol record";

  for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
    all = arena_printf(b->c->arena, "%s %s", all, keywords[i].word);
  for (int op = 0; op < IR_N_OPS; op++)
    all = arena_printf(b->c->arena, "%s %s", all, ir_op_name((enum ir_op)op));
  return all;
}

bool snn_keyword_has_sizes(const struct snn_keyword *k) {
  return k->prepare == prepare_input || k->prepare == prepare_given;
}
