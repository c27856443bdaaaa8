/* passes/single_sample.c -- one sample at a time: the batch axis of every value becomes 1.
 *
 *   %x = input : f32[10, 1, 28, 28]                 %x = input : f32[1, 1, 28, 28]
 *   %c = conv %x, %w : f32[10, 6, 24, 24]     ->    %c = conv %x, %w : f32[1, 6, 24, 24]
 *   %f = reshape %c {shape=[10, 3456]} : ..         %f = reshape %c {shape=[1, 3456]} : ..
 *
 * Axis 0 of an input is a batch when each of its rows goes through the whole network alone. That is
 * found out by following it: [16, 784] into a dense is 16 samples, [28, 28] that is reshaped to
 * [1, 784] is one. An input of four axes or more must have a batch axis; others may stay as they
 * are. No numeric error.
 *
 * A few bytes of a file may say any shape, and from here on passes and executors take memory for
 * values: a graph whose values are too large for --max-memory is refused. */
#include "passes/passes.h"

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"

/* What all values of one sample may take together, in times of what one may take. */
enum { ALL_VALUES = 4 };

/* batch[id] is the number of rows of a batch, 0 where the value has none. */
struct batches {
  const struct ir_graph *g;
  int64_t *batch;
};

static const struct ir_type *type_of(const struct batches *b, ir_id id) {
  return &ir_node(b->g, id)->type;
}

/* The batch of a value that joins several operands row by row: those without a batch must serve all
 * rows alike. -1: they do not. */
static int64_t join(const struct batches *b, const struct ir_node *n, bool is_broadcast) {
  int64_t rows = 0;

  for (size_t k = 0; k < n->n_in; k++)
    if (b->batch[n->in[k].idx])
      rows = b->batch[n->in[k].idx];
  for (size_t k = 0; k < n->n_in && rows; k++) {
    const struct ir_type *t = type_of(b, n->in[k]);
    int64_t own = b->batch[n->in[k].idx];
    bool serves_all = is_broadcast && (t->rank < n->type.rank || t->dims[0] == 1);
    if (own ? own != rows || t->rank != n->type.rank : !serves_all)
      return -1;
  }
  return rows;
}

/* Rows of x when the other operands are the same for all of them. -1: they are not. */
static int64_t alone(const struct batches *b, const struct ir_node *n) {
  for (size_t k = 1; k < n->n_in; k++)
    if (b->batch[n->in[k].idx])
      return -1;
  return b->batch[n->in[0].idx];
}

static int64_t when(bool keeps_rows, int64_t rows) {
  return rows == 0 || keeps_rows ? rows : -1;
}

/* Matrices are taken from the last two axes; axis 0 is one of rows only where there are more. */
static int64_t batch_of_matmul(const struct batches *b, const struct ir_node *n) {
  const struct ir_type *left = type_of(b, n->in[0]), *right = type_of(b, n->in[1]);
  bool is_flat = left->rank == 2 && right->rank <= 2 && !b->batch[n->in[1].idx];

  if (is_flat)
    return b->batch[n->in[0].idx];
  return when(n->type.rank > 2, join(b, n, true));
}

/* The value for axis 0; a scalar has none. */
static int64_t first_int(const struct ir_node *n, enum ir_attr_key key) {
  const struct ir_attr *a = ir_attr(n, key);

  return a->u.ints.n > 0 ? a->u.ints.v[0] : 0;
}

static bool is_binary(enum ir_op op) {
  return op >= IR_ADD && op <= IR_PRELU && op != IR_RELU && op != IR_CLIP;
}

/* Scales per row would be those of samples. */
static int64_t batch_of_quantize(const struct batches *b, const struct ir_node *n) {
  bool has_one_scale = ir_type_count(type_of(b, n->in[1])) == 1;

  return when(has_one_scale || ir_attr_int(n, IR_A_AXIS, 0) != 0, alone(b, n));
}

static int64_t batch_of_slice(const struct ir_node *n, int64_t rows) {
  return when(first_int(n, IR_A_STARTS) == 0 && first_int(n, IR_A_STEPS_OF) == 1 &&
                  n->type.dims[0] == rows,
              rows);
}

/* Rows of node n: the batch of its result, 0 for none, -1 where rows mix. */
static int64_t batch_of(const struct batches *b, const struct ir_node *n) {
  int64_t rows = n->n_in ? b->batch[n->in[0].idx] : 0;

  if (is_binary(n->op))
    return join(b, n, true);
  switch ((int)n->op) {
  case IR_CONST:
    return 0;
  case IR_CONV:
  case IR_CONV_TRANSPOSE:
  case IR_BATCHNORM:
    return alone(b, n);
  case IR_DENSE:
    return when(n->type.rank > 1, alone(b, n));
  case IR_GATHER:
    return when(ir_attr_int(n, IR_A_AXIS, 0) != 0, alone(b, n));
  case IR_MATMUL:
    return batch_of_matmul(b, n);
  case IR_GATHER_ELEMENTS:
  case IR_CONCAT:
    return when(ir_attr_int(n, IR_A_AXIS, 0) != 0, join(b, n, false));
  case IR_GATHER_ND:
    return when(ir_attr_int(n, IR_A_BATCH_DIMS, 0) > 0, join(b, n, false));
  case IR_REDUCE_MEAN:
  case IR_REDUCE_SUM:
  case IR_REDUCE_MAX:
  case IR_REDUCE_MIN:
    return when(ir_attr(n, IR_A_AXES)->u.ints.n == 0 || first_int(n, IR_A_AXES) != 0, rows);
  case IR_MAXPOOL_INDEX: /* counts through all rows */
    return when(false, rows);
  case IR_QUANTIZE:
  case IR_DEQUANTIZE:
    return batch_of_quantize(b, n);
  case IR_ARGMAX:
  case IR_SOFTMAX:
  case IR_LOG_SOFTMAX:
    return when(ir_attr_int(n, IR_A_AXIS, 0) != 0, rows);
  case IR_RESHAPE:
    return when(n->type.rank > 0 && n->type.dims[0] == rows, rows);
  case IR_TRANSPOSE:
    return when(first_int(n, IR_A_PERM) == 0, rows);
  case IR_PADDING:
    return when(first_int(n, IR_A_PADS) == 0 && n->type.dims[0] == rows, rows);
  case IR_SLICE:
    return batch_of_slice(n, rows);
  default:
    return rows;
  }
}

