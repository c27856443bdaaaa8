/* frontend/ini/ini_config.c -- what the keys of snn_toolbox mean here. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frontend/ini/ini.h"
#include "frontend/ini/ini_internal.h"
#include "ir/base/arena.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/options.h"

/* snn_toolbox's own file of all defaults has 4 KB. Digits are those of --code pattern. */
enum { MAX_FILE = 1 << 16, MAX_BITS = 16 };

enum kind { TEXT, BOOL, INT, NUMBER, LIST, DICT, ANY };
enum fate { SETS, ONLY, USED, IDLE, DEAD };

struct key {
  const char *section, *key;
  enum kind kind;
  enum fate fate;
  const char *option, *words;
};

static const struct key keys[] = {
#define INI_KEY(...) {__VA_ARGS__},
#include "frontend/ini/keys.def"
#undef INI_KEY
};
enum { N_KEYS = sizeof keys / sizeof *keys };

struct config {
  struct comp *c;
  struct options *o;
  struct ini_file file;
  const char *folder;      /* of the file, with its slash */
  const char *idle, *dead; /* keys without a meaning, for the note */
};

/* ---- values ---- */

/* "True", "False" or NULL. */
static const char *bool_word(struct arena *a, const char *value) {
  static const char *const words[] = {"1", "yes", "true", "on", "0", "no", "false", "off"};
  char *lower = arena_strdup(a, value);

  for (char *c = lower; *c; c++)
    *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(lower, words[i]) == 0)
      return i < 4 ? "True" : "False";
  return NULL;
}

static bool to_number(const char *value, double *x) {
  char *end;

  *x = strtod(value, &end);
  return end != value && *end == 0 && isfinite(*x);
}

static bool to_int(const char *value, int64_t *i) {
  char *end;

  errno = 0;
  *i = strtoll(value, &end, 10);
  return end != value && *end == 0 && errno == 0;
}

static bool is_of_kind(struct config *k, enum kind kind, const char *value) {
  struct ini_literal literal;
  int64_t i;
  double x;

  switch (kind) {
  case TEXT:
    return true;
  case BOOL:
    return bool_word(k->c->arena, value) != NULL;
  case INT:
    return to_int(value, &i);
  case NUMBER:
    return to_number(value, &x);
  case LIST:
    return ini_literal(k->c->arena, value, &literal) && literal.open && literal.open != '{';
  case DICT:
    return ini_literal(k->c->arena, value, &literal) && literal.open == '{';
  case ANY:
    return *value == 0 || ini_literal(k->c->arena, value, &literal);
  }
  return false;
}

static bool tell_kind(struct config *k, const struct ini_entry *e, enum kind kind) {
  static const char *const wanted[] = {[TEXT] = "a text",
                                       [BOOL] = "True or False",
                                       [INT] = "a whole number",
                                       [NUMBER] = "a number",
                                       [LIST] = "a Python list: [1, 2]",
                                       [DICT] = "a Python dict or set: {'a', 'b'}",
                                       [ANY] = "a Python literal"};

  return diag_error(k->c->diag, e->value_at, "%s is %s; it must be %s", e->key,
                    diag_quote(k->c->diag, e->value), wanted[kind]);
}

/* The entry of a key; NULL where the file has none, or an empty one. */
static const struct ini_entry *find_entry(const struct config *k, const char *section,
                                          const char *key) {
  for (size_t i = 0; i < k->file.n; i++)
    if (strcmp(k->file.entry[i].section, section) == 0 && strcmp(k->file.entry[i].key, key) == 0)
      return *k->file.entry[i].value ? &k->file.entry[i] : NULL;
  return NULL;
}

/* ---- one key ---- */

static bool give(struct config *k, const struct ini_entry *e, const char *option,
                 const char *text) {
  struct option_given given = {OPTION_BY_CONFIG, option, text, e->value_at};

  return options_give(k->o, k->c->arena, k->c->diag, &given);
}

static bool is_same(enum kind kind, const char *word, size_t n, const char *value) {
  double x, y;

  if (kind == INT || kind == NUMBER)
    return to_number(value, &x) && (y = strtod(word, NULL), x == y);
  return strlen(value) == n && memcmp(word, value, n) == 0;
}

