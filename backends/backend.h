/* backends/backend.h -- output formats: what the ending of -o chooses. */
#ifndef BACKENDS_BACKEND_H
#define BACKENDS_BACKEND_H

#include <stdbool.h>

struct comp;
struct ir_graph;

struct backend {
  const char *ending; /* ".c" */
  bool is_spiking; /* wants PIPELINE_SPIKING; else the graph as read, or as far as --stop-after */
  bool (*emit)(struct comp *c, const struct ir_graph *g, const char *path); /* false: told */
  const char *summary;
};

/* The backend for a path, or for the folder of --package; NULL: told, with what would be right. */
const struct backend *backend_for(struct comp *c, const char *path);

/* The commands that run in this process; snncc.c runs the passes. `analog` is the graph after
 * PIPELINE_ANALOG, `spiking` the one that PIPELINE_SPIKING went on to make from it.
 *
 * eval: reads --data (and --labels) itself and tells accuracy, operations and time; spiking is NULL
 * with --steps 0, where only the ANN runs. Exit code. */
int host_eval(struct comp *c, const struct ir_graph *analog, const struct ir_graph *spiking);

/* inspect: the table of layers; `read` is the model before any pass. Either of the others may be
 * NULL: an .ir of the spiking level has no analog graph, a network that cannot be converted (its
 * reasons were told as errors before) no spiking one. Exit code: 0 in both cases. */
int host_inspect(struct comp *c, const struct ir_graph *read, const struct ir_graph *analog,
                 const struct ir_graph *spiking);

/* run: simulates a synchronous network, tells its rates, and writes --record; of a CNN, `g` after
 * PIPELINE_SPIKING, it shows one sample. Exit code. */
int host_run(struct comp *c, const struct ir_graph *g);

/* plot: draws the files of opt->files, results of --json and at most one record of --record, into
 * the folder of -o. Exit code. */
int host_plot(struct comp *c);

#endif
