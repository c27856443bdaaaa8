/* ir/options.h -- the options of all commands: one table (options.def), one struct, one parser.
 *
 * --help, the man page and docs/CLI.md come from the table. A pass or backend reads its settings
 * from comp->opt and nowhere else. */
#ifndef IR_OPTIONS_H
#define IR_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ir/base/diag.h"

struct arena;

enum command { CMD_COMPILE, CMD_EVAL, CMD_INSPECT, CMD_RUN, CMD_PLOT, CMD_N };

enum normalize {
  NORMALIZE_PERCENTILE,
  NORMALIZE_MSE,
  NORMALIZE_MAX,
  NORMALIZE_WEIGHTS,
  NORMALIZE_NONE
};
enum switched { SWITCHED_OFF, SWITCHED_ON };
enum scope { SCOPE_CHANNEL, SCOPE_LAYER };
enum input_layout { INPUT_LAYOUT_AUTO, INPUT_LAYOUT_CHW, INPUT_LAYOUT_HWC };
enum encode { ENCODE_CURRENT, ENCODE_POISSON, ENCODE_LATENCY, ENCODE_EVENTS };
enum readout { READOUT_MEMBRANE, READOUT_COUNT, READOUT_SOFTMAX };
enum neuron { NEURON_IF, NEURON_IF_SIGNED, NEURON_IF_ONLINE };
enum reset { RESET_SUBTRACT, RESET_ZERO, RESET_MODULO };
enum maxpool { MAXPOOL_GATE, MAXPOOL_AVERAGE, MAXPOOL_WINNER };
enum code { CODE_RATE, CODE_TTFS, CODE_TTFS_DYN, CODE_PATTERN };
enum correct { CORRECT_NONE, CORRECT_BIAS };
enum quantize { QUANTIZE_FLOAT, QUANTIZE_INT16, QUANTIZE_INT8 };
enum machine {
  TARGET_HOST,
  TARGET_CORTEX_M0,
  TARGET_CORTEX_M3,
  TARGET_CORTEX_M4,
  TARGET_RV32,
  TARGET_AVR,
  TARGET_N
};
enum package {
  PACKAGE_NONE,
  PACKAGE_CMAKE,
  PACKAGE_ZEPHYR,
  PACKAGE_PLATFORMIO,
  PACKAGE_ARDUINO,
  PACKAGE_ESP_IDF,
  PACKAGE_N
};
enum runtime { RUNTIME_EMBED, RUNTIME_EXTERNAL };
enum preset { PRESET_NONE, PRESET_SNNTOOLBOX };
enum pool_threshold { POOL_THRESHOLD_OWN, POOL_THRESHOLD_SOURCE };
enum list { LIST_NONE, LIST_PASSES, LIST_OPS };

/* One number for all channels, or one per channel; n = 0: not given. */
struct number_list {
  const double *v;
  size_t n;
};
static inline double number_list_at(struct number_list list, size_t channel, double otherwise) {
  return list.n ? list.v[channel % list.n] : otherwise;
}

/* Who says what an option is; a later one beats those before. */
enum option_source {
  OPTION_BY_TABLE,
  OPTION_BY_OTHER, /* another option means nothing else */
  OPTION_BY_PRESET,
  OPTION_BY_CONFIG,
  OPTION_BY_USER
};

/* A value that somebody has given, and where it stands. */
struct option_given {
  enum option_source by;
  const char *name; /* without its dashes */
  const char *text;
  struct loc loc;
};

/* A number that is to be found. */
#define OPTION_AUTO (-1.0)

struct options {
  enum command command;
  const char *model;        /* the file operand */
  const char *const *files; /* plot takes several: the first is `model` too */
  size_t n_files;
  const char *out; /* -o */

  const char *data, *labels;
  int64_t skip, limit; /* limit < 0: all */
  const char *calib;
  int64_t calib_limit;

  double input_scale; /* 0: by the data's type */
  struct number_list input_mean, input_std;
  enum input_layout input_layout;
  int64_t input_pad;

  enum normalize normalize;
  double percentile;
  enum switched percentile_schedule;
  enum scope scope;
  double threshold; /* a factor; 0: none */
  int64_t steps;    /* 0 in eval: the ANN only */
  enum encode encode;
  int64_t seed, event_step;
  enum neuron neuron;
  enum reset reset;
  double leak;        /* as a part of the threshold */
  int64_t refractory; /* steps */
  double v_init;
  enum maxpool maxpool;
  enum pool_threshold pool_threshold;
  enum readout readout;
  enum correct correct;
  enum machine target;
  enum quantize quantize;
  const char *int16; /* --int16: names of layers with commas between */
  enum code code;
  double early_exit; /* 0: off */

  enum preset preset;
  const char *config;         /* --config FILE.ini */
  struct option_given *given; /* who gave what, by row of the table */

  const char *passes;     /* --passes a,b */
  const char *stop_after; /* --stop-after P */
  const char *dump_ir;    /* --dump-ir P|all */
  const char *dump_ir_dir;
  bool time_passes;

  int64_t jobs; /* 0: all cores */
  const char *json;
  bool explain;
  const char *record;
  const char *membranes; /* names with commas between */
  const char *name;      /* --name */
  enum runtime runtime;
  const char *weights_section; /* --weights-section */
  bool main;                   /* --main */
  enum package package;
  int64_t max_memory; /* 0: 64 MiB + 2 x file */
  bool verbose, quiet;

  bool help, version;
  enum list list;
};

/* False: told (exit code 2); an unknown option or value names the nearest known one. What is
 * missing is found by options_check, after --config has been read. */
bool options_parse(struct options *o, struct arena *a, struct diag *d, int argc, char **argv);

/* Sets option given->name, where the command has it and nobody of more weight has set it. False:
 * told, at given->loc. */
bool options_give(struct options *o, struct arena *a, struct diag *d,
                  const struct option_given *given);

/* What a command cannot do without. False: told. */
bool options_check(const struct options *o, struct diag *d);

/* The value of option `name`, which is of kind WORD. */
const char *options_word(const struct options *o, struct arena *a, const char *name);

/* Gives what --preset stands for and what options imply, where nobody of more weight has set it.
 * False: told. */
bool options_complete(struct options *o, struct arena *a, struct diag *d);

/* A network's convert block: the names it may have, blanks between; whether the value is a file;
 * what is given by anyone, in the order of the table: NULL behind the last. */
const char *options_convert_names(struct arena *a);
bool options_is_file(const char *name);
const struct option_given *options_next_given(const struct options *o, size_t *at);
/* Options of a compilation that may be given more. */
struct options *options_copy(struct arena *a, const struct options *o);

/* Whether anybody says what option `name` is; else it has the default of the table. */
bool options_is_given(const struct options *o, const char *name);

/* What `by` has set: "--scope layer --v-init 0"; "" for nothing. */
const char *options_given_by(const struct options *o, struct arena *a, enum option_source by);

/* Usage of all commands and the options of `cmd`. */
void options_help(FILE *f, enum command cmd);

/* What an input of len bytes may take: --max-memory, or 64 MiB + 2 x len. */
size_t options_max_memory(const struct options *o, size_t len);

#endif
