#include "frontend/onnx/onnx_check.h"

#include <stdint.h>
#include <string.h>

#include "ir/base/buf.h"
#include "onnx.pb-c.h"

/* protobuf-c turns the bytes of float_data and double_data round elsewhere. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "cut fields travel as floats");

/* What protobuf-c takes beside the payload, rounded up as the arena does: a field costs its slot in
 * the table of scanned members, a pointer and the rounding; a message its rounding. */
enum { COST_FIELD = 128, COST_MESSAGE = 64 };
enum { MAX_VARINT = 10, MAX_TAG = 5, LENGTH_BYTES = 5 };
enum { TENSOR_FLOAT_DATA = 4, TENSOR_RAW_DATA = 9, TENSOR_DOUBLE_DATA = 10 };
enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct walk {
  struct diag *diag;
  struct loc loc;
  const uint8_t *start; /* messages count offsets from here */
  size_t budget_bytes;  /* as given                          */
  size_t left_bytes;    /* of it                             */
  struct buf *cut;
};

/* The bytes of one message that are still to be read. */
struct span {
  const uint8_t *p, *end;
};

struct field {
  const ProtobufCMessageDescriptor *owner;
  const ProtobufCFieldDescriptor *desc; /* NULL: not in the schema */
  const uint8_t *at;                    /* its tag                 */
  unsigned wire;
  struct span body; /* what a length-delimited or fixed one holds */
};

static size_t span_left(const struct span *s) {
  return (size_t)(s->end - s->p);
}

static bool refuse(const struct walk *w, const struct field *f, const char *what) {
  return diag_error(w->diag, w->loc, "not a readable ONNX model: %s%s%s of %s at byte %zu %s",
                    f->desc ? "field \"" : "a field", f->desc ? f->desc->name : "",
                    f->desc ? "\"" : "", f->owner->short_name, (size_t)(f->at - w->start), what);
}

static bool spend(struct walk *w, size_t bytes) {
  if (bytes > w->left_bytes)
    return diag_error(w->diag, w->loc,
                      "reading this model would take more than %zu bytes of memory; "
                      "--max-memory BYTES sets another limit",
                      w->budget_bytes);
  w->left_bytes -= bytes;
  return true;
}

/* False: cut off, or longer than max_len bytes. */
static bool read_varint(struct span *s, size_t max_len, uint64_t *value) {
  *value = 0;
  for (size_t i = 0; i < max_len && s->p < s->end; i++) {
    uint8_t byte = *s->p++;
    *value |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80)
      return true;
  }
  return false;
}

static bool wire_fits(const struct field *f) {
  unsigned scalar = WIRE_VARINT;

  if (!f->desc)
    return true;
  switch (f->desc->type) {
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE:
    return f->wire == WIRE_BYTES;
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_SFIXED32:
    scalar = WIRE_32;
    break;
  case PROTOBUF_C_TYPE_DOUBLE:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_SFIXED64:
    scalar = WIRE_64;
    break;
  default: /* varints of all widths */
    break;
  }
  return f->wire == scalar ||
         (f->wire == WIRE_BYTES && f->desc->label == PROTOBUF_C_LABEL_REPEATED);
}

/* Unpacked bytes per byte of payload: a packed varint of one byte becomes up to eight. */
static size_t growth(const struct field *f) {
  if (!f->desc)
    return 1;
  switch (f->desc->type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_ENUM:
  case PROTOBUF_C_TYPE_BOOL:
    return 4;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_UINT64:
    return 8;
  default:
    return 1;
  }
}

static bool read_tag(const struct walk *w, struct span *s, struct field *f) {
  uint64_t tag;

  f->at = s->p;
  f->desc = NULL;
  if (!read_varint(s, MAX_TAG, &tag) || tag >> 3 == 0 || tag > UINT32_MAX)
    return refuse(w, f, "has a malformed tag");
  f->wire = (unsigned)(tag & 7);
  f->desc = protobuf_c_message_descriptor_get_field(f->owner, (unsigned)(tag >> 3));
  if (f->wire != WIRE_VARINT && f->wire != WIRE_64 && f->wire != WIRE_BYTES && f->wire != WIRE_32)
    return refuse(w, f, "has a wire type that ONNX does not use");
  if (!wire_fits(f))
    return refuse(w, f, "has the wire type of another kind of field");
  return true;
}

