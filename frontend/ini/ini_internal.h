/* frontend/ini/ini_internal.h -- entries of an INI file, and Python literals in their values. */
#ifndef FRONTEND_INI_INI_INTERNAL_H
#define FRONTEND_INI_INI_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/base/diag.h"

struct arena;

struct ini_entry {
  const char *section;
  const char *key;   /* lower case */
  const char *value; /* lines joined by newlines, no blanks at either end; %(key)s is replaced */
  struct loc section_at, key_at, value_at;
};

struct ini_file {
  struct ini_entry *entry;
  size_t n;
};

/* Splits text[0..len) of `path` into entries, in their order. %(path_wd)s is "." where the file
 * does not set it. False: told. */
bool ini_parse(struct arena *a, struct diag *d, const char *path, struct ini_file *file,
               const char *text, size_t len);

/* What ini_literal finds. */
struct ini_literal {
  char open;            /* '[', '(' or '{'; 0: a number, string, True, False or None */
  size_t n;             /* items between the brackets: of a dict, its keys */
  const double *number; /* [n] the items as numbers; NULL where one is none */
};

/* Reads text as a Python literal: None, True, False, numbers, strings, and lists, tuples, sets and
 * dicts of them, up to 16 deep. False, telling nothing: it is none. */
bool ini_literal(struct arena *a, const char *text, struct ini_literal *out);

#endif
