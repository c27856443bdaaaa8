/* frontend/data/npy.c -- header of .npy files (NumPy enhancement proposal 1): magic, version,
 * length, and a Python dictionary with descr, fortran_order and shape. */
#include "frontend/data/data_internal.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"

enum { MAGIC = 6, MAX_HEADER = 65536 };

/* The dictionary's text, what is left of it, and what it says. */
struct header {
  struct data_stream *in;
  const char *at;
  const char *descr;
  bool has_order, is_fortran, has_shape;
  struct data_array *array;
};

bool npy_is_magic(const uint8_t *head, size_t n) {
  return n >= MAGIC && memcmp(head, "\x93NUMPY", MAGIC) == 0;
}

static bool tell(const struct header *h, const char *what) {
  return diag_error(h->in->c->diag, h->in->loc, "the .npy header %s", what);
}

static void skip_space(struct header *h) {
  h->at += strspn(h->at, " \t\n");
}

/* Takes `c` if it is next. */
static bool take(struct header *h, char c) {
  skip_space(h);
  if (*h->at != c)
    return false;
  h->at++;
  return true;
}

/* 'text' or "text"; NULL when something else is next. */
static const char *take_string(struct header *h) {
  const char *begin, *end;

  skip_space(h);
  if (*h->at != '\'' && *h->at != '"')
    return NULL;
  begin = h->at + 1;
  end = strchr(begin, *h->at);
  if (!end)
    return NULL;
  h->at = end + 1;
  return arena_strndup(h->in->c->arena, begin, (size_t)(end - begin));
}

static bool take_word(struct header *h, const char *word) {
  size_t n = strlen(word);

  skip_space(h);
  if (strncmp(h->at, word, n) != 0)
    return false;
  h->at += n;
  return true;
}

static bool take_size(struct header *h, uint64_t *v) {
  skip_space(h);
  if (*h->at < '0' || *h->at > '9')
    return tell(h, "has a shape whose axes are not all whole numbers from 0");
  for (*v = 0; *h->at >= '0' && *h->at <= '9'; h->at++) {
    uint64_t digit = (uint64_t)(*h->at - '0');

    if (*v > (UINT64_MAX - digit) / 10)
      return tell(h, "has a size of more than 64 bits");
    *v = *v * 10 + digit;
  }
  return true;
}

static bool parse_shape(struct header *h) {
  struct data_array *array = h->array;

  if (!take(h, '('))
    return tell(h, "has a shape that is no tuple");
  while (!take(h, ')')) {
    if (array->rank == IR_MAX_RANK)
      return tell(h, "has a shape with more than 8 axes");
    if (!take_size(h, &array->dims[array->rank++]))
      return false;
    if (!take(h, ',') && *h->at != ')')
      return tell(h, "has a shape without its closing parenthesis");
  }
  h->has_shape = true;
  return true;
}

static bool parse_item(struct header *h) {
  const char *key = take_string(h);

  if (!key || !take(h, ':'))
    return tell(h, "is no dictionary of 'descr', 'fortran_order' and 'shape'");
  if (strcmp(key, "shape") == 0 && !h->has_shape)
    return parse_shape(h);
  if (strcmp(key, "fortran_order") == 0 && !h->has_order) {
    h->is_fortran = take_word(h, "True");
    h->has_order = h->is_fortran || take_word(h, "False");
    return h->has_order || tell(h, "has a fortran_order other than True and False");
  }
  if (strcmp(key, "descr") == 0 && !h->descr) {
    h->descr = take_string(h);
    return h->descr || tell(h, "has records of several fields; one number per element is read");
  }
  return diag_error(h->in->c->diag, h->in->loc, "the .npy header has a key %s that is not expected",
                    diag_quote(h->in->c->diag, key));
}

/* "<f4": byte order, kind, bytes. */
static bool parse_descr(const struct header *h) {
  static const struct {
    const char *code;
    enum data_kind kind;
    size_t bytes;
  } known[] = {
      {"b1", DATA_INT, 1},  {"u1", DATA_UINT, 1},  {"u2", DATA_UINT, 2},  {"u4", DATA_UINT, 4},
      {"u8", DATA_UINT, 8}, {"i1", DATA_INT, 1},   {"i2", DATA_INT, 2},   {"i4", DATA_INT, 4},
      {"i8", DATA_INT, 8},  {"f4", DATA_FLOAT, 4}, {"f8", DATA_FLOAT, 8},
  };
  const char *code = h->descr + (strchr("<>|=", h->descr[0]) != NULL && h->descr[0]);

  if (strcmp(code, "O") == 0)
    return diag_error(h->in->c->diag, h->in->loc,
                      "the array holds Python objects ('O'); numbers are read, such as f4 or u1");
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
    if (strcmp(code, known[i].code) == 0) {
      h->array->kind = known[i].kind;
      h->array->elem_bytes = known[i].bytes;
      h->array->is_big_endian = h->descr[0] == '>';
      return true;
    }
  return diag_error(h->in->c->diag, h->in->loc,
                    "elements of type %s; b1, u1 to u8, i1 to i8, f4 and f8 are read%s",
                    diag_quote(h->in->c->diag, h->descr),
                    code[0] == 'f' ? ": .astype(\"f4\") before saving makes it right" : "");
}

static bool parse_dictionary(struct header *h) {
  if (!take(h, '{'))
    return tell(h, "is no dictionary of 'descr', 'fortran_order' and 'shape'");
  while (!take(h, '}')) {
    if (!parse_item(h))
      return false;
    if (!take(h, ',') && *h->at != '}')
      return tell(h, "is not closed by }");
  }
  if (!h->descr || !h->has_order || !h->has_shape)
    return tell(h, "lacks one of 'descr', 'fortran_order' and 'shape'");
  if (h->is_fortran)
    return tell(h, "says Fortran order; numpy.ascontiguousarray() before saving makes it right");
  return parse_descr(h);
}

bool npy_read_header(struct data_stream *in, struct data_array *array) {
  struct header h = {.in = in, .array = array};
  uint8_t start[MAGIC + 2], size[4] = {0};
  size_t len;
  char *text;

  *array = (struct data_array){.format = ".npy"};
  if (!data_stream_need(in, start, sizeof(start), "the .npy header"))
    return false;
  if (start[MAGIC] < 1 || start[MAGIC] > 3)
    return diag_error(in->c->diag, in->loc, ".npy version %d; 1, 2 and 3 are read", start[MAGIC]);
  if (!data_stream_need(in, size, start[MAGIC] == 1 ? 2 : 4, "the .npy header"))
    return false;
  len = (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
  if (len > MAX_HEADER)
    return diag_error(in->c->diag, in->loc, "an .npy header of %zu bytes; at most %d are right",
                      len, MAX_HEADER);
  text = arena_alloc(in->c->arena, len + 1, 1);
  if (!data_stream_need(in, text, len, "the .npy header"))
    return false;
  h.at = text;
  return parse_dictionary(&h);
}
