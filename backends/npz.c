/* backends/npz.c -- APPNOTE.TXT 6.3 of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16; .npy 1.0.
 */
#include "backends/npz.h"

#include <stdint.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/file.h"
#include "ir/comp.h"

struct npz {
  struct arena *arena;
  struct buf entries, directory;
  uint16_t n;
};

static void put16(struct buf *b, size_t v) {
  const uint8_t bytes[2] = {(uint8_t)v, (uint8_t)(v >> 8)};

  buf_put(b, bytes, sizeof bytes);
}

static void put32(struct buf *b, size_t v) {
  put16(b, v & 0xFFFF);
  put16(b, v >> 16 & 0xFFFF);
}

struct npz *npz_new(struct arena *a) {
  struct npz *z = ARENA_NEW(a, struct npz, 1);

  z->arena = a;
  buf_init(&z->entries, a);
  buf_init(&z->directory, a);
  return z;
}

/* Magic, version 1.0, and a dictionary that ends on a multiple of 64 bytes. */
static void put_npy_header(struct buf *b, const struct npz_array *array) {
  enum { START = 10, ALIGN = 64 };
  struct buf dict;

  buf_init(&dict, b->arena);
  buf_printf(&dict, "{'descr': '%s', 'fortran_order': False, 'shape': (", array->descr);
  for (size_t i = 0; i < array->rank; i++)
    buf_printf(&dict, "%zu,%s", array->dims[i], i + 1 < array->rank ? " " : "");
  buf_puts(&dict, "), }");
  while ((START + dict.len + 1) % ALIGN != 0)
    buf_puts(&dict, " ");
  buf_puts(&dict, "\n");
  buf_put(b, "\x93NUMPY\x01\x00", 8);
  put16(b, dict.len);
  buf_put(b, dict.data, dict.len);
}

/* What the headers of an entry have in common: version 2.0, stored, of 1980-01-01. */
static void put_entry(struct buf *b, const char *name, const struct buf *content) {
  put16(b, 20);
  put16(b, 0);
  put16(b, 0);
  put16(b, 0);
  put16(b, 0x21);
  put32(b, file_crc32(content->data, content->len));
  put32(b, content->len);
  put32(b, content->len);
  put16(b, strlen(name));
  put16(b, 0);
}

void npz_add(struct npz *z, const struct npz_array *array) {
  const char *name = arena_printf(z->arena, "%s.npy", array->key);
  size_t at = z->entries.len, n = 1;
  struct buf content;

  for (size_t i = 0; i < array->rank; i++)
    n *= array->dims[i];
  buf_init(&content, z->arena);
  put_npy_header(&content, array);
  buf_put(&content, array->data, n * array->elem_bytes);
  buf_puts(&z->entries, "PK\x03\x04");
  put_entry(&z->entries, name, &content);
  buf_puts(&z->entries, name);
  buf_put(&z->entries, content.data, content.len);
  buf_puts(&z->directory, "PK\x01\x02");
  put16(&z->directory, 20);
  put_entry(&z->directory, name, &content);
  put16(&z->directory, 0); /* comment, disk, attributes */
  put16(&z->directory, 0);
  put16(&z->directory, 0);
  put32(&z->directory, 0);
  put32(&z->directory, at);
  buf_puts(&z->directory, name);
  z->n++;
}

bool npz_write(struct comp *c, const struct npz *z, const char *path) {
  struct buf whole;

  buf_init(&whole, z->arena);
  buf_put(&whole, z->entries.data, z->entries.len);
  buf_put(&whole, z->directory.data, z->directory.len);
  buf_puts(&whole, "PK\x05\x06");
  put32(&whole, 0);
  put16(&whole, z->n);
  put16(&whole, z->n);
  put32(&whole, z->directory.len);
  put32(&whole, z->entries.len);
  put16(&whole, 0);
  return file_outputs_add(c->outputs, c->diag, path, whole.data, whole.len);
}
