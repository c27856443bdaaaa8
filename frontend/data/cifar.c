/* frontend/data/cifar.c -- CIFAR-10's binary batches: records without a header. */
#include "frontend/data/data_internal.h"

#include "ir/base/diag.h"
#include "ir/comp.h"

bool cifar_read_header(struct data_stream *in, struct data_array *array) {
  enum { RECORD = 1 + CIFAR_PIXELS };

  if (in->left % RECORD != 0)
    return diag_error(in->c->diag, in->loc,
                      "%llu bytes; a CIFAR-10 .bin has records of %d bytes, which do not fit",
                      (unsigned long long)in->left, (int)RECORD);
  *array = (struct data_array){.format = "CIFAR",
                               .kind = DATA_UINT,
                               .elem_bytes = 1,
                               .rank = 2,
                               .dims = {in->left / RECORD, RECORD}};
  return true;
}
