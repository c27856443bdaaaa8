#include "ir/ir_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/buf.h"

struct op_row {
  const char *name;
  enum ir_level level;
  size_t min_in, max_in;
  const char *attrs;
  const char *doc;
};

static const struct op_row ops[IR_N_OPS] = {
#define IR_OP(tag, name, level, min, max, attrs, doc)                                              \
  {name, IR_LEVEL_##level, min, max, attrs, doc},
#include "ir/ops.def"
#undef IR_OP
};

struct attr_row {
  const char *name;
  size_t len;
  enum ir_attr_kind kind;
};

static const struct attr_row attrs[IR_N_ATTRS] = {
#define IR_ATTR(tag, name, kind, doc) {name, sizeof name - 1, IR_KIND_##kind},
#include "ir/attrs.def"
#undef IR_ATTR
};

struct word_row {
  enum ir_attr_key key;
  const char *text;
};

static const struct word_row words[IR_N_WORDS] = {
#define IR_WORD(attr, tag, text) {IR_A_##attr, text},
#include "ir/words.def"
#undef IR_WORD
};

static const struct {
  const char *name;
  size_t size;
} dtypes[IR_N_DTYPES] = {
    [IR_F32] = {"f32", 4},         [IR_I8] = {"i8", 1},         [IR_I16] = {"i16", 2},
    [IR_I32] = {"i32", 4},         [IR_I64] = {"i64", 8},       [IR_U8] = {"u8", 1},
    [IR_BOOL] = {"bool", 1},       [IR_SPIKES] = {"spikes", 0}, [IR_SIGNED] = {"signed", 0},
    [IR_CURRENT] = {"current", 0},
};

static const struct ir_param params[] = {
#define IR_PARAM(model, name, unit, preset, doc) {IR_W_MODEL_##model, name, IR_UNIT_##unit, preset},
#include "ir/models.def"
#undef IR_PARAM
};
enum { N_PARAMS = sizeof params / sizeof *params };

static const char *const facts[IR_N_FACTS] = {"shaped",  "single",   "folded", "balanced",
                                              "spiking", "laid_out", "placed", "quantized"};

const char ir_graph_spec[] = "schedule? steps? spike_words? seed? dt? protocol? record?";

const char *ir_op_name(enum ir_op op) {
  return ops[op].name;
}

const char *ir_op_doc(enum ir_op op) {
  return ops[op].doc;
}

const char *ir_op_attrs(enum ir_op op) {
  return ops[op].attrs;
}

enum ir_level ir_op_level(enum ir_op op) {
  return ops[op].level;
}

void ir_op_arity(enum ir_op op, size_t *min, size_t *max) {
  *min = ops[op].min_in;
  *max = ops[op].max_in;
}

size_t ir_model_params(enum ir_word model, const struct ir_param **first) {
  size_t from = 0, n = 0;

  while (from < N_PARAMS && params[from].model != model)
    from++;
  while (from + n < N_PARAMS && params[from + n].model == model)
    n++;
  *first = params + from;
  return n;
}

double ir_param_of(const struct ir_node *n, const char *name) {
  const struct ir_tensor *given = ir_attr_tensor(n, IR_A_PARAMS);
  const struct ir_param *p;
  size_t n_params = ir_model_params(ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF), &p);

  for (size_t i = 0; i < n_params; i++)
    if (!strcmp(p[i].name, name))
      return given ? (double)ir_f32_of(*given)[i] : p[i].preset;
  return 0;
}

const char *ir_operand_name(enum ir_op op, size_t k) {
  static const char *const linear[] = {"weight", "bias"};
  static const char *const norm[] = {"gamma", "beta", "mean", "variance"};

  if ((op == IR_CONV || op == IR_CONV_TRANSPOSE || op == IR_DENSE) && k >= 1 && k <= 2)
    return linear[k - 1];
  return op == IR_BATCHNORM && k >= 1 && k <= 4 ? norm[k - 1] : NULL;
}

const char *ir_attr_name(enum ir_attr_key key) {
  return attrs[key].name;
}

enum ir_attr_kind ir_attr_kind_of(enum ir_attr_key key) {
  return attrs[key].kind;
}

const char *ir_word_text(enum ir_word w) {
  return words[w].text;
}

enum ir_attr_key ir_word_key(enum ir_word w) {
  return words[w].key;
}

bool ir_word_by_text(enum ir_attr_key key, const char *text, enum ir_word *w) {
  for (int i = 0; i < IR_N_WORDS; i++)
    if (words[i].key == key && !strcmp(words[i].text, text)) {
      *w = (enum ir_word)i;
      return true;
    }
  return false;
}

const char *ir_word_choices(struct arena *a, enum ir_attr_key key) {
  struct buf b;
  buf_init(&b, a);
  for (int i = 0; i < IR_N_WORDS; i++)
    if (words[i].key == key)
      buf_printf(&b, "%s%s", b.len ? ", " : "", words[i].text);
  return b.data;
}

const char *ir_dtype_name(enum ir_dtype t) {
  return dtypes[t].name;
}

size_t ir_dtype_size(enum ir_dtype t) {
  return dtypes[t].size;
}

const char *ir_fact_name(unsigned fact_bit) {
  for (size_t i = 0; i < IR_N_FACTS; i++)
    if (fact_bit == 1u << i)
      return facts[i];
  return NULL;
}

/* The next name of a list and whether it is required; *spec moves behind it. 0 at the end. */
static size_t next_name(const char **spec, const char **name, bool *is_required) {
  const char *at = *spec + strspn(*spec, " ");
  size_t len = strcspn(at, " ");
  *spec = at + len;
  *name = at;
  *is_required = len > 0 && at[len - 1] != '?';
  return len == 0 || *is_required ? len : len - 1;
}

static bool is_named(enum ir_attr_key key, const char *name, size_t len) {
  return attrs[key].len == len && !memcmp(attrs[key].name, name, len);
}

bool ir_spec_next(const char **spec, struct ir_spec_item *item) {
  const char *name;
  size_t len = next_name(spec, &name, &item->is_required);
  item->key = 0;
  while (len > 0 && item->key < IR_N_ATTRS && !is_named(item->key, name, len))
    item->key++;
  return len > 0;
}

int ir_spec_index(const char *spec, enum ir_attr_key key) {
  const char *name;
  bool is_required;
  size_t len;
  for (int i = 0; (len = next_name(&spec, &name, &is_required)) > 0; i++)
    if (is_named(key, name, len))
      return i;
  return -1;
}
