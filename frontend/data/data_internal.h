/* frontend/data/data_internal.h -- what the readers of sample files share: a stream of unpacked
 * bytes, and the array that a header announces.
 *
 * A stream owns the state of zlib and libzip, which data_stream_close frees; its file is mapped in
 * c->scratch. Functions that give bool have told what is wrong when they give false. */
#ifndef FRONTEND_DATA_DATA_INTERNAL_H
#define FRONTEND_DATA_DATA_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "ir/base/file.h"
#include "ir/ir.h"
#include "ir/samples.h"

struct comp;
struct zip;
struct zip_file;

enum { DATA_HEAD = 8 }; /* bytes that tell a format */

struct data_stream {
  struct comp *c;
  const char *path;
  const char *key; /* array of an .npz; NULL in other files                     */
  struct loc loc;  /* path, or path:key                                         */
  struct bytes file;
  size_t at;     /* plain files: next byte                                      */
  uint64_t left; /* bytes still to come; UINT64_MAX where only unpacking tells  */
  bool is_gz;
  z_stream z;
  struct zip *zip; /* NULL: not an .npz */
  struct zip_file *entry;
  uint8_t head[DATA_HEAD]; /* first bytes, looked at and not yet taken */
  size_t n_head, head_at;
};

/* What an array is for, where an .npz holds several. */
enum data_role { DATA_SAMPLES, DATA_LABELS };

enum data_kind { DATA_UINT, DATA_INT, DATA_FLOAT };

/* As the header of an array says; its elements follow in the stream. */
struct data_array {
  const char *format;
  enum data_kind kind;
  size_t elem_bytes; /* 1, 2, 4 or 8 */
  bool is_big_endian;
  size_t rank; /* 1 .. IR_MAX_RANK */
  uint64_t dims[IR_MAX_RANK];
};

/* Rows [first, first + n) of an array: row_elems elements each, in the arena. Finite numbers. */
struct data_rows {
  enum samples_dtype dtype;
  size_t first, n, row_elems;
  void *data;
};

/* Samples [skip, skip + limit); limit < 0: to the end. */
struct data_range {
  int64_t skip, limit;
};

/* ---- stream.c ---- */

/* Opens a file, as it is or unpacking .gz; an .npz (in->zip) has no bytes before npz_open_entry. */
bool data_stream_open(struct data_stream *in, struct comp *c, const char *path);
void data_stream_close(struct data_stream *in);
/* Fills in->head; the stream must be at its beginning. */
bool data_stream_look(struct data_stream *in);
/* All of len bytes; `what` they are, for the message about a file that ends too early. */
bool data_stream_need(struct data_stream *in, void *bytes, size_t len, const char *what);
bool data_stream_skip(struct data_stream *in, uint64_t len, const char *what);
/* Nothing may follow; checksums of packed data are tested here. */
bool data_stream_end(struct data_stream *in);

/* ---- npz.c ---- */

bool npz_open(struct data_stream *in);
/* Starts reading the array `key`; NULL: the only one, or the one with a usual name for the role. */
bool npz_open_entry(struct data_stream *in, const char *key, enum data_role role);
/* Key of the labels that belong to the samples of in->key, or NULL. */
const char *npz_labels_key(const struct data_stream *in);

/* ---- headers: npy.c, idx.c, cifar.c ---- */

bool npy_is_magic(const uint8_t *head, size_t n);
bool npy_read_header(struct data_stream *in, struct data_array *array);
bool idx_is_magic(const uint8_t *head, size_t n);
bool idx_read_header(struct data_stream *in, struct data_array *array);
/* Records of one label byte and 3 x 32 x 32 pixels, as rows of bytes. */
enum { CIFAR_SIDE = 32, CIFAR_PIXELS = 3 * CIFAR_SIDE * CIFAR_SIDE, CIFAR_CLASSES = 10 };
bool cifar_read_header(struct data_stream *in, struct data_array *array);

/* ---- events.c ---- */

bool events_is_path(const char *path);
/* Recordings, their labels, and how many the list holds in all. NULL: told. */
struct samples *events_read(struct comp *c, const char *path, struct data_range range,
                            uint64_t *total);

/* ---- rows.c ---- */

/* "[100, 28, 28]" */
const char *data_shape_text(struct comp *c, const struct data_array *array);
/* How many of *n rows the range has, into *n. */
bool data_count_rows(struct comp *c, struct loc loc, struct data_range range, uint64_t *n);
/* limit < 0: to the end. */
bool data_read_rows(struct data_stream *in, const struct data_array *array, int64_t skip,
                    int64_t limit, struct data_rows *rows);

#endif
