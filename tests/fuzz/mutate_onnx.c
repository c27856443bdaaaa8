/* tests/fuzz/mutate_onnx.c -- libFuzzer's mutations of ONNX files along the fields of protobuf.
 *
 * Random bytes break a length, and all that is tested is that this is noticed. Here a field is
 * removed, doubled, replaced by another one or changed inside, and the lengths around it are made
 * right. Files that are no protobuf, and one in eight of the others, are mutated as bytes. */
#include <stdlib.h>
#include <string.h>

#include "onnx.pb-c.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max_len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
                                 uint8_t *out, size_t max_len, unsigned seed);

enum { MAX_FIELDS = 4096, MAX_DEPTH = 80, MAX_BYTES = 1 << 16, N_TRIES = 24 };
enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* [start, end) is the field with its tag, [value, end) what follows tag and length. */
struct field {
  size_t start, value, end;
  size_t parent; /* index of the message that holds it; MAX_FIELDS: the file */
  uint64_t tag;
  const ProtobufCMessageDescriptor *owner;
  const ProtobufCFieldDescriptor *desc;
};

struct file {
  const uint8_t *data;
  size_t n;
  struct field field[MAX_FIELDS];
};

struct text {
  uint8_t data[MAX_BYTES];
  size_t len;
};

static unsigned pick(unsigned *seed, size_t n) {
  *seed = *seed * 1664525u + 1013904223u;
  return (unsigned)((*seed >> 8) % n);
}

static int read_varint(const uint8_t *data, size_t *at, size_t end, uint64_t *value) {
  *value = 0;
  for (unsigned i = 0; i < 10 && *at < end; i++) {
    uint8_t byte = data[(*at)++];
    *value |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80)
      return 1;
  }
  return 0;
}

static void put(struct text *t, const uint8_t *bytes, size_t len) {
  if (len > MAX_BYTES - t->len)
    len = MAX_BYTES - t->len;
  if (len)
    memcpy(t->data + t->len, bytes, len);
  t->len += len;
}

static void put_varint(struct text *t, uint64_t value) {
  uint8_t byte;

  for (; value > 0x7f; value >>= 7) {
    byte = (uint8_t)(value | 0x80);
    put(t, &byte, 1);
  }
  byte = (uint8_t)value;
  put(t, &byte, 1);
}

static int is_message(const struct field *f) {
  return f->desc && f->desc->type == PROTOBUF_C_TYPE_MESSAGE;
}

/* All fields of a message and of those inside it; 0: malformed, or too many. */
static int walk(struct file *f, size_t at, size_t end, size_t parent, unsigned depth) {
  const ProtobufCMessageDescriptor *owner =
      parent == MAX_FIELDS ? &onnx__model_proto__descriptor : f->field[parent].desc->descriptor;

  while (at < end) {
    struct field x = {.start = at, .parent = parent, .owner = owner};
    size_t index = f->n;
    uint64_t len = 0;
    if (f->n == MAX_FIELDS || depth > MAX_DEPTH || !read_varint(f->data, &at, end, &x.tag))
      return 0;
    x.desc = protobuf_c_message_descriptor_get_field(owner, (unsigned)(x.tag >> 3));
    x.value = at;
    if ((x.tag & 7) == WIRE_64)
      len = 8;
    else if ((x.tag & 7) == WIRE_32)
      len = 4;
    else if ((x.tag & 7) > WIRE_BYTES || !read_varint(f->data, &at, end, &len))
      return 0;
    if ((x.tag & 7) == WIRE_VARINT)
      len = 0;
    else
      x.value = at;
    if (len > end - at)
      return 0;
    x.end = at += len;
    f->field[f->n++] = x;
    if (is_message(&x) && (x.tag & 7) == WIRE_BYTES && !walk(f, x.value, x.end, index, depth + 1))
      return 0;
  }
  return 1;
}

static int read_file(struct file *f, const uint8_t *data, size_t len) {
  f->data = data;
  f->n = 0;
  return walk(f, 0, len, MAX_FIELDS, 0) && f->n > 0;
}

/* A field that could stand where x does; where there is none after some tries, any. */
static const struct field *find_alike(const struct file *f, const struct field *x, unsigned *seed) {
  const struct field *y = x;

  for (int i = 0; i < N_TRIES; i++) {
    y = &f->field[pick(seed, f->n)];
    if (y->owner == x->owner && (y->tag == x->tag || i > N_TRIES / 2) && y != x)
      break;
  }
  return y;
}

static void put_field(struct text *t, const struct file *f, const struct field *x) {
  put(t, f->data + x->start, x->end - x->start);
}

