/* Tensors whose bytes lie in a file beside the model: which file, and where in it. */
#include <inttypes.h>
#include <string.h>

#include "frontend/onnx/onnx_internal.h"
#include "ir/base/arena.h"
#include "ir/comp.h"

/* What external_data says. The check sum is optional and SHA-1; nothing that writes or reads ONNX
 * looks at it, and neither do we. */
struct place {
  const char *location;
  uint64_t offset, length;
};

struct tell {
  struct onnx_import *im;
  struct loc loc;
  const char *name; /* of the tensor, quoted */
};

static bool read_number(const struct tell *t, const char *key, const char *text, uint64_t *number) {
  *number = 0;
  for (const char *p = text; *p || p == text; p++) {
    unsigned digit = (unsigned)(unsigned char)*p - '0';
    if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
      return diag_error(t->im->c->diag, t->loc,
                        "tensor %s: %s of its external data is %s; 0 to 2^64 - 1 is allowed",
                        t->name, key, diag_quote(t->im->c->diag, text));
    *number = *number * 10 + digit;
  }
  return true;
}

static bool read_place(const struct tell *t, const Onnx__TensorProto *proto, struct place *place) {
  for (size_t i = 0; i < proto->n_external_data; i++) {
    const char *key = onnx_str(proto->external_data[i]->key);
    const char *text = onnx_str(proto->external_data[i]->value);
    if (!strcmp(key, "location"))
      place->location = text;
    else if (!strcmp(key, "offset") && !read_number(t, key, text, &place->offset))
      return false;
    else if (!strcmp(key, "length") && !read_number(t, key, text, &place->length))
      return false;
  }
  return true;
}

/* Most models keep all tensors in one file: the one before is kept. */
static bool map_file(const struct tell *t, const char *location, struct bytes *file) {
  struct onnx_import *im = t->im;
  const char *why;

  if (im->external_name && !strcmp(im->external_name, location)) {
    *file = im->external;
    return true;
  }
  why = !strcmp(im->path, "-")
            ? "the model comes from standard input"
            : file_map_beneath(im->c->arena, file_dir(im->c->scratch, im->path), location, file);
  if (why)
    return diag_error(im->c->diag, t->loc,
                      "tensor %s is stored in another file, %s, to be found in the folder of the "
                      "model: %s; put the file itself there, or export the model with its weights "
                      "inside",
                      t->name, diag_quote(im->c->diag, location), why);
  im->external_name = location;
  im->external = *file;
  return true;
}

bool onnx_external_read(struct onnx_import *im, const Onnx__TensorProto *t, struct loc loc,
                        uint64_t wanted, struct bytes *out) {
  struct tell tell = {im, loc, diag_quote(im->c->diag, onnx_str(t->name))};
  struct place place = {.location = "", .length = wanted};

  if (!read_place(&tell, t, &place) || !map_file(&tell, place.location, out))
    return false;
  if (place.offset > out->len || place.length > out->len - place.offset)
    return diag_error(
        im->c->diag, loc,
        "tensor %s: %" PRIu64 " bytes from byte %" PRIu64
        " of %s on are wanted, but that file has %zu bytes; it is cut off, or belongs "
        "to another model",
        tell.name, place.length, place.offset, diag_quote(im->c->diag, place.location), out->len);
  *out = (struct bytes){out->data + place.offset, (size_t)place.length};
  return true;
}
