/* backends/c/c_internal.h -- one C output: the plan, its names, and what writes which part. */
#ifndef BACKENDS_C_C_INTERNAL_H
#define BACKENDS_C_C_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "backends/emit.h"
#include "ir/ir.h"

struct arena;
struct comp;
struct plan;

struct c_output {
  struct comp *comp;
  struct arena *arena;
  const struct plan *plan;
  const char *graph;         /* name of the network                                */
  const char *prefix;        /* "net": functions and types begin with it           */
  const char *upper;         /* "NET": macros                                      */
  const char *file, *header; /* "net.c", "net.h"                                   */
  const char **buffer;       /* members of net_state; of spikes, where they are    */
  const char **tensor;       /* constant tables                                    */
  const char **desc;         /* descriptors, one per op                            */
  const char *const *line;   /* line of IR of node id                              */
  const char *version;       /* first line of the IR: "ir 1"                       */
  size_t n_spiking_layers;
};

/* The C type of numbers. */
const char *c_type(enum ir_dtype dtype);
/* The whole of net.h. */
void c_write_header(const struct c_output *o, struct emit *e);
/* Head comment, kernels, and the tables of every layer. */
void c_write_tables(const struct c_output *o, struct emit *e);
/* The functions of the API. */
void c_write_functions(const struct c_output *o, struct emit *e);

/* The text of the kernels that the plan calls, with what they include, each once; or, for an
 * installed runtime, the includes. `extra` are headers that the functions call besides. */
void c_write_kernels(const struct c_output *o, struct emit *e, const char *const *extra,
                     size_t n_extra);

#endif
