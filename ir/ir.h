/* ir/ir.h -- the network as a list of nodes in execution order, at two levels in one op table.
 *
 * Ownership: a graph owns nothing; every byte it points at lives in the arena it was made with.
 * Ids stay valid until ir_compact().
 *
 * Invariants, checked by ir_verify() after every pass:
 *   - Every operand id names a node of the graph. In a layered graph it is smaller than the node's
 *     own id; in a synchronous graph the operand of a projection may be larger (a cycle).
 *   - A node has as many operands and exactly the attributes that ops.def allows, with their kinds.
 *   - The type of a node is what ir_infer_type() gives for its operands and attributes.
 *   - Names of nodes are unique, not empty, hold no control bytes and are at most 255 bytes long.
 *   - A graph with IR_FACT_SPIKING holds no analog op; one without it holds no spiking op, unless
 * it is synchronous and was written so.
 *   - Every f32 in a constant or an attribute is finite; every threshold is above 0.
 *   - The header's steps are at least 1; every bitmap at spikes_at lies within spike_words.
 *
 * The analog level computes f32 tensors in ONNX order. The spiking level passes signals: `spikes`
 * (each neuron sends 0 or 1 a step) and `current` (a real number per neuron and step), shaped
 * [C, H, W] for maps and [n] for flat populations. docs/IR.md has the text form. */
#ifndef IR_IR_H
#define IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/base/diag.h"

struct arena;
struct buf;
struct ir_graph;

enum { IR_MAX_RANK = 8, IR_MAX_NAME = 255 };

/* Names one value; 0 is "none". */
typedef struct {
  uint32_t idx;
} ir_id;

enum ir_dtype {
  IR_F32,
  IR_I8,
  IR_I16,
  IR_I32,
  IR_I64,
  IR_U8,
  IR_BOOL,
  IR_SPIKES, /* 0 or 1 per neuron and step */
  IR_SIGNED, /* -1, 0 or 1 */
  IR_CURRENT,
  IR_N_DTYPES
};

struct ir_type {
  enum ir_dtype dtype;
  uint8_t rank; /* 0: a scalar */
  int64_t dims[IR_MAX_RANK];
};

/* Row-major, native byte order; `data` is aligned to its element type. */
struct ir_tensor {
  struct ir_type type;
  const void *data;
};

enum ir_level { IR_LEVEL_ANALOG = 1, IR_LEVEL_SPIKING = 2, IR_LEVEL_BOTH = 3 };

enum ir_op {
#define IR_OP(tag, name, level, min, max, attrs, doc) IR_##tag,
#include "ir/ops.def"
#undef IR_OP
  IR_N_OPS
};

enum ir_attr_kind {
  IR_KIND_INT,
  IR_KIND_INTS,
  IR_KIND_FLOAT,
  IR_KIND_WORD,
  IR_KIND_TEXT,
  IR_KIND_TENSOR
};

enum ir_attr_key {
#define IR_ATTR(tag, name, kind, doc) IR_A_##tag,
#include "ir/attrs.def"
#undef IR_ATTR
  IR_N_ATTRS
};

/* Values of WORD attributes: IR_W_<attribute>_<value>, for example IR_W_MODEL_IF. */
enum ir_word {
#define IR_WORD(attr, tag, text) IR_W_##attr##_##tag,
#include "ir/words.def"
#undef IR_WORD
  IR_N_WORDS
};

struct ir_attr {
  enum ir_attr_key key; /* the key fixes the kind, and so the member in use */
  union {
    int64_t i;
    double f;
    enum ir_word word;
    const char *text;
    struct {
      const int64_t *v;
      size_t n;
    } ints;
    struct ir_tensor tensor;
  } u;
};

struct ir_node {
  enum ir_op op;
  const char *name;
  struct ir_type type;
  const ir_id *in;
  size_t n_in;
  const struct ir_attr *attr; /* in the order of ops.def */
  size_t n_attr;
  struct loc loc; /* where the user wrote it; kept through every rewrite */
};

