/* Ops that move elements without looking at them, whatever their type. */
#include "ir/exec/analog_internal.h"

#include <string.h>

static const uint8_t *bytes_of(const struct ir_tensor *t) {
  return t->data;
}

/* dst[i] = src[i * step], elements of `size` bytes. */
static void copy_strided(uint8_t *dst, const uint8_t *src, int64_t n, int64_t step, size_t size) {
  if (step == 1) {
    memcpy(dst, src, (size_t)n * size);
    return;
  }
  for (int64_t i = 0; i < n; i++)
    memcpy(dst + (size_t)i * size, src + i * step * (int64_t)size, size);
}

/* Fills the result from the places `start` + index . stride of operand 0. */
static void copy_box(const struct analog_call *c, int64_t start, const int64_t *stride) {
  const struct ir_type *type = &c->node->type;
  struct analog_walk w = {.rank = type->rank > 0 ? type->rank - 1u : 0, .dims = type->dims};
  int64_t row = type->rank > 0 ? type->dims[w.rank] : 1;
  size_t size = ir_dtype_size(type->dtype);
  uint8_t *out = c->out;

  memcpy(w.stride[0], stride, type->rank * sizeof *stride);
  do {
    const uint8_t *from = bytes_of(&c->in[0]) + (start + w.offset[0]) * (int64_t)size;
    copy_strided(out, from, row, type->rank > 0 ? stride[w.rank] : 1, size);
    out += (size_t)row * size;
  } while (analog_walk_next(&w));
}

/* Elements between neighbours of each axis of t; unlike a broadcast, also of axes of one element.
 */
static void own_strides(const struct ir_type *t, int64_t *stride) {
  for (size_t i = 0; i < t->rank; i++)
    stride[i] = analog_product(t->dims, i + 1, t->rank);
}

void analog_reshape(const struct analog_call *c) {
  memcpy(c->out, c->in[0].data, analog_type_bytes(&c->node->type));
}

void analog_transpose(const struct analog_call *c) {
  const struct ir_attr *perm = ir_attr(c->node, IR_A_PERM);
  int64_t own[IR_MAX_RANK], stride[IR_MAX_RANK];

  own_strides(&c->in[0].type, own);
  for (size_t i = 0; i < c->node->type.rank; i++)
    stride[i] = own[perm->u.ints.v[i]];
  copy_box(c, 0, stride);
}

void analog_slice(const struct analog_call *c) {
  const int64_t *starts = ir_attr(c->node, IR_A_STARTS)->u.ints.v;
  const int64_t *steps = ir_attr(c->node, IR_A_STEPS_OF)->u.ints.v;
  int64_t stride[IR_MAX_RANK], start = 0;

  own_strides(&c->in[0].type, stride);
  for (size_t i = 0; i < c->node->type.rank; i++) {
    start += starts[i] * stride[i];
    stride[i] = c->node->type.dims[i] > 1 ? stride[i] * steps[i] : 0; /* else any step is valid */
  }
  copy_box(c, start, stride);
}

void analog_concat(const struct analog_call *c) {
  const struct ir_type *type = &c->node->type;
  size_t axis = (size_t)ir_attr_int(c->node, IR_A_AXIS, 0);
  int64_t n_outer = analog_product(type->dims, 0, axis);
  uint8_t *out = c->out;

  for (int64_t i = 0; i < n_outer; i++)
    for (size_t k = 0; k < c->node->n_in; k++) {
      size_t len = analog_type_bytes(&c->in[k].type) / (size_t)n_outer;
      memcpy(out, bytes_of(&c->in[k]) + (size_t)i * len, len);
      out += len;
    }
}

/* Index k of `index` into an axis of n elements, counted from the end where negative; out of range
 * it is the nearest. */
static int64_t pick(const struct ir_tensor *index, int64_t k, int64_t n) {
  int64_t at = ir_int_at(index, k);

  at = at < 0 ? at + n : at;
  return at < 0 ? 0 : at < n ? at : n - 1;
}

/* That an index out of range takes the nearest element keeps us inside the operand whatever a file
 * says. */
