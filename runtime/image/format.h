/* runtime/image/format.h -- the records of an image, as docs/IMAGE.md defines them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Little-endian, every record at a multiple of 4 and made of 32-bit words, so that it is read where
 * it lies. The writer and the loader share nothing but this file and crc32c.h. */
#ifndef SNN_IMAGE_FORMAT_H
#define SNN_IMAGE_FORMAT_H

#include <stdint.h>

enum {
  SNN_IMAGE_MAGIC = 0x494E4E53, /* "SNNI" */
  SNN_IMAGE_MAJOR = 1,
  SNN_IMAGE_MINOR = 0
};

/* Followed by n_sections rows and the CRC-32C of all header bytes before it. */
struct snn_image_header {
  uint32_t magic;
  uint32_t version;      /* major * 65536 + minor                     */
  uint32_t header_bytes; /* with the rows and the CRC                 */
  uint32_t total_bytes;  /* of the image                              */
  uint32_t payload_crc;  /* of all bytes behind the header            */
  uint32_t n_sections;
};

/* Ascending kinds; each once. */
struct snn_image_section {
  uint32_t kind;
  uint32_t at; /* from the beginning of the image, a multiple of 4 */
  uint32_t bytes;
};

enum {
  SNN_SECTION_NETWORK = 1,
  SNN_SECTION_BUFFERS,
  SNN_SECTION_TENSORS,
  SNN_SECTION_OPS,
  SNN_SECTION_DESCRIPTORS,
  SNN_SECTION_DATA,
  SNN_SECTION_END
};
/* A kind with this bit may be skipped by who does not know it. */
#define SNN_SECTION_OPTIONAL 0x80000000u
/* The graph as IR text, whose tensors are ranges of the data. */
#define SNN_SECTION_GRAPH (SNN_SECTION_OPTIONAL | 1)

struct snn_image_network {
  uint32_t weight_bits; /* 8, 16, or both, 8 | 16: each tensor has its own  */
  uint32_t input_kind;  /* enum snn_input_kind                              */
  uint32_t input_size, output_size, steps, n_layers;
  uint32_t spike_words;                   /* of the region that spike bitmaps share           */
  uint32_t ram_words;                     /* region, counters of the layers, buffers          */
  int32_t early_exit;                     /* the lead that ends snn_run; 0: none              */
  uint32_t in_spikes;                     /* 1: the output counts spikes, and 0 is no answer  */
  uint32_t input_unit[2], output_unit[2]; /* IEEE 754 binary64, low word first */
};

enum {
  SNN_BUFFER_MEMBRANE = 1, /* int32 */
  SNN_BUFFER_CURRENT,      /* int32 */
  SNN_BUFFER_COUNT,        /* uint16 */
  SNN_BUFFER_EVENTS,       /* a bit for each value of the input */
  SNN_BUFFER_SPIKES        /* 32-bit words in the shared region */
};

struct snn_image_buffer {
  uint32_t kind;
  uint32_t n;  /* elements; of bitmaps words                                       */
  uint32_t at; /* word of ram: bitmaps in the region, others behind the counters   */
};

struct snn_image_tensor {
  uint32_t bytes; /* of an element: 1, 2 or 4 */
  uint32_t n;
  uint32_t at; /* in the data section, a multiple of 4 */
};

enum {
  SNN_ARG_NULL,
  SNN_ARG_BUFFER,
  SNN_ARG_NEGATIVE, /* the second half of a bitmap: spikes of -1 */
  SNN_ARG_TENSOR,
  SNN_ARG_INPUT,
  SNN_ARG_OUTPUT
};
enum { SNN_IMAGE_ARGS = 4 };

/* In the order of phases, and of calls within one. */
struct snn_image_op {
  uint32_t kernel; /* kernels.def */
  uint32_t phase;  /* enum snn_phase */
  uint32_t layer;
  uint32_t counts;              /* 1: the kernel's number is the spikes of the layer */
  uint32_t desc;                /* its first word in the section of descriptors      */
  uint32_t arg[SNN_IMAGE_ARGS]; /* kind + 256 x index                   */
};

enum snn_phase { SNN_PHASE_RESET, SNN_PHASE_INPUT, SNN_PHASE_STEP, SNN_PHASE_OUTPUT };

enum snn_image_kernel {
#define SNN_IMAGE_CURRENT(number, tag, function, n_args, result, desc, phases)                     \
  SNN_IMAGE_##tag = number,
#define SNN_IMAGE_SCATTER SNN_IMAGE_CURRENT
#define SNN_IMAGE_PLAIN   SNN_IMAGE_CURRENT
#include "kernels.def"
#undef SNN_IMAGE_CURRENT
#undef SNN_IMAGE_SCATTER
#undef SNN_IMAGE_PLAIN
  SNN_IMAGE_N_KERNELS
};

/* Limits, so that no index of a kernel leaves 32 bits and no check or step takes for ever. */
enum {
  SNN_IMAGE_MAX_OPS = 4096,
  SNN_IMAGE_MAX_DIM = 0x1000000,
  SNN_IMAGE_MAX_KERNEL = 255, /* rows or columns of a window       */
  SNN_IMAGE_MAX_TAPS = 65536, /* of a pool of a convolution        */
  SNN_IMAGE_MAX_STEPS = 65535,
  SNN_IMAGE_MAX_ELEMENTS = 0x1FFFFFFF
};

#endif
