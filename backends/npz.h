/* backends/npz.h -- arrays for NumPy: an .npz is a zip file of .npy files, here stored
 * without compression and without times, so that the same arrays give the same bytes. */
#ifndef BACKENDS_NPZ_H
#define BACKENDS_NPZ_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct comp;
struct npz;

struct npz *npz_new(struct arena *a);

/* descr: NumPy's type, little-endian: "<f4", "|i1", "|u1", "<i4". `data` in row-major order is
 * copied. All arrays together take less than 4 GB. */
struct npz_array {
  const char *key, *descr;
  size_t elem_bytes, rank, dims[8];
  const void *data;
};
void npz_add(struct npz *z, const struct npz_array *array);

/* As an output of comp->outputs. False: told. */
bool npz_write(struct comp *c, const struct npz *z, const char *path);

#endif
