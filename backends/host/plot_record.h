/* backends/host/plot_record.h -- reads what backends/host/record.c wrote. */
#ifndef BACKENDS_HOST_PLOT_RECORD_H
#define BACKENDS_HOST_PLOT_RECORD_H

#include <stdbool.h>
#include <stddef.h>

struct chart_layer;
struct comp;

/* At least one layer. False: told. */
bool plot_read_record(struct comp *c, const char *path, struct chart_layer **layers, size_t *n);

#endif
