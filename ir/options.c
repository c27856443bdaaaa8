/* ir/options.c -- the table of options.def, and its parser. */
#include "ir/options.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/options_internal.h"

#define AT(field)                       offsetof(struct options, field)
#define OPTION_GROUP(title, converts)   {title, 0, OPTION_IS_GROUP, "", "", "", 0, converts, 0, ""},
#define OPTION(name, letter, kind, ...) {name, letter, OPTION_IS_##kind, __VA_ARGS__},
const struct option options_table[N_OPTIONS] = {
#include "ir/options.def"
};
#undef OPTION
#undef OPTION_GROUP
#undef AT

/* WORD fields are enums; all of them are stored as unsigned. */
_Static_assert(sizeof(enum normalize) == sizeof(unsigned), "enums are stored as unsigned");

const struct option_command options_commands[CMD_N] = {
    [CMD_COMPILE] = {NULL, 'C', "snncc MODEL -o OUT [options]", "compile to spiking C"},
    [CMD_EVAL] = {"eval", 'E', "snncc eval MODEL --data X [--labels Y] [options]",
                  "accuracy of ANN and SNN, operations, time"},
    [CMD_INSPECT] = {"inspect", 'I', "snncc inspect FILE [options]",
                     "layers, shapes, sizes, costs"},
    [CMD_RUN] = {"run", 'R', "snncc run FILE [options]", "simulate it: populations, or a CNN"},
    [CMD_PLOT] = {"plot", 'P', "snncc plot FILE... [-o FOLDER]", "pictures of results and records"},
};

/* What the parser works on. */
struct parser {
  struct options *o;
  struct arena *arena;
  struct diag *diag;
  int argc;
  char **argv;
  int next; /* index in argv */
  const char **files;
  bool has_command;
};

static bool has_value(const struct option *opt) {
  return opt->kind != OPTION_IS_FLAG && opt->kind != OPTION_IS_LISTING;
}

/* ---- values ---- */

/* Index of the word text[0..len) in "a|b|c", or -1. */
static int find_word(const char *words, const char *text) {
  size_t len = strlen(text);
  int i = 0;

  for (const char *w = words;; i++) {
    size_t n = strcspn(w, "|");

    if (n == len && memcmp(w, text, n) == 0)
      return i;
    if (w[n] == 0)
      return -1;
    w += n + 1;
  }
}

/* Digits, then at most one of `units`, each 1024 times the one before. */
static bool parse_int(const char *text, const char *units, int64_t *v) {
  const char *unit;
  int64_t factor = 1;
  char *end;

  errno = 0;
  *v = strtoll(text, &end, 10);
  if (end == text || errno != 0)
    return false;
  unit = *end ? strchr(units, *end) : NULL;
  for (const char *u = units; unit && u <= unit; u++)
    factor *= 1024;
  if (*v > INT64_MAX / factor || *v < INT64_MIN / factor)
    return false;
  *v *= factor;
  return end[unit != NULL] == 0;
}

/* A number or a fraction, which ends at a comma or at the end. */
static bool parse_number(const char *text, const char **rest, double *v) {
  char *end;

  *v = strtod(text, &end);
  if (end != text && *end == '/') {
    const char *below = end + 1;

    *v /= strtod(below, &end);
    if (end == below)
      return false;
  }
  *rest = end;
  return end != text && (*end == 0 || *end == ',') && isfinite(*v);
}

static bool parse_list(struct arena *a, const struct option *opt, const char *text,
                       struct number_list *list) {
  size_t n = 1;
  double *v;

  for (const char *c = text; *c; c++)
    n += *c == ',';
  v = ARENA_NEW(a, double, n);
  for (size_t i = 0; i < n; i++, text++)
    if (!parse_number(text, &text, &v[i]) || v[i] < opt->least || v[i] > opt->most)
      return false;
  *list = (struct number_list){v, n};
  return true;
}

static bool parse_one_number(const struct option *opt, const char *text, double *v) {
  const char *rest;

  if (strcmp(text, "auto") == 0 && strstr(opt->values, "|auto")) {
    *v = OPTION_AUTO;
    return true;
  }
  return parse_number(text, &rest, v) && *rest == 0 && *v >= opt->least && *v <= opt->most;
}

