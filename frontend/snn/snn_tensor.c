/* frontend/snn/snn_tensor.c -- numbers of weights and the like: from files, lists, initializers. */
#include "frontend/snn/snn_internal.h"

#include <math.h>
#include <string.h>

#include "frontend/data/data.h"
#include "frontend/onnx/onnx.h"
#include "ir/base/arena.h"
#include "ir/comp.h"

/* What is being read, and what has come out. */
struct reading {
  struct snn_build *b;
  const struct snn_attr *attr;
  const struct snn_expr *e;
  struct snn_shape shape;
  snn_measure_fn *measure;
  enum ir_dtype dtype;
  struct ir_tensor *out;
  const char **key;
};

static const char *what(const struct reading *r) {
  return r->attr->name.text;
}

bool snn_new_tensor(struct snn_build *b, struct loc loc, struct ir_type type,
                    struct ir_tensor *out) {
  int64_t count = 1;
  size_t size = ir_dtype_size(type.dtype);

  for (size_t i = 0; i < type.rank; i++) {
    if (type.dims[i] < 1 || type.dims[i] > INT32_MAX / count)
      return snn_fail(b, loc,
                      "%s is out of range: sizes are at least 1, all together at most 2^31 - 1",
                      ir_type_text(b->c->arena, &type));
    count *= type.dims[i];
  }
  if ((size_t)count * size > b->left_bytes)
    return snn_fail(b, loc,
                    "%s takes %zu bytes; %zu are left of what this network may take, --max-memory "
                    "BYTES sets another limit",
                    ir_type_text(b->c->arena, &type), (size_t)count * size, b->left_bytes);
  b->left_bytes -= (size_t)count * size;
  *out = ir_tensor_new(b->c->arena, type);
  return true;
}

static struct ir_type shaped(const struct reading *r, enum ir_dtype dtype) {
  struct ir_type t = r->shape.type;

  t.dtype = dtype;
  return t;
}

/* ---- single numbers ---- */

static bool put(const struct reading *r, struct loc loc, size_t i, double v) {
  enum ir_dtype dtype = r->out->type.dtype;
  int64_t least = 0, most = 1;

  if (dtype == IR_F32) {
    ir_f32_of(*r->out)[i] = (float)v;
    return isfinite((float)v) ||
           snn_fail(r->b, loc, "%s is %g; a number within 3.4e38 of 0 is wanted", what(r), v);
  }
  if (dtype != IR_BOOL)
    ir_int_limits(dtype, &least, &most);
  if (v != floor(v) || !(v >= (double)least) || !(v <= (double)most) ||
      fabs(v) > 9007199254740992.0)
    return snn_fail(r->b, loc, "%s is %g; a whole number that fits %s is wanted", what(r), v,
                    ir_dtype_name(dtype));
  ir_put_int((void *)(uintptr_t)r->out->data, dtype, (int64_t)i, (int64_t)v);
  return true;
}

static bool read_number(const struct reading *r, const struct snn_expr *e, size_t i) {
  double v;

  return r->measure(r->b, e, what(r), &v) && put(r, e->loc, i, v);
}

static bool read_scalar(const struct reading *r) {
  struct ir_type type = shaped(r, r->dtype);
  double v;

  if (!r->measure(r->b, r->e, what(r), &v) || !snn_new_tensor(r->b, r->e->loc, type, r->out))
    return false;
  for (int64_t i = 0; i < ir_type_count(&type); i++)
    if (!put(r, r->e->loc, (size_t)i, v))
      return false;
  return true;
}

/* ---- lists ---- */

/* Sizes along the first elements; the rest is checked against them. */
static bool list_type(const struct reading *r, const struct snn_list *items, struct ir_type *type) {
  const struct snn_expr *first;

  *type = (struct ir_type){.dtype = r->dtype};
  do {
    if (type->rank == IR_MAX_RANK || items->n == 0)
      return snn_fail(r->b, r->attr->name.loc,
                      "%s is a list %s; up to %d levels of numbers are read", what(r),
                      items->n ? "of lists of lists of lists.." : "of nothing", IR_MAX_RANK);
    type->dims[type->rank++] = (int64_t)items->n;
    first = items->v[0];
    items = first->items;
  } while (first->kind == SNN_E_LIST);
  return true;
}

static bool read_level(const struct reading *r, const struct snn_list *items, size_t level,
                       size_t *at) {
  const struct ir_type *type = &r->out->type;
  bool is_last = level + 1 == type->rank;

  for (size_t i = 0; i < items->n; i++) {
    const struct snn_expr *e = items->v[i];

    if ((e->kind == SNN_E_LIST) == is_last ||
        (!is_last && (int64_t)e->items->n != type->dims[level + 1]))
      return snn_fail(r->b, e->loc,
                      "%s is not a regular table here: rows of one level have the same "
                      "length; the first ones make it %s",
                      what(r), ir_type_text(r->b->c->arena, type));
    if (is_last ? !read_number(r, e, (*at)++) : !read_level(r, e->items, level + 1, at))
      return false;
  }
  return true;
}

