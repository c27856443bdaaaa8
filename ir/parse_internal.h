/* ir/parse_internal.h -- what the two halves of the parser share: nodes (parse.c) and the values of
 * attributes (parse_value.c). */
#ifndef IR_PARSE_INTERNAL_H
#define IR_PARSE_INTERNAL_H

#include "ir/base/file.h"
#include "ir/ir_internal.h"
#include "ir/lexer.h"

/* A list that doubles in the arena. */
struct parse_list {
  void *v;
  size_t n, cap;
};

struct parser {
  struct lexer x;
  struct ir_graph *g;
  struct parse_list forwards; /* struct forward */
  struct parse_list operands; /* ir_id, of the node at hand */
  struct parse_list ints;     /* int64_t, of the attribute at hand */
  struct parse_list locs;     /* struct loc of node i + 1, as the text gives it */
  const char *blob_name;      /* NULL: none was read yet */
  struct bytes blob;
  size_t blob_at; /* ranges ascend, so that each byte is checked once */
};

/* The next free element of a list. */
void *parse_list_add(struct arena *a, struct parse_list *l, size_t size);
enum { PARSE_MAX_NAMES = 128 };
_Static_assert((int)IR_N_ATTRS <= PARSE_MAX_NAMES && (int)IR_N_OPS <= PARSE_MAX_NAMES,
               "parse_one_of has room for the names");
/* Reads one of the names name_of(0) .. name_of(n - 1), n at most PARSE_MAX_NAMES; -1: told, with
 * the nearest. */
int parse_one_of(struct parser *p, const char *what, const char *(*name_of)(int), int n);
bool parse_type(struct parser *p, struct ir_type *t);
/* The value of a->key, whose kind says what is read. */
bool parse_value(struct parser *p, struct ir_attr *a);

#endif
