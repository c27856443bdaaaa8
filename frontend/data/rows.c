/* frontend/data/rows.c -- elements of an array: bytes as they are, all other numbers as f32. */
#include "frontend/data/data_internal.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/options.h"

const char *data_shape_text(struct comp *c, const struct data_array *array) {
  struct buf b;

  buf_init(&b, c->arena);
  for (size_t i = 0; i < array->rank; i++)
    buf_printf(&b, "%s%llu", i ? ", " : "[", (unsigned long long)array->dims[i]);
  buf_puts(&b, "]");
  return b.data;
}

struct extent {
  uint64_t row_elems, row_bytes, all_bytes;
};

/* False: told, the array is empty or larger than 61 bits can say, so that sizes in memory (at most
 * four times as large) never wrap. */
static bool measure(const struct data_stream *in, const struct data_array *array,
                    struct extent *e) {
  const uint64_t most = (uint64_t)1 << 61;

  *e = (struct extent){0};
  if (array->rank == 0)
    return diag_error(in->c->diag, in->loc, "a single number; an array of samples is wanted");
  e->all_bytes = array->elem_bytes;
  for (size_t i = array->rank; i-- > 0;) {
    if (array->dims[i] == 0)
      return diag_error(in->c->diag, in->loc, "an %s array of shape %s holds nothing",
                        array->format, data_shape_text(in->c, array));
    if (array->dims[i] > most / e->all_bytes)
      return diag_error(in->c->diag, in->loc,
                        "the %s header says shape %s, which is more than any file holds",
                        array->format, data_shape_text(in->c, array));
    if (i == 0)
      e->row_bytes = e->all_bytes;
    e->all_bytes *= array->dims[i];
  }
  e->row_elems = e->row_bytes / array->elem_bytes;
  return true;
}

/* Element as a number; 64-bit integers are rounded to 53 bits, which f32 does anyway. */
static double value_of(const struct data_array *array, const uint8_t *p) {
  uint64_t bits = 0;
  size_t n = array->elem_bytes;
  float f;
  double d;

  for (size_t i = 0; i < n; i++)
    bits = bits << 8 | p[array->is_big_endian ? i : n - 1 - i];
  if (array->kind == DATA_UINT)
    return (double)bits;
  if (array->kind == DATA_INT) {
    uint64_t sign = (uint64_t)1 << (8 * n - 1);

    return (double)(int64_t)((bits ^ sign) - sign);
  }
  if (n == sizeof(f)) {
    uint32_t low = (uint32_t)bits;

    memcpy(&f, &low, sizeof(f));
    return (double)f;
  }
  memcpy(&d, &bits, sizeof(d));
  return d;
}

static bool read_f32(struct data_stream *in, const struct data_array *array,
                     const struct data_rows *rows) {
  uint8_t chunk[16384];
  size_t per_chunk = sizeof(chunk) / array->elem_bytes;
  size_t n = rows->n * rows->row_elems;
  float *out = rows->data;

  for (size_t done = 0; done < n;) {
    size_t now = n - done < per_chunk ? n - done : per_chunk;

    if (!data_stream_need(in, chunk, now * array->elem_bytes, "the elements"))
      return false;
    for (size_t i = 0; i < now; i++, done++) {
      double v = value_of(array, chunk + i * array->elem_bytes);

      out[done] = (float)v;
      if (!isfinite(out[done]))
        return diag_error(
            in->c->diag, in->loc,
            "value %zu of sample %zu (from 0) is %g; every value must be a finite f32",
            done % rows->row_elems, rows->first + done / rows->row_elems, v);
    }
  }
  return true;
}

bool data_count_rows(struct comp *c, struct loc loc, struct data_range range, uint64_t *n) {
  uint64_t first = (uint64_t)range.skip;

  if (first >= *n)
    return diag_error(c->diag, loc, "--skip %lld leaves nothing of %llu samples",
                      (long long)range.skip, (unsigned long long)*n);
  *n -= first;
  if (range.limit >= 0 && (uint64_t)range.limit < *n)
    *n = (uint64_t)range.limit;
  return true;
}

/* What the header says against what follows, and against what may be taken. */
static bool check_sizes(const struct data_stream *in, const struct data_array *array,
                        uint64_t all_bytes, uint64_t want_bytes) {
  size_t most = options_max_memory(in->c->opt, in->file.len);

  if (in->left != UINT64_MAX && in->left != all_bytes)
    return diag_error(in->c->diag, in->loc,
                      "the %s header says shape %s, which takes %llu bytes, but %llu follow",
                      array->format, data_shape_text(in->c, array), (unsigned long long)all_bytes,
                      (unsigned long long)in->left);
  if (want_bytes > most)
    return diag_error(in->c->diag, in->loc,
                      "samples of shape %s take %llu bytes of memory; at most %zu are allowed: use "
                      "fewer samples or raise --max-memory",
                      data_shape_text(in->c, array), (unsigned long long)want_bytes, most);
  return true;
}

bool data_read_rows(struct data_stream *in, const struct data_array *array, int64_t skip,
                    int64_t limit, struct data_rows *rows) {
  bool is_u8 = array->kind == DATA_UINT && array->elem_bytes == 1;
  size_t out_bytes = is_u8 ? 1 : sizeof(float);
  struct extent e;
  uint64_t n, n_elems;

  if (!measure(in, array, &e))
    return false;
  n = array->dims[0];
  if (!data_count_rows(in->c, in->loc, (struct data_range){skip, limit}, &n))
    return false;
  n_elems = n * e.row_elems;
  if (!check_sizes(in, array, e.all_bytes, n_elems * out_bytes))
    return false;
  *rows = (struct data_rows){.dtype = is_u8 ? SAMPLES_U8 : SAMPLES_F32,
                             .first = (size_t)skip,
                             .n = (size_t)n,
                             .row_elems = (size_t)e.row_elems,
                             .data = arena_alloc(in->c->arena, (size_t)n_elems, out_bytes)};
  if (!data_stream_skip(in, (uint64_t)skip * e.row_bytes, "the elements"))
    return false;
  if (is_u8 ? !data_stream_need(in, rows->data, (size_t)n_elems, "the elements")
            : !read_f32(in, array, rows))
    return false;
  return (uint64_t)skip + n < array->dims[0] || data_stream_end(in);
}
