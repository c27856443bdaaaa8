#include "ir/ir_internal.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"

int64_t ir_count_checked(const struct ir_type *t) {
  int64_t count = 1;
  for (size_t i = 0; i < t->rank; i++) {
    if (t->dims[i] < 1 || t->dims[i] > INT32_MAX / count)
      return -1;
    count *= t->dims[i];
  }
  return count;
}

int64_t ir_type_count(const struct ir_type *t) {
  int64_t count = 1;
  for (size_t i = 0; i < t->rank; i++)
    count *= t->dims[i];
  return count;
}

int64_t ir_type_spike_words(const struct ir_type *t) {
  int64_t n_channels = t->dims[0];
  return ir_type_count(t) / n_channels * ((n_channels + 31) / 32) * (t->dtype == IR_SIGNED ? 2 : 1);
}

/* A block without branches first, which compilers turn into vector instructions. */
size_t ir_find_infinite(const float *v, size_t n) {
  enum { BLOCK = 512 };
  size_t i = 0;
  for (unsigned bad = 0; n - i >= BLOCK && !bad;) {
    for (size_t k = 0; k < BLOCK; k++)
      bad |= !(v[i + k] - v[i + k] == 0);
    i += bad ? 0 : BLOCK;
  }
  while (i < n && isfinite(v[i]))
    i++;
  return i;
}

bool ir_type_equal(const struct ir_type *a, const struct ir_type *b) {
  return a->dtype == b->dtype && a->rank == b->rank &&
         (a->rank == 0 || !memcmp(a->dims, b->dims, a->rank * sizeof a->dims[0]));
}

struct ir_type ir_type_make(enum ir_dtype dtype, size_t rank, const int64_t *dims) {
  struct ir_type t = {.dtype = dtype, .rank = (uint8_t)rank};
  for (size_t i = 0; i < rank && i < IR_MAX_RANK; i++)
    t.dims[i] = dims[i];
  return t;
}

void ir_type_put(struct buf *b, const struct ir_type *t) {
  buf_printf(b, "%s[", ir_dtype_name(t->dtype));
  for (size_t i = 0; i < t->rank; i++)
    buf_printf(b, "%s%lld", i ? ", " : "", (long long)t->dims[i]);
  buf_puts(b, "]");
}

const char *ir_type_text(struct arena *a, const struct ir_type *t) {
  struct buf b;
  buf_init(&b, a);
  ir_type_put(&b, t);
  return b.data;
}

const char *ir_show(const struct ir_infer *f, const struct ir_type *t) {
  return ir_type_text(f->g->arena, t);
}

const struct ir_type *ir_operand_type(const struct ir_infer *f, size_t k) {
  return &f->g->nodes[f->n->in[k].idx].type;
}

bool ir_fail(const struct ir_infer *f, const char *fmt, ...) {
  struct arena *a = f->g->arena;
  va_list ap;
  va_start(ap, fmt);
  const char *text = arena_vprintf(a, fmt, ap);
  va_end(ap);
  const char *name = f->n->loc.node || f->n->loc.line || !f->n->name ? NULL : f->n->name;
  return diag_error(f->d, f->n->loc, "%s%s%s: %s", ir_op_name(f->n->op), name ? " " : "",
                    name ? diag_quote(f->d, name) : "", text);
}

bool ir_check_operands(const struct ir_graph *g, struct diag *d, const struct ir_node *n) {
  const struct ir_infer f = {g, d, (struct ir_node *)(uintptr_t)n};
  size_t min, max;
  ir_op_arity(n->op, &min, &max);
  if (n->n_in < min || n->n_in > max)
    return min == max ? ir_fail(&f, "%zu operands; it takes %zu", n->n_in, min)
                      : ir_fail(&f, "%zu operands; it takes %zu to %zu", n->n_in, min, max);
  for (size_t k = 0; k < n->n_in; k++)
    if (ir_is_none(n->in[k]) || n->in[k].idx > g->n_nodes)
      return ir_fail(&f, "operand %zu is id %u; the graph has nodes 1 to %zu", k + 1,
                     (unsigned)n->in[k].idx, g->n_nodes);
  return true;
}

