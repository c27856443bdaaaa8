#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/comp.h"

enum storage { IN_FLOATS, IN_INT32S, IN_INT64S, IN_DOUBLES, IN_UINT64S };
enum number { NUMBER_F32, NUMBER_F64, NUMBER_F16, NUMBER_BF16, NUMBER_SIGNED, NUMBER_UNSIGNED };

/* Element types of TensorProto: size in raw_data, and the typed field that holds them else. */
struct element {
  int32_t data_type;
  const char *name;
  uint8_t size_bytes; /* 0: not read here */
  enum number number;
  enum storage storage;
};

static const struct element elements[] = {
    {1, "FLOAT", 4, NUMBER_F32, IN_FLOATS},         {2, "UINT8", 1, NUMBER_UNSIGNED, IN_INT32S},
    {3, "INT8", 1, NUMBER_SIGNED, IN_INT32S},       {4, "UINT16", 2, NUMBER_UNSIGNED, IN_INT32S},
    {5, "INT16", 2, NUMBER_SIGNED, IN_INT32S},      {6, "INT32", 4, NUMBER_SIGNED, IN_INT32S},
    {7, "INT64", 8, NUMBER_SIGNED, IN_INT64S},      {8, "STRING", 0, NUMBER_SIGNED, IN_INT32S},
    {9, "BOOL", 1, NUMBER_UNSIGNED, IN_INT32S},     {10, "FLOAT16", 2, NUMBER_F16, IN_INT32S},
    {11, "DOUBLE", 8, NUMBER_F64, IN_DOUBLES},      {12, "UINT32", 4, NUMBER_UNSIGNED, IN_UINT64S},
    {13, "UINT64", 8, NUMBER_UNSIGNED, IN_UINT64S}, {14, "COMPLEX64", 0, NUMBER_F32, IN_FLOATS},
    {15, "COMPLEX128", 0, NUMBER_F64, IN_DOUBLES},  {16, "BFLOAT16", 2, NUMBER_BF16, IN_INT32S},
};

/* A tensor while it is read. */
struct reader {
  struct onnx_import *im;
  const Onnx__TensorProto *proto;
  const char *name; /* quoted */
  struct loc loc;
  const struct element *e;
  bool is_raw; /* its bytes are `raw`, not in a typed field */
  struct bytes raw;
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
  *dtype = is_integer(e) ? IR_I64 : IR_F32;
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

static size_t n_stored(const Onnx__TensorProto *t, enum storage s) {
  switch (s) {
  case IN_FLOATS:
    return t->n_float_data;
  case IN_INT32S:
    return t->n_int32_data;
  case IN_INT64S:
    return t->n_int64_data;
  case IN_DOUBLES:
    return t->n_double_data;
  case IN_UINT64S:
    return t->n_uint64_data;
  }
  return 0;
}

/* Element k as the little-endian bits that raw_data would have, or does have. */
static uint64_t element_bits(const struct reader *r, size_t k) {
  uint64_t bits = 0;
  uint32_t half = 0;
  const uint8_t *p;

  if (r->is_raw) {
    p = r->raw.data + k * r->e->size_bytes;
    for (size_t i = 0; i < r->e->size_bytes; i++)
      bits |= (uint64_t)p[i] << (8 * i);
    return bits;
  }
  switch (r->e->storage) {
  case IN_FLOATS:
    memcpy(&half, &r->proto->float_data[k], sizeof half);
    return half;
  case IN_INT32S:
    return (uint64_t)r->proto->int32_data[k];
  case IN_INT64S:
    return (uint64_t)r->proto->int64_data[k];
  case IN_DOUBLES:
    memcpy(&bits, &r->proto->double_data[k], sizeof bits);
    return bits;
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

static bool fill_floats(const struct reader *r, int64_t count, float *to) {
  for (int64_t k = 0; k < count; k++) {
    to[k] = bits_to_float(r->e->number, element_bits(r, (size_t)k));
    if (isnan(to[k]) || (isinf(to[k]) && count > 1))
      return diag_error(r->im->c->diag, r->loc,
                        "tensor %s: element %" PRId64
                        " is %s; weights must be finite float32 numbers",
                        r->name, k, isnan(to[k]) ? "NaN" : "infinite");
  }
  return true;
}

static bool fill_ints(const struct reader *r, int64_t count, int64_t *to) {
  for (int64_t k = 0; k < count; k++) {
    to[k] = bits_to_int(r->e, element_bits(r, (size_t)k));
    if (r->e->number == NUMBER_UNSIGNED && to[k] < 0)
      return diag_error(r->im->c->diag, r->loc,
                        "tensor %s: element %" PRId64 " is above 2^63 - 1, the largest integer",
                        r->name, k);
  }
  return true;
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

/* The bytes of a tensor that has them as such. */
static bool find_raw(struct reader *r, uint64_t wanted) {
  const Onnx__TensorProto *t = r->proto;

  r->is_raw = true;
  if (t->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return onnx_external_read(r->im, t, r->loc, wanted, &r->raw);
  r->is_raw = t->has_raw_data;
  r->raw = (struct bytes){t->raw_data.data, t->raw_data.len};
  return true;
}

static bool check_size(const struct reader *r, int64_t count) {
  uint64_t wanted = (uint64_t)count * r->e->size_bytes;
  size_t stored = r->is_raw ? r->raw.len : n_stored(r->proto, r->e->storage);
  struct ir_type type = ir_type_make(IR_F32, r->proto->n_dims, r->proto->dims);

  if (stored == (r->is_raw ? wanted : (uint64_t)count))
    return true;
  return diag_error(r->im->c->diag, r->loc, "tensor %s has %zu %s; its dimensions %s need %" PRIu64,
                    r->name, stored, r->is_raw ? "bytes" : "values",
                    strchr(ir_type_text(r->im->c->scratch, &type), '['),
                    r->is_raw ? wanted : (uint64_t)count);
}

bool onnx_tensor_read(struct onnx_import *im, const Onnx__TensorProto *t, struct loc loc,
                      struct ir_tensor *out) {
  struct reader r = {.im = im,
                     .proto = t,
                     .name = diag_quote(im->c->diag, onnx_str(t->name)),
                     .loc = loc,
                     .e = find_element(t->data_type)};
  int64_t count = 0;
  void *data;

  if (!check_dims(&r, &count) || !check_place(&r) ||
      !find_raw(&r, (uint64_t)count * r.e->size_bytes) || !check_size(&r, count))
    return false;
  *out = ir_tensor_new(im->c->arena,
                       ir_type_make(is_integer(r.e) ? IR_I64 : IR_F32, t->n_dims, t->dims));
  data = (void *)(uintptr_t)out->data;
  return is_integer(r.e) ? fill_ints(&r, count, data) : fill_floats(&r, count, data);
}