/* Facts about a graph; a pass needs some and gives some. */
enum {
  IR_FACT_SHAPED = 1 << 0,    /* every type is known                                       */
  IR_FACT_SINGLE = 1 << 1,    /* the batch axis is 1: one sample at a time                 */
  IR_FACT_FOLDED = 1 << 2,    /* batchnorm, constant arithmetic and identities are gone    */
  IR_FACT_BALANCED = 1 << 3,  /* every value that becomes spikes has its scale             */
  IR_FACT_SPIKING = 1 << 4,   /* spiking level                                             */
  IR_FACT_LAID_OUT = 1 << 5,  /* weights are in the order the kernels read                 */
  IR_FACT_PLACED = 1 << 6,    /* spike bitmaps have their place in the shared region       */
  IR_FACT_QUANTIZED = 1 << 7, /* weights, thresholds and biases are integers                */
  IR_N_FACTS = 8
};

/* ---- tables ---- */

const char *ir_op_name(enum ir_op op);
const char *ir_op_doc(enum ir_op op);
const char *ir_op_attrs(enum ir_op op); /* "kernel stride? pad?", as in ops.def */
enum ir_level ir_op_level(enum ir_op op);
void ir_op_arity(enum ir_op op, size_t *min, size_t *max); /* operands */
const char *ir_attr_name(enum ir_attr_key key);
enum ir_attr_kind ir_attr_kind_of(enum ir_attr_key key);
const char *ir_word_text(enum ir_word w);
const char *ir_dtype_name(enum ir_dtype t);
size_t ir_dtype_size(enum ir_dtype t); /* bytes of an element; 0 for signals */
const char *ir_fact_name(unsigned fact_bit);

/* Lists of attributes, "kernel stride? pad?", as ir_op_attrs gives them. */
struct ir_spec_item {
  enum ir_attr_key key;
  bool is_required;
};
/* Reads the next item and moves *spec behind it; false at the end. */
bool ir_spec_next(const char **spec, struct ir_spec_item *item);
/* Position of key in the list, or -1. */
int ir_spec_index(const char *spec, enum ir_attr_key key);

bool ir_word_by_text(enum ir_attr_key key, const char *text, enum ir_word *w);
/* The texts of a WORD attribute, "if, lif, ...". */
const char *ir_word_choices(struct arena *a, enum ir_attr_key key);

/* Further parameters of a neuron model, in the order of the attribute `params`; ir/models.def. */
enum ir_unit { IR_UNIT_STEPS, IR_UNIT_LEVEL, IR_UNIT_SHIFT, IR_UNIT_NUMBER, IR_UNIT_ABSOLUTE };
struct ir_param {
  enum ir_word model;
  const char *name;
  enum ir_unit unit;
  double preset; /* NaN: must be given */
};
size_t ir_model_params(enum ir_word model, const struct ir_param **params);
/* Of a population: parameter `name`, or what it is where none are given. */
double ir_param_of(const struct ir_node *n, const char *name);

/* What constant operand k of a layer is called ("weight"); NULL: it has no name. */
const char *ir_operand_name(enum ir_op op, size_t k);

/* ---- types ---- */

/* Elements of a type; overflow cannot happen in a verified graph (at most 2^31 - 1 elements). */
int64_t ir_type_count(const struct ir_type *t);
/* 32-bit words of the bitmap of a signal; signed spikes have two, the negative behind the other. */
int64_t ir_type_spike_words(const struct ir_type *t);
bool ir_type_equal(const struct ir_type *a, const struct ir_type *b);
struct ir_type ir_type_make(enum ir_dtype dtype, size_t rank, const int64_t *dims);
/* "f32[1, 28, 28]", for messages. */
const char *ir_type_text(struct arena *a, const struct ir_type *t);

/* Tells what is wrong about the operands' types or the attributes, else sets n->type. Given, and
 * only checked, are n->type of input, of project_sparse and of a population without operands, and
 * the element type of cast. */
bool ir_infer_type(const struct ir_graph *g, struct diag *d, struct ir_node *n);

