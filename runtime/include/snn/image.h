/* snn/image.h -- runs a network image (docs/IMAGE.md) where it lies, in flash or in a mapped file.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The image stays the caller's and is only read; it begins at a multiple of 4. `ram` is the
 * caller's too and holds all that changes; several networks may run side by side, and several may
 * share one image. Nothing is allocated, nothing outside `ram` and `net` is written. snn_open
 * checks the whole image: what it takes cannot make a later call leave its memory, whatever the
 * weights are (sums wrap around at 32 bits, as unsigned ones do). */
#ifndef SNN_IMAGE_H
#define SNN_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum snn_status {
  SNN_OK = 0,
  SNN_BAD_ARGUMENT = -1, /* a pointer is NULL or not aligned, or a length is not the network's    */
  SNN_NOT_AN_IMAGE = -2, /* the magic is another, or the machine is big-endian                    */
  SNN_TRUNCATED = -3,    /* the lengths in the header are not those of the bytes                  */
  SNN_BAD_VERSION = -4,  /* a major version that this code does not know                          */
  SNN_BAD_CHECKSUM = -5,
  SNN_BAD_SECTION = -6, /* one is missing, unknown, or not where it may be                       */
  SNN_BAD_NETWORK = -7, /* kinds, sizes or steps that no network has                             */
  SNN_BAD_BUFFER = -8,  /* memory that overlaps or does not add up                               */
  SNN_BAD_TENSOR = -9,
  SNN_BAD_CALL = -10,  /* a kernel, argument or descriptor that does not fit the others          */
  SNN_BAD_ORDER = -11, /* spikes are read that no call has written before                        */
  SNN_RAM_TOO_SMALL = -12,
  SNN_WRONG_INPUT = -13, /* the network takes events, or it takes none                           */
  SNN_NO_SUCH_PLACE = -14, /* an event at an address that is not in the input                    */
  SNN_NO_ANSWER = -15 /* no output has sent a spike                                              */
};

/* What one value of an input is. */
enum snn_input_kind {
  SNN_INPUT_BYTES,     /* uint8_t, as samples are stored                  */
  SNN_INPUT_MULTIPLES, /* int16_t, multiples of the unit in the image     */
  SNN_INPUT_EVENTS     /* none: spikes are pushed before each step        */
};

enum { SNN_N_PHASES = 4 };

/* A network that snn_open has opened. The first members may be read, the others are the
 * interpreter's. */
struct snn_net {
  enum snn_input_kind input_kind;
  uint32_t input_size, output_size, steps;
  uint32_t n_layers;      /* the last one is the readout                  */
  const uint32_t *spikes; /* of each layer in the last step               */

  const struct snn_image_network *network;
  const struct snn_image_buffer *buffer;
  const struct snn_image_tensor *tensor;
  const struct snn_image_op *op;
  const int32_t *desc;
  const uint8_t *data;
  uint32_t n_buffers, n_tensors, n_ops, n_desc, n_data;
  uint32_t phase[SNN_N_PHASES + 1]; /* the first op of each, and the end */
  uint32_t *ram;
};

/* Bytes of RAM for this image; 0: not a valid image. */
size_t snn_ram_needed(const void *image, size_t len);
/* `ram` begins at a multiple of 4. On error *net and ram are as they were. */
enum snn_status snn_open(struct snn_net *net, const void *image, size_t len, void *ram,
                         size_t ram_len);
/* Forgets the last input. */
enum snn_status snn_reset(struct snn_net *net);
/* x_len values of the network's kind of input, in the order of the model; after snn_reset. */
enum snn_status snn_set_input(struct snn_net *net, const void *x, size_t x_len);
/* An input spike of the next step; two at one address are one. */
enum snn_status snn_push_event(struct snn_net *net, uint32_t address);
/* One time step; *n_spikes, which may be NULL, becomes the spikes of all layers. */
enum snn_status snn_step(struct snn_net *net, int32_t *n_spikes);
/* The answer so far: y_len = output_size values. */
enum snn_status snn_output(const struct snn_net *net, int32_t *y, size_t y_len);
/* Reset, input, all steps or until an output leads by the margin of the image, output. *winner is
 * the index of the largest, the lowest of equals; -1 with SNN_NO_ANSWER. */
enum snn_status snn_run(struct snn_net *net, const void *x, size_t x_len, int32_t *y, size_t y_len,
                        int32_t *winner);
/* What a status means, in a few words. */
const char *snn_status_text(enum snn_status status);

#ifdef __cplusplus
}
#endif

#endif
