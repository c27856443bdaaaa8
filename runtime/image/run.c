/* Interpreter of images: each call finds its pointers where the loader has seen them. */
#define SNN_INT8
#include <string.h>

#include "loader.h"
#include "tables.h"
#include "../kernels/lead.h"
#include "../kernels/push_event.h"
#include "../kernels/spike_winner.h"

/* What a call may be given besides its memory. */
struct outside {
  const void *x;
  int32_t *y;
};

static void *find_arg(const struct snn_net *net, const struct snn_image_op *op, int k,
                      const struct outside *o) {
  uint32_t i = snn_arg_index(op, k);

  switch (snn_arg_kind(op, k)) {
  case SNN_ARG_BUFFER:
    return net->ram + net->buffer[i].at;
  case SNN_ARG_NEGATIVE:
    return net->ram + net->buffer[i].at + net->buffer[i].n / 2;
  case SNN_ARG_TENSOR: /* kernels only read it */
    return (void *)(uintptr_t)(net->data + net->tensor[i].at);
  case SNN_ARG_INPUT:
    return (void *)(uintptr_t)o->x;
  case SNN_ARG_OUTPUT:
    return o->y;
  default:
    return NULL;
  }
}

/* Where a kernel reads weights, they are its argument 1. */
static snn_call *find_kernel(const struct snn_net *net, const struct snn_image_op *op) {
  bool is_bytes = net->network->input_kind == SNN_INPUT_BYTES, is_int8;
  uint32_t number = op->kernel;

  if (number >= SNN_FIRST_PLAIN)
    return snn_image_plain[number - SNN_FIRST_PLAIN];
  is_int8 = net->tensor[snn_arg_index(op, 1)].bytes == sizeof(int8_t);
  if (number >= SNN_FIRST_SCATTER)
    return (is_int8 ? snn_image_scatter_int8 : snn_image_scatter_int16)[number - SNN_FIRST_SCATTER];
  number -= SNN_FIRST_CURRENT;
  if (is_bytes)
    return (is_int8 ? snn_image_current_int8_bytes : snn_image_current_int16_bytes)[number];
  return (is_int8 ? snn_image_current_int8 : snn_image_current_int16)[number];
}

/* The calls of a phase; their spikes. */
static uint32_t run_phase(const struct snn_net *net, enum snn_phase phase,
                          const struct outside *o) {
  uint32_t *spikes = net->ram + net->network->spike_words;
  uint32_t sum = 0;

  for (uint32_t i = net->phase[phase]; i < net->phase[phase + 1]; i++) {
    const struct snn_image_op *op = &net->op[i];
    void *arg[SNN_IMAGE_ARGS];
    uint32_t n;
    for (int k = 0; k < SNN_IMAGE_ARGS; k++)
      arg[k] = find_arg(net, op, k, o);
    n = find_kernel(net, op)(&net->desc[op->desc], arg);
    if (op->counts != 0) {
      spikes[op->layer] = n;
      sum += n;
    }
  }
  return sum;
}

size_t snn_ram_needed(const void *image, size_t len) {
  struct snn_net net;

  return snn_image_load(&net, image, len) == SNN_OK ? sizeof(uint32_t) * net.network->ram_words : 0;
}

enum snn_status snn_open(struct snn_net *net, const void *image, size_t len, void *ram,
                         size_t ram_len) {
  struct snn_net n;
  enum snn_status status;

  if (!net || !ram || (uintptr_t)ram % sizeof(uint32_t) != 0)
    return SNN_BAD_ARGUMENT;
  status = snn_image_load(&n, image, len);
  if (status != SNN_OK)
    return status;
  if (ram_len / sizeof(uint32_t) < n.network->ram_words)
    return SNN_RAM_TOO_SMALL;
  n.input_kind = (enum snn_input_kind)n.network->input_kind;
  n.input_size = n.network->input_size;
  n.output_size = n.network->output_size;
  n.steps = n.network->steps;
  n.n_layers = n.network->n_layers;
  n.ram = ram;
  n.spikes = n.ram + n.network->spike_words;
  *net = n;
  return snn_reset(net);
}

enum snn_status snn_reset(struct snn_net *net) {
  if (!net)
    return SNN_BAD_ARGUMENT;
  (void)memset(net->ram, 0, sizeof(uint32_t) * net->network->ram_words);
  (void)run_phase(net, SNN_PHASE_RESET, NULL);
  return SNN_OK;
}