/* ---- the graph ---- */

struct ir_graph *ir_graph_new(struct arena *a, const char *name);
/* A second graph with the same nodes, for as long as `a` lives; the bytes of tensors are shared. */
struct ir_graph *ir_graph_clone(struct arena *a, const struct ir_graph *g);
struct arena *ir_graph_arena(const struct ir_graph *g);
const char *ir_graph_name(const struct ir_graph *g);

/* Nodes have ids 1 .. ir_n_nodes(g), in execution order. */
size_t ir_n_nodes(const struct ir_graph *g);
static inline ir_id ir_id_at(size_t i) {
  return (ir_id){(uint32_t)i};
}
static inline bool ir_is_none(ir_id id) {
  return id.idx == 0;
}
const struct ir_node *ir_node(const struct ir_graph *g, ir_id id);

/* Facts and header attributes (schedule, steps, seed, spike_words). */
unsigned ir_facts(const struct ir_graph *g);
void ir_set_facts(struct ir_graph *g, unsigned facts);
const struct ir_attr *ir_graph_attr(const struct ir_graph *g, enum ir_attr_key key);
void ir_graph_set_attr(struct ir_graph *g, struct ir_attr attr);
bool ir_is_synchronous(const struct ir_graph *g);

/* Copies *n into the graph: operands, attributes and name, not the bytes of tensors, which must be
 * in the graph's arena already. Infers the type. A name that is taken gets a suffix ".1", ".2" ..;
 * a NULL name becomes the op's name. None: told by diag. */
ir_id ir_append(struct ir_graph *g, struct diag *d, const struct ir_node *n);

/* A constant; the tensor's bytes are not copied. */
ir_id ir_append_const(struct ir_graph *g, struct diag *d, const char *name, struct ir_tensor t,
                      struct loc loc);

/* Replaces node `id` in place (same id, same users). Its type is inferred anew; the name, when
 * NULL, stays. */
bool ir_replace(struct ir_graph *g, struct diag *d, ir_id id, const struct ir_node *n);

/* Two nodes take each other's name; ir_compact has to follow. */
void ir_swap_names(struct ir_graph *g, ir_id a, ir_id b);

/* Every operand `old` becomes `new_id`. */
void ir_replace_uses(struct ir_graph *g, ir_id old, ir_id new_id);

/* A node that nothing uses is a user of its operands no more, nor are those that are unused then.
 * It stays until ir_compact; a new use brings it back. Nothing happens to a node with uses. */
void ir_release(struct ir_graph *g, ir_id id);

/* Drops nodes that no output needs and puts the rest in execution order (stable: nodes keep their
 * order where operands allow). All ids change. Inputs are kept. False: told (a cycle in a layered
 * graph). */
bool ir_compact(struct ir_graph *g, struct diag *d);

/* Infers all types anew in execution order, after an input or a shape changed. */
bool ir_infer_all(struct ir_graph *g, struct diag *d);

bool ir_is_used(const struct ir_graph *g, ir_id id);
/* Uses of each node: array indexed by id, in `scratch`. */
uint32_t *ir_count_uses(const struct ir_graph *g, struct arena *scratch);
/* The only user of `id`, or none if it has none, several, or one that takes it twice. */
ir_id ir_only_user(const struct ir_graph *g, ir_id id);

/* First input/output node; the k-th with ir_nth. None if there are fewer. */
ir_id ir_nth(const struct ir_graph *g, enum ir_op op, size_t k);
size_t ir_n_of(const struct ir_graph *g, enum ir_op op);

/* ---- attributes ---- */

const struct ir_attr *ir_attr(const struct ir_node *n, enum ir_attr_key key); /* NULL: absent */
int64_t ir_attr_int(const struct ir_node *n, enum ir_attr_key key, int64_t otherwise);
double ir_attr_float(const struct ir_node *n, enum ir_attr_key key, double otherwise);
enum ir_word ir_attr_word(const struct ir_node *n, enum ir_attr_key key, enum ir_word otherwise);
const char *ir_attr_text(const struct ir_node *n, enum ir_attr_key key, const char *otherwise);
const struct ir_tensor *ir_attr_tensor(const struct ir_node *n, enum ir_attr_key key);

