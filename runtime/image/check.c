/* Loader: every call reads and writes inside what its arguments are. */
#include "loader.h"
#include "../kernels/bits.h"
#include "snn/descriptor.h"

/* One call; its descriptor has as many words as the kernel wants, none below 0. */
struct check {
  const struct snn_net *net;
  const struct snn_image_op *op;
  const void *desc;
};

/* ---- kernels ---- */

enum desc_kind { WINDOW, FRONT, DENSE, ONE_TO_ONE, FIRE, MAP, READOUT, CONCAT, ENCODE };

static uint32_t desc_words(enum desc_kind kind) {
  static const uint8_t words[ENCODE + 1] = {
      [WINDOW] = sizeof(struct snn_window) / 4,   [FRONT] = sizeof(struct snn_front) / 4,
      [DENSE] = sizeof(struct snn_dense) / 4,     [ONE_TO_ONE] = sizeof(struct snn_one_to_one) / 4,
      [FIRE] = sizeof(struct snn_fire) / 4,       [MAP] = sizeof(struct snn_map) / 4,
      [READOUT] = sizeof(struct snn_readout) / 4, [CONCAT] = sizeof(struct snn_concat) / 4,
      [ENCODE] = sizeof(struct snn_encode) / 4,
  };

  return words[kind];
}

struct kernel {
  uint8_t number, n_args, desc, counts;
  const char *phases;
};

static const struct kernel *find_kernel(uint32_t number) {
  enum { SILENT = 0, COUNTS = 1 };
  static const struct kernel kernels[] = {
#define SNN_IMAGE_CURRENT(number, tag, function, n_args, result, desc, phases)                     \
  {number, n_args, desc, result, phases},
#define SNN_IMAGE_SCATTER SNN_IMAGE_CURRENT
#define SNN_IMAGE_PLAIN   SNN_IMAGE_CURRENT
#include "kernels.def"
#undef SNN_IMAGE_CURRENT
#undef SNN_IMAGE_SCATTER
#undef SNN_IMAGE_PLAIN
  };

  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (kernels[i].number == number)
      return &kernels[i];
  return NULL;
}

/* ---- arguments ---- */

/* Argument k is a buffer of this kind with n elements or more. */
static bool has_buffer(const struct check *c, int k, uint32_t kind, uint32_t n) {
  uint32_t i = snn_arg_index(c->op, k);

  return snn_arg_kind(c->op, k) == SNN_ARG_BUFFER && i < c->net->n_buffers &&
         c->net->buffer[i].kind == kind && c->net->buffer[i].n >= n;
}

static bool has_membrane(const struct check *c, int k, uint32_t n) {
  return has_buffer(c, k, SNN_BUFFER_MEMBRANE, n);
}

static bool has_tensor(const struct check *c, int k, uint32_t bytes, uint32_t n) {
  uint32_t i = snn_arg_index(c->op, k);

  return snn_arg_kind(c->op, k) == SNN_ARG_TENSOR && i < c->net->n_tensors &&
         c->net->tensor[i].bytes == bytes && c->net->tensor[i].n >= n;
}

static bool has_weight(const struct check *c, int k, uint32_t n) {
  return ((c->net->network->weight_bits & 8u) != 0 && has_tensor(c, k, sizeof(int8_t), n)) ||
         ((c->net->network->weight_bits & 16u) != 0 && has_tensor(c, k, sizeof(int16_t), n));
}

static bool has_nothing(const struct check *c, int k) {
  return snn_arg_kind(c->op, k) == SNN_ARG_NULL;
}

/* A map of spikes, whose sizes have been checked; order.c asks whether they have been written. */
static bool has_spikes(const struct check *c, const struct snn_map_use *use) {
  uint32_t i, words;

  if (use->arg < 0)
    return true;
  i = snn_arg_index(c->op, use->arg);
  if (i >= c->net->n_buffers || c->net->buffer[i].kind != SNN_BUFFER_SPIKES)
    return false;
  words = snn_times(use->pixels, (use->channels + 31) / 32);
  if (snn_arg_kind(c->op, use->arg) == SNN_ARG_NEGATIVE)
    return use->halves == 1 && words <= c->net->buffer[i].n / 2;
  return snn_arg_kind(c->op, use->arg) == SNN_ARG_BUFFER &&
         snn_times(words, use->halves) <= c->net->buffer[i].n;
}

/* Elements of a table whose element (pixel, c) is at pixel * step + c. */
static uint32_t table_size(int32_t pixels, int32_t channels, int32_t step) {
  return snn_plus(snn_times((uint32_t)pixels - 1, (uint32_t)step), (uint32_t)channels);
}