/* Sets the option's field; false, changing nothing, when the text is not a value of it. */
static bool set_value(struct options *o, struct arena *a, const struct option *opt,
                      const char *text) {
  void *field = (char *)o + opt->at;
  int word;
  int64_t i;
  double x;

  switch (opt->kind) {
  case OPTION_IS_TEXT:
    *(const char **)field = text;
    return *text != 0;
  case OPTION_IS_INT:
  case OPTION_IS_SIZE:
    if (!parse_int(text, opt->kind == OPTION_IS_SIZE ? "KMG" : "", &i) || (double)i < opt->least ||
        (double)i > opt->most)
      return false;
    *(int64_t *)field = i;
    return true;
  case OPTION_IS_NUMBER:
    if (!parse_one_number(opt, text, &x))
      return false;
    *(double *)field = x;
    return true;
  case OPTION_IS_LIST:
    return parse_list(a, opt, text, field);
  case OPTION_IS_WORD:
    word = find_word(opt->values, text);
    if (word >= 0)
      *(unsigned *)field = (unsigned)word;
    return word >= 0;
  case OPTION_IS_ONLY:
    return find_word(opt->values, text) >= 0;
  case OPTION_IS_FLAG:
    *(bool *)field = true;
    return true;
  case OPTION_IS_LISTING:
    *(unsigned *)field = (unsigned)opt->least;
    return true;
  case OPTION_IS_GROUP:
    break;
  }
  return false;
}

/* What set_value takes, for messages. */
static const char *allowed(const struct options *o, struct arena *a, const struct option *opt) {
  /* options_check has a word to say about 0 steps */
  bool is_above_0 = opt->at == offsetof(struct options, steps) && o->command != CMD_EVAL;
  double least = is_above_0 ? 1 : opt->least;
  const char *what = opt->kind == OPTION_IS_INT ? "a whole number"
                     : opt->kind == OPTION_IS_LIST
                         ? "one number, or one per channel (0.5,1/4,2), each"
                     : strstr(opt->values, "|auto") ? "auto, or a number or fraction"
                                                    : "a number or fraction";

  if (opt->kind == OPTION_IS_TEXT)
    return "a text that is not empty";
  if (opt->kind == OPTION_IS_SIZE)
    return "a whole number above 0, also with K, M or G (64M)";
  if (opt->kind == OPTION_IS_WORD || opt->kind == OPTION_IS_ONLY)
    return strchr(opt->values, '|') ? arena_printf(a, "one of %s", opt->values) : opt->values;
  if (opt->least == DBL_MIN && opt->most > 1e15)
    return arena_printf(a, "%s above 0", what);
  if (opt->least == DBL_MIN)
    return arena_printf(a, "%s above 0, at most %g", what, opt->most);
  if (opt->least < 0)
    return arena_printf(a, "%s finite", what);
  if (opt->most > 1e15)
    return arena_printf(a, "%s from %g", what, least);
  return arena_printf(a, "%s from %g to %g", what, least, opt->most);
}

/* ---- names ---- */

static const struct option *find_option(const char *name, size_t len) {
  for (size_t i = 0; i < N_OPTIONS; i++)
    if (options_table[i].kind != OPTION_IS_GROUP && strlen(options_table[i].name) == len &&
        memcmp(options_table[i].name, name, len) == 0)
      return &options_table[i];
  return NULL;
}

static const struct option *find_letter(char letter) {
  for (size_t i = 0; i < N_OPTIONS; i++)
    if (options_table[i].letter && options_table[i].letter == letter)
      return &options_table[i];
  return NULL;
}

static bool tell_unknown(struct parser *p, const char *arg, const char *name) {
  const char *names[N_OPTIONS];
  size_t n = 0;
  const char *near;

  for (size_t i = 0; i < N_OPTIONS; i++)
    if (options_is_of(&options_table[i], p->o->command))
      names[n++] = options_table[i].name;
  near = diag_nearest(name, names, n);
  if (near)
    return diag_error(p->diag, loc_file(NULL), "%s is not an option; the nearest is --%s",
                      diag_quote(p->diag, arg), near);
  return diag_error(p->diag, loc_file(NULL), "%s is not an option; --help lists them",
                    diag_quote(p->diag, arg));
}

static bool tell_other_command(struct parser *p, const struct option *opt) {
  const char *with = "";

  for (int cmd = 0; cmd < CMD_N; cmd++)
    if (options_is_of(opt, (enum command)cmd))
      with = arena_printf(p->arena, "%s%s%s", with, *with ? " and " : "",
                          options_commands[cmd].word ? options_commands[cmd].word : "compiling");
  return diag_error(p->diag, loc_file(NULL), "--%s has no meaning here; it belongs to %s",
                    opt->name, with);
}

