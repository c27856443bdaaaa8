/* backends/host/run_record_internal.h -- what is recorded of each population, in each file. */
#ifndef BACKENDS_HOST_RUN_RECORD_INTERNAL_H
#define BACKENDS_HOST_RUN_RECORD_INTERNAL_H

#include "backends/host/run_record.h"
#include "ir/base/buf.h"

/* Neurons first .. first + n - 1 in steps 0, every, 2 every..; every 0: nothing. */
struct part {
  size_t first, n, every;
};

/* A population in a file. */
struct track {
  const struct sync_population *p;
  size_t words, columns; /* of one bitmap; of a row of spikes */
  struct part spikes_of, membrane_of;
  struct buf spikes;   /* rows of i32 */
  struct buf membrane; /* rows of f32 */
};

struct record_file {
  const char *path;
  bool is_csv;
  struct track *track; /* of each population */
  struct record_file *next;
};

struct run_record {
  struct comp *comp;
  const struct sync *sync;
  size_t n, steps, done; /* populations; steps in all, and recorded */
  struct record_file *files;
};

/* The file of that name, a new one if there is none. NULL: told that it is no name of a record. */
struct record_file *run_record_file(struct run_record *r, const char *path);
/* False: told that the population has none. */
bool run_record_membrane(const struct run_record *r, struct track *t, struct part part,
                         const char *asked_by);
/* run_record_block.c: what the text of a network's record block asks for. False: told. */
bool run_record_block(struct run_record *r, const char *text);

#endif
