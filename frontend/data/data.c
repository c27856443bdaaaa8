/* frontend/data/data.c -- which reader, and samples and labels out of its rows. */
#include "frontend/data/data.h"

#include <string.h>

#include "frontend/data/data_internal.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"

/* "train.npz:x" is array x of train.npz; other paths have no key. */
struct place {
  const char *path, *key;
};

static struct place split_place(struct arena *a, const char *path) {
  static const char mark[] = ".npz:";
  const char *at = strstr(path, mark);

  if (!at)
    return (struct place){path, NULL};
  at += sizeof(mark) - 2;
  return (struct place){arena_strndup(a, path, (size_t)(at - path)), at + 1};
}

static bool tell_unknown(const struct data_stream *in) {
  const uint8_t *h = in->head;

  return diag_error(
      in->c->diag, in->loc,
      "begins with bytes %02x %02x %02x %02x; .npy, .npz, IDX (either of .npy and IDX "
      "as .gz), CIFAR .bin, or N-MNIST .bs2 and lists .txt of it are wanted",
      h[0], h[1], h[2], h[3]);
}

/* Told by content. CIFAR records have no mark: the ending says so. Their first bytes may look like
 * IDX, so they go first where the size fits. */
static bool read_header(struct data_stream *in, struct data_array *array) {
  bool is_bin = !in->zip && !in->is_gz && strcmp(file_ending(in->path), ".bin") == 0;

  if (npy_is_magic(in->head, in->n_head))
    return npy_read_header(in, array);
  if (is_bin && in->left % (1 + CIFAR_PIXELS) == 0)
    return cifar_read_header(in, array);
  if (!in->zip && idx_is_magic(in->head, in->n_head))
    return idx_read_header(in, array);
  return is_bin ? cifar_read_header(in, array) : tell_unknown(in);
}

static bool open_array(struct data_stream *in, struct comp *c, struct place place,
                       enum data_role role) {
  if (!data_stream_open(in, c, place.path))
    return false;
  if (in->zip)
    return npz_open_entry(in, place.key, role);
  if (place.key)
    return diag_error(c->diag, in->loc, "is no .npz, so it has no array %s",
                      diag_quote(c->diag, place.key));
  return true;
}

/* ---- labels ---- */

static double row_value(const struct data_rows *rows, size_t row, size_t k) {
  size_t i = row * rows->row_elems + k;

  return rows->dtype == SAMPLES_U8 ? ((const uint8_t *)rows->data)[i]
                                   : (double)((const float *)rows->data)[i];
}

/* The class of a one-hot row, or -1. */
static int32_t one_hot_class(const struct data_rows *rows, size_t row) {
  int32_t found = -1;

  for (size_t k = 0; k < rows->row_elems; k++) {
    double v = row_value(rows, row, k);

    if ((v != 0 && v != 1) || (v == 1 && found >= 0))
      return -1;
    if (v == 1)
      found = (int32_t)k;
  }
  return found;
}

/* Every whole number below this has its own f32. */
enum { MAX_LABEL = 1 << 24 };

static int32_t *make_labels(const struct data_stream *in, const struct data_rows *rows) {
  int32_t *labels = ARENA_NEW(in->c->arena, int32_t, rows->n);

  for (size_t i = 0; i < rows->n; i++) {
    double v = row_value(rows, i, 0);

    if (rows->row_elems > 1) {
      labels[i] = rows->row_elems < MAX_LABEL ? one_hot_class(rows, i) : -1;
      if (labels[i] < 0) {
        diag_error(in->c->diag, in->loc,
                   "row %zu (from 0) of the labels is not one-hot: a single 1 among zeros is "
                   "wanted, or one integer per sample",
                   rows->first + i);
        return NULL;
      }
    } else if (v >= 0 && v < MAX_LABEL && v == (double)(int32_t)v) {
      labels[i] = (int32_t)v;
    } else {
      diag_error(in->c->diag, in->loc, "label %zu (from 0) is %g; whole numbers from 0 are right",
                 rows->first + i, v);
      return NULL;
    }
  }
  return labels;
}

/* Labels of rows [skip, skip + n) out of `total` samples. NULL: told. */
static int32_t *read_labels(struct data_stream *in, uint64_t total, int64_t skip, size_t n) {
  struct data_array array;
  struct data_rows rows;

  if (!read_header(in, &array))
    return NULL;
  if (array.rank > 0 && array.dims[0] != total) {
    diag_error(in->c->diag, in->loc, "%llu labels for %llu samples; one for each is wanted",
               (unsigned long long)array.dims[0], (unsigned long long)total);
    return NULL;
  }
  if (!data_read_rows(in, &array, skip, (int64_t)n, &rows))
    return NULL;
  return make_labels(in, &rows);
}

