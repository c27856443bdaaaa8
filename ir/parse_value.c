#include "ir/parse_internal.h"

#include <string.h>

#include "ir/base/arena.h"

/* The most that is read of a blob file. */
static const size_t max_blob_bytes = (size_t)1 << 30;

void *parse_list_add(struct arena *a, struct parse_list *l, size_t size) {
  if (l->n == l->cap) {
    size_t cap = l->cap ? 2 * l->cap : 16;
    void *v = arena_alloc(a, cap, size);
    if (l->n)
      memcpy(v, l->v, l->n * size);
    l->v = v;
    l->cap = cap;
  }
  return (char *)l->v + l->n++ * size;
}

int parse_one_of(struct parser *p, const char *what, const char *(*name_of)(int), int n) {
  char word[LEX_MAX_WORD + 1];
  const char *names[PARSE_MAX_NAMES];
  size_t from = lex_skip_blanks(&p->x);
  if (!lex_word(&p->x, word))
    return -1;
  for (int i = 0; i < n; i++) {
    names[i] = name_of(i);
    if (!strcmp(names[i], word))
      return i;
  }
  const char *nearest = diag_nearest(word, names, (size_t)n);
  lex_fail(&p->x, from, "there is no %s %s%s", what, diag_quote(p->x.diag, word),
           nearest ? arena_printf(p->x.arena, "; did you mean %s?", nearest) : "");
  return -1;
}

static const char *dtype_name(int i) {
  return ir_dtype_name((enum ir_dtype)i);
}

/* "[1, 2]" into p->ints. */
static bool parse_ints(struct parser *p) {
  p->ints.n = 0;
  if (!lex_expect(&p->x, '['))
    return false;
  if (lex_take(&p->x, ']'))
    return true;
  do {
    int64_t *v = parse_list_add(p->x.arena, &p->ints, sizeof *v);
    if (!lex_int(&p->x, INT64_MIN, INT64_MAX, v))
      return false;
  } while (lex_take(&p->x, ','));
  return lex_expect(&p->x, ']');
}

bool parse_type(struct parser *p, struct ir_type *t) {
  size_t from = lex_skip_blanks(&p->x);
  int dtype = parse_one_of(p, "element type", dtype_name, IR_N_DTYPES);
  if (dtype < 0 || !parse_ints(p))
    return false;
  if (p->ints.n > IR_MAX_RANK)
    return lex_fail(&p->x, from, "this type has %zu axes; at most %d are supported", p->ints.n,
                    IR_MAX_RANK);
  *t = ir_type_make((enum ir_dtype)dtype, p->ints.n, p->ints.v);
  if (ir_count_checked(t) < 0)
    return lex_fail(&p->x, from, "each size must be at least 1, all together at most 2147483647");
  return true;
}

/* Stores an integer element, checked against the range of its type. */
static bool parse_integer(struct parser *p, enum ir_dtype dtype, void *at) {
  bool is_unsigned = dtype == IR_U8 || dtype == IR_BOOL;
  size_t size = ir_dtype_size(dtype);
  int64_t max = dtype == IR_BOOL ? 1 : dtype == IR_U8 ? 255 : INT64_MAX >> (64 - 8 * size);
  int64_t v;
  if (!lex_int(&p->x, is_unsigned ? 0 : -max - 1, max, &v))
    return false;
  if (size == 1)
    *(uint8_t *)at = (uint8_t)v;
  else if (size == 2)
    *(int16_t *)at = (int16_t)v;
  else if (size == 4)
    *(int32_t *)at = (int32_t)v;
  else
    *(int64_t *)at = v;
  return true;
}

/* "{1, 2, 3}". Each element takes two bytes of text at least, which bounds the memory. */
static bool parse_elements(struct parser *p, struct ir_tensor *t) {
  size_t n = (size_t)ir_type_count(&t->type), size = ir_dtype_size(t->type.dtype);
  if (!lex_expect(&p->x, '{'))
    return false;
  if (n > (p->x.len - p->x.pos) / 2 + 1)
    return lex_fail(&p->x, p->x.pos, "expected %zu elements, but the text ends too soon", n);
  *t = ir_tensor_new(p->x.arena, t->type);
  char *at = (char *)(uintptr_t)t->data;
  for (size_t i = 0; i < n; i++, at += size) {
    if (i > 0 && !lex_expect(&p->x, ','))
      return false;
    bool is_good = t->type.dtype == IR_F32 ? lex_float(&p->x, (float *)(void *)at)
                                           : parse_integer(p, t->type.dtype, at);
    if (!is_good)
      return false;
  }
  return lex_expect(&p->x, '}');
}

