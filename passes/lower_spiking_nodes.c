/* lower-spiking: nodes of the new graph in the making: attributes, windows, shapes, names. */
#include "passes/lower_spiking_internal.h"

#include <stdarg.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/map.h"

enum { MAX_ATTRS = 8 }; /* more than any op at the spiking level gets here */

bool signal_refuse(struct lower *l, const struct ir_node *n, const char *fmt, ...) {
  bool has_place = n->loc.node || n->loc.line;
  const char *text;
  va_list ap;

  va_start(ap, fmt);
  text = arena_vprintf(l->c->scratch, fmt, ap);
  va_end(ap);
  if (has_place)
    return diag_error(l->c->diag, n->loc, "%s", text);
  return diag_error(l->c->diag, n->loc, "%s %s: %s", ir_op_name(n->op),
                    diag_quote(l->c->diag, n->name), text);
}

struct ir_node signal_new_node(struct lower *l, const struct ir_node *n, enum ir_op op,
                               ir_id from) {
  ir_id *in = ARENA_NEW(l->c->scratch, ir_id, 1);

  in[0] = from;
  return (struct ir_node){.op = op,
                          .name = n->name,
                          .in = in,
                          .n_in = 1,
                          .attr = ARENA_NEW(l->c->scratch, struct ir_attr, MAX_ATTRS),
                          .loc = n->loc};
}

void signal_put_attr(struct ir_node *n, struct ir_attr attr) {
  ((struct ir_attr *)(uintptr_t)n->attr)[n->n_attr++] = attr;
}

struct ir_tensor signal_tensor(struct lower *l, size_t rank, const int64_t *dims) {
  return ir_tensor_new(ir_graph_arena(l->to), ir_type_make(IR_F32, rank, dims));
}

struct ir_attr signal_vector_attr(struct lower *l, enum ir_attr_key key, const float *v, size_t n) {
  struct ir_tensor t = signal_tensor(l, 1, (int64_t[]){(int64_t)n});

  memcpy(ir_f32_of(t), v, n * sizeof(float));
  return ir_tensor_attr(key, t);
}

static bool is_all(const int64_t *v, size_t n, int64_t x) {
  for (size_t i = 0; i < n; i++)
    if (v[i] != x)
      return false;
  return true;
}

static struct ir_attr ints_attr(struct lower *l, enum ir_attr_key key, const int64_t *v, size_t n) {
  return ir_ints(key, arena_memdup(ir_graph_arena(l->to), v, n * sizeof *v), n);
}

bool signal_window(struct lower *l, const struct ir_node *n, struct ir_window *w) {
  *w = ir_window_of(l->from, n);
  if (w->n_axes == 1) {
    struct ir_window one = *w;
    *w = (struct ir_window){.n_axes = 2,
                            .group = one.group,
                            .kernel = {1, one.kernel[0]},
                            .stride = {1, one.stride[0]},
                            .dilation = {1, one.dilation[0]},
                            .pad_begin = {0, one.pad_begin[0]},
                            .pad_end = {0, one.pad_end[0]}};
  }
  if (w->n_axes != 2)
    return signal_refuse(l, n, "%s has %zu spatial axes; a spiking network has one or two",
                         ir_op_name(n->op), w->n_axes);
  return true;
}

void signal_put_window(struct lower *l, struct ir_node *p, const struct ir_window *w) {
  int64_t pad[4] = {w->pad_begin[0], w->pad_begin[1], w->pad_end[0], w->pad_end[1]};

  signal_put_attr(p, ints_attr(l, IR_A_KERNEL, w->kernel, 2));
  if (!is_all(w->stride, 2, 1))
    signal_put_attr(p, ints_attr(l, IR_A_STRIDE, w->stride, 2));
  if (!is_all(pad, 4, 0))
    signal_put_attr(p, ints_attr(l, IR_A_PAD, pad, 4));
  if (!is_all(w->dilation, 2, 1))
    signal_put_attr(p, ints_attr(l, IR_A_DILATION, w->dilation, 2));
  if (w->group > 1)
    signal_put_attr(p, ir_int(IR_A_GROUP, w->group));
}

/* ---- shapes ---- */

bool signal_map_shape(const struct ir_type *analog, struct ir_type *shape) {
  const int64_t *d = analog->dims;

  if (analog->rank < 3 || analog->rank > 4 || d[0] != 1)
    return false;
  *shape = analog->rank == 4 ? ir_type_make(IR_SPIKES, 3, (int64_t[]){d[1], d[2], d[3]})
                             : ir_type_make(IR_SPIKES, 3, (int64_t[]){d[1], 1, d[2]});
  return true;
}

bool signal_flat_shape(const struct ir_type *analog, struct ir_type *shape) {
  int64_t n = ir_type_count(analog);

  if (analog->rank == 0 || analog->dims[analog->rank - 1] != n)
    return false;
  *shape = ir_type_make(IR_SPIKES, 1, &n);
  return true;
}

bool signal_same_shape(const struct ir_type *a, const struct ir_type *b) {
  return a->rank == b->rank && memcmp(a->dims, b->dims, a->rank * sizeof a->dims[0]) == 0;
}

/* ---- names ---- */

/* Exporters end a path with the operator: "/conv1/Conv", "sequential/dense/MatMul". */
static bool is_op_part(const char *part, const char *op) {
  static const char *const ops[] = {"Conv",   "Gemm",      "Relu",    "Clip",        "Add",
                                    "Concat", "BatchNorm", "MaxPool", "AveragePool", "Global"};

  for (size_t i = 0; !op && i < sizeof ops / sizeof *ops; i++) /* it was printed as a .snn */
    if (!strncmp(part, ops[i], strlen(ops[i])))
      return true;
  return (op && strncmp(part, op, strlen(op)) == 0) || strncmp(part, "MatMul", 6) == 0 ||
         strncmp(part, "BiasAdd", 7) == 0;
}

/* `text`, or with the first of ".1", ".2" .. that makes it new. */
static const char *unique_name(struct lower *l, const char *text) {
  struct arena *a = ir_graph_arena(l->to);
  const char *name = text;

  for (unsigned i = 1; !map_put(l->layers, name, i); i++)
    name = arena_printf(a, "%s.%u", text, i);
  return name;
}

const char *signal_name_layer(struct lower *l, const struct ir_node *n) {
  struct arena *a = ir_graph_arena(l->to);
  char *path = arena_strdup(l->c->scratch, n->loc.node && *n->loc.node ? n->loc.node : n->name);
  const char **part = ARENA_NEW(l->c->scratch, const char *, strlen(path) + 1);
  const char *name;
  size_t n_parts = 0;
  char *rest = NULL;

  for (char *p = strtok_r(path, "/", &rest); p; p = strtok_r(NULL, "/", &rest))
    part[n_parts++] = p;
  if (n_parts == 0)
    return unique_name(l, ir_op_name(n->op));
  if (n_parts > 1 && is_op_part(part[n_parts - 1], n->loc.op))
    n_parts--;
  name = part[n_parts - 1];
  if (*name >= '0' && *name <= '9') /* an index in a list of layers */
    return unique_name(l, arena_printf(a, "%s%s", ir_op_name(n->op), name));
  if (n_parts > 1 && map_get(l->layers, name, &(uint32_t){0}))
    return unique_name(l, arena_printf(a, "%s.%s", part[n_parts - 2], name));
  return unique_name(l, arena_strdup(a, name));
}
