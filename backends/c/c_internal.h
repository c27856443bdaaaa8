/* backends/c/c_internal.h -- one C output: the plan, its names, and what writes which part. */
#ifndef BACKENDS_C_C_INTERNAL_H
#define BACKENDS_C_C_INTERNAL_H

#include <stdbool.h>
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

/* What --target says. */
struct c_target {
  const char *title;     /* "Cortex-M4"                                           */
  const char *compilers; /* that the bound of the stack was measured with         */
  size_t stack_bytes;    /* the bound                                             */
  const char *build;     /* format: what makes a program of main.c and %s         */
  const char *port;      /* folder of runtime/port with the start-up; NULL: none  */
};
const struct c_target *c_target(const struct c_output *o);
bool c_is_avr(const struct c_output *o);
/* False: told that the network does not fit the target, or an option about it is wrong. */
bool c_check_target(const struct c_output *o);

/* Plan and names of the output; files and functions are named after `stem`, functions after --name
 * if that is given. False: told. */
bool c_begin(struct c_output *o, struct comp *c, const struct ir_graph *g, const char *stem);
/* The texts of net.c and net.h. */
void c_write(const struct c_output *o, struct buf *source, struct buf *header);

/* What becomes of the class of the sample that an example holds. */
enum c_main {
  C_MAIN_PRINTS, /* main prints it                                                */
  C_MAIN_BARE,   /* main returns it, and leaves it in a variable                  */
  C_MAIN_SERIAL, /* main sends it over the serial port of an AVR                  */
  C_MAIN_APP,    /* app_main prints it                                            */
  C_MAIN_SKETCH  /* setup and loop of a sketch, which send it over the serial port */
};
/* What the target has without anybody's framework. */
enum c_main c_main_of_target(const struct c_output *o);
/* The text of the example `file`; `build` says how it is built, "" where a package knows. */
void c_write_main(const struct c_output *o, enum c_main kind, const char *file, const char *build,
                  struct buf *text);

/* --main: main.c and what it needs beside `path`. False: told. */
bool c_emit_main(const struct c_output *o, const char *path);
/* The text of a file of runtime/, by the end of its path. */
const char *c_runtime_text(const struct c_output *o, const char *name);

/* The C type of numbers. */
const char *c_type(enum ir_dtype dtype);
/* The whole of net.h. */
void c_write_header(const struct c_output *o, struct emit *e);
/* Head comment, kernels, and the tables of every layer. */
void c_write_tables(const struct c_output *o, struct emit *e);
/* The functions of the API. */
void c_write_functions(const struct c_output *o, struct emit *e);

/* The name of the kernel that op i calls: that of another width has its own. */
const char *c_kernel_name(const struct c_output *o, size_t i);
/* The text of the kernels that the plan calls, with what they include, each once; or, for an
 * installed runtime, the includes. `extra` are headers that the functions call besides. */
void c_write_kernels(const struct c_output *o, struct emit *e, const char *const *extra,
                     size_t n_extra);

#endif
