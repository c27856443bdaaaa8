#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "frontend/onnx/onnx_check.h"
#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/comp.h"

/* Where the elements are: as bytes (raw_data, another file, float_data, double_data), or unpacked.
 */
enum storage { IN_BYTES, IN_INT32S, IN_INT64S, IN_UINT64S };
enum number { NUMBER_F32, NUMBER_F64, NUMBER_F16, NUMBER_BF16, NUMBER_SIGNED, NUMBER_UNSIGNED };

/* Element types of TensorProto: size in raw_data, and the kind of field that holds them else. */
struct element {
  int32_t data_type;
  const char *name;
  uint8_t size_bytes; /* 0: not read here */
  enum number number;
  enum storage storage;
  enum ir_dtype dtype; /* what it becomes: the narrowest type that holds all its values */
};

static const struct element elements[] = {
    {1, "FLOAT", 4, NUMBER_F32, IN_BYTES, IR_F32},
    {2, "UINT8", 1, NUMBER_UNSIGNED, IN_INT32S, IR_U8},
    {3, "INT8", 1, NUMBER_SIGNED, IN_INT32S, IR_I8},
    {4, "UINT16", 2, NUMBER_UNSIGNED, IN_INT32S, IR_I32},
    {5, "INT16", 2, NUMBER_SIGNED, IN_INT32S, IR_I16},
    {6, "INT32", 4, NUMBER_SIGNED, IN_INT32S, IR_I32},
    {7, "INT64", 8, NUMBER_SIGNED, IN_INT64S, IR_I64},
    {8, "STRING", 0, NUMBER_SIGNED, IN_INT32S, IR_I64},
    {9, "BOOL", 1, NUMBER_UNSIGNED, IN_INT32S, IR_BOOL},
    {10, "FLOAT16", 2, NUMBER_F16, IN_INT32S, IR_F32},
    {11, "DOUBLE", 8, NUMBER_F64, IN_BYTES, IR_F32},
    {12, "UINT32", 4, NUMBER_UNSIGNED, IN_UINT64S, IR_I64},
    {13, "UINT64", 8, NUMBER_UNSIGNED, IN_UINT64S, IR_I64},
    {14, "COMPLEX64", 0, NUMBER_F32, IN_BYTES, IR_F32},
    {15, "COMPLEX128", 0, NUMBER_F64, IN_BYTES, IR_F32},
    {16, "BFLOAT16", 2, NUMBER_BF16, IN_INT32S, IR_F32},
};

/* A tensor while it is read. */
struct reader {
  struct onnx_import *im;
  const Onnx__TensorProto *proto;
  const char *name; /* quoted */
  struct loc loc;
  const struct element *e;
  enum storage storage;
  struct bytes raw; /* IN_BYTES; lives as long as the graph */
};

static const struct element *find_element(int32_t data_type) {
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
    if (elements[i].data_type == data_type)
      return &elements[i];
  return NULL;
}

static bool is_integer(const struct element *e) {
  return e->number == NUMBER_SIGNED || e->number == NUMBER_UNSIGNED;
}

bool onnx_dtype(int32_t data_type, enum ir_dtype *dtype) {
  const struct element *e = find_element(data_type);

  if (!e || !e->size_bytes)
    return false;
  *dtype = e->dtype;
  return true;
}

const char *onnx_dtype_name(int32_t data_type) {
  const struct element *e = find_element(data_type);

  return e ? e->name : "of a number that ONNX does not define";
}

bool onnx_count(const int64_t *dims, size_t rank, int64_t *count) {
  *count = 1;
  for (size_t i = 0; i < rank; i++) {
    if (dims[i] < 0 || dims[i] > INT32_MAX)
      return false;
    *count *= dims[i]; /* both below 2^31 */
    if (*count > INT32_MAX)
      return false;
  }
  return true;
}

/* Values in the typed field that is not cut. */
static size_t n_stored(const Onnx__TensorProto *t, enum storage s) {
  switch (s) {
  case IN_INT32S:
    return t->n_int32_data;
  case IN_INT64S:
    return t->n_int64_data;
  case IN_UINT64S:
    return t->n_uint64_data;
  case IN_BYTES:
    break;
  }
  return 0;
}