/* The word of "a=x|b=y" or "a|b" that the value is: x, or a itself; NULL: none. */
static const char *find_word(struct config *k, const struct key *key, const char *value) {
  if (key->kind == BOOL)
    value = bool_word(k->c->arena, value);
  for (const char *w = key->words;; w++) {
    size_t n = strcspn(w, "|"), n_word = strcspn(w, "=|");

    if (is_same(key->kind, w, n_word, value))
      return n_word < n ? arena_strndup(k->c->arena, w + n_word + 1, n - n_word - 1) : value;
    w += n;
    if (*w == 0)
      return NULL;
  }
}

/* "a, b or c" of the words in front of "=". */
static const char *list_words(struct arena *a, const char *words) {
  const char *text = "";

  for (const char *w = words; *w;) {
    size_t n = strcspn(w, "|");
    const char *word = arena_strndup(a, w, strcspn(w, "=|"));
    text = arena_printf(a, "%s%s%s", text, !*text ? "" : w[n] ? ", " : " or ", word);
    w += n + (w[n] == '|');
  }
  return *text ? text : "empty";
}

static bool take_key(struct config *k, const struct key *key, const struct ini_entry *e) {
  struct arena *a = k->c->arena;
  const char *word = e->value;

  if (key->fate == IDLE)
    k->idle = arena_printf(a, "%s%s%s", k->idle, *k->idle ? ", " : "", key->key);
  if (key->fate == DEAD)
    k->dead = arena_printf(a, "%s%s%s", k->dead, *k->dead ? ", " : "", key->key);
  if (!*e->value && key->fate != ONLY)
    return true;
  if (*e->value && !is_of_kind(k, key->kind, e->value))
    return tell_kind(k, e, key->kind);
  if (*e->value && *key->words)
    word = find_word(k, key, e->value);
  else if (key->fate == ONLY && *e->value)
    word = NULL;
  if (!word)
    return diag_error(k->c->diag, e->value_at, "%s is %s; it can be %s%s%s", e->key,
                      diag_quote(k->c->diag, e->value), list_words(a, key->words),
                      key->fate == ONLY ? ": " : "", key->fate == ONLY ? key->option : "");
  return key->fate != SETS || give(k, e, key->option, word);
}

/* Near names, or the section in which the key is. */
static bool tell_unknown(struct config *k, const struct ini_entry *e, bool is_section_known) {
  const char *names[N_KEYS], *near, *elsewhere = NULL;
  struct diag *d = k->c->diag;
  size_t n = 0;

  for (size_t i = 0; i < N_KEYS; i++) {
    bool is_here = strcmp(keys[i].section, e->section) == 0;
    if (!is_section_known)
      names[n++] = keys[i].section;
    else if (is_here)
      names[n++] = keys[i].key;
    else if (strcmp(keys[i].key, e->key) == 0)
      elsewhere = keys[i].section;
  }
  near = diag_nearest(is_section_known ? e->key : e->section, names, n);
  if (!is_section_known)
    return diag_error(d, e->section_at, "[%s] is no section of snn_toolbox%s%s%s", e->section,
                      near ? "; the nearest is [" : "", near ? near : "", near ? "]" : "");
  if (elsewhere)
    return diag_error(d, e->key_at, "%s is a key of [%s], not of [%s]", e->key, elsewhere,
                      e->section);
  return diag_error(d, e->key_at, "%s is no key of [%s]%s%s", diag_quote(d, e->key), e->section,
                    near ? "; the nearest is " : "", near ? near : "");
}

/* An unknown section is told once. */
static bool take_entry(struct config *k, const struct ini_entry *e) {
  bool is_first = e == k->file.entry || e[-1].section != e->section;
  bool is_section_known = false;

  if (strcmp(e->section, "restrictions") == 0 || strcmp(e->section, "DEFAULT") == 0)
    return true; /* what snn_toolbox allows; what %(key)s may refer to */
  for (size_t i = 0; i < N_KEYS; i++) {
    if (strcmp(keys[i].section, e->section) != 0)
      continue;
    is_section_known = true;
    if (strcmp(keys[i].key, e->key) == 0)
      return take_key(k, &keys[i], e);
  }
  return (is_section_known || is_first) && tell_unknown(k, e, is_section_known);
}

/* ---- keys that belong together ---- */

static const char *join_path(struct arena *a, const char *folder, const char *path) {
  size_t n = strlen(folder);

  if (*path == '/' || n == 0)
    return path;
  return arena_printf(a, "%s%s%s", folder, folder[n - 1] == '/' ? "" : "/", path);
}