/* A plain list may stand for any shape of as many numbers. */
static bool read_list(const struct reading *r, const struct snn_list *items) {
  struct ir_type type, wanted = shaped(r, r->dtype);
  size_t at = 0;

  if (!list_type(r, items, &type) || !snn_new_tensor(r->b, r->attr->name.loc, type, r->out) ||
      !read_level(r, items, 0, &at))
    return false;
  if (r->shape.is_known && type.rank == 1 && type.dims[0] == ir_type_count(&wanted))
    r->out->type = wanted;
  return true;
}

/* ---- files ---- */

/* "folder/file" of a name in this network's file. */
static const char *beside(const struct reading *r, const char *name) {
  return arena_printf(r->b->c->arena, "%s%s", file_dir(r->b->c->arena, r->e->loc.file), name);
}

static bool read_onnx(const struct reading *r, struct bytes file, const char *name,
                      const char *key) {
  struct ir_graph *g = onnx_read(r->b->c, beside(r, name), file);
  const char **names;
  const char *near;
  size_t n = 0;

  if (!g)
    return snn_fail(r->b, r->e->loc, "%s cannot be read, as told above", what(r));
  names = ARENA_NEW(r->b->c->arena, const char *, ir_n_nodes(g) + 1);
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *node = ir_node(g, ir_id_at(i));

    if (node->op != IR_CONST)
      continue;
    names[n++] = node->name;
    if (!strcmp(node->name, key)) {
      *r->out = *ir_attr_tensor(node, IR_A_VALUE);
      return true;
    }
  }
  near = diag_nearest(key, names, n);
  return snn_fail(r->b, r->e->loc, "%s has no constant %s; %s%s", diag_quote(r->b->c->diag, name),
                  diag_quote(r->b->c->diag, key),
                  near ? "the nearest is " : "inspect lists its layers",
                  near ? diag_quote(r->b->c->diag, near) : "");
}

static bool ends_with(const char *s, size_t len, const char *ending) {
  size_t n = strlen(ending);

  return len >= n && !memcmp(s + len - n, ending, n);
}

/* "w.npz:key", "w.npy" or "net.onnx:key", in the folder of the .snn or below. */
static bool read_file(const struct reading *r) {
  const char *text = r->e->text, *colon = strchr(text, ':'), *name, *why;
  struct snn_build *b = r->b;
  struct bytes file;

  while (colon && !ends_with(text, (size_t)(colon - text), ".npz") &&
         !ends_with(text, (size_t)(colon - text), ".onnx"))
    colon = strchr(colon + 1, ':');
  name = colon ? arena_strndup(b->c->arena, text, (size_t)(colon - text)) : text;
  if (!colon && !ends_with(text, strlen(text), ".npy"))
    return snn_fail(b, r->e->loc,
                    "%s is %s; \"file.npz:key\", \"file.npy\" or \"model.onnx:tensor\" is "
                    "right",
                    what(r), diag_quote(b->c->diag, text));
  why = file_map_beneath(b->c->arena, file_dir(b->c->arena, r->e->loc.file), name, &file);
  if (why)
    return snn_fail(b, r->e->loc, "%s is to be found in the folder of this file: %s",
                    diag_quote(b->c->diag, name), why);
  if (colon)
    *r->key = colon + 1;
  if (ends_with(name, strlen(name), ".onnx"))
    return read_onnx(r, file, name, colon + 1);
  if (!data_read_tensor(b->c, file, beside(r, name), colon ? colon + 1 : NULL, r->out)) {
    return snn_fail(b, r->e->loc, "%s cannot be read, as told above", what(r));
  }
  return true;
}

/* The file's numbers in the type that is wanted. */
static bool convert(const struct reading *r) {
  struct ir_tensor from = *r->out, to;
  struct ir_type type = from.type;
  struct reading cast = *r;

  type.dtype = r->dtype;
  if (from.type.dtype == r->dtype)
    return true;
  if (!snn_new_tensor(r->b, r->e->loc, type, &to))
    return false;
  cast.out = &to;
  for (int64_t i = 0; i < ir_type_count(&type); i++) {
    double v = from.type.dtype == IR_F32 ? (double)ir_f32_of(from)[i] : (double)ir_int_at(&from, i);

    if (!put(&cast, r->e->loc, (size_t)i, v))
      return false;
  }
  *r->out = to;
  return true;
}

/* ---- initializers ---- */

/* splitmix64 (Steele, Lea and Flood 2014) as a function of stream and counter. */
static uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

double snn_random(uint64_t stream, uint64_t n) {
  return (double)(mix(stream + (n + 1) * UINT64_C(0x9e3779b97f4a7c15)) >> 11) * 0x1p-53;
}