/* Element k as the little-endian bits that raw_data would have, or does have. */
static uint64_t element_bits(const struct reader *r, size_t k) {
  uint64_t bits = 0;

  switch (r->storage) {
  case IN_BYTES:
    memcpy(&bits, r->raw.data + k * r->e->size_bytes, r->e->size_bytes);
    return bits;
  case IN_INT32S:
    return (uint64_t)r->proto->int32_data[k];
  case IN_INT64S:
    return (uint64_t)r->proto->int64_data[k];
  case IN_UINT64S:
    return r->proto->uint64_data[k];
  }
  return 0;
}

static float half_to_float(uint32_t h) {
  int exponent = (int)(h >> 10 & 31);
  float x = (float)(h & 1023);

  if (exponent == 31)
    x = x > 0 ? NAN : INFINITY;
  else
    x = exponent ? ldexpf(x + 1024, exponent - 25) : ldexpf(x, -24);
  return h & 0x8000 ? -x : x;
}

static float bits_to_float(enum number number, uint64_t bits) {
  uint32_t low = (uint32_t)(number == NUMBER_BF16 ? bits << 16 : bits);
  double wide;
  float x;

  if (number == NUMBER_F16)
    return half_to_float(low);
  if (number == NUMBER_F64) {
    memcpy(&wide, &bits, sizeof wide);
    return (float)wide;
  }
  memcpy(&x, &low, sizeof x);
  return x;
}

static int64_t bits_to_int(const struct element *e, uint64_t bits) {
  unsigned unused = 64u - 8u * e->size_bytes;

  if (e->number == NUMBER_UNSIGNED)
    return (int64_t)(bits << unused >> unused);
  return (int64_t)(bits << unused) >> unused;
}

static bool tell_infinite(const struct reader *r, size_t k, float x) {
  return diag_error(r->im->c->diag, r->loc,
                    "tensor %s: element %zu is %s; weights must be finite float32 numbers", r->name,
                    k, isnan(x) ? "NaN" : "infinite");
}

/* One element may be infinite. */
static bool check_finite(const struct reader *r, const float *x, size_t count) {
  size_t k = ir_find_infinite(x, count);

  return k == count || (count == 1 && !isnan(*x)) || tell_infinite(r, k, x[k]);
}

static bool fill_floats(const struct reader *r, size_t count, float *to) {
  if (r->e->number == NUMBER_F32)
    memcpy(to, r->raw.data, count * sizeof *to);
  else
    for (size_t k = 0; k < count; k++)
      to[k] = bits_to_float(r->e->number, element_bits(r, k));
  return check_finite(r, to, count);
}

static bool fill_ints(const struct reader *r, size_t count, void *to) {
  for (size_t k = 0; k < count; k++) {
    int64_t v = bits_to_int(r->e, element_bits(r, k));
    ir_put_int(to, r->e->dtype, (int64_t)k, v);
    if (r->e->number == NUMBER_UNSIGNED && v < 0)
      return diag_error(r->im->c->diag, r->loc,
                        "tensor %s: element %zu is above 2^63 - 1, the largest integer", r->name,
                        k);
  }
  return true;
}

static bool is_external(const Onnx__TensorProto *t) {
  return t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
}

static bool check_dims(const struct reader *r, int64_t *count) {
  const Onnx__TensorProto *t = r->proto;

  if (t->n_dims > IR_MAX_RANK)
    return diag_error(r->im->c->diag, r->loc,
                      "tensor %s has %zu dimensions; up to %d are supported", r->name, t->n_dims,
                      IR_MAX_RANK);
  for (size_t i = 0; i < t->n_dims; i++)
    if (t->dims[i] < 0 || t->dims[i] > INT32_MAX)
      return diag_error(r->im->c->diag, r->loc,
                        "tensor %s: dimension %zu is %" PRId64 "; 0 to 2^31 - 1 is allowed",
                        r->name, i, t->dims[i]);
  if (!onnx_count(t->dims, t->n_dims, count))
    return diag_error(r->im->c->diag, r->loc,
                      "tensor %s has more than 2^31 - 1 elements by its dimensions", r->name);
  return true;
}

static bool check_place(const struct reader *r) {
  const Onnx__TensorProto *t = r->proto;

  if (t->segment)
    return diag_error(r->im->c->diag, r->loc,
                      "tensor %s is stored in segments; whole tensors are supported", r->name);
  if (!r->e || !r->e->size_bytes)
    return diag_error(r->im->c->diag, r->loc,
                      "tensor %s has elements of type %" PRId32
                      " (%s); floating, integer and boolean types are supported",
                      r->name, t->data_type, onnx_dtype_name(t->data_type));
  return true;
}