static bool give_file(struct config *k, const struct ini_entry *folder, const char *option,
                      const char *name) {
  struct arena *a = k->c->arena;

  return give(k, folder, option, join_path(a, join_path(a, k->folder, folder->value), name));
}

static bool is_on(struct config *k, const char *section, const char *key, bool otherwise) {
  const struct ini_entry *e = find_entry(k, section, key);

  return e ? strcmp(bool_word(k->c->arena, e->value), "True") == 0 : otherwise;
}

static bool give_int(struct config *k, const struct ini_entry *e, const char *option, int64_t i) {
  return give(k, e, option, arena_printf(k->c->arena, "%lld", (long long)i));
}

/* The model, and the samples in dataset_path, of x_norm.npz all. */
static bool finish_paths(struct config *k) {
  const struct ini_entry *wd = find_entry(k, "paths", "path_wd");
  const struct ini_entry *ann = find_entry(k, "paths", "filename_ann");
  const struct ini_entry *data = find_entry(k, "paths", "dataset_path");
  const char *folder = wd ? join_path(k->c->arena, k->folder, wd->value) : k->folder;

  if (ann && !k->o->model) {
    const char *ending = file_ending(ann->value);
    bool is_whole = strcmp(ending, ".onnx") == 0 || strcmp(ending, ".ir") == 0;
    k->o->model = arena_printf(k->c->arena, "%s%s", join_path(k->c->arena, folder, ann->value),
                               is_whole ? "" : ".onnx");
  }
  if (!data)
    return true;
  if (!k->o->data && (!give_file(k, data, "data", "x_test.npz") ||
                      (!k->o->labels && !give_file(k, data, "labels", "y_test.npz"))))
    return false;
  if (!is_on(k, "tools", "normalize", true))
    return true;
  return give_file(k, data, "calib", "x_norm.npz") &&
         (find_entry(k, "normalization", "num_samples") ||
          give_int(k, data, "calib-limit", INT32_MAX));
}

static int64_t int_of(const struct config *k, const char *section, const char *key,
                      int64_t otherwise) {
  const struct ini_entry *e = find_entry(k, section, key);
  int64_t i;

  return e && to_int(e->value, &i) ? i : otherwise;
}

/* Samples in a row; snn_toolbox leaves out the last batch where it is not full. */
static bool finish_samples(struct config *k) {
  const struct ini_entry *idxs = find_entry(k, "simulation", "sample_idxs_to_test");
  const struct ini_entry *num = find_entry(k, "simulation", "num_to_test");
  int64_t batch = int_of(k, "simulation", "batch_size", 1);
  int64_t n = int_of(k, "simulation", "num_to_test", 0);
  struct ini_literal list = {0};

  if (idxs)
    ini_literal(k->c->arena, idxs->value, &list);
  for (size_t i = 0; i < list.n; i++)
    if (!list.number || list.number[i] != list.number[0] + (double)i || list.number[0] < 0 ||
        list.number[i] > 1e15)
      return diag_error(k->c->diag, idxs->value_at,
                        "sample_idxs_to_test is %s; indices in a row are run here: [5, 6, 7]",
                        diag_quote(k->c->diag, idxs->value));
  if (list.n > 0)
    return give_int(k, idxs, "skip", (int64_t)list.number[0]) &&
           give_int(k, idxs, "limit", (int64_t)list.n);
  if (!num)
    return true;
  if (batch < 1 || n < batch)
    return diag_error(k->c->diag, num->value_at,
                      "num_to_test is %lld and batch_size %lld; one full batch is wanted",
                      (long long)n, (long long)batch);
  return give_int(k, num, "limit", n / batch * batch);
}

/* A sweep of one value is that value. */
static bool finish_sweep(struct config *k) {
  const struct ini_entry *values = find_entry(k, "parameter_sweep", "param_values");
  const struct ini_entry *name = find_entry(k, "parameter_sweep", "param_name");
  struct ini_literal list = {0};

  if (values)
    ini_literal(k->c->arena, values->value, &list);
  if (list.n == 0)
    return true;
  if (list.n > 1 || !list.number || (name && strcmp(name->value, "v_thresh") != 0))
    return diag_error(k->c->diag, values->value_at,
                      "param_values is %s of %s; here eval is called once for each value",
                      diag_quote(k->c->diag, values->value), name ? name->value : "v_thresh");
  return give(k, values, "threshold", arena_printf(k->c->arena, "%.17g", list.number[0]));
}

