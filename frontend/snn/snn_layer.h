/* frontend/snn/snn_layer.h -- a layer being built: what the statement says, and what it becomes. */
#ifndef FRONTEND_SNN_SNN_LAYER_H
#define FRONTEND_SNN_SNN_LAYER_H

#include "frontend/snn/snn_internal.h"

enum { MAX_SOURCES = 1024, MAX_OPERANDS = 8, MAX_ATTRS = 16 };

struct snn_layer_build;

/* A keyword: the op it becomes, its attributes besides those of the op and its operands. */
struct snn_keyword {
  const char *word;
  enum ir_op op;
  const char *attrs;
  bool (*prepare)(struct snn_layer_build *l); /* NULL: nothing to do */
};

struct snn_layer_build {
  struct snn_build *b;
  const struct snn_stmt *s;
  const struct snn_keyword *k;
  const struct snn_list *attrs; /* those of the statement, or what prepare made of them */
  ir_id *in;                    /* room for more than its sources */
  size_t n_in;
  struct ir_attr attr[MAX_ATTRS];
  size_t n_attr;
  struct ir_type type; /* given, for ops that do not infer it */
  int64_t group;       /* 0: as the attribute says */
};

/* NULL: no such op. */
const struct snn_keyword *snn_keyword_find(struct snn_build *b, const char *word);
/* All of them, for messages. */
const char *snn_keyword_names(struct snn_build *b);
/* May it have sizes in brackets? */
bool snn_keyword_has_sizes(const struct snn_keyword *k);

/* Tells "keyword name: text"; false. */
bool snn_layer_fail(const struct snn_layer_build *l, const char *text);
const struct ir_type *snn_layer_type(const struct snn_layer_build *l, size_t k);
const struct snn_attr *snn_layer_find(const struct snn_layer_build *l, const char *name);
const char *snn_layer_part(const struct snn_layer_build *l, const char *part);
/* None: told. */
ir_id snn_append(struct snn_build *b, struct ir_node n);
/* The attribute under another name. */
void snn_add_renamed(struct snn_build *b, struct snn_list *to, const struct snn_attr *a,
                     const char *name);

#endif