uint64_t snn_stream(struct snn_build *b, const char *name, int64_t seed) {
  uint64_t h = mix((uint64_t)seed * 2 + 1) ^ mix((uint64_t)b->seed);

  for (const char *s = name; *s; s++)
    h = mix(h ^ (unsigned char)*s);
  return h;
}

/* Box and Muller 1958. */
static double normal(uint64_t stream, uint64_t n) {
  double u = 1 - snn_random(stream, 2 * n), v = snn_random(stream, 2 * n + 1);

  return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

static bool arguments(const struct reading *r, size_t n, double *v) {
  size_t found = r->e->items ? r->e->items->n : 0;

  if (found != n)
    return snn_fail(r->b, r->e->loc, "%s takes %s in its parentheses, not %zu numbers", r->e->text,
                    n == 0                          ? "nothing"
                    : !strcmp(r->e->text, "normal") ? "two, mean and deviation,"
                                                    : "two, the lowest and the highest number,",
                    found);
  for (size_t i = 0; i < n; i++)
    if (!r->measure(r->b, r->e->items->v[i], what(r), &v[i]))
      return false;
  return true;
}

bool snn_is_initializer(const struct snn_expr *e) {
  return (e->kind == SNN_E_CALL && (!strcmp(e->text, "uniform") || !strcmp(e->text, "normal"))) ||
         ((e->kind == SNN_E_CALL || e->kind == SNN_E_WORD) && !strcmp(e->text, "glorot"));
}

/* Glorot and Bengio 2010: uniform within sqrt(6 / (fan_in + fan_out)). */
static bool read_initializer(const struct reading *r) {
  const struct snn_attr *seed = snn_attr_find(r->attr->attrs, "seed");
  double v[2] = {0, 0}, limit = sqrt(6 / (r->shape.fan_in + r->shape.fan_out));
  bool is_normal = !strcmp(r->e->text, "normal"), is_glorot = !strcmp(r->e->text, "glorot");
  uint64_t stream = r->shape.stream;
  int64_t own = 0;

  if (!r->shape.is_known)
    return snn_fail(r->b, r->e->loc,
                    "%s draws numbers, but how many is not known here; a file or a list "
                    "is wanted",
                    r->e->text);
  if (seed && seed->values->n != 1)
    return snn_fail(r->b, seed->name.loc, "seed has %zu values; one number is right",
                    seed->values->n);
  if (seed && !snn_integer(r->b, seed->values->v[0], "seed", &own))
    return false;
  stream = seed ? mix(stream ^ (uint64_t)own) : stream;
  if (!arguments(r, is_glorot ? 0 : 2, v) ||
      !snn_new_tensor(r->b, r->e->loc, shaped(r, r->dtype), r->out))
    return false;
  if (is_glorot)
    v[0] = -limit, v[1] = limit;
  for (int64_t i = 0; i < ir_type_count(&r->out->type); i++) {
    double x = is_normal ? v[0] + v[1] * normal(stream, (uint64_t)i)
                         : v[0] + (v[1] - v[0]) * snn_random(stream, (uint64_t)i);
    if (!put(r, r->e->loc, (size_t)i, r->dtype == IR_F32 ? x : floor(x + 0.5)))
      return false;
  }
  return true;
}

/* ---- all of them ---- */

/* "i64(..)" is for what is no f32. */
static void take_dtype(struct reading *r) {
  if (r->e->kind != SNN_E_CALL || r->e->items->n != 1)
    return;
  for (int t = IR_F32; t <= IR_BOOL; t++)
    if (!strcmp(r->e->text, ir_dtype_name((enum ir_dtype)t))) {
      r->dtype = (enum ir_dtype)t;
      r->e = snn_resolve(r->b, r->e->items->v[0]);
      return;
    }
}

bool snn_tensor(struct snn_build *b, const struct snn_attr *attr, struct snn_shape shape,
                snn_measure_fn *measure, struct ir_tensor *out, const char **key) {
  struct reading r = {b,   attr, NULL, shape, measure ? measure : snn_plain, shape.type.dtype,
                      out, key};

  *key = NULL;
  if (!snn_check_attrs(b, attr->attrs, what(&r), "seed"))
    return false;
  if (attr->values->n == 0)
    return snn_fail(b, attr->name.loc,
                    "%s has no value; numbers, a file or an initializer is wanted", what(&r));
  if (attr->values->n > 1)
    return read_list(&r, attr->values);
  r.e = snn_resolve(b, attr->values->v[0]);
  take_dtype(&r);
  if (r.e->kind == SNN_E_LIST)
    return read_list(&r, r.e->items);
  if (snn_is_initializer(r.e))
    return read_initializer(&r);
  if (r.e->kind != SNN_E_TEXT)
    return read_scalar(&r);
  return read_file(&r) && convert(&r);
}
