/* runtime/image/call.h -- kernels as functions of one type, so that tables hold them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_CALL_H
#define SNN_CALL_H

#include <stdint.h>

/* What the kernel returns; 0 where it returns nothing. */
typedef uint32_t snn_call(const void *desc, void *const *arg);

#define SNN_ARGS_1            arg[0]
#define SNN_ARGS_2            arg[0], arg[1]
#define SNN_ARGS_3            arg[0], arg[1], arg[2]
#define SNN_ARGS_4            arg[0], arg[1], arg[2], arg[3]
#define SNN_ARGS_5            arg[0], arg[1], arg[2], arg[3], arg[4]
#define SNN_ARGS_6            arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]
#define SNN_CALL_COUNTS(call) return call
#define SNN_CALL_SILENT(call)                                                                      \
  call;                                                                                            \
  return 0

#define SNN_DEFINE_CALL(tag, function, n_args, result)                                             \
  static uint32_t call_##tag(const void *d, void *const *arg) {                                    \
    SNN_CALL_##result(function(d, SNN_ARGS_##n_args));                                             \
  }

#endif
