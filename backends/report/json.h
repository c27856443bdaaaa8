/* backends/report/json.h -- the result of a command for machines.
 *
 * cJSON takes its memory from the compilation's arena: nothing of a result is freed, and where
 * memory runs out the compilation unwinds, instead of a field that is missing. */
#ifndef BACKENDS_REPORT_JSON_H
#define BACKENDS_REPORT_JSON_H

#include <stdbool.h>

struct cJSON;
struct comp;

/* An empty object. */
struct cJSON *report_json_new(struct comp *c);

/* Adds a number; null where it is not finite, which JSON has no word for. */
void report_json_number(struct cJSON *o, const char *name, double x);

/* What a file holds, at most --max-memory long. NULL: told. */
struct cJSON *report_json_read(struct comp *c, const char *path);

/* Writes `o` to the file of --json, as an output of comp->outputs. False: told. */
bool report_write_json(struct comp *c, const struct cJSON *o);

#endif
