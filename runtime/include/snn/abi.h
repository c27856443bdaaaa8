/* snn/abi.h -- version of the descriptors and kernels that generated code was made for.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_ABI_H
#define SNN_ABI_H

/* Goes up when a descriptor, an argument or a result changes. Code generated with
 * --runtime external refuses to compile against another. */
#define SNN_ABI_VERSION 4

#endif
