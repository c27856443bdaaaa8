/* frontend/data/tensor.c -- one array of an .npy or .npz as a tensor. */
#include "frontend/data/data.h"

#include <string.h>

#include "frontend/data/data_internal.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"

static bool open_bytes(struct data_stream *in, const char *key) {
  if (in->file.len > 4 && memcmp(in->file.data, "PK", 2) == 0) {
    in->left = UINT64_MAX;
    return key ? npz_open(in) && npz_open_entry(in, key, DATA_SAMPLES)
               : diag_error(in->c->diag, in->loc, "is an .npz; \"%s:KEY\" says which array of it",
                            in->path);
  }
  if (key)
    return diag_error(in->c->diag, in->loc, "is no .npz, so it has no array %s",
                      diag_quote(in->c->diag, key));
  return data_stream_look(in);
}

static bool read_open(struct data_stream *in, struct ir_tensor *out) {
  struct data_array array;
  struct data_rows rows;

  if (!npy_is_magic(in->head, in->n_head))
    return diag_error(in->c->diag, in->loc, "is no array of numpy; .npy or .npz:KEY is wanted");
  if (!npy_read_header(in, &array) || !data_read_rows(in, &array, 0, -1, &rows))
    return false;
  out->type = (struct ir_type){.dtype = rows.dtype == SAMPLES_U8 ? IR_U8 : IR_F32,
                               .rank = (uint8_t)array.rank};
  for (size_t i = 0; i < array.rank; i++)
    out->type.dims[i] = (int64_t)array.dims[i];
  out->data = rows.data;
  if (rows.n * rows.row_elems > INT32_MAX)
    return diag_error(in->c->diag, in->loc, "has more than 2^31 - 1 elements");
  return true;
}

bool data_read_tensor(struct comp *c, struct bytes file, const char *path, const char *key,
                      struct ir_tensor *out) {
  struct data_stream in = {
      .c = c, .path = path, .loc = loc_file(path), .file = file, .left = file.len};
  bool is_good = open_bytes(&in, key) && read_open(&in, out);

  data_stream_close(&in);
  return is_good;
}
