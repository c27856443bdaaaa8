#include "backends/image/image.h"

#include <math.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/ir.h"
#include "runtime/image/crc32c.h"
#include "runtime/image/format.h"
#include "snn/descriptor.h"
#include "snn/image.h"

/* Numbers of kernels; 0: images do not have it. */
static const uint32_t kernel_number[PLAN_N_KERNELS] = {
#define SNN_IMAGE_CURRENT(number, tag, function, n_args, result, desc, phases)                     \
  [PLAN_##tag] = SNN_IMAGE_##tag,
#define SNN_IMAGE_SCATTER SNN_IMAGE_CURRENT
#define SNN_IMAGE_PLAIN   SNN_IMAGE_CURRENT
#include "runtime/image/kernels.def"
#undef SNN_IMAGE_CURRENT
#undef SNN_IMAGE_SCATTER
#undef SNN_IMAGE_PLAIN
};

static const uint32_t buffer_kind[] = {
    [PLAN_MEMBRANE] = SNN_BUFFER_MEMBRANE, [PLAN_CURRENT] = SNN_BUFFER_CURRENT,
    [PLAN_EVENTS] = SNN_BUFFER_EVENTS,     [PLAN_COUNT] = SNN_BUFFER_COUNT,
    [PLAN_SPIKES] = SNN_BUFFER_SPIKES,
};

static const uint32_t arg_kind[] = {
    [PLAN_ARG_NULL] = SNN_ARG_NULL,         [PLAN_ARG_BUFFER] = SNN_ARG_BUFFER,
    [PLAN_ARG_NEGATIVE] = SNN_ARG_NEGATIVE, [PLAN_ARG_TENSOR] = SNN_ARG_TENSOR,
    [PLAN_ARG_INPUT] = SNN_ARG_INPUT,       [PLAN_ARG_OUTPUT] = SNN_ARG_OUTPUT,
};

static const uint32_t phase_number[] = {
    [PLAN_RESET] = SNN_PHASE_RESET,
    [PLAN_SET_INPUT] = SNN_PHASE_INPUT,
    [PLAN_STEP] = SNN_PHASE_STEP,
    [PLAN_OUTPUT] = SNN_PHASE_OUTPUT,
};

/* An image while it is written: the sections by kind, the optional text of the graph behind them.
 */
enum { GRAPH_TEXT = SNN_SECTION_END, N_SECTIONS };
struct writer {
  const struct plan *plan;
  struct buf section[N_SECTIONS];
  size_t n_blobs; /* bytes of data that the text names */
};

static void put_zeros(struct buf *b, size_t align) {
  static const char zeros[4];

  buf_put(b, zeros, (align - b->len % align) % align);
}

static void split_double(double x, uint32_t word[2]) {
  uint64_t bits;

  memcpy(&bits, &x, sizeof bits);
  word[0] = (uint32_t)bits;
  word[1] = (uint32_t)(bits >> 32);
}

static uint32_t input_kind(const struct plan *p) {
  return plan_takes(p) == PLAN_TAKES_EVENTS  ? SNN_INPUT_EVENTS
         : plan_takes(p) == PLAN_TAKES_BYTES ? SNN_INPUT_BYTES
                                             : SNN_INPUT_MULTIPLES;
}

/* Buffers one behind the other, after the region of bitmaps and a counter for each layer. Gives the
 * words of RAM. */
static uint32_t write_buffers(struct writer *w) {
  uint32_t at = (uint32_t)(plan_spike_words(w->plan) + plan_n_layers(w->plan));

  for (size_t i = 0; i < plan_n_buffers(w->plan); i++) {
    const struct plan_buffer *b = plan_buffer(w->plan, i);
    struct snn_image_buffer row = {buffer_kind[b->kind], (uint32_t)b->n, at};
    if (b->kind == PLAN_SPIKES)
      row.at = (uint32_t)b->at;
    else
      at += (uint32_t)(b->kind == PLAN_COUNT ? (b->n + 1) / 2 : b->n);
    buf_put(&w->section[SNN_SECTION_BUFFERS], &row, sizeof row);
  }
  return at;
}

static void write_network(struct writer *w, uint32_t ram_words) {
  const struct plan *p = w->plan;
  struct snn_image_network row = {
      .weight_bits = plan_is_mixed(p)               ? 8 | 16
                     : plan_weight_type(p) == IR_I8 ? 8
                                                    : 16,
      .input_kind = input_kind(p),
      .input_size = (uint32_t)plan_input_size(p),
      .output_size = (uint32_t)plan_output_size(p),
      .steps = (uint32_t)plan_steps(p),
      .n_layers = (uint32_t)plan_n_layers(p),
      .spike_words = (uint32_t)plan_spike_words(p),
      .ram_words = ram_words,
      .early_exit = (int32_t)ceilf(fminf(plan_early_exit(p), (float)(1 << 30))),
      .in_spikes = plan_answers_in_spikes(p),
  };

  split_double(plan_input_unit(p), row.input_unit);
  split_double(plan_output_unit(p), row.output_unit);
  buf_put(&w->section[SNN_SECTION_NETWORK], &row, sizeof row);
}

/* The text of the graph, and in the data what is too long for it. */
static void write_graph(struct writer *w, const struct ir_graph *g) {
  ir_print(g, &w->section[GRAPH_TEXT], &w->section[SNN_SECTION_DATA], "image");
  w->n_blobs = w->section[SNN_SECTION_DATA].len;
  put_zeros(&w->section[GRAPH_TEXT], 4);
  put_zeros(&w->section[SNN_SECTION_DATA], 4);
}

/* Where the data have these bytes; they are added where the graph's text has not brought them. */
static size_t place_bytes(struct writer *w, const void *bytes, size_t len) {
  enum { BLOB_ALIGN = 64 };
  struct buf *data = &w->section[SNN_SECTION_DATA];
  size_t at;

  for (at = 0; at < w->n_blobs; at += BLOB_ALIGN)
    if (len <= w->n_blobs - at && memcmp(data->data + at, bytes, len) == 0)
      return at;
  at = data->len;
  buf_put(data, bytes, len);
  put_zeros(data, 4);
  return at;
}

static void write_tensors(struct writer *w) {
  for (size_t i = 0; i < plan_n_tensors(w->plan); i++) {
    const struct plan_tensor *t = plan_tensor(w->plan, i);
    struct snn_image_tensor row = {.bytes = (uint32_t)ir_dtype_size(t->dtype), .n = (uint32_t)t->n};
    row.at = (uint32_t)place_bytes(w, t->data, t->n * row.bytes);
    buf_put(&w->section[SNN_SECTION_TENSORS], &row, sizeof row);
  }
}

/* Words of the descriptor; integers draw nothing, so a seed is 0. */
static void write_desc(struct writer *w, const struct plan_op *op) {
  size_t bytes = plan_kernel(op->kernel)->n_fields * sizeof(int32_t);
  struct snn_encode encode;

  if (op->kernel != PLAN_TAKE_EVENTS) {
    buf_put(&w->section[SNN_SECTION_DESCRIPTORS], op->desc, bytes);
    return;
  }
  memcpy(&encode, op->desc, sizeof encode);
  encode.seed_low = encode.seed_high = 0;
  buf_put(&w->section[SNN_SECTION_DESCRIPTORS], &encode, sizeof encode);
}

static void write_op(struct writer *w, const struct plan_op *op) {
  struct snn_image_op row = {
      .kernel = kernel_number[op->kernel],
      .phase = phase_number[op->phase],
      .layer = (uint32_t)op->layer,
      .counts = op->counter == PLAN_N_SPIKES,
      .desc = (uint32_t)(w->section[SNN_SECTION_DESCRIPTORS].len / sizeof(int32_t)),
  };

  for (size_t k = 0; k < plan_kernel(op->kernel)->n_args; k++)
    row.arg[k] = arg_kind[op->arg[k].kind] + 256 * (uint32_t)op->arg[k].index;
  write_desc(w, op);
  buf_put(&w->section[SNN_SECTION_OPS], &row, sizeof row);
}

static void write_ops(struct writer *w) {
  for (int phase = 0; phase < PLAN_N_PHASES; phase++)
    for (size_t i = 0; i < plan_n_ops(w->plan); i++)
      if ((int)plan_op(w->plan, i)->phase == phase)
        write_op(w, plan_op(w->plan, i));
}

/* The header and the sections behind it; all lengths are multiples of 4. */
static void assemble(const struct writer *w, struct buf *out) {
  struct snn_image_header h = {.magic = SNN_IMAGE_MAGIC,
                               .version = (uint32_t)SNN_IMAGE_MAJOR << 16 | SNN_IMAGE_MINOR,
                               .n_sections = N_SECTIONS - 1};
  struct snn_image_section row = {0};
  uint32_t crc;

  h.header_bytes = (uint32_t)(sizeof h + h.n_sections * sizeof row + sizeof crc);
  row.at = h.header_bytes;
  buf_put(out, &h, sizeof h);
  for (size_t i = SNN_SECTION_NETWORK; i < N_SECTIONS; i++) {
    row.kind = i == GRAPH_TEXT ? SNN_SECTION_GRAPH : (uint32_t)i;
    row.bytes = (uint32_t)w->section[i].len;
    buf_put(out, &row, sizeof row);
    row.at += row.bytes;
  }
  buf_put(out, &crc, sizeof crc);
  for (size_t i = SNN_SECTION_NETWORK; i < N_SECTIONS; i++)
    buf_put(out, w->section[i].data, w->section[i].len);
  h.total_bytes = (uint32_t)out->len;
  h.payload_crc =
      snn_crc32c((const uint8_t *)out->data + h.header_bytes, out->len - h.header_bytes);
  memcpy(out->data, &h, sizeof h);
  crc = snn_crc32c((const uint8_t *)out->data, h.header_bytes - sizeof crc);
  memcpy(out->data + h.header_bytes - sizeof crc, &crc, sizeof crc);
}

/* What is too large for images, the loader says. */
static bool check_image(struct arena *a, struct diag *d, const struct plan *p,
                        const struct buf *image) {
  struct snn_net net;
  size_t ram_bytes = 4 * (size_t)plan_ram_bytes(p) + 4096;
  enum snn_status status =
      snn_open(&net, image->data, image->len, arena_alloc(a, 1, ram_bytes), ram_bytes);

  return status == SNN_OK || diag_error(d, loc_file(NULL),
                                        "the network cannot be an image (%s); docs/IMAGE.md has "
                                        "the limits, and -o FILE.c takes larger ones",
                                        snn_status_text(status));
}

bool image_write(struct arena *a, struct diag *d, const struct ir_graph *g, struct buf *out) {
  struct writer w = {.plan = plan_new(a, d, g)};

  if (!w.plan)
    return false;
  if (plan_weight_type(w.plan) == IR_F32)
    return diag_error(d, loc_file(NULL),
                      "an image has integers, and this network has floats; --quantize int8 or "
                      "int16 makes them");
  if (plan_const_bytes(w.plan) > INT32_MAX)
    return diag_error(d, loc_file(NULL), "the network has %zu bytes of tables; an image has 2^31",
                      plan_const_bytes(w.plan));
  for (size_t i = 0; i < N_SECTIONS; i++)
    buf_init(&w.section[i], a);
  write_network(&w, write_buffers(&w));
  write_graph(&w, g);
  write_tensors(&w);
  write_ops(&w);
  assemble(&w, out);
  return check_image(a, d, w.plan, out);
}

bool image_emit(struct comp *c, const struct ir_graph *g, const char *path) {
  struct buf image;

  buf_init(&image, c->arena);
  return image_write(c->arena, c->diag, g, &image) &&
         file_outputs_add(c->outputs, c->diag, path, image.data, image.len);
}
