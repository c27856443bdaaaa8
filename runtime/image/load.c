/* Loader: the header, the sections, and what they say by themselves. */
#include "crc32c.h"
#include "loader.h"

/* Rows of the sections that the network is made of. */
struct sections {
  struct snn_image_section kind[SNN_SECTION_END];
};

static enum snn_status check_header(const uint8_t *image, size_t len) {
  const struct snn_image_header *h = (const void *)image;
  uint32_t rows;

  if (len < sizeof h->magic || h->magic != SNN_IMAGE_MAGIC)
    return SNN_NOT_AN_IMAGE;
  if (len < sizeof *h || h->header_bytes > len || h->header_bytes < sizeof *h + sizeof rows)
    return SNN_TRUNCATED;
  if (h->version >> 16 != SNN_IMAGE_MAJOR)
    return SNN_BAD_VERSION;
  rows = h->header_bytes - (uint32_t)sizeof *h - (uint32_t)sizeof rows;
  if (rows % sizeof(struct snn_image_section) != 0 ||
      h->n_sections != rows / sizeof(struct snn_image_section))
    return SNN_TRUNCATED;
  if (snn_crc32c(image, h->header_bytes - sizeof rows) !=
      *(const uint32_t *)(const void *)(image + h->header_bytes - sizeof rows))
    return SNN_BAD_CHECKSUM;
  if (h->total_bytes != len)
    return SNN_TRUNCATED;
  if (snn_crc32c(image + h->header_bytes, len - h->header_bytes) != h->payload_crc)
    return SNN_BAD_CHECKSUM;
  return SNN_OK;
}

/* Kinds ascend, sections too, so that none is there twice and none overlap. */
static bool find_sections(const uint8_t *image, struct sections *found) {
  const struct snn_image_header *h = (const void *)image;
  const struct snn_image_section *row = (const void *)(image + sizeof *h);
  uint32_t free_from = h->header_bytes, last_kind = 0;

  for (uint32_t kind = 0; kind < SNN_SECTION_END; kind++)
    found->kind[kind].kind = 0;
  for (uint32_t i = 0; i < h->n_sections; i++, row++) {
    if (row->kind <= last_kind || row->at % 4 != 0 || row->at < free_from ||
        row->at > h->total_bytes || row->bytes > h->total_bytes - row->at)
      return false;
    last_kind = row->kind;
    free_from = row->at + row->bytes;
    if (row->kind < SNN_SECTION_END)
      found->kind[row->kind] = *row;
    else if ((row->kind & SNN_SECTION_OPTIONAL) == 0)
      return false;
  }
  for (uint32_t kind = SNN_SECTION_NETWORK; kind < SNN_SECTION_END; kind++)
    if (found->kind[kind].kind != kind)
      return false;
  return true;
}

/* The rows of a section; false: it is no whole number of them. */
static bool count_rows(const struct snn_image_section *s, uint32_t row_bytes, uint32_t *n) {
  *n = s->bytes / row_bytes;
  return s->bytes % row_bytes == 0;
}

static bool take_sections(struct snn_net *net, const uint8_t *image) {
  struct sections s;
  uint32_t n_networks;

  if (!find_sections(image, &s))
    return false;
  net->network = (const void *)(image + s.kind[SNN_SECTION_NETWORK].at);
  net->buffer = (const void *)(image + s.kind[SNN_SECTION_BUFFERS].at);
  net->tensor = (const void *)(image + s.kind[SNN_SECTION_TENSORS].at);
  net->op = (const void *)(image + s.kind[SNN_SECTION_OPS].at);
  net->desc = (const void *)(image + s.kind[SNN_SECTION_DESCRIPTORS].at);
  net->data = image + s.kind[SNN_SECTION_DATA].at;
  net->n_data = s.kind[SNN_SECTION_DATA].bytes;
  return count_rows(&s.kind[SNN_SECTION_NETWORK], sizeof *net->network, &n_networks) &&
         n_networks == 1 &&
         count_rows(&s.kind[SNN_SECTION_BUFFERS], sizeof *net->buffer, &net->n_buffers) &&
         count_rows(&s.kind[SNN_SECTION_TENSORS], sizeof *net->tensor, &net->n_tensors) &&
         count_rows(&s.kind[SNN_SECTION_OPS], sizeof *net->op, &net->n_ops) &&
         count_rows(&s.kind[SNN_SECTION_DESCRIPTORS], sizeof *net->desc, &net->n_desc);
}

