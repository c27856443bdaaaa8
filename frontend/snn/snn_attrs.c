/* frontend/snn/snn_attrs.c -- attributes of a statement, and those that the IR has by its tables.
 */
#include "frontend/snn/snn_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/comp.h"

const struct snn_attr *snn_attr_find(const struct snn_list *attrs, const char *name) {
  for (size_t i = 0; i < attrs->n; i++) {
    const struct snn_attr *a = attrs->v[i];

    if (!strcmp(a->name.text, name))
      return a;
  }
  return NULL;
}

/* Blank-separated words without their "?"; NULL-terminated. */
static const char **split(struct arena *a, const char *known, size_t *n) {
  const char **words = ARENA_NEW(a, const char *, strlen(known) / 2 + 2);

  *n = 0;
  for (const char *s = known + strspn(known, " "); *s; s += strspn(s, " ")) {
    size_t len = strcspn(s, " "), bare = len - (s[len - 1] == '?');
    words[(*n)++] = arena_strndup(a, s, bare);
    s += len;
  }
  return words;
}

const char *snn_did_you_mean(struct snn_build *b, const char *word, const char *known) {
  size_t n;
  const char **words = split(b->c->arena, known, &n);
  const char *near = diag_nearest(word, words, n);

  return near ? arena_printf(b->c->arena, "; did you mean %s?", near) : "";
}

static bool is_known(struct snn_build *b, const char *word, const char *known) {
  size_t n;
  const char **words = split(b->c->arena, known, &n);

  for (size_t i = 0; i < n; i++)
    if (!strcmp(words[i], word))
      return true;
  return false;
}

/* "a, b and c" for messages. */
static const char *enumerate(struct snn_build *b, const char *known) {
  size_t n;
  const char **words = split(b->c->arena, known, &n), *text = n ? words[0] : "none";

  for (size_t i = 1; i < n; i++)
    text = arena_printf(b->c->arena, "%s%s%s", text, i + 1 == n ? " and " : ", ", words[i]);
  return text;
}

bool snn_check_attrs(struct snn_build *b, const struct snn_list *attrs, const char *what,
                     const char *known) {
  bool is_good = true;

  for (size_t i = 0; i < attrs->n; i++) {
    const struct snn_attr *a = attrs->v[i];
    const char *name = diag_quote(b->c->diag, a->name.text);

    if (!is_known(b, a->name.text, known)) {
      const char *near = snn_did_you_mean(b, a->name.text, known);
      is_good = snn_fail(b, a->name.loc, "%s has no attribute %s%s%s", what, name,
                         *near ? near : "; it takes ", *near ? "" : enumerate(b, known));
    }
    if (snn_attr_find(attrs, a->name.text) != a)
      is_good = snn_fail(b, a->name.loc, "%s has %s twice; once is right", what, name);
  }
  return is_good;
}

const struct snn_expr *snn_single(struct snn_build *b, const struct snn_attr *attr) {
  if (attr->values->n == 1)
    return attr->values->v[0];
  snn_fail(b, attr->name.loc, "%s has %zu values; it takes one", attr->name.text, attr->values->n);
  return NULL;
}

/* The values of an attribute, or the items of the list that it is. */
static const struct snn_list *items_of(const struct snn_attr *attr) {
  const struct snn_expr *only = attr->values->n == 1 ? attr->values->v[0] : NULL;

  return only && only->kind == SNN_E_LIST ? only->items : attr->values;
}

/* How many numbers a window's attribute has in full; 0: any. */
static size_t window_count(enum ir_attr_key key, size_t n_axes) {
  if (key == IR_A_KERNEL || key == IR_A_STRIDE || key == IR_A_DILATION)
    return n_axes;
  return key == IR_A_PAD ? 2 * n_axes : 0;
}

/* One number is for all axes; a pad for each axis is for both of its ends. */
static bool read_ints(struct snn_build *b, const struct snn_attr *attr, enum ir_attr_key key,
                      size_t n_axes, struct ir_attr *out) {
  const struct snn_list *items = items_of(attr);
  size_t wanted = window_count(key, n_axes), n = wanted > items->n ? wanted : items->n;
  int64_t *v = ARENA_NEW(b->c->arena, int64_t, n);

  if (wanted && items->n != 1 && items->n != wanted && items->n != n_axes)
    return snn_fail(b, attr->name.loc,
                    "%s has %zu values; one, or one for each of %zu %s, is right", attr->name.text,
                    items->n, wanted, key == IR_A_PAD ? "ends" : "axes");
  for (size_t i = 0; i < items->n; i++)
    if (!snn_integer(b, items->v[i], attr->name.text, &v[i]))
      return false;
  for (size_t i = items->n; wanted && i < wanted; i++)
    v[i] = v[i - items->n];
  *out = ir_ints(key, v, wanted ? wanted : items->n);
  return true;
}

static bool read_word(struct snn_build *b, const struct snn_attr *attr, enum ir_attr_key key,
                      struct ir_attr *out) {
  const struct snn_expr *e = snn_single(b, attr);
  const char *text = e ? snn_word_of(b, e, attr->name.text) : NULL;
  enum ir_word w;

  if (!text)
    return false;
  if (!ir_word_by_text(key, text, &w))
    return snn_fail(b, e->loc, "%s cannot be %s; it is one of %s", attr->name.text,
                    diag_quote(b->c->diag, text), ir_word_choices(b->c->arena, key));
  *out = ir_word(key, w);
  return true;
}

bool snn_ir_attr(struct snn_build *b, const struct snn_attr *attr, enum ir_attr_key key,
                 size_t n_axes, struct ir_attr *out) {
  enum ir_attr_kind kind = ir_attr_kind_of(key);
  const struct snn_expr *e;
  const char *ignored;

  if (kind == IR_KIND_INTS)
    return read_ints(b, attr, key, n_axes, out);
  if (kind == IR_KIND_WORD)
    return read_word(b, attr, key, out);
  *out = (struct ir_attr){.key = key};
  if (kind == IR_KIND_TENSOR)
    return snn_tensor(b, attr, (struct snn_shape){0}, NULL, &out->u.tensor, &ignored);
  e = snn_single(b, attr);
  if (!e)
    return false;
  if (kind == IR_KIND_INT)
    return snn_integer(b, e, attr->name.text, &out->u.i);
  if (kind == IR_KIND_FLOAT)
    return snn_plain(b, e, attr->name.text, &out->u.f);
  out->u.text = snn_text_of(b, e, attr->name.text);
  return out->u.text != NULL;
}
