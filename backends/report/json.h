/* backends/report/json.h -- the result of a command for machines. */
#ifndef BACKENDS_REPORT_JSON_H
#define BACKENDS_REPORT_JSON_H

#include <stdbool.h>

struct cJSON;
struct comp;

/* Writes `o` to the file of --json, as an output of comp->outputs. False: told. */
bool report_write_json(struct comp *c, const struct cJSON *o);

#endif