static bool is_map(int32_t pixels, int32_t channels) {
  return pixels >= 1 && channels >= 1 && pixels <= SNN_IMAGE_MAX_DIM &&
         channels <= SNN_IMAGE_MAX_DIM;
}

static uint32_t map_size(int32_t pixels, int32_t channels) {
  return snn_times((uint32_t)pixels, (uint32_t)channels);
}

/* Where a map lies in the input: inside it, and no larger than it. */
struct source {
  int32_t height, width, channels, step_y, step_x, step_c;
};

static bool is_source(const struct check *c, struct source s) {
  uint32_t last = snn_plus(snn_plus(snn_times((uint32_t)s.height - 1, (uint32_t)s.step_y),
                                    snn_times((uint32_t)s.width - 1, (uint32_t)s.step_x)),
                           snn_times((uint32_t)s.channels - 1, (uint32_t)s.step_c));

  return is_map(s.height, s.channels) && is_map(s.width, 1) &&
         snn_times(map_size(s.height, s.width), (uint32_t)s.channels) <=
             c->net->network->input_size &&
         last < c->net->network->input_size;
}

static bool has_input(const struct check *c, int k, struct source s) {
  return snn_arg_kind(c->op, k) == SNN_ARG_INPUT &&
         c->net->network->input_kind != SNN_INPUT_EVENTS && is_source(c, s);
}

/* ---- windows ---- */

struct axis {
  int32_t in, out, kernel, stride, dilation, pad;
};

/* Every window begins before the end of the map and holds what its padding leaves. */
static bool is_axis(struct axis a) {
  uint32_t extent;

  if (!is_map(a.in, a.out) || a.kernel < 1 || a.kernel > SNN_IMAGE_MAX_KERNEL || a.stride < 1 ||
      a.dilation < 1)
    return false;
  extent = snn_plus(snn_times((uint32_t)a.kernel - 1, (uint32_t)a.dilation), 1);
  return extent <= SNN_IMAGE_MAX_DIM && (uint32_t)a.pad < extent && a.stride <= SNN_IMAGE_MAX_DIM &&
         snn_times((uint32_t)a.out - 1, (uint32_t)a.stride) < (uint32_t)a.in + (uint32_t)a.pad;
}

static bool is_window(const struct snn_window *w) {
  return is_axis((struct axis){w->in_height, w->out_height, w->kernel_height, w->stride_y,
                               w->dilation_y, w->pad_top}) &&
         is_axis((struct axis){w->in_width, w->out_width, w->kernel_width, w->stride_x,
                               w->dilation_x, w->pad_left}) &&
         is_map(w->in_channels, w->out_channels) && w->groups >= 1 &&
         w->in_channels % w->groups == 0 && w->out_channels % w->groups == 0;
}

static uint32_t window_in(const struct snn_window *w) {
  return snn_times(map_size(w->in_height, w->in_width), (uint32_t)w->in_channels);
}

static uint32_t window_out(const struct snn_window *w) {
  return snn_times(map_size(w->out_height, w->out_width), (uint32_t)w->out_channels);
}

static uint32_t conv_weights(const struct snn_window *w) {
  return snn_times(map_size(w->kernel_height, w->kernel_width),
                   map_size(w->in_channels, w->out_channels / w->groups));
}

static struct source window_source(const struct snn_window *w) {
  return (struct source){w->in_height, w->in_width, w->in_channels,
                         w->step_y,    w->step_x,   w->step_c};
}

static bool is_pool(const struct snn_window *w) {
  return is_window(w) && w->in_channels == w->out_channels;
}

/* ---- calls ---- */

/* The 32-bit sums that spikes, or the input, are added to. */
static bool has_target(const struct check *c, bool is_current, uint32_t n) {
  return is_current ? has_buffer(c, 2, SNN_BUFFER_CURRENT, n) : has_membrane(c, 2, n);
}

static bool check_window(const struct check *c, bool is_current) {
  const struct snn_window *w = c->desc;
  bool is_conv =
      c->op->kernel != SNN_IMAGE_AVGPOOL_CURRENT && c->op->kernel != SNN_IMAGE_AVGPOOL_SCATTER;

  if (is_conv ? !is_window(w) : !is_pool(w))
    return false;
  if (c->op->kernel == SNN_IMAGE_CONV_SCATTER &&
      (w->stride_y != 1 || w->stride_x != 1 || w->dilation_y != 1 || w->dilation_x != 1 ||
       w->groups != 1))
    return false;
  return has_weight(c, 1, is_conv ? conv_weights(w) : (uint32_t)w->in_channels) &&
         has_target(c, is_current, window_out(w)) &&
         (!is_current || has_input(c, 0, window_source(w)));
}