/* ---- arguments ---- */

static bool parse_option(struct parser *p, const char *arg) {
  const char *name = arg + (arg[1] == '-' ? 2 : 1);
  size_t len = strcspn(name, "=");
  const char *value = name[len] ? name + len + 1 : NULL;
  const struct option *opt = arg[1] == '-' ? find_option(name, len)
                             : len == 1    ? find_letter(*name)
                                           : NULL;

  if (!opt)
    return tell_unknown(p, arg, arena_strndup(p->arena, name, len));
  if (p->o->given[opt - options_table].by == OPTION_BY_USER && has_value(opt))
    return diag_error(p->diag, loc_file(NULL), "--%s is given twice; once is right", opt->name);
  p->o->given[opt - options_table] =
      (struct option_given){OPTION_BY_USER, opt->name, "", loc_file(NULL)};
  if (!has_value(opt) && value)
    return diag_error(p->diag, loc_file(NULL), "--%s takes no value, but %s is given", opt->name,
                      diag_quote(p->diag, value));
  if (has_value(opt) && !value && p->next == p->argc)
    return diag_error(p->diag, loc_file(NULL), "--%s needs a value: %s", opt->name, opt->values);
  if (has_value(opt) && !value)
    value = p->argv[p->next++];
  if (!set_value(p->o, p->arena, opt, value))
    return diag_error(p->diag, loc_file(NULL), "--%s is %s; it can be %s", opt->name,
                      diag_quote(p->diag, value), allowed(p->o, p->arena, opt));
  if (value)
    p->o->given[opt - options_table].text = value;
  return true;
}

static bool tell_second_file(struct parser *p, const char *arg) {
  const char *words[CMD_N];
  size_t n = 0;
  const char *near;

  for (int cmd = 0; cmd < CMD_N; cmd++)
    if (options_commands[cmd].word)
      words[n++] = options_commands[cmd].word;
  near = diag_nearest(p->o->model, words, n);
  if (near)
    return diag_error(p->diag, loc_file(NULL), "%s is not a command; the nearest is %s",
                      diag_quote(p->diag, p->o->model), near);
  return diag_error(p->diag, loc_file(NULL), "two files, %s and %s; one model is wanted",
                    diag_quote(p->diag, p->o->model), diag_quote(p->diag, arg));
}

/* The first word may be a command; later ones, and all behind "--", are files. */
static bool parse_operand(struct parser *p, const char *arg, bool may_be_command) {
  for (int cmd = 0; cmd < CMD_N && may_be_command && !p->has_command && !p->o->model; cmd++)
    if (options_commands[cmd].word && strcmp(arg, options_commands[cmd].word) == 0) {
      p->o->command = (enum command)cmd;
      p->has_command = true;
      return true;
    }
  if (p->o->model && p->o->command != CMD_PLOT)
    return tell_second_file(p, arg);
  if (!p->o->model)
    p->o->model = arg;
  p->files[p->o->n_files++] = arg;
  return true;
}

static bool parse_args(struct parser *p) {
  bool has_options = true;

  while (p->next < p->argc) {
    const char *arg = p->argv[p->next++];

    if (has_options && strcmp(arg, "--") == 0) {
      has_options = false;
    } else if (has_options && arg[0] == '-' && arg[1]) {
      if (!parse_option(p, arg))
        return false;
    } else if (!parse_operand(p, arg, has_options)) {
      return false;
    }
  }
  return true;
}

/* Options may stand in front of the command, so this comes last. */
static bool check_seen(struct parser *p) {
  for (size_t i = 0; i < N_OPTIONS; i++)
    if (p->o->given[i].by == OPTION_BY_USER && !options_is_of(&options_table[i], p->o->command))
      return tell_other_command(p, &options_table[i]);
  return true;
}

/* ---- options that others give ---- */

bool options_give(struct options *o, struct arena *a, struct diag *d,
                  const struct option_given *given) {
  const struct option *opt = find_option(given->name, strlen(given->name));
  struct option_given *now;

  if (!opt)
    diag_bug(d, given->loc, "no option is called %s", given->name);
  now = &o->given[opt - options_table];
  if (now->by > given->by || !options_is_of(opt, o->command))
    return true;
  if (!set_value(o, a, opt, given->text))
    return diag_error(d, given->loc, "gives --%s %s; it can be %s", opt->name,
                      diag_quote(d, given->text), allowed(o, a, opt));
  *now = *given;
  return true;
}