/* Steps over the value of a field. */
static bool read_value(const struct walk *w, struct span *s, struct field *f) {
  uint64_t len = f->wire == WIRE_64 ? 8 : 4;

  f->body = (struct span){s->p, s->p};
  if (f->wire == WIRE_VARINT || f->wire == WIRE_BYTES) {
    if (!read_varint(s, MAX_VARINT, &len))
      return refuse(w, f, "is cut off or has a number of more than 10 bytes");
    if (f->wire == WIRE_VARINT)
      return true;
  }
  if (len > span_left(s))
    return refuse(w, f, "runs past the end of what holds it; the file may be truncated");
  f->body = (struct span){s->p, s->p + len};
  s->p += len;
  return true;
}

/* ---- writing anew ---- */

static bool is_cut(const struct field *f) {
  return f->desc && f->owner == &onnx__tensor_proto__descriptor &&
         (f->desc->id == TENSOR_FLOAT_DATA || f->desc->id == TENSOR_RAW_DATA ||
          f->desc->id == TENSOR_DOUBLE_DATA);
}

static void put_tag(struct walk *w, const struct field *f) {
  uint32_t tag = f->desc->id << 3 | WIRE_BYTES;

  for (; tag > 127; tag >>= 7)
    buf_put(w->cut, &(uint8_t){(uint8_t)(tag | 128)}, 1);
  buf_put(w->cut, &(uint8_t){(uint8_t)tag}, 1);
}

static bool put_cut(struct walk *w, const struct field *f) {
  size_t size = f->desc->id == TENSOR_RAW_DATA ? 1 : f->desc->id == TENSOR_FLOAT_DATA ? 4 : 8;
  struct onnx_cut cut = {f->body.p, span_left(&f->body)};
  uint8_t len = sizeof cut;

  if (cut.len % size)
    return refuse(w, f, "ends within a number");
  put_tag(w, f);
  buf_put(w->cut, &len, 1);
  buf_put(w->cut, &cut, sizeof cut);
  return true;
}

/* The length of a message, known last, gets five bytes: a varint may be longer than it has to be,
 * and protobuf-c takes no message of more than 2^31 - 1. */
static size_t open_message(struct walk *w, const struct field *f) {
  static const uint8_t unknown[LENGTH_BYTES];

  put_tag(w, f);
  buf_put(w->cut, unknown, sizeof unknown);
  return w->cut->len;
}

static void close_message(struct walk *w, size_t begin) {
  size_t len = w->cut->len - begin;

  for (size_t i = 1; i <= LENGTH_BYTES; i++, len >>= 7)
    w->cut->data[begin - LENGTH_BYTES + i - 1] =
        (char)((len & 127) | (i < LENGTH_BYTES ? 128u : 0u));
}

/* ---- the walk ---- */

static bool walk_message(struct walk *w, struct span s, const ProtobufCMessageDescriptor *owner,
                         unsigned depth) {
  struct field f = {.owner = owner, .at = s.p};
  size_t begin;

  if (depth > ONNX_MAX_NESTING)
    return diag_error(w->diag, w->loc,
                      "messages are nested more than %d deep at byte %zu; no ONNX model that is "
                      "supported needs that",
                      ONNX_MAX_NESTING, (size_t)(s.p - w->start));
  if (!spend(w, owner->sizeof_message + COST_MESSAGE))
    return false;
  while (s.p < s.end) {
    if (!read_tag(w, &s, &f) || !read_value(w, &s, &f) || !spend(w, COST_FIELD))
      return false;
    if (f.desc && f.desc->type == PROTOBUF_C_TYPE_MESSAGE) {
      begin = open_message(w, &f);
      if (!walk_message(w, f.body, f.desc->descriptor, depth + 1))
        return false;
      close_message(w, begin);
      continue;
    }
    if (span_left(&f.body) > SIZE_MAX / growth(&f) || !spend(w, span_left(&f.body) * growth(&f)))
      return false;
    if (f.desc && f.desc->type == PROTOBUF_C_TYPE_STRING && memchr(f.body.p, 0, span_left(&f.body)))
      return refuse(w, &f, "holds a NUL byte; names and texts may not");
    if (!is_cut(&f))
      buf_put(w->cut, f.at, (size_t)(s.p - f.at));
    else if (!put_cut(w, &f))
      return false;
  }
  return true;
}

bool onnx_check(struct diag *d, struct loc loc, struct bytes file, size_t budget_bytes,
                struct buf *cut) {
  struct walk w = {d, loc, file.data, budget_bytes, budget_bytes, cut};

  return walk_message(&w, (struct span){file.data, file.data + file.len},
                      &onnx__model_proto__descriptor, 1);
}