/* A convolution of the input, whose targets are nowhere but in the windows of the pool. */
static bool check_front(const struct check *c) {
  const struct snn_front *f = c->desc;
  const struct snn_window *w = c->desc; /* its fields come first */
  uint32_t pooled = map_size(f->pooled_height, f->pooled_width);

  return is_window(w) &&
         is_axis((struct axis){f->out_height, f->pooled_height, f->pool_height, f->pool_stride_y,
                               f->pool_dilation_y, f->pool_pad_top}) &&
         is_axis((struct axis){f->out_width, f->pooled_width, f->pool_width, f->pool_stride_x,
                               f->pool_dilation_x, f->pool_pad_left}) &&
         snn_times(map_size(f->kernel_height, f->kernel_width),
                   map_size(f->pool_height, f->pool_width)) <= SNN_IMAGE_MAX_TAPS &&
         has_weight(c, 1, conv_weights(w)) &&
         has_target(c, true, snn_times(pooled, (uint32_t)f->out_channels)) &&
         has_input(c, 0, window_source(w));
}

static bool check_dense(const struct check *c, bool is_current) {
  const struct snn_dense *d = c->desc;
  struct source s = {d->in_height, d->in_width, d->in_channels, d->step_y, d->step_x, d->step_c};

  return is_map(d->in_height, d->in_width) && is_map(d->in_channels, d->out_channels) &&
         has_weight(c, 1,
                    snn_times(map_size(d->in_height, d->in_width),
                              map_size(d->in_channels, d->out_channels))) &&
         has_target(c, is_current, (uint32_t)d->out_channels) &&
         (!is_current || has_input(c, 0, s));
}

static bool check_one_to_one(const struct check *c, bool is_current) {
  const struct snn_one_to_one *d = c->desc;
  struct source s = {d->height, d->width, d->channels, d->step_y, d->step_x, d->step_c};
  uint32_t pixels = map_size(d->height, d->width);

  return is_map(d->height, d->width) && is_map(1, d->channels) && pixels <= SNN_IMAGE_MAX_DIM &&
         has_weight(c, 1, table_size((int32_t)pixels, d->channels, d->table_step)) &&
         has_target(c, is_current, snn_times(pixels, (uint32_t)d->channels)) &&
         (!is_current || has_input(c, 0, s));
}

/* A table of one value per channel or neuron, be it constant or a current. */
static bool has_drive(const struct check *c, int k, uint32_t n) {
  return has_tensor(c, k, sizeof(int32_t), n) || has_buffer(c, k, SNN_BUFFER_CURRENT, n);
}

static bool check_fire(const struct check *c) {
  const struct snn_fire *d = c->desc;

  return is_map(d->pixels, d->channels) && has_membrane(c, 0, map_size(d->pixels, d->channels)) &&
         (has_nothing(c, 1) ||
          has_drive(c, 1, table_size(d->pixels, d->channels, d->drive_step))) &&
         has_tensor(c, 2, sizeof(int32_t), (uint32_t)d->channels);
}

/* Kernels on maps of `d`, whose spikes are looked at elsewhere. */
static bool check_map(const struct check *c) {
  const struct snn_map *d = c->desc;
  uint32_t n = map_size(d->pixels, d->channels);
  uint32_t n_table = table_size(d->pixels, d->channels, d->table_step);

  if (!is_map(d->pixels, d->channels))
    return false;
  switch (c->op->kernel) {
  case SNN_IMAGE_FILL:
    return (has_nothing(c, 0) || has_tensor(c, 0, sizeof(int32_t), n_table)) &&
           (has_membrane(c, 1, n) || has_buffer(c, 1, SNN_BUFFER_CURRENT, n));
  case SNN_IMAGE_FIRE_SIGNED:
    return has_membrane(c, 0, n) && has_tensor(c, 1, sizeof(int32_t), (uint32_t)d->channels) &&
           has_buffer(c, 2, SNN_BUFFER_COUNT, n);
  case SNN_IMAGE_NEGATE:
    return has_membrane(c, 0, n);
  case SNN_IMAGE_COUNT_SENT:
  case SNN_IMAGE_COUNT_SIGNED:
    return has_buffer(c, 1, SNN_BUFFER_COUNT, n);
  case SNN_IMAGE_COUNT_SPIKES:
    return true;
  case SNN_IMAGE_ADD_MAP:
    return has_drive(c, 0, n_table) && has_membrane(c, 1, n);
  default: /* SNN_IMAGE_READ_SENT */
    return has_buffer(c, 0, SNN_BUFFER_COUNT, n) && snn_arg_kind(c->op, 1) == SNN_ARG_OUTPUT &&
           n == c->net->network->output_size;
  }
}

