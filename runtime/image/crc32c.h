/* runtime/image/crc32c.h -- the checksum of images: CRC-32C (Castagnoli), as in RFC 3720.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SNN_CRC32C_H
#define SNN_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t snn_crc32c(const uint8_t *bytes, size_t len);

#endif