static uint64_t new_number(uint64_t old, unsigned *seed) {
  static const uint64_t known[] = {0,
                                   1,
                                   2,
                                   3,
                                   4,
                                   7,
                                   8,
                                   10,
                                   11,
                                   16,
                                   64,
                                   255,
                                   1 << 16,
                                   (1u << 31) - 1,
                                   1u << 31,
                                   UINT32_MAX,
                                   1u << 30,
                                   INT64_MAX,
                                   (uint64_t)1 << 63,
                                   UINT64_MAX,
                                   (uint64_t)1 << 32,
                                   (uint64_t)1 << 62};

  switch (pick(seed, 4)) {
  case 0:
    return old + 1;
  case 1:
    return old - 1;
  case 2:
    return pick(seed, 24);
  default:
    return known[pick(seed, sizeof known / sizeof *known)];
  }
}

/* The same field with another value. */
static void put_changed(struct text *t, const struct file *f, const struct field *x,
                        unsigned *seed) {
  static uint8_t bytes[MAX_BYTES];
  size_t len = x->end - x->value, at = x->value;
  uint64_t number;

  put_varint(t, x->tag);
  if ((x->tag & 7) == WIRE_VARINT) {
    read_varint(f->data, &at, x->end, &number);
    put_varint(t, new_number(number, seed));
    return;
  }
  memcpy(bytes, f->data + x->value, len);
  if ((x->tag & 7) != WIRE_BYTES) {
    LLVMFuzzerMutate(bytes, len, len);
  } else {
    len = LLVMFuzzerMutate(bytes, len, len + 64 < MAX_BYTES ? len + 64 : MAX_BYTES);
    put_varint(t, len);
  }
  put(t, bytes, len);
}

/* What stands instead of x; `from` is the file that other fields are taken of. */
static void put_instead(struct text *t, const struct file *f, const struct field *x,
                        const struct file *from, unsigned *seed) {
  switch (from == f ? pick(seed, 10) : 6 + pick(seed, 3)) {
  case 0:
    break;
  case 1:
    put_field(t, f, x);
    put_field(t, f, x);
    break;
  case 6:
    put_field(t, from, find_alike(from, x, seed));
    break;
  case 7:
    put_field(t, from, find_alike(from, x, seed));
    put_field(t, f, x);
    break;
  case 8:
    put_field(t, f, x);
    put_field(t, from, find_alike(from, x, seed));
    break;
  default:
    put_changed(t, f, x, seed);
  }
}

/* Leaves are most of a file, so what is picked goes up to its message now and then. */
static size_t pick_field(const struct file *f, unsigned *seed) {
  size_t i = pick(seed, f->n);

  while (f->field[i].parent != MAX_FIELDS && pick(seed, 4) == 0)
    i = f->field[i].parent;
  return i;
}

/* The file with `middle` instead of [start, end), a part of message `parent`. */
static size_t rebuild(const struct file *f, size_t len, const struct field *x, struct text *middle,
                      uint8_t *out, size_t max_len) {
  static struct text outer;
  size_t start = x->start, end = x->end;

  for (size_t i = x->parent; i != MAX_FIELDS; i = f->field[i].parent) {
    const struct field *p = &f->field[i];
    outer.len = 0;
    put_varint(&outer, p->tag);
    put_varint(&outer, start - p->value + middle->len + (p->end - end));
    put(&outer, f->data + p->value, start - p->value);
    put(&outer, middle->data, middle->len);
    put(&outer, f->data + end, p->end - end);
    memcpy(middle->data, outer.data, outer.len);
    middle->len = outer.len;
    start = p->start;
    end = p->end;
  }
  outer.len = 0;
  put(&outer, f->data, start);
  put(&outer, middle->data, middle->len);
  put(&outer, f->data + end, len - end);
  if (outer.len > max_len)
    return 0;
  memcpy(out, outer.data, outer.len);
  return outer.len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed) {
  static struct file f;
  static struct text middle;
  const struct field *x;
  size_t made;

  if (len > MAX_BYTES / 2 || pick(&seed, 8) == 0 || !read_file(&f, data, len))
    return LLVMFuzzerMutate(data, len, max_len);
  x = &f.field[pick_field(&f, &seed)];
  middle.len = 0;
  put_instead(&middle, &f, x, &f, &seed);
  made = rebuild(&f, len, x, &middle, data, max_len);
  return made ? made : len;
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
                                 uint8_t *out, size_t max_len, unsigned seed) {
  static struct file f, from;
  static struct text middle;
  const struct field *x;

  if (a_len > MAX_BYTES / 2 || b_len > MAX_BYTES / 2 || !read_file(&f, a, a_len) ||
      !read_file(&from, b, b_len))
    return 0;
  x = &f.field[pick_field(&f, &seed)];
  middle.len = 0;
  put_instead(&middle, &f, x, &from, &seed);
  return rebuild(&f, a_len, x, &middle, out, max_len);
}
