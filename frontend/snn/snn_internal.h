/* frontend/snn/snn_internal.h -- from the tree of a .snn file to a graph: what its files share.
 *
 * Functions that give bool have told what is wrong when they give false; statements are built one
 * after the other, also behind one that failed, so that a file shows all its errors. */
#ifndef FRONTEND_SNN_SNN_INTERNAL_H
#define FRONTEND_SNN_SNN_INTERNAL_H

#include "frontend/snn/snn_parse.h"
#include "ir/base/file.h"
#include "ir/ir.h"

struct map;
struct options;

/* A number with its dimension: the exponents of time (s), voltage (V), conductance (S) and steps.
 */
struct snn_quantity {
  double v;
  signed char time, voltage, conductance, steps;
};

/* The first voltage of a population without a unit, and the first with one. */
struct snn_scale {
  const char *what[2]; /* NULL: none so far */
  uint32_t line[2];
};

/* What a name stands for. */
struct snn_symbol {
  const struct snn_stmt *stmt; /* where it was given */
  enum { SNN_IS_VALUE, SNN_IS_NEURON, SNN_IS_POPULATION, SNN_IS_BROKEN } kind;
  ir_id id;                /* value: its node; population: its node */
  struct ir_type type;     /* population                            */
  struct snn_list *drive;  /* population: what flows into it, as ir_id */
  enum ir_word model;      /* population */
  struct snn_scale *scale; /* population; NULL: its model counts in mV */
};

struct snn_build {
  struct snn_parse parse; /* for messages, and the file being built */
  struct comp *c;
  struct options *opt; /* those of comp, and what convert blocks give */
  const struct snn_stmt *network;
  struct ir_graph *g;
  struct map *param_index, *symbol_index, *const_index;
  struct snn_list *params;      /* of struct snn_expr: a number, word or text */
  struct snn_list *symbols;     /* of struct snn_symbol */
  struct snn_list *connections; /* of struct snn_stmt, until all populations are known */
  double dt;                    /* s; 0: not given */
  struct snn_scale *scale;      /* of the voltages being read; NULL: units are not compared */
  int64_t seed;
  size_t left_bytes; /* what tensors may still take */
};

/* More are not shown. */
enum { SNN_MAX_ERRORS = 20 };

/* Tells an error of the network; false. */
#define snn_fail(b, ...) snn_wrong(&(b)->parse, __VA_ARGS__)

/* ---- snn_eval.c: constant expressions ---- */

/* A word that is a param becomes its value, all else itself. */
const struct snn_expr *snn_resolve(struct snn_build *b, const struct snn_expr *e);
bool snn_quantity_of(struct snn_build *b, const struct snn_expr *e, struct snn_quantity *q);
/* `what` is wanted, for messages. */
bool snn_plain(struct snn_build *b, const struct snn_expr *e, const char *what, double *v);
bool snn_integer(struct snn_build *b, const struct snn_expr *e, const char *what, int64_t *v);
/* A time in steps of the network. */
bool snn_time(struct snn_build *b, const struct snn_expr *e, const char *what, double *steps);
/* A voltage in mV, or a number without unit. */
bool snn_voltage(struct snn_build *b, const struct snn_expr *e, const char *what, double *mv);
/* A rate in events per step, or a number without unit. */
bool snn_rate(struct snn_build *b, const struct snn_expr *e, const char *what, double *rate);
/* A conductance in nS, or a number without unit: relative to the leak. */
bool snn_conductance(struct snn_build *b, const struct snn_expr *e, const char *what, double *v);
typedef bool snn_measure_fn(struct snn_build *b, const struct snn_expr *e, const char *what,
                            double *v);
/* The word itself; NULL: told. */
const char *snn_word_of(struct snn_build *b, const struct snn_expr *e, const char *what);
const char *snn_text_of(struct snn_build *b, const struct snn_expr *e, const char *what);
bool snn_define_param(struct snn_build *b, const struct snn_stmt *s);

/* ---- snn_attrs.c: attributes of a statement ---- */

/* NULL: absent. */
const struct snn_attr *snn_attr_find(const struct snn_list *attrs, const char *name);
/* Every attribute is one of the blank-separated `known` and given once, and has at least one value
 * where it has no block. `what` has them. */
bool snn_check_attrs(struct snn_build *b, const struct snn_list *attrs, const char *what,
                     const char *known);
/* The only value; NULL: told. */
const struct snn_expr *snn_single(struct snn_build *b, const struct snn_attr *attr);
/* The name in the list that is nearest to `word`, as "; did you mean x?", or "". */
const char *snn_did_you_mean(struct snn_build *b, const char *word, const char *known);
/* An attribute of the IR; n_axes spatial axes, for windows. */
bool snn_ir_attr(struct snn_build *b, const struct snn_attr *attr, enum ir_attr_key key,
                 size_t n_axes, struct ir_attr *out);

/* ---- snn_tensor.c: weights ---- */

/* Shape that is wanted, if known (rank 0: no), and sizes for glorot. */
struct snn_shape {
  struct ir_type type;
  bool is_known;
  double fan_in, fan_out;
  uint64_t stream; /* random numbers: one of its own for each tensor */
};
/* uniform, normal or glorot. */
bool snn_is_initializer(const struct snn_expr *e);
/* Numbers of an attribute: a file, a list, a number or an initializer. `measure` reads elements of
 * lists; NULL: plain numbers. *key is the name that the file has for it, else NULL. */
bool snn_tensor(struct snn_build *b, const struct snn_attr *attr, struct snn_shape shape,
                snn_measure_fn *measure, struct ir_tensor *out, const char **key);
/* New tensor of zeros, charged against --max-memory. */
bool snn_new_tensor(struct snn_build *b, struct loc loc, struct ir_type type,
                    struct ir_tensor *out);
/* Random numbers: uniform in [0, 1), the n-th of a stream. */
double snn_random(uint64_t stream, uint64_t n);
uint64_t snn_stream(struct snn_build *b, const char *name, int64_t seed);

/* ---- names ---- */

/* NULL: told. */
const struct snn_symbol *snn_find(struct snn_build *b, const struct snn_name *name);
/* The value that a name stands for; none: told, or a message was given where it was defined. */
ir_id snn_value(struct snn_build *b, const struct snn_name *name);
bool snn_define(struct snn_build *b, const struct snn_stmt *s, struct snn_symbol symbol);

/* ---- the families ---- */

/* A layer, or any other op of the IR by its name. */
void snn_build_layer(struct snn_build *b, const struct snn_stmt *s);
void snn_build_block(struct snn_build *b, const struct snn_stmt *s);
/* Options of the command line. */
bool snn_convert(struct snn_build *b, const struct snn_list *attrs);
/* neuron and population; false: another statement. */
bool snn_build_population(struct snn_build *b, const struct snn_stmt *s);
/* The value of a name as a signal: an input becomes a current, for `target`. None: told. */
ir_id snn_signal(struct snn_build *b, const struct snn_name *name, const char *target, bool is_map);
void snn_build_connect(struct snn_build *b, const struct snn_stmt *s);
/* Connections become projections, once all populations are there. */
void snn_finish_populations(struct snn_build *b);
/* protocol and record. */
void snn_build_experiment(struct snn_build *b, const struct snn_stmt *s);

#endif
