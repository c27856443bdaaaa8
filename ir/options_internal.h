/* ir/options_internal.h -- options.def as a table, for the parser and the help. */
#ifndef IR_OPTIONS_INTERNAL_H
#define IR_OPTIONS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "ir/options.h"

enum option_kind {
  OPTION_IS_GROUP,
  OPTION_IS_FLAG,
  OPTION_IS_TEXT,
  OPTION_IS_INT,
  OPTION_IS_NUMBER,
  OPTION_IS_LIST,
  OPTION_IS_WORD,
  OPTION_IS_ONLY,
  OPTION_IS_SIZE,
  OPTION_IS_LISTING
};

/* A row of options.def. */
struct option {
  const char *name; /* of a group: its title */
  char letter;      /* 0: no short form */
  enum option_kind kind;
  const char *commands, *values, *preset;
  size_t at;          /* offset in struct options */
  double least, most; /* of a group: least is 1 where convert blocks have it */
  const char *help;
};

#define OPTION_GROUP(...) +1
#define OPTION(...)       +1
enum {
  N_OPTIONS = 0
#include "ir/options.def"
};
#undef OPTION
#undef OPTION_GROUP

extern const struct option options_table[N_OPTIONS];

struct option_command {
  const char *word; /* NULL: compiling, which has no word */
  char letter;      /* in options.def */
  const char *form, *does;
};
extern const struct option_command options_commands[CMD_N];

static inline bool options_is_of(const struct option *opt, enum command cmd) {
  for (const char *c = opt->commands; *c && opt->kind != OPTION_IS_GROUP; c++)
    if (*c == options_commands[cmd].letter)
      return true;
  return false;
}

#endif