/* A neuron that fired at t takes nothing while t + tau_refrac is above the time: in fewer than
 * tau_refrac steps. */
static int64_t steps_of_rest(double tau_refrac) {
  return tau_refrac <= 1 ? 0 : (int64_t)fmin(ceil(tau_refrac), 1e6) - 1;
}

/* leak is a tenth of the activation that is a spike, whatever v_thresh is. */
static bool finish_neurons(struct config *k) {
  const struct ini_entry *rate = find_entry(k, "input", "input_rate");
  const struct ini_entry *rest = find_entry(k, "cell", "tau_refrac");
  const struct ini_entry *leak = find_entry(k, "cell", "leak");
  double x = 0;

  if (rate && is_on(k, "input", "poisson_input", false) && to_number(rate->value, &x) && x != 1000)
    return diag_error(k->c->diag, rate->value_at,
                      "input_rate is %g; it can be 1000, where x is the probability of a spike; "
                      "--input-scale makes it lower",
                      x);
  if (rest && to_number(rest->value, &x) && !give_int(k, rest, "refractory", steps_of_rest(x)))
    return false;
  if (leak && is_on(k, "cell", "leak", false) &&
      !give(k, leak, "leak", arena_printf(k->c->arena, "%.17g", 0.1 / k->o->threshold)))
    return false;
  return true;
}

/* Codes of one number per neuron: the answer is that of sums, and maxima are exact. */
static bool finish_code(struct config *k) {
  const struct ini_entry *code = find_entry(k, "conversion", "spike_code");
  int64_t bits = int_of(k, "conversion", "num_bits", 32);

  if (!code || strcmp(code->value, "temporal_mean_rate") == 0)
    return true;
  if (!give(k, code, "readout", "membrane") ||
      (!is_on(k, "conversion", "max2avg_pool", false) && !give(k, code, "maxpool", "gate")))
    return false;
  if (strcmp(code->value, "temporal_pattern") != 0)
    return true;
  if (bits > MAX_BITS)
    diag_note(k->c->diag, code->value_at, "num_bits is %lld; %d binary digits are sent here",
              (long long)bits, MAX_BITS);
  return give(k, code, "v-init", "0.5") &&
         give_int(k, code, "steps", bits > MAX_BITS ? MAX_BITS : bits);
}

static bool finish_tools(struct config *k) {
  const struct ini_entry *normalize = find_entry(k, "tools", "normalize");
  const struct ini_entry *simulate = find_entry(k, "tools", "simulate");

  if (normalize && !is_on(k, "tools", "normalize", true) &&
      !give(k, normalize, "normalize", "none"))
    return false;
  return !simulate || is_on(k, "tools", "simulate", true) || give(k, simulate, "steps", "0");
}

static void note_idle(struct config *k) {
  if (*k->idle || *k->dead)
    diag_note(k->c->diag, loc_file(k->o->config), "%s%s%s%s%s",
              *k->idle ? "these keys do nothing here: " : "", k->idle,
              *k->idle && *k->dead ? "; " : "",
              *k->dead ? "these do nothing in snn_toolbox either: " : "", k->dead);
}

bool ini_read_text(struct comp *c, struct options *o, const char *path, const char *text,
                   size_t len) {
  struct config k = {.c = c, .o = o, .folder = file_dir(c->arena, path), .idle = "", .dead = ""};
  bool is_good = true;

  diag_add_source(c->diag, path, text, len);
  if (!ini_parse(c->arena, c->diag, path, &k.file, text, len))
    return false;
  for (size_t i = 0; i < k.file.n; i++)
    is_good = take_entry(&k, &k.file.entry[i]) && is_good;
  if (!is_good || !finish_paths(&k) || !finish_samples(&k) || !finish_sweep(&k) ||
      !finish_neurons(&k) || !finish_code(&k) || !finish_tools(&k))
    return false;
  note_idle(&k);
  return true;
}

bool ini_read(struct comp *c, struct options *o) {
  struct bytes b;

  if (!file_read(c->arena, c->diag, o->config, options_max_memory(o, 0), &b))
    return false;
  if (b.len > MAX_FILE)
    return diag_error(c->diag, loc_file(o->config), "has %zu bytes; a configuration has up to %d",
                      b.len, MAX_FILE);
  return ini_read_text(c, o, o->config, (const char *)b.data, b.len);
}