static int32_t *read_labels_file(struct comp *c, const char *path, uint64_t total, int64_t skip,
                                 size_t n) {
  struct data_stream in;
  int32_t *labels = NULL;

  if (open_array(&in, c, split_place(c->arena, path), DATA_LABELS))
    labels = read_labels(&in, total, skip, n);
  data_stream_close(&in);
  return labels;
}

/* ---- samples ---- */

/* Takes the label byte out of each record and closes the gaps, in place. */
static bool split_cifar(const struct data_stream *in, struct data_rows *rows, struct samples *s) {
  int32_t *labels = ARENA_NEW(in->c->arena, int32_t, rows->n);
  uint8_t *pixels = rows->data;

  for (size_t i = 0; i < rows->n; i++) {
    const uint8_t *record = pixels + i * rows->row_elems;

    if (record[0] >= CIFAR_CLASSES)
      return diag_error(in->c->diag, in->loc,
                        "record %zu (from 0) has label %d; CIFAR-10 has 0 to %d", rows->first + i,
                        record[0], CIFAR_CLASSES - 1);
    labels[i] = record[0];
    memmove(pixels + i * CIFAR_PIXELS, record + 1, CIFAR_PIXELS);
  }
  s->labels = labels;
  s->layout = SAMPLES_CHW;
  s->is_layout_known = true;
  s->channels = 3;
  s->height = s->width = CIFAR_SIDE;
  return true;
}

/* Axes of one sample: none or one is flat, two are a map of one channel, three are a map whose
 * layout samples_prepare finds out. */
static bool set_shape(const struct data_stream *in, const struct data_array *array,
                      struct samples *s) {
  const uint64_t *d = array->dims;

  s->layout = array->rank <= 2 ? SAMPLES_FLAT : SAMPLES_CHW;
  s->is_layout_known = array->rank == 3;
  s->channels = s->height = s->width = 1;
  if (array->rank > 4)
    return diag_error(in->c->diag, in->loc, "shape %s: a sample has %zu axes; up to three are read",
                      data_shape_text(in->c, array), array->rank - 1);
  if (array->rank == 2 || array->rank == 4)
    s->channels = (size_t)d[1];
  if (array->rank >= 3) {
    s->height = (size_t)d[array->rank - 2];
    s->width = (size_t)d[array->rank - 1];
  }
  return true;
}

/* Samples, their labels where the file has them, and how many it holds in all. NULL: told. */
static struct samples *read_samples(struct data_stream *in, int64_t skip, int64_t limit,
                                    uint64_t *total) {
  struct samples *s = ARENA_NEW(in->c->arena, struct samples, 1);
  struct data_array array;
  struct data_rows rows;
  bool is_cifar;

  if (!read_header(in, &array) || !data_read_rows(in, &array, skip, limit, &rows))
    return NULL;
  is_cifar = strcmp(array.format, "CIFAR") == 0;
  if (is_cifar ? !split_cifar(in, &rows, s) : !set_shape(in, &array, s))
    return NULL;
  *total = array.dims[0];
  s->path = in->loc.file;
  s->n = rows.n;
  s->first = rows.first;
  s->dtype = rows.dtype;
  s->data = rows.data;
  return s;
}

struct samples *data_read(struct comp *c, const char *path, const char *labels_path, int64_t skip,
                          int64_t limit) {
  struct data_stream in;
  struct samples *s = NULL;
  const char *key = NULL;
  uint64_t total = 0;

  if (events_is_path(path)) {
    s = events_read(c, path, (struct data_range){skip, limit}, &total);
    if (s && labels_path)
      s->labels = read_labels_file(c, labels_path, total, skip, s->n);
    return s && labels_path && !s->labels ? NULL : s;
  }
  if (open_array(&in, c, split_place(c->arena, path), DATA_SAMPLES))
    s = read_samples(&in, skip, limit, &total);
  if (s && labels_path)
    s->labels = read_labels_file(c, labels_path, total, skip, s->n);
  else if (s && in.zip)
    key = npz_labels_key(&in);
  if (key)
    s->labels = npz_open_entry(&in, key, DATA_LABELS) ? read_labels(&in, total, skip, s->n) : NULL;
  data_stream_close(&in);
  return s && (labels_path || key) && !s->labels ? NULL : s;
}