/* Makers, for building ir_node.attr; ir_append sorts them into the order of ops.def. */
struct ir_attr ir_int(enum ir_attr_key key, int64_t v);
struct ir_attr ir_float(enum ir_attr_key key, double v);
struct ir_attr ir_word(enum ir_attr_key key, enum ir_word v);
struct ir_attr ir_text(enum ir_attr_key key, const char *v);
struct ir_attr ir_ints(enum ir_attr_key key, const int64_t *v, size_t n);
struct ir_attr ir_tensor_attr(enum ir_attr_key key, struct ir_tensor t);

/* A copy of the node's attributes with one set; in the graph's arena. */
void ir_set_attr(struct ir_graph *g, ir_id id, struct ir_attr attr);

/* A window with its defaults filled in; n_axes spatial axes. Works for conv, pools and their
 * projections: kernel comes from the attribute or from the weight. */
enum { IR_MAX_SPATIAL = 3, IR_MAX_PAD = 65535 };
struct ir_window {
  size_t n_axes;
  int64_t kernel[IR_MAX_SPATIAL], stride[IR_MAX_SPATIAL], dilation[IR_MAX_SPATIAL];
  int64_t pad_begin[IR_MAX_SPATIAL], pad_end[IR_MAX_SPATIAL];
  int64_t group;
};
struct ir_window ir_window_of(const struct ir_graph *g, const struct ir_node *n);

/* When a population sends that has a turn of its own. What a spike of step j = 0, 1 .. of it is
 * worth, in thresholds: model=pattern 2^(steps - 1 - j), model=ttfs steps - 1 - j. */
struct ir_turn {
  int64_t first, steps; /* steps 0: it sends in all */
};
struct ir_turn ir_turn_of(const struct ir_node *population);
/* The most that one neuron can send in a turn, in thresholds; of other models, the steps. */
int64_t ir_turn_levels(enum ir_word model, int64_t steps);
/* The fewest and the most steps of a turn; 0 where a model has none. */
void ir_turn_limits(enum ir_word model, int64_t *least, int64_t *most);

/* Constant operand: its tensor, or NULL when operand k is absent or not a const node. */
const struct ir_tensor *ir_const_in(const struct ir_graph *g, const struct ir_node *n, size_t k);

/* New tensor with zeroed data in arena a; its data may be written until it is put into a graph. */
struct ir_tensor ir_tensor_new(struct arena *a, struct ir_type type);
/* Index of the first number that is infinite or NaN; n if there is none. */
size_t ir_find_infinite(const float *v, size_t n);
/* Element i of an integer or bool tensor; element i of such data becomes the low bits of v, of bool
 * "not 0". */
int64_t ir_int_at(const struct ir_tensor *t, int64_t i);
void ir_put_int(void *data, enum ir_dtype dtype, int64_t i, int64_t v);
/* Least and largest value of an integer type (not bool). */
void ir_int_limits(enum ir_dtype dtype, int64_t *least, int64_t *most);
static inline float *ir_f32_of(struct ir_tensor t) {
  return (float *)(uintptr_t)t.data;
}

/* ---- text and checks ---- */

/* Tensors of more than IR_INLINE_MAX elements go to `blobs`, named blob_name in the text; with
 * blobs == NULL everything is inline. One graph has one text. */
enum { IR_INLINE_MAX = 16 };
void ir_print(const struct ir_graph *g, struct buf *text, struct buf *blobs, const char *blob_name);

/* Inverse of ir_print: ir_print(ir_parse(t)) == t. Blob files are looked for in the folder of
 * `path` and may not leave it. NULL: told. */
struct ir_graph *ir_parse(struct arena *a, struct diag *d, const char *path, const char *text,
                          size_t len);

/* False: told by diag_error at the node's location, naming the invariant. */
bool ir_verify(const struct ir_graph *g, struct diag *d);

#endif