static bool is_size(uint32_t n) {
  return n >= 1 && n <= SNN_IMAGE_MAX_ELEMENTS;
}

static bool check_network(const struct snn_image_network *w) {
  return (w->weight_bits == 8 || w->weight_bits == 16 || w->weight_bits == (8 | 16)) &&
         w->input_kind <= SNN_INPUT_EVENTS && is_size(w->input_size) && is_size(w->output_size) &&
         w->steps >= 1 && w->steps <= SNN_IMAGE_MAX_STEPS && w->n_layers >= 1 &&
         w->n_layers <= SNN_IMAGE_MAX_OPS && w->spike_words <= SNN_IMAGE_MAX_ELEMENTS &&
         w->ram_words <= SNN_IMAGE_MAX_ELEMENTS && w->early_exit >= 0 && w->in_spikes <= 1;
}

/* Each buffer begins where the last one ended, and bitmaps lie in their region: so nothing overlaps
 * but bitmaps, which order.c looks at. One buffer of events at most. */
static bool check_buffers(const struct snn_net *net) {
  const struct snn_image_network *w = net->network;
  uint32_t at = w->spike_words + w->n_layers, n_events = 0;

  for (uint32_t i = 0; i < net->n_buffers; i++) {
    const struct snn_image_buffer *b = &net->buffer[i];
    if (!is_size(b->n) || b->kind < SNN_BUFFER_MEMBRANE || b->kind > SNN_BUFFER_SPIKES)
      return false;
    if (b->kind == SNN_BUFFER_SPIKES) {
      if (b->at > w->spike_words || b->n > w->spike_words - b->at)
        return false;
      continue;
    }
    if (b->at != at)
      return false;
    at = snn_plus(at, b->kind == SNN_BUFFER_COUNT ? b->n / 2 + b->n % 2 : b->n);
    if (b->kind == SNN_BUFFER_EVENTS && (n_events++ > 0 || b->n < (w->input_size + 31) / 32))
      return false;
  }
  return at == w->ram_words && n_events == (w->input_kind == SNN_INPUT_EVENTS);
}

static bool check_tensors(const struct snn_net *net) {
  for (uint32_t i = 0; i < net->n_tensors; i++) {
    const struct snn_image_tensor *t = &net->tensor[i];
    if ((t->bytes != 1 && t->bytes != 2 && t->bytes != 4) || !is_size(t->n) || t->at % 4 != 0 ||
        t->at > net->n_data || snn_times(t->n, t->bytes) > net->n_data - t->at)
      return false;
  }
  return true;
}

/* The phases of the ops, which ascend. */
static bool find_phases(struct snn_net *net) {
  uint32_t phase = 0;

  net->phase[0] = 0;
  if (net->n_ops > SNN_IMAGE_MAX_OPS)
    return false;
  for (uint32_t i = 0; i < net->n_ops; i++) {
    if (net->op[i].phase < phase || net->op[i].phase >= SNN_N_PHASES)
      return false;
    while (phase < net->op[i].phase)
      net->phase[++phase] = i;
  }
  while (phase < SNN_N_PHASES)
    net->phase[++phase] = net->n_ops;
  return true;
}

enum snn_status snn_image_load(struct snn_net *net, const void *image, size_t len) {
  enum snn_status status;

  if (!image || (uintptr_t)image % 4 != 0)
    return SNN_BAD_ARGUMENT;
  status = check_header(image, len);
  if (status != SNN_OK)
    return status;
  if (!take_sections(net, image))
    return SNN_BAD_SECTION;
  if (!check_network(net->network))
    return SNN_BAD_NETWORK;
  if (!check_buffers(net))
    return SNN_BAD_BUFFER;
  if (!check_tensors(net))
    return SNN_BAD_TENSOR;
  if (!find_phases(net) || !snn_image_check_calls(net))
    return SNN_BAD_CALL;
  return snn_image_check_order(net) ? SNN_OK : SNN_BAD_ORDER;
}
