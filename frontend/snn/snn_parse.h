/* frontend/snn/snn_parse.h -- the tree of a .snn file, and what scanner and grammar call to make
 * it.
 *
 * Everything lives in comp->arena. What is wrong is told and counted in `is_bad`; the tree is then
 * whole as far as it goes. */
#ifndef FRONTEND_SNN_SNN_PARSE_H
#define FRONTEND_SNN_SNN_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/base/diag.h"

struct comp;
struct snn_quantity;

struct snn_list {
  void **v;
  size_t n, cap;
};

struct snn_name {
  const char *text;
  struct loc loc;
  bool is_quoted;
};

enum snn_expr_kind {
  SNN_E_NUMBER, /* number, with unit where unit is not NULL */
  SNN_E_WORD,
  SNN_E_TEXT,
  SNN_E_CALL, /* text(items) */
  SNN_E_PART, /* text[items] */
  SNN_E_LIST, /* [items]     */
  SNN_E_PATH, /* a -> b      */
  SNN_E_RANGE,
  SNN_E_ADD,
  SNN_E_SUB,
  SNN_E_MUL,
  SNN_E_DIV,
  SNN_E_NEGATE
};

struct snn_expr {
  enum snn_expr_kind kind;
  struct loc loc;
  const char *text; /* a number as it is written, a word, a text */
  double number;
  const char *unit;
  const struct snn_quantity *value; /* of a param, once it is computed */
  const struct snn_expr *a, *b;
  const struct snn_list *items; /* of struct snn_expr */
  unsigned depth;               /* of the tree below: bounds recursion */
};

/* name value, value { attributes } */
struct snn_attr {
  struct snn_name name;
  const struct snn_list *values; /* of struct snn_expr */
  const struct snn_list *attrs;  /* of struct snn_attr */
};

enum snn_stmt_kind {
  SNN_S_PARAM,
  SNN_S_INCLUDE,
  SNN_S_NETWORK,
  SNN_S_LAYER,
  SNN_S_CONNECT,
  SNN_S_BLOCK
};

struct snn_stmt {
  enum snn_stmt_kind kind;
  struct snn_name keyword;        /* of a layer or block                       */
  struct snn_name name;           /* connect: where from; include: the file    */
  struct snn_name target;         /* connect: where to; network: the model     */
  const struct snn_list *sizes;   /* of struct snn_expr; NULL: none            */
  const struct snn_list *sources; /* of struct snn_name                        */
  const struct snn_list *attrs;   /* of struct snn_attr                        */
  const struct snn_list *body;    /* network: of struct snn_stmt               */
  const struct snn_expr *value;   /* param                                     */
};

/* One file on its way into a tree. */
struct snn_parse {
  struct comp *c;
  const char *path;
  uint32_t line, col; /* of the next word, from 1 */
  bool is_bad;
  bool is_cut; /* a text without end: what follows is not what it seems */
  size_t n_errors;
  struct loc last; /* of the last error */
  struct snn_list *statements;
};

/* ---- snn_parse.c ---- */

/* The statements of a text; false: told, and is_bad is set. */
bool snn_parse_text(struct snn_parse *p, const char *text, size_t len);

/* Tells an error of the text; false. */
bool snn_wrong(struct snn_parse *p, struct loc loc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The scanner stops for good. */
_Noreturn void snn_fatal(struct snn_parse *p, const char *text);

/* ---- snn_tree.c: for the scanner ---- */

void snn_advance(struct snn_parse *p, struct loc *loc, size_t len);
void snn_new_line(struct snn_parse *p);
struct snn_name snn_word(struct snn_parse *p, struct loc loc, const char *text);
struct snn_name snn_text(struct snn_parse *p, struct loc loc, const char *quoted);
struct snn_name snn_open_text(struct snn_parse *p, struct loc loc, const char *text);
struct snn_expr *snn_number(struct snn_parse *p, struct loc loc, const char *text);
void snn_strange_byte(struct snn_parse *p, struct loc loc, const char *text);
void *snn_alloc(struct snn_parse *p, size_t size);
void *snn_realloc(struct snn_parse *p, void *old, size_t size);

/* ---- snn_tree.c: for the grammar ---- */

struct loc snn_span(const struct loc *from, const struct loc *to);
void snn_unexpected(struct snn_parse *p, struct loc loc, const char *found,
                    const char *const *wanted, size_t n);
void snn_too_deep(struct snn_parse *p, const struct loc *loc);
void snn_stray_brace(struct snn_parse *p, struct loc loc);
void snn_seed_in_parentheses(struct snn_parse *p, struct loc loc);
void snn_sizes_in_parentheses(struct snn_parse *p, struct loc loc);

struct snn_list *snn_list_new(struct snn_parse *p);
struct snn_list *snn_list_add(struct snn_parse *p, struct snn_list *list, void *item);
struct snn_name *snn_keep(struct snn_parse *p, struct snn_name name);
struct snn_attr *snn_attribute(struct snn_parse *p, struct snn_name name, struct snn_list *values,
                               struct snn_list *attrs);
struct snn_stmt *snn_param(struct snn_parse *p, struct snn_name name, struct snn_expr *value);
struct snn_stmt *snn_include(struct snn_parse *p, struct snn_name file);
struct snn_stmt *snn_network(struct snn_parse *p, struct snn_name name, struct snn_list *body);
struct snn_stmt *snn_network_of(struct snn_parse *p, struct snn_name name, struct snn_name format,
                                struct snn_name file, struct snn_list *body);
struct snn_stmt *snn_connect(struct snn_parse *p, struct loc loc, struct snn_name from,
                             struct snn_name to, struct snn_list *attrs);
struct snn_stmt *snn_layer(struct snn_parse *p, struct snn_name keyword, struct snn_stmt head,
                           struct snn_list *attrs);
struct snn_stmt *snn_block(struct snn_parse *p, struct snn_name keyword, struct snn_list *attrs);

struct snn_expr *snn_with_unit(struct snn_parse *p, struct snn_expr *number, struct snn_name unit);
struct snn_expr *snn_name_expr(struct snn_parse *p, struct snn_name name);
struct snn_expr *snn_call(struct snn_parse *p, enum snn_expr_kind kind, struct snn_name name,
                          struct snn_list *items);
struct snn_expr *snn_list_expr(struct snn_parse *p, struct loc loc, struct snn_list *items);
struct snn_expr *snn_path(struct snn_parse *p, struct snn_name from, struct snn_name to);
struct snn_expr *snn_negate(struct snn_parse *p, struct loc loc, struct snn_expr *a);
struct snn_expr *snn_binary(struct snn_parse *p, enum snn_expr_kind kind, struct snn_expr *a,
                            struct snn_expr *b);

/* The names of known units, for messages. */
extern const char snn_units[];
bool snn_is_unit(const char *text);

#endif
