#include "frontend/image/image.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "runtime/image/format.h"
#include "snn/image.h"

/* The text of a graph while its blobs, which are ranges of the data, are written into it. */
struct reader {
  struct comp *comp;
  const char *path;
  struct bytes data;
  struct buf text;
};

bool image_is_magic(struct bytes file) {
  const uint32_t magic = SNN_IMAGE_MAGIC;

  return file.len >= sizeof magic && memcmp(file.data, &magic, sizeof magic) == 0;
}

static struct bytes find_section(struct bytes file, uint32_t kind) {
  struct snn_image_section row;
  struct snn_image_header h;

  memcpy(&h, file.data, sizeof h);
  for (uint32_t i = 0; i < h.n_sections; i++) {
    memcpy(&row, file.data + sizeof h + i * sizeof row, sizeof row);
    if (row.kind == kind)
      return (struct bytes){file.data + row.at, row.bytes};
  }
  return (struct bytes){0};
}

/* The next " blob " that is not in quotes, or the end of the text. */
static const char *next_blob(const char *s) {
  static const char word[] = " blob ";
  bool is_quoted = false;

  for (; *s; s++) {
    if (*s == '\\' && is_quoted && s[1])
      s++;
    else if (*s == '"')
      is_quoted = !is_quoted;
    else if (!is_quoted && strncmp(s, word, strlen(word)) == 0)
      return s;
  }
  return s;
}

/* The type of elements that stands before a blob, as "i8[3, 4]"; IR_N_DTYPES: none of those that
 * images have. */
static enum ir_dtype dtype_before(const char *text, const char *blob) {
  static const enum ir_dtype dtypes[] = {IR_F32, IR_I8, IR_I16, IR_I32};
  const char *end = blob, *begin;

  while (end > text && end[-1] != '[')
    end--;
  begin = end = end > text ? end - 1 : text;
  while (begin > text && isalnum((unsigned char)begin[-1]))
    begin--;
  for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
    const char *name = ir_dtype_name(dtypes[i]);
    if (strlen(name) == (size_t)(end - begin) && strncmp(name, begin, strlen(name)) == 0)
      return dtypes[i];
  }
  return IR_N_DTYPES;
}

static void put_element(struct buf *text, enum ir_dtype dtype, const uint8_t *at) {
  int16_t i16;
  int32_t i32;
  float f32;

  if (dtype == IR_F32) {
    memcpy(&f32, at, sizeof f32);
    buf_put_float(text, f32);
  } else if (dtype == IR_I8) {
    buf_printf(text, "%d", (int8_t)*at);
  } else if (dtype == IR_I16) {
    memcpy(&i16, at, sizeof i16);
    buf_printf(text, "%d", i16);
  } else {
    memcpy(&i32, at, sizeof i32);
    buf_printf(text, "%ld", (long)i32);
  }
}

/* " blob "name" offset length crc32" becomes its elements; *at moves behind it. False: told. */
static bool put_blob(struct reader *r, const char *text, const char **at) {
  enum ir_dtype dtype = dtype_before(text, *at);
  const char *s = strchr(*at + strlen(" blob "), ' ');
  unsigned long long offset, len;
  size_t size;
  char *end;

  if (!s || dtype == IR_N_DTYPES)
    return diag_error(r->comp->diag, loc_file(r->path), "a tensor of its text has no known type");
  offset = strtoull(s, &end, 10);
  len = strtoull(end, &end, 10);
  strtoull(end, &end, 16);
  size = ir_dtype_size(dtype);
  if (offset > r->data.len || len > r->data.len - offset || len % size != 0)
    return diag_error(r->comp->diag, loc_file(r->path),
                      "a tensor of its text is at %llu with %llu bytes; its data have %zu", offset,
                      len, r->data.len);
  if (r->text.len > options_max_memory(r->comp->opt, r->data.len))
    return diag_error(r->comp->diag, loc_file(r->path),
                      "its tensors are larger than --max-memory allows");
  buf_puts(&r->text, "{");
  for (size_t i = 0; i < len; i += size) {
    buf_puts(&r->text, i > 0 ? ", " : "");
    put_element(&r->text, dtype, r->data.data + offset + i);
  }
  buf_puts(&r->text, "}");
  *at = end;
  return true;
}

struct ir_graph *image_read(struct comp *c, const char *path, struct bytes file) {
  struct reader r = {.comp = c, .path = path};
  struct bytes graph;
  struct snn_net net;
  const char *text;
  /* The bytes of a file are aligned; a network that needs RAM is a whole one. */
  enum snn_status status = snn_open(&net, file.data, file.len, &r, 0);

  if (status != SNN_RAM_TOO_SMALL) {
    diag_error(c->diag, loc_file(path), "%s", snn_status_text(status));
    return NULL;
  }
  graph = find_section(file, SNN_SECTION_GRAPH);
  r.data = find_section(file, SNN_SECTION_DATA);
  if (graph.len == 0) {
    diag_error(c->diag, loc_file(path),
               "the image has no text of its graph, which only an image of snncc has");
    return NULL;
  }
  buf_init(&r.text, c->arena);
  text = arena_strndup(c->arena, (const char *)graph.data, graph.len);
  for (const char *at = text; *at;) {
    const char *blob = next_blob(at);
    buf_put(&r.text, at, (size_t)(blob - at));
    at = blob;
    if (*at && !put_blob(&r, text, &at))
      return NULL;
  }
  return ir_parse(c->arena, c->diag, path, r.text.data, r.text.len);
}