static bool check_attr_value(const struct ir_infer *f, const struct ir_attr *a) {
  const char *name = ir_attr_name(a->key);
  enum ir_attr_kind kind = ir_attr_kind_of(a->key);
  if (kind == IR_KIND_WORD &&
      ((unsigned)a->u.word >= IR_N_WORDS || ir_word_key(a->u.word) != a->key))
    return ir_fail(f, "%s has a value that is none of %s", name,
                   ir_word_choices(f->g->arena, a->key));
  if (kind == IR_KIND_TENSOR) {
    const struct ir_type *t = &a->u.tensor.type;
    if (t->rank > IR_MAX_RANK || ir_count_checked(t) < 0)
      return ir_fail(f, "%s is %s; each size must be at least 1, all together at most 2147483647",
                     name, ir_show(f, t));
    if (ir_dtype_size(t->dtype) == 0)
      return ir_fail(f, "%s has elements of type %s; stored data cannot be signals", name,
                     ir_dtype_name(t->dtype));
  }
  return true;
}

/* Which attributes, their kinds, order, each once, against ops.def. */
static bool check_attrs(const struct ir_graph *g, struct diag *d, const struct ir_node *n) {
  const struct ir_infer f = {g, d, (struct ir_node *)(uintptr_t)n};
  const char *spec = ir_op_attrs(n->op);
  struct ir_spec_item item;
  for (size_t i = 0; i < n->n_attr; i++) {
    int at = ir_spec_index(spec, n->attr[i].key);
    if (at < 0)
      return ir_fail(&f, "it has no attribute %s; it takes: %s", ir_attr_name(n->attr[i].key),
                     *spec ? spec : "none");
    if (i > 0 && at <= ir_spec_index(spec, n->attr[i - 1].key))
      return ir_fail(&f, "attribute %s is there twice or out of order; the order is: %s",
                     ir_attr_name(n->attr[i].key), spec);
    if (!check_attr_value(&f, &n->attr[i]))
      return false;
  }
  while (ir_spec_next(&spec, &item))
    if (item.is_required && !ir_attr(n, item.key))
      return ir_fail(&f, "attribute %s is missing", ir_attr_name(item.key));
  return true;
}

bool ir_infer_type(const struct ir_graph *g, struct diag *d, struct ir_node *n) {
  const struct ir_infer f = {g, d, n};
  if (!ir_check_operands(g, d, n) || !check_attrs(g, d, n))
    return false;
  if (!ir_infer_analog(&f))
    return false;
  if (n->type.rank > IR_MAX_RANK)
    return ir_fail(&f, "the result has %u axes; at most %d are supported", (unsigned)n->type.rank,
                   IR_MAX_RANK);
  if (ir_count_checked(&n->type) < 0)
    return ir_fail(
        &f, "the result is %s; each size must be at least 1, all together at most 2147483647",
        ir_show(&f, &n->type));
  return true;
}

int64_t ir_int_at(const struct ir_tensor *t, int64_t i) {
  switch (t->type.dtype) {
  case IR_I8:
    return ((const int8_t *)t->data)[i];
  case IR_I16:
    return ((const int16_t *)t->data)[i];
  case IR_I32:
    return ((const int32_t *)t->data)[i];
  case IR_I64:
    return ((const int64_t *)t->data)[i];
  case IR_U8:
    return ((const uint8_t *)t->data)[i];
  case IR_BOOL:
    return ((const uint8_t *)t->data)[i] != 0;
  case IR_F32:
  case IR_SPIKES:
  case IR_SIGNED:
  case IR_CURRENT:
  case IR_N_DTYPES:
    break;
  }
  return 0;
}

/* Keeps the low bits of what does not fit, as ONNX runtimes do; bool is "not 0". */
void ir_put_int(void *out, enum ir_dtype dtype, int64_t i, int64_t v) {
  /* Unsigned, so that narrowing is defined. */
  uint64_t bits = dtype == IR_BOOL ? v != 0 : (uint64_t)v;
  size_t size = ir_dtype_size(dtype);
  uint8_t *to = (uint8_t *)out + (size_t)i * size;

  switch (size) {
  case 1:
    *to = (uint8_t)bits;
    break;
  case 2:
    memcpy(to, &(uint16_t){(uint16_t)bits}, size);
    break;
  case 4:
    memcpy(to, &(uint32_t){(uint32_t)bits}, size);
    break;
  case 8:
    memcpy(to, &bits, size);
    break;
  }
}

void ir_int_limits(enum ir_dtype dtype, int64_t *least, int64_t *most) {
  unsigned bits = 8 * (unsigned)ir_dtype_size(dtype);

  *most = (int64_t)((UINT64_C(1) << (bits - 1)) - 1);
  *least = -*most - 1;
  if (dtype == IR_U8) {
    *least = 0;
    *most = UINT8_MAX;
  }
}