static bool use_preset(struct options *o, struct arena *a, struct diag *d) {
  static const struct {
    enum preset preset;
    const char *name, *text;
  } rows[] = {
#define PRESET(preset, name, text) {PRESET_##preset, name, text},
#include "ir/presets.def"
#undef PRESET
  };

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct option_given given = {OPTION_BY_PRESET, rows[i].name, rows[i].text, loc_file(NULL)};
    if (rows[i].preset == o->preset && !options_give(o, a, d, &given))
      return false;
  }
  return true;
}

/* --percentile P is about percentiles, a reset to zero or a code of numbers has nothing that a
 * spike of -1 could give back, and microcontrollers and images count in integers: they choose where
 * nobody else does. */
static bool use_others(struct options *o, struct arena *a, struct diag *d) {
  const struct option *percentile = find_option("percentile", strlen("percentile"));
  struct option_given normalize = {OPTION_BY_OTHER, "normalize", "percentile", loc_file(NULL)};
  struct option_given neuron = {OPTION_BY_OTHER, "neuron", "if", loc_file(NULL)};
  struct option_given quantize = {OPTION_BY_OTHER, "quantize", "int8", loc_file(NULL)};
  bool is_image = o->out && strcmp(file_ending(o->out), ".img") == 0;

  return (o->given[percentile - options_table].by == OPTION_BY_TABLE ||
          options_give(o, a, d, &normalize)) &&
         ((o->reset == RESET_SUBTRACT && o->code == CODE_RATE) || options_give(o, a, d, &neuron)) &&
         ((o->target == TARGET_HOST && !is_image) || options_give(o, a, d, &quantize));
}

const char *options_word(const struct options *o, struct arena *a, const char *name) {
  const struct option *opt = find_option(name, strlen(name));
  const char *word = opt->values;
  unsigned i;

  memcpy(&i, (const char *)o + opt->at, sizeof i);
  for (; i > 0; i--)
    word += strcspn(word, "|") + 1;
  return arena_strndup(a, word, strcspn(word, "|"));
}

bool options_complete(struct options *o, struct arena *a, struct diag *d) {
  return use_preset(o, a, d) && use_others(o, a, d);
}

bool options_is_given(const struct options *o, const char *name) {
  const struct option *opt = find_option(name, strlen(name));

  return opt && o->given[opt - options_table].by != OPTION_BY_TABLE;
}

const char *options_given_by(const struct options *o, struct arena *a, enum option_source by) {
  const char *text = "";

  for (size_t i = 0; i < N_OPTIONS; i++)
    if (o->given[i].by == by)
      text = arena_printf(a, "%s%s--%s %s", text, *text ? " " : "", o->given[i].name,
                          o->given[i].text);
  return text;
}

/* ---- the options of convert blocks ---- */

/* Its group is the one above it. What --config says is in the options that it gives. */
static bool is_convert(const struct option *opt) {
  bool is_wanted = opt->kind != OPTION_IS_GROUP && options_is_of(opt, CMD_COMPILE) &&
                   opt->at != offsetof(struct options, config);

  while (opt->kind != OPTION_IS_GROUP)
    opt--;
  return is_wanted && opt->least == 1;
}

const char *options_convert_names(struct arena *a) {
  const char *names = "";

  for (size_t i = 0; i < N_OPTIONS; i++)
    if (is_convert(&options_table[i]))
      names = arena_printf(a, "%s%s%s", names, *names ? " " : "", options_table[i].name);
  return names;
}

bool options_is_file(const char *name) {
  const struct option *opt = find_option(name, strlen(name));

  return opt && strcmp(opt->values, "FILE") == 0;
}

const struct option_given *options_next_given(const struct options *o, size_t *at) {
  while (*at < N_OPTIONS) {
    size_t i = (*at)++;

    if (o->given[i].by != OPTION_BY_TABLE && is_convert(&options_table[i]))
      return &o->given[i];
  }
  return NULL;
}

struct options *options_copy(struct arena *a, const struct options *o) {
  struct options *copy = arena_memdup(a, o, sizeof *o);

  copy->given = arena_memdup(a, o->given, N_OPTIONS * sizeof *o->given);
  return copy;
}

