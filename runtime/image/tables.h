/* runtime/image/tables.h -- the kernels of kernels.def, by number less that of the first row.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_TABLES_H
#define SNN_TABLES_H

#include "call.h"
#include "format.h"

enum {
  SNN_FIRST_CURRENT = SNN_IMAGE_CONV_CURRENT,
  SNN_FIRST_SCATTER = SNN_IMAGE_CONV_SCATTER,
  SNN_FIRST_PLAIN = SNN_IMAGE_FILL
};

extern snn_call *const snn_image_current_int8_bytes[];
extern snn_call *const snn_image_current_int8[];
extern snn_call *const snn_image_current_int16_bytes[];
extern snn_call *const snn_image_current_int16[];
extern snn_call *const snn_image_scatter_int8[];
extern snn_call *const snn_image_scatter_int16[];
extern snn_call *const snn_image_plain[];

#endif