/* Follows the batches of the inputs with at least min_rank axes. 0 when every row stays alone up to
 * the outputs, else the node where they mix. */
static ir_id follow(const struct batches *b, size_t min_rank) {
  for (size_t i = 1; i <= ir_n_nodes(b->g); i++) {
    const struct ir_node *n = ir_node(b->g, ir_id_at(i));
    bool is_input = n->op == IR_INPUT;
    bool is_batch = is_input && n->type.rank >= min_rank && n->type.dims[0] > 1;
    b->batch[i] = is_batch ? n->type.dims[0] : is_input ? 0 : batch_of(b, n);
    if (b->batch[i] < 0)
      return ir_id_at(i);
  }
  return (ir_id){0};
}

/* Sets the first element of a list attribute to 1. */
static void set_first(struct ir_graph *g, ir_id id, enum ir_attr_key key) {
  const struct ir_attr *a = ir_attr(ir_node(g, id), key);
  int64_t v[IR_MAX_RANK];

  for (size_t i = 0; i < a->u.ints.n; i++)
    v[i] = i == 0 ? 1 : a->u.ints.v[i];
  ir_set_attr(g, id, ir_ints(key, v, a->u.ints.n));
}

static bool make_single(struct comp *c, struct ir_graph *g, const int64_t *batch) {
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    struct ir_node n = *ir_node(g, ir_id_at(i));
    if (!batch[i])
      continue;
    if (n.op == IR_INPUT) {
      n.type.dims[0] = 1;
      if (!ir_replace(g, c->diag, ir_id_at(i), &n))
        return false;
    }
    if (n.op == IR_RESHAPE || n.op == IR_SLICE)
      set_first(g, ir_id_at(i), IR_A_SHAPE);
  }
  return ir_infer_all(g, c->diag);
}

/* Weights that are inputs would take part in the search for the batch axis, and get no value. */
static bool check_weights(struct comp *c, const struct ir_graph *g) {
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i)), *w;
    bool has_weights = n->op == IR_CONV || n->op == IR_DENSE || n->op == IR_MATMUL;
    if (!has_weights || n->n_in < 2)
      continue;
    w = ir_node(g, n->in[1]);
    while (w->op == IR_TRANSPOSE || w->op == IR_RESHAPE)
      w = ir_node(g, w->in[0]);
    if (w->op == IR_INPUT)
      return diag_error(c->diag, n->loc,
                        "its weights are missing: %s is an input of the model, not stored in it; "
                        "export it with its weights (PyTorch: export_params=True)",
                        diag_quote(c->diag, w->name));
  }
  return true;
}

static size_t bytes_of(const struct ir_node *n) {
  return (size_t)ir_type_count(&n->type) * sizeof(float);
}

static bool check_memory(struct comp *c, const struct ir_graph *g) {
  size_t weights = 0, all = 0, most;

  for (size_t i = 1; i <= ir_n_nodes(g); i++)
    *(ir_node(g, ir_id_at(i))->op == IR_CONST ? &weights : &all) +=
        bytes_of(ir_node(g, ir_id_at(i)));
  most = options_max_memory(c->opt, weights);
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    if (n->op != IR_CONST && bytes_of(n) > most)
      return diag_error(c->diag, n->loc,
                        "%s %s is %s, which takes %zu bytes for each sample; at most %zu are "
                        "allowed: --max-memory BYTES sets another limit",
                        ir_op_name(n->op), diag_quote(c->diag, n->name),
                        ir_type_text(c->arena, &n->type), bytes_of(n), most);
  }
  if (all / ALL_VALUES > most)
    return diag_error(c->diag, loc_file(ir_node(g, ir_id_at(1))->loc.file),
                      "the values of all nodes take %zu bytes for each sample; at most %zu are "
                      "allowed: --max-memory BYTES sets a quarter of that",
                      all, most > SIZE_MAX / ALL_VALUES ? SIZE_MAX : ALL_VALUES * most);
  return true;
}

bool pass_single_sample(struct comp *c, struct ir_graph **g) {
  struct batches b = {*g, ARENA_NEW(c->scratch, int64_t, ir_n_nodes(*g) + 1)};
  ir_id mixes = follow(&b, 2);

  if (!check_weights(c, *g))
    return false;
  if (!ir_is_none(mixes))
    mixes = follow(&b, 4);
  if (!ir_is_none(mixes)) {
    const struct ir_node *n = ir_node(*g, mixes);
    return diag_error(c->diag, n->loc,
                      "%s %s mixes the samples of a batch: its result is %s; export the model with "
                      "a batch of 1",
                      ir_op_name(n->op), diag_quote(c->diag, n->name),
                      ir_type_text(c->arena, &n->type));
  }
  return make_single(c, *g, b.batch) && check_memory(c, *g);
}