/* What a code other than rate allows. */
static bool check_code(const struct options *o, struct diag *d) {
  int64_t least = o->code == CODE_PATTERN ? 1 : 2, most = o->code == CODE_PATTERN ? 16 : 65535;
  const char *word = o->code == CODE_PATTERN ? "pattern"
                     : o->code == CODE_TTFS  ? "ttfs"
                                             : "ttfs_dyn";
  const char *other = NULL;

  if (o->code == CODE_RATE || (o->command == CMD_EVAL && o->steps == 0))
    return true;
  if (o->neuron != NEURON_IF || o->leak > 0 || o->refractory > 0)
    other =
        "--neuron if_signed and if_online, --leak and --refractory: they are for spikes that count";
  else if (o->maxpool == MAXPOOL_WINNER)
    other = "--maxpool winner: the first digits do not tell who wins";
  else if (o->reset != RESET_SUBTRACT)
    other = "--reset zero or modulo: what a spike leaves is part of the code";
  else if (o->encode != ENCODE_CURRENT)
    other =
        "--encode poisson, latency or events: the first layer has to have all of its input at once";
  else if (o->readout != READOUT_MEMBRANE)
    other = "--readout count or softmax: outputs have to hear all of it";
  else if (o->early_exit != 0 && o->code != CODE_TTFS_DYN)
    other = "--early-exit: there is no answer before the last layer has its turn";
  if (other)
    return diag_error(d, loc_file(NULL), "--code %s does not go with %s", word, other);
  if (o->steps < least || o->steps > most)
    return diag_error(d, loc_file(NULL), "--steps is %lld; with --code %s it is %lld to %lld",
                      (long long)o->steps, word, (long long)least, (long long)most);
  return true;
}

bool options_check(const struct options *o, struct diag *d) {
  if (o->help || o->version || o->list != LIST_NONE)
    return true;
  if (!o->model)
    return diag_error(d, loc_file(NULL), "no file is given; usage: %s",
                      options_commands[o->command].form);
  if (o->command == CMD_COMPILE && !o->out)
    return diag_error(d, loc_file(NULL), "no output is given; -o FILE.c would be right");
  if (o->package != PACKAGE_NONE && (o->main || o->runtime == RUNTIME_EXTERNAL))
    return diag_error(d, loc_file(NULL),
                      o->main
                          ? "--package has an example of its own; --main is for -o FILE.c"
                          : "--package carries its kernels; --runtime external is for -o FILE.c");
  if (o->int16 && o->quantize != QUANTIZE_INT8)
    return diag_error(d, loc_file(NULL), "--int16 is for layers of a network of --quantize int8");
  if (o->command != CMD_EVAL && o->steps == 0)
    return diag_error(d, loc_file(NULL), "--steps 0 has a meaning only for eval");
  if (o->membranes && !o->record)
    return diag_error(d, loc_file(NULL), "--membranes go to a file: --record FILE.npz is missing");
  if (o->command == CMD_EVAL && !o->data)
    return diag_error(d, loc_file(NULL), "eval needs samples: --data FILE");
  return check_code(o, d);
}

/* Defaults of the table; those in words ("all cores") are 0 in the struct. */
static void set_defaults(struct options *o, struct arena *a) {
  *o = (struct options){.limit = -1, .given = ARENA_NEW(a, struct option_given, N_OPTIONS)};
  for (size_t i = 0; i < N_OPTIONS; i++)
    if (options_table[i].kind == OPTION_IS_INT || options_table[i].kind == OPTION_IS_NUMBER ||
        options_table[i].kind == OPTION_IS_WORD)
      (void)set_value(o, a, &options_table[i], options_table[i].preset);
}

bool options_parse(struct options *o, struct arena *a, struct diag *d, int argc, char **argv) {
  struct parser p = {.o = o, .arena = a, .diag = d, .argc = argc, .argv = argv, .next = 1};

  set_defaults(o, a);
  o->files = p.files = ARENA_NEW(a, const char *, (size_t)argc);
  if (!parse_args(&p) || !check_seen(&p))
    return false;
  if (o->dump_ir_dir && !o->dump_ir)
    o->dump_ir = "all";
  if (o->config)
    o->preset = PRESET_SNNTOOLBOX;
  return options_complete(o, a, d);
}

size_t options_max_memory(const struct options *o, size_t len) {
  const size_t base = (size_t)64 << 20;

  if (o->max_memory > 0)
    return (size_t)o->max_memory;
  return len > (SIZE_MAX - base) / 2 ? SIZE_MAX : base + 2 * len;
}
