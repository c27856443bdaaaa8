/* ir/ir_internal.h -- the insides of a graph, and what the files of ir/ share. */
#ifndef IR_IR_INTERNAL_H
#define IR_IR_INTERNAL_H

#include "ir/ir.h"

struct ir_use;
struct map;

enum { IR_MAX_GRAPH_ATTRS = 8 };

/* Of one value: its uses, and those it makes of its operands. */
struct ir_links {
  struct ir_use *first;
  struct ir_use *operands; /* room for n_operands */
  size_t n_operands;
  bool is_released;     /* its operands do not count it as a user */
  uint32_t next_unused; /* while ir_release works                 */
};

struct ir_graph {
  struct arena *arena;
  const char *name;
  unsigned facts;
  struct ir_attr attr[IR_MAX_GRAPH_ATTRS]; /* in the order of ir_graph_spec */
  size_t n_attr;
  struct ir_node *nodes; /* nodes[0] is "none" */
  size_t n_nodes, cap;
  struct map *names;      /* name -> id; names of replaced nodes stay taken until ir_compact */
  bool are_names_stale;   /* a node has another name than the map says */
  struct ir_links *links; /* per id, see uses.c */
  size_t n_links;
};

/* ---- attribute lists, "kernel stride? pad?" ---- */

extern const char ir_graph_spec[]; /* of the graph header, without facts */
enum ir_attr_key ir_word_key(enum ir_word w);

/* Texts and lists copied; tensors keep their bytes. */
struct ir_attr ir_attr_copy(struct arena *a, struct ir_attr attr);
/* Puts attr at its place in v, which has room. */
void ir_attr_insert(struct ir_attr *v, size_t *n, const char *spec, struct ir_attr attr);

/* ---- graph ---- */

/* Appends *n as it is: nothing is copied, checked or linked. False: the name is taken. */
bool ir_push(struct ir_graph *g, const struct ir_node *n);
/* Enters the operands of a node into the lists of their uses, or takes them out; _all does so for
 * the whole graph anew. */
void ir_link_uses(struct ir_graph *g, ir_id id);
void ir_unlink_uses(struct ir_graph *g, ir_id id);
void ir_link_all_uses(struct ir_graph *g);
/* Id by name, or none. */
ir_id ir_find(const struct ir_graph *g, const char *name);
bool ir_is_projection(enum ir_op op);

/* Operand count against ops.def, ids against the graph. */
bool ir_check_operands(const struct ir_graph *g, struct diag *d, const struct ir_node *n);

/* ---- type inference ---- */

/* One node whose type is asked for. */
struct ir_infer {
  const struct ir_graph *g;
  struct diag *d;
  struct ir_node *n;
};

/* diag_error at the node, prefixed with its op, and its name where its loc has none. False. */
bool ir_fail(const struct ir_infer *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const struct ir_type *ir_operand_type(const struct ir_infer *f, size_t k);
/* Type as text, for messages. */
const char *ir_show(const struct ir_infer *f, const struct ir_type *t);

/* The rules: analog ops and those of both levels; it hands the rest to the spiking ones. */
bool ir_infer_analog(const struct ir_infer *f);
bool ir_infer_spiking(const struct ir_infer *f);
/* Ops that move elements, in infer_shape.c. */
bool ir_infer_reshape(const struct ir_infer *f);
bool ir_infer_transpose(const struct ir_infer *f);
bool ir_infer_concat(const struct ir_infer *f);
bool ir_infer_padding(const struct ir_infer *f);
bool ir_infer_slice(const struct ir_infer *f);
bool ir_infer_gather(const struct ir_infer *f);
bool ir_infer_gather_elements(const struct ir_infer *f);
bool ir_infer_gather_nd(const struct ir_infer *f);
bool ir_infer_cast(const struct ir_infer *f);
/* No operand is a signal. */
bool ir_want_numbers(const struct ir_infer *f);
/* The attribute axis is one of t's. */
bool ir_check_axis(const struct ir_infer *f, const struct ir_type *t);
/* Type as text, appended. */
void ir_type_put(struct buf *b, const struct ir_type *t);

/* Result sizes of a window over dims[0 .. n_axes-1]; checks every number of the window. */
bool ir_infer_window(const struct ir_infer *f, const int64_t *dims, size_t n_axes, int64_t *out);
/* Count of the elements, or -1 when a dim is below 1 or there are more than 2^31 - 1. */
int64_t ir_count_checked(const struct ir_type *t);

#endif
