/* backends/backend.h -- output formats: what the ending of -o chooses. */
#ifndef BACKENDS_BACKEND_H
#define BACKENDS_BACKEND_H

#include <stdbool.h>

struct comp;
struct ir_graph;

struct backend {
  const char *ending; /* ".c" */
  bool is_spiking;    /* wants PIPELINE_SPIKING; else the graph as read, or as far as --stop-after */
  bool (*emit)(struct comp *c, const struct ir_graph *g, const char *path); /* false: told */
  const char *summary;
};

/* The backend for a path; NULL: told, with the known endings. */
const struct backend *backend_for(struct comp *c, const char *path);

/* The commands that run in this process. Exit code. */
int host_eval(struct comp *c);
int host_inspect(struct comp *c);

#endif