/* The bytes behind cuts, see onnx_check.h. A single one stays where it is. */
static struct bytes join(struct arena *a, const void *cuts, size_t n_bytes) {
  const struct onnx_cut *cut = arena_memdup(a, cuts, n_bytes);
  size_t n = n_bytes / sizeof *cut, len = 0;
  uint8_t *data;

  if (n == 1)
    return (struct bytes){cut->data, cut->len};
  for (size_t i = 0; i < n; i++)
    len += cut[i].len;
  data = arena_alloc(a, len, 1);
  for (size_t i = 0, at = 0; i < n; at += cut[i++].len)
    memcpy(data + at, cut[i].data, cut[i].len);
  return (struct bytes){data, len};
}

static bool find_elements(struct reader *r, uint64_t wanted) {
  const Onnx__TensorProto *t = r->proto;
  struct arena *a = r->im->c->arena;

  r->storage = IN_BYTES;
  if (is_external(t))
    return onnx_external_read(r->im, t, r->loc, wanted, &r->raw);
  if (t->has_raw_data)
    r->raw = join(a, t->raw_data.data, t->raw_data.len);
  else if (r->e->number == NUMBER_F32)
    r->raw = join(a, t->float_data, t->n_float_data * sizeof *t->float_data);
  else if (r->e->number == NUMBER_F64)
    r->raw = join(a, t->double_data, t->n_double_data * sizeof *t->double_data);
  else
    r->storage = r->e->storage;
  return true;
}

static bool check_size(const struct reader *r, size_t count) {
  size_t stored = r->storage == IN_BYTES ? r->raw.len : n_stored(r->proto, r->storage);
  size_t wanted = r->storage == IN_BYTES ? count * r->e->size_bytes : count;
  struct ir_type type = ir_type_make(IR_F32, r->proto->n_dims, r->proto->dims);

  if (stored == wanted)
    return true;
  return diag_error(r->im->c->diag, r->loc, "tensor %s has %zu %s; its dimensions %s need %zu",
                    r->name, stored, r->storage == IN_BYTES ? "bytes" : "values",
                    strchr(ir_type_text(r->im->c->scratch, &type), '['), wanted);
}

/* Elements that the file has as the IR wants them, at an address that suits them. */
static bool is_ready(const struct reader *r) {
  bool is_same =
      r->e->number == NUMBER_F32 ||
      (is_integer(r->e) && r->e->size_bytes == ir_dtype_size(r->e->dtype) &&
       r->e->dtype != IR_BOOL && r->e->data_type != ONNX__TENSOR_PROTO__DATA_TYPE__UINT64);
  return r->storage == IN_BYTES && is_same && (uintptr_t)r->raw.data % r->e->size_bytes == 0;
}

/* Many tensors may name one place of one large file: what their copies take is bounded. */
static bool copy_elements(const struct reader *r, size_t count, struct ir_tensor *out) {
  void *data;

  if (is_external(r->proto) && !onnx_charge(r->im, r->loc, count * ir_dtype_size(out->type.dtype)))
    return false;
  *out = ir_tensor_new(r->im->c->arena, out->type);
  data = (void *)(uintptr_t)out->data;
  return is_integer(r->e) ? fill_ints(r, count, data) : fill_floats(r, count, data);
}

bool onnx_tensor_read(struct onnx_import *im, const Onnx__TensorProto *t, struct loc loc,
                      struct ir_tensor *out) {
  struct reader r = {.im = im,
                     .proto = t,
                     .name = diag_quote(im->c->diag, onnx_str(t->name)),
                     .loc = loc,
                     .e = find_element(t->data_type)};
  int64_t n = 0;
  size_t count;

  if (!check_dims(&r, &n) || !check_place(&r))
    return false;
  count = (size_t)n;
  if (!find_elements(&r, (uint64_t)count * r.e->size_bytes) || !check_size(&r, count))
    return false;
  out->type = ir_type_make(r.e->dtype, t->n_dims, t->dims);
  if (!is_ready(&r))
    return copy_elements(&r, count, out);
  out->data = r.raw.data;
  return is_integer(r.e) || check_finite(&r, out->data, count);
}
