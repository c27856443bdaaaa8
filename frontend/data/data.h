/* frontend/data/data.h -- sample files to struct samples: .npy, .npz[:key], IDX and its .gz, CIFAR
 * .bin, N-MNIST .bs2 and .txt lists of them.
 *
 * The format is told by content (magic bytes), CIFAR by its record size and ending, recordings by
 * their ending. Every size in a
 * file is checked against the file before it is used. */
#ifndef FRONTEND_DATA_DATA_H
#define FRONTEND_DATA_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/base/file.h"

struct comp;
struct ir_tensor;
struct samples;

/* Reads samples [skip, skip + limit) of `path` (limit < 0: to the end). `labels_path` may be NULL:
 * then CIFAR records and an .npz with "y"/"labels"/.. give their own, or there are none. An IDX
 * images file without labels_path looks for nothing. NULL: told, with what was found and wanted. */
struct samples *data_read(struct comp *c, const char *path, const char *labels_path, int64_t skip,
                          int64_t limit);

/* The array `key` of an .npz, or that of an .npy where key is NULL, whose bytes are `file`: u8 as
 * it is, all other numbers as f32. `path` is for messages. False: told. */
bool data_read_tensor(struct comp *c, struct bytes file, const char *path, const char *key,
                      struct ir_tensor *out);

#endif