/* Reads the one blob file of this text, which lies beside it. */
static bool open_blob(struct parser *p, const char *name, size_t from) {
  if (p->blob_name && !strcmp(p->blob_name, name))
    return true;
  if (p->blob_name)
    return lex_fail(&p->x, from, "a second blob file; all tensors of a graph are in one, here %s",
                    diag_quote(p->x.diag, p->blob_name));
  if (!*name || *name == '.' || strchr(name, '/'))
    return lex_fail(&p->x, from,
                    "a blob file lies in the folder of the .ir: no \"/\", no \".\" first");
  p->blob_name = name;
  const char *path = arena_printf(p->x.arena, "%s%s", file_dir(p->x.arena, p->x.path), name);
  return file_read(p->x.arena, p->x.diag, path, max_blob_bytes, &p->blob);
}

/* " blob "name" offset length crc32". The elements are used where they lie in the file. */
static bool parse_blob(struct parser *p, struct ir_tensor *t) {
  const char *name;
  int64_t at, len;
  uint32_t crc;
  size_t from = lex_skip_blanks(&p->x);
  size_t want = (size_t)ir_type_count(&t->type) * ir_dtype_size(t->type.dtype);
  if (!lex_string(&p->x, &name) || !lex_int(&p->x, 0, INT64_MAX, &at) ||
      !lex_int(&p->x, 0, INT64_MAX, &len) || !lex_u32(&p->x, &crc) || !open_blob(p, name, from))
    return false;
  size_t n = p->blob.len;
  if ((size_t)len != want)
    return lex_fail(&p->x, from, "the length is %lld, but the type takes %zu bytes", (long long)len,
                    want);
  if ((size_t)at > n || want > n - (size_t)at)
    return lex_fail(&p->x, from, "%zu bytes from %lld on are wanted, but the file has %zu", want,
                    (long long)at, n);
  if (at % 64 != 0 || (size_t)at < p->blob_at)
    return lex_fail(&p->x, from, "the offset is %lld; it must be a multiple of 64 of at least %zu",
                    (long long)at, p->blob_at);
  p->blob_at = (size_t)at + want;
  t->data = p->blob.data + at;
  if (file_crc32(t->data, want) != crc)
    return lex_fail(&p->x, from, "the bytes have the check sum 0x%08x, not 0x%08x: not this file",
                    (unsigned)file_crc32(t->data, want), (unsigned)crc);
  return true;
}

static bool parse_tensor(struct parser *p, struct ir_tensor *t) {
  size_t from = lex_skip_blanks(&p->x);
  char word[LEX_MAX_WORD + 1];
  if (!parse_type(p, &t->type))
    return false;
  if (ir_dtype_size(t->type.dtype) == 0)
    return lex_fail(&p->x, from, "stored data cannot be %s", ir_dtype_name(t->type.dtype));
  if (lex_is_at(&p->x, '{'))
    return parse_elements(p, t);
  from = lex_skip_blanks(&p->x);
  if (!lex_word(&p->x, word))
    return false;
  if (strcmp(word, "blob") != 0)
    return lex_fail(&p->x, from, "expected {elements} or blob");
  return parse_blob(p, t);
}

static bool parse_choice(struct parser *p, enum ir_attr_key key, enum ir_word *w) {
  char word[LEX_MAX_WORD + 1];
  size_t from = lex_skip_blanks(&p->x);
  if (!lex_word(&p->x, word))
    return false;
  if (!ir_word_by_text(key, word, w))
    return lex_fail(&p->x, from, "%s is none of the values of %s: %s", diag_quote(p->x.diag, word),
                    ir_attr_name(key), ir_word_choices(p->x.arena, key));
  return true;
}

bool parse_value(struct parser *p, struct ir_attr *a) {
  switch (ir_attr_kind_of(a->key)) {
  case IR_KIND_INT:
    return lex_int(&p->x, INT64_MIN, INT64_MAX, &a->u.i);
  case IR_KIND_INTS:
    if (!parse_ints(p))
      return false;
    a->u.ints.v = arena_memdup(p->x.arena, p->ints.v, p->ints.n * sizeof(int64_t));
    a->u.ints.n = p->ints.n;
    return true;
  case IR_KIND_FLOAT:
    return lex_double(&p->x, &a->u.f);
  case IR_KIND_WORD:
    return parse_choice(p, a->key, &a->u.word);
  case IR_KIND_TEXT:
    return lex_string(&p->x, &a->u.text);
  case IR_KIND_TENSOR:
    return parse_tensor(p, &a->u.tensor);
  }
  return false;
}
