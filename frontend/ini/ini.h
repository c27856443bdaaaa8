/* frontend/ini/ini.h -- configuration files of snn_toolbox (--config FILE.ini) to options.
 *
 * Read as Python's configparser reads them: [section], key = value or key: value, comment lines
 * with # or ;, deeper indented lines that go on with a value, %(key)s, keys in any case. Every key
 * of snn_toolbox 0.6 is known (keys.def). One that has a meaning here sets an option, as if it
 * stood on the command line in front of what is written there; one that has none is named in a
 * note; one whose value would give other results is refused. */
#ifndef FRONTEND_INI_INI_H
#define FRONTEND_INI_INI_H

#include <stdbool.h>
#include <stddef.h>

struct comp;
struct options;

/* Reads o->config into *o: model, samples and options. False: told, with line and column; *o may
 * hold a part then. */
bool ini_read(struct comp *c, struct options *o);

/* The same from text[0..len), which outlives the compilation; `path` is for messages and names the
 * folder that relative paths start from. */
bool ini_read_text(struct comp *c, struct options *o, const char *path, const char *text,
                   size_t len);

#endif
