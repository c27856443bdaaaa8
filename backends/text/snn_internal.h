/* backends/text/snn_internal.h -- what the files that print networks share. */
#ifndef BACKENDS_TEXT_SNN_INTERNAL_H
#define BACKENDS_TEXT_SNN_INTERNAL_H

#include "backends/text/snn_text.h"
#include "ir/ir.h"

struct comp;
struct map;
struct npz;

struct snn_printer {
  struct comp *c;
  const struct ir_graph *g;
  struct buf *text;
  struct npz *npz; /* NULL: everything stands in the text */
  uint64_t npz_bytes;
  const char *npz_name;
  struct map *keys; /* of the npz */
  uint32_t *uses;
  bool *is_folded;    /* by id: a constant or relu that stands in its layer's statement */
  bool *is_activated; /* by id: a layer with such a relu */
};

static inline const struct ir_node *snn_node(const struct snn_printer *p, size_t i) {
  return ir_node(p->g, ir_id_at(i));
}

/* `name`: what it is called in a file; is_small: it may stand in the text. */
void text_put_tensor(struct snn_printer *p, struct buf *b, const char *name,
                     const struct ir_tensor *t, bool is_small);
/* The value of an attribute of `node`, a blank before it. */
void text_put_value(struct snn_printer *p, struct buf *b, const char *node,
                    const struct ir_attr *a);
/* Sizes of the axes from `from` on, in brackets. */
void text_put_sizes(struct buf *b, const struct ir_type *t, size_t from);
/* " (a, b)", those that are wanted; what other statements call them. */
void text_put_sources(struct snn_printer *p, struct text_statement *s, const ir_id *in, size_t n);

/* Populations and what connects them, of a synchronous graph: is it one of them, and its statement.
 */
bool text_is_connected(const struct snn_printer *p, size_t i);
void text_put_population(struct snn_printer *p, const struct ir_node *n);
void text_put_connections(struct snn_printer *p);

#endif