static bool check_maxpool(const struct check *c) {
  const struct snn_window *w = c->desc;

  if (!is_pool(w))
    return false;
  if (c->op->kernel == SNN_IMAGE_MAXPOOL_SIGNED)
    return has_buffer(c, 1, SNN_BUFFER_COUNT, window_in(w)) &&
           has_buffer(c, 2, SNN_BUFFER_COUNT, window_out(w));
  return has_buffer(c, 1, SNN_BUFFER_COUNT,
                    c->op->kernel == SNN_IMAGE_MAXPOOL ? snn_plus(window_in(w), window_out(w))
                                                       : window_in(w));
}

static bool check_concat(const struct check *c) {
  const struct snn_concat *d = c->desc;

  return is_map(d->pixels, d->in_channels) && is_map(d->pixels, d->out_channels) &&
         d->first < d->out_channels && d->in_channels <= d->out_channels - d->first;
}

static bool check_events(const struct check *c) {
  const struct snn_encode *d = c->desc;
  struct source s = {d->height, d->width, d->channels, d->step_y, d->step_x, d->step_c};

  return is_source(c, s) && has_buffer(c, 0, SNN_BUFFER_EVENTS, 1);
}

static bool check_output(const struct check *c) {
  const struct snn_readout *d = c->desc;
  uint32_t n = map_size(d->pixels, d->channels);

  return is_map(d->pixels, d->channels) && has_membrane(c, 0, n) &&
         snn_arg_kind(c->op, 1) == SNN_ARG_OUTPUT && n == c->net->network->output_size;
}

static bool check_arguments(const struct check *c, const struct kernel *k) {
  bool is_current = c->op->phase == SNN_PHASE_INPUT;

  switch ((enum desc_kind)k->desc) {
  case WINDOW:
    return c->op->kernel == SNN_IMAGE_MAXPOOL || c->op->kernel == SNN_IMAGE_MAXPOOL_WINNER ||
                   c->op->kernel == SNN_IMAGE_MAXPOOL_SIGNED
               ? check_maxpool(c)
               : check_window(c, is_current);
  case FRONT:
    return check_front(c);
  case DENSE:
    return check_dense(c, is_current);
  case ONE_TO_ONE:
    return check_one_to_one(c, is_current);
  case FIRE:
    return check_fire(c);
  case MAP:
    return check_map(c);
  case READOUT:
    return check_output(c);
  case CONCAT:
    return check_concat(c);
  default: /* ENCODE */
    return check_events(c);
  }
}

/* The descriptor is there, and no field is below 0. */
static bool take_desc(struct check *c, const struct kernel *k) {
  uint32_t n = desc_words((enum desc_kind)k->desc);
  const int32_t *d;

  if (c->op->desc > c->net->n_desc || n > c->net->n_desc - c->op->desc)
    return false;
  d = &c->net->desc[c->op->desc];
  c->desc = d;
  for (uint32_t i = 0; i < n; i++)
    if (d[i] < 0)
      return false;
  return true;
}

static bool may_run_in(const struct kernel *k, uint32_t phase) {
  static const char letters[] = "RISO";

  for (const char *p = k->phases; *p != '\0'; p++)
    if (*p == letters[phase])
      return true;
  return false;
}

static bool check_call(struct check *c) {
  const struct kernel *k = find_kernel(c->op->kernel);
  struct snn_maps maps;

  if (!k || !may_run_in(k, c->op->phase) || c->op->layer >= c->net->network->n_layers ||
      c->op->counts > k->counts || !take_desc(c, k))
    return false;
  for (int i = k->n_args; i < SNN_IMAGE_ARGS; i++)
    if (c->op->arg[i] != SNN_ARG_NULL)
      return false;
  if (!check_arguments(c, k))
    return false;
  maps = snn_image_maps_of(c->net, c->op);
  return has_spikes(c, &maps.in) && has_spikes(c, &maps.out);
}

/* One call answers. */
bool snn_image_check_calls(const struct snn_net *net) {
  if (net->phase[SNN_PHASE_OUTPUT + 1] - net->phase[SNN_PHASE_OUTPUT] != 1)
    return false;
  for (uint32_t i = 0; i < net->n_ops; i++) {
    struct check c = {net, &net->op[i], NULL};
    if (!check_call(&c))
      return false;
  }
  return true;
}