void analog_gather(const struct analog_call *c) {
  const struct ir_type *type = &c->in[0].type;
  size_t axis = (size_t)ir_attr_int(c->node, IR_A_AXIS, 0);
  int64_t n = type->dims[axis], n_outer = analog_product(type->dims, 0, axis);
  int64_t n_index = ir_type_count(&c->in[1].type);
  size_t len = analog_type_bytes(type) / (size_t)(n_outer * n);
  uint8_t *out = c->out;

  for (int64_t i = 0; i < n_outer; i++)
    for (int64_t k = 0; k < n_index; k++, out += len)
      memcpy(out, bytes_of(&c->in[0]) + (size_t)(i * n + pick(&c->in[1], k, n)) * len, len);
}

void analog_gather_elements(const struct analog_call *c) {
  const struct ir_type *from = &c->in[0].type;
  size_t axis = (size_t)ir_attr_int(c->node, IR_A_AXIS, 0), size = ir_dtype_size(from->dtype);
  struct analog_walk w = {.rank = from->rank, .dims = c->node->type.dims};
  int64_t stride[IR_MAX_RANK], at = 0;
  uint8_t *out = c->out;

  own_strides(from, stride);
  do {
    int64_t offset = 0;
    for (size_t i = 0; i < from->rank; i++)
      offset += stride[i] * (i == axis ? pick(&c->in[1], at, from->dims[i]) : w.at[i]);
    memcpy(out, bytes_of(&c->in[0]) + (size_t)offset * size, size);
    out += size;
    at++;
  } while (analog_walk_next(&w));
}

void analog_gather_nd(const struct analog_call *c) {
  const struct ir_type *from = &c->in[0].type, *index = &c->in[1].type;
  size_t batch = (size_t)ir_attr_int(c->node, IR_A_BATCH_DIMS, 0);
  int64_t n = index->dims[index->rank - 1], n_lists = ir_type_count(index) / n;
  int64_t lists_each = n_lists / analog_product(index->dims, 0, batch), stride[IR_MAX_RANK];
  size_t len = analog_type_bytes(&c->node->type) / (size_t)n_lists;
  uint8_t *out = c->out;

  own_strides(from, stride);
  for (int64_t k = 0; k < n_lists; k++, out += len) {
    int64_t offset = k / lists_each * analog_product(from->dims, batch, from->rank);
    for (int64_t i = 0; i < n; i++)
      offset +=
          stride[batch + (size_t)i] * pick(&c->in[1], k * n + i, from->dims[batch + (size_t)i]);
    memcpy(out, bytes_of(&c->in[0]) + (size_t)offset * ir_dtype_size(from->dtype), len);
  }
}

/* Where index i of a padded axis comes from in the axis of n elements; -1: it is new. */
static int64_t padded_from(int64_t i, int64_t pad, int64_t n, enum ir_word mode) {
  int64_t at = i - pad, period = 2 * (n - 1);

  if (at >= 0 && at < n)
    return at;
  if (mode == IR_W_MODE_CONSTANT)
    return -1;
  if (mode == IR_W_MODE_EDGE || n == 1)
    return at < 0 ? 0 : n - 1;
  at = (at % period + period) % period; /* reflect: 0 1 .. n-1 n-2 .. 1, and again */
  return at < n ? at : period - at;
}

void analog_padding(const struct analog_call *c) {
  const struct ir_type *type = &c->node->type, *from = &c->in[0].type;
  const int64_t *pads = ir_attr(c->node, IR_A_PADS)->u.ints.v;
  enum ir_word mode = ir_attr_word(c->node, IR_A_MODE, IR_W_MODE_CONSTANT);
  struct analog_walk w = {.rank = type->rank, .dims = type->dims};
  struct ir_tensor fill = {.type = {.dtype = IR_F32},
                           .data = &(float){(float)ir_attr_float(c->node, IR_A_VALUE_F, 0)}};
  struct ir_node to_type = {.op = IR_CAST, .type = {.dtype = type->dtype}};
  size_t size = ir_dtype_size(type->dtype);
  uint8_t value[sizeof(int64_t)], *out = c->out;

  analog_cast(&(struct analog_call){.node = &to_type, .in = &fill, .out = value});
  do {
    int64_t offset = 0;
    for (size_t i = 0; i < type->rank && offset >= 0; i++) {
      int64_t at = padded_from(w.at[i], pads[i], from->dims[i], mode);
      offset = at < 0 ? -1 : offset * from->dims[i] + at;
    }
    memcpy(out, offset < 0 ? value : bytes_of(&c->in[0]) + (size_t)offset * size, size);
    out += size;
  } while (analog_walk_next(&w));
}
