/* frontend/data/idx.c -- header of IDX files, as MNIST is published: two zero bytes, element type,
 * number of axes, then their sizes in 32 bits, all big-endian. */
#include "frontend/data/data_internal.h"

#include "ir/base/diag.h"
#include "ir/comp.h"

static const struct {
  uint8_t code;
  enum data_kind kind;
  size_t bytes;
} types[] = {
    {0x08, DATA_UINT, 1}, {0x09, DATA_INT, 1},   {0x0b, DATA_INT, 2},
    {0x0c, DATA_INT, 4},  {0x0d, DATA_FLOAT, 4}, {0x0e, DATA_FLOAT, 8},
};
enum { N_TYPES = sizeof(types) / sizeof(types[0]) };

static size_t find_type(uint8_t code) {
  size_t i = 0;

  while (i < N_TYPES && types[i].code != code)
    i++;
  return i;
}

bool idx_is_magic(const uint8_t *head, size_t n) {
  return n >= 4 && head[0] == 0 && head[1] == 0 && find_type(head[2]) < N_TYPES && head[3] >= 1 &&
         head[3] <= IR_MAX_RANK;
}

bool idx_read_header(struct data_stream *in, struct data_array *array) {
  uint8_t magic[4], dim[4];
  size_t type;

  if (!data_stream_need(in, magic, sizeof(magic), "the IDX header"))
    return false;
  type = find_type(magic[2]);
  *array = (struct data_array){.format = "IDX",
                               .kind = types[type].kind,
                               .elem_bytes = types[type].bytes,
                               .is_big_endian = true,
                               .rank = magic[3]};
  for (size_t i = 0; i < array->rank; i++) {
    if (!data_stream_need(in, dim, sizeof(dim), "the IDX header"))
      return false;
    array->dims[i] =
        (uint64_t)dim[0] << 24 | (uint64_t)dim[1] << 16 | (uint64_t)dim[2] << 8 | dim[3];
  }
  return true;
}