enum snn_status snn_set_input(struct snn_net *net, const void *x, size_t x_len) {
  struct outside o = {x, NULL};

  if (!net || !x || x_len != net->input_size)
    return SNN_BAD_ARGUMENT;
  if (net->input_kind == SNN_INPUT_EVENTS)
    return SNN_WRONG_INPUT;
  if (net->input_kind == SNN_INPUT_MULTIPLES && (uintptr_t)x % sizeof(int16_t) != 0)
    return SNN_BAD_ARGUMENT;
  (void)run_phase(net, SNN_PHASE_INPUT, &o);
  return SNN_OK;
}

enum snn_status snn_push_event(struct snn_net *net, uint32_t address) {
  if (!net)
    return SNN_BAD_ARGUMENT;
  for (uint32_t i = 0; i < net->n_buffers; i++)
    if (net->buffer[i].kind == SNN_BUFFER_EVENTS)
      return snn_keep_event(net->ram + net->buffer[i].at, net->input_size, address) == 0
                 ? SNN_OK
                 : SNN_NO_SUCH_PLACE;
  return SNN_WRONG_INPUT;
}

enum snn_status snn_step(struct snn_net *net, int32_t *n_spikes) {
  uint32_t n;

  if (!net)
    return SNN_BAD_ARGUMENT;
  n = run_phase(net, SNN_PHASE_STEP, NULL);
  if (n_spikes != NULL)
    *n_spikes = (int32_t)n;
  return SNN_OK;
}

enum snn_status snn_output(const struct snn_net *net, int32_t *y, size_t y_len) {
  struct outside o = {NULL, y};

  if (!net || !y || y_len != net->output_size)
    return SNN_BAD_ARGUMENT;
  (void)run_phase(net, SNN_PHASE_OUTPUT, &o);
  return SNN_OK;
}

enum snn_status snn_run(struct snn_net *net, const void *x, size_t x_len, int32_t *y, size_t y_len,
                        int32_t *winner) {
  enum snn_status status;
  int32_t n;

  if (!net || !y || !winner || y_len != net->output_size)
    return SNN_BAD_ARGUMENT;
  (void)snn_reset(net);
  status = snn_set_input(net, x, x_len);
  if (status != SNN_OK)
    return status;
  n = (int32_t)net->output_size;
  for (uint32_t t = 0; t < net->steps; t++) {
    (void)snn_step(net, NULL);
    (void)snn_output(net, y, y_len);
    if (net->network->early_exit > 0 && snn_lead(y, n) >= net->network->early_exit)
      break;
  }
  *winner = net->network->in_spikes ? snn_spike_winner(y, n) : snn_winner(y, n);
  if (*winner >= 0)
    return SNN_OK;
  *winner = -1;
  return SNN_NO_ANSWER;
}

const char *snn_status_text(enum snn_status status) {
  static const char *const texts[1 - SNN_NO_ANSWER] = {
      [-SNN_OK] = "done",
      [-SNN_BAD_ARGUMENT] = "a pointer is NULL or not aligned, or a length is another",
      [-SNN_NOT_AN_IMAGE] = "this is no image of a network",
      [-SNN_TRUNCATED] = "the image is shorter or longer than its header says",
      [-SNN_BAD_VERSION] = "the major version of the image is another",
      [-SNN_BAD_CHECKSUM] = "the checksum of the image does not fit: it is damaged",
      [-SNN_BAD_SECTION] = "a section is missing, unknown or not where it may be",
      [-SNN_BAD_NETWORK] = "kinds, sizes or steps are out of range",
      [-SNN_BAD_BUFFER] = "buffers overlap or do not add up to the RAM",
      [-SNN_BAD_TENSOR] = "a table is not within the data",
      [-SNN_BAD_CALL] = "a kernel, an argument or a descriptor does not fit",
      [-SNN_BAD_ORDER] = "spikes are read that no call has written before",
      [-SNN_RAM_TOO_SMALL] = "the network needs more RAM",
      [-SNN_WRONG_INPUT] = "the network takes another kind of input",
      [-SNN_NO_SUCH_PLACE] = "the address of an event is not in the input",
      [-SNN_NO_ANSWER] = "no output has sent a spike",
  };
  const int n = sizeof texts / sizeof *texts;

  return status <= 0 && status > -n ? texts[-status] : "unknown";
}
