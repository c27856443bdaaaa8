/* tests/proof/kernels.c -- for Frama-C's Eva: the integer kernels of images do nothing undefined in
 * what the loader takes.
 *
 * For each kernel many shapes. What decides whether a call may happen is the loader itself,
 * check.c: with the memory that the kernel is given here it takes the call, with one element less
 * of any argument it does not (asserted). All values are unknown: membranes, currents, weights,
 * tables, counts, and what is in the input where it is not 0. Shapes, spikes, and which inputs are
 * 0, are from lists, so that Eva follows every loop turn by turn. Memory lies once at the end of
 * its array and once at the beginning, so that a step outside on either side is an alarm. */
#include "runtime/image/check.c"
#include "runtime/image/tables.h"

#include "__fc_builtin.h"

enum { MOST = 4096 };

/* Each argument has an array of its own: a step outside of one may not end in another. */
static int32_t words_0[MOST], words_1[MOST], words_2[MOST], words_3[MOST];
static uint32_t bits_0[MOST], bits_1[MOST], bits_2[MOST], bits_3[MOST];
static uint16_t counts_0[MOST], counts_1[MOST], counts_2[MOST], counts_3[MOST];
static int32_t *const words[SNN_IMAGE_ARGS] = {words_0, words_1, words_2, words_3};
static uint32_t *const bits[SNN_IMAGE_ARGS] = {bits_0, bits_1, bits_2, bits_3};
static uint16_t *const counts[SNN_IMAGE_ARGS] = {counts_0, counts_1, counts_2, counts_3};
static int8_t weights[MOST];
static uint8_t input[MOST];

/* What an argument is, and how many of it. */
struct use {
  enum { NONE, MEMBRANE, CURRENT, COUNT, EVENTS, SPIKES, WEIGHT, TABLE, INPUT, OUTPUT } what;
  uint32_t n;
  int32_t pixels, channels; /* of spikes */
};

struct call {
  uint32_t kernel, phase;
  const void *desc;
  struct use arg[SNN_IMAGE_ARGS];
};

static struct snn_image_network network;
static struct snn_image_buffer buffer[SNN_IMAGE_ARGS];
static struct snn_image_tensor tensor[SNN_IMAGE_ARGS];
static struct snn_image_op op;
static struct snn_net net;
int n_shapes; /* taken */

/* The tables of an image in which the call is the only one. */
static void describe(const struct call *c) {
  network = (struct snn_image_network){.weight_bits = 8, .n_layers = 1};
  op = (struct snn_image_op){.kernel = c->kernel, .phase = c->phase};
  for (uint32_t k = 0; k < SNN_IMAGE_ARGS; k++) {
    const struct use *u = &c->arg[k];
    uint32_t kind = u->what == NONE     ? SNN_ARG_NULL
                    : u->what <= SPIKES ? SNN_ARG_BUFFER
                    : u->what <= TABLE  ? SNN_ARG_TENSOR
                    : u->what == INPUT  ? SNN_ARG_INPUT
                                        : SNN_ARG_OUTPUT;
    op.arg[k] = kind == SNN_ARG_BUFFER || kind == SNN_ARG_TENSOR ? kind + 256 * k : kind;
    buffer[k] = (struct snn_image_buffer){u->what, u->n, 0};
    tensor[k] = (struct snn_image_tensor){u->what == WEIGHT ? 1 : 4, u->n, 0};
    if (u->what == INPUT)
      network.input_size = u->n;
    if (u->what == OUTPUT)
      network.output_size = u->n;
    if (u->what == EVENTS) {
      network.input_kind = SNN_INPUT_EVENTS;
      network.input_size = 32 * u->n;
    }
  }
  net = (struct snn_net){.network = &network, .buffer = buffer, .tensor = tensor, .op = &op};
  net.n_buffers = net.n_tensors = SNN_IMAGE_ARGS;
  net.n_ops = 1;
  net.desc = c->desc;
  net.n_desc = 64;
}

static bool is_taken(void) {
  struct check c = {&net, &op, NULL};

  return check_call(&c);
}

/* With one element less of argument k. */
static bool is_taken_with_less(const struct call *c, uint32_t k) {
  bool is_good;

  describe(c);
  buffer[k].n--;
  tensor[k].n--;
  if (c->arg[k].what == INPUT)
    network.input_size--;
  if (c->arg[k].what == OUTPUT)
    network.output_size--;
  if (c->arg[k].what == EVENTS) /* load.c: a bit for each value of the input */
    network.input_size -= 32;
  is_good = is_taken();
  describe(c);
  return is_good;
}

/* Spikes of a map: of every channel, or of every second. */
static void set_spikes(uint32_t *at, const struct use *u, bool is_all) {
  int32_t i = 0;

  for (int32_t p = 0; p < u->pixels; p++)
    for (int32_t c = 0; c < u->channels; c += 32) {
      const int32_t n = u->channels - c < 32 ? u->channels - c : 32;
      const uint32_t every = 0xFFFFFFFFu >> (32 - n);
      at[i++] = is_all ? every : every & (p % 2 == 0 ? 0x55555555u : 0xAAAAAAAAu);
    }
}

static void *memory_of(const struct call *c, uint32_t k, bool is_at_end, bool is_all) {
  const struct use *u = &c->arg[k];
  uint32_t from = is_at_end ? MOST - u->n : 0;

  switch (u->what) {
  case NONE:
    return NULL;
  case COUNT:
    Frama_C_make_unknown((char *)counts[k], MOST * sizeof *counts[k]);
    return counts[k] + from;
  case EVENTS:
    Frama_C_make_unknown((char *)bits[k], MOST * sizeof *bits[k]);
    return bits[k] + from;
  case SPIKES:
    for (uint32_t i = 0; i < u->n; i++)
      bits[k][from + i] = 0;
    set_spikes(bits[k] + from, u, is_all);
    return bits[k] + from;
  case WEIGHT:
    Frama_C_make_unknown((char *)weights, sizeof weights);
    return weights + from;
  case INPUT:
    for (uint32_t i = 0; i < u->n; i++)
      input[from + i] = is_all || i % 2 != 0 ? (uint8_t)Frama_C_interval(1, 255) : 0;
    return input + from;
  default:
    Frama_C_make_unknown((char *)words[k], MOST * sizeof *words[k]);
    return words[k] + from;
  }
}

static void run(const struct call *c, bool is_at_end, bool is_all) {
  void *arg[SNN_IMAGE_ARGS];

  for (uint32_t k = 0; k < SNN_IMAGE_ARGS; k++)
    arg[k] = memory_of(c, k, is_at_end, is_all);
  if (c->kernel >= SNN_FIRST_PLAIN)
    snn_image_plain[c->kernel - SNN_FIRST_PLAIN](c->desc, arg);
  else if (c->kernel >= SNN_FIRST_SCATTER)
    snn_image_scatter_int8[c->kernel - SNN_FIRST_SCATTER](c->desc, arg);
  else
    snn_image_current_int8_bytes[c->kernel - SNN_FIRST_CURRENT](c->desc, arg);
}

/* Where the loader takes the call it runs, and it does not take it with less memory. */
static void prove(const struct call *c) {
  describe(c);
  if (!is_taken())
    return;
  n_shapes++;
  for (uint32_t k = 0; k < SNN_IMAGE_ARGS; k++)
    if (c->arg[k].what != NONE) {
      bool is_good = is_taken_with_less(c, k);
      /*@ assert !is_good; */
      /*@ assert c->arg[k].n <= MOST; */
    }
  run(c, true, true);
  run(c, false, false);
}

static uint32_t words_of(int32_t pixels, int32_t channels) {
  return (uint32_t)(pixels * snn_words(channels));
}

static struct use spikes(int32_t pixels, int32_t channels, uint32_t halves) {
  return (struct use){SPIKES, halves * words_of(pixels, channels), pixels, channels};
}

/* ---- maps ---- */

static const int32_t map_channels[] = {1, 2, 32, 33};
enum { N_STEPS = 3 };

/* Of a table: the same for all pixels, one row each, rows with gaps between them. */
static int32_t step_of(int k, int32_t n_channels) {
  return k == 0 ? 0 : k == 1 ? n_channels : n_channels + 2;
}

static void prove_map(uint32_t kernel, uint32_t phase, int32_t pixels, int32_t channels,
                      int32_t step) {
  static struct snn_fire fire; /* its first fields are those of all maps */
  uint32_t n = (uint32_t)(pixels * channels), n_table = (uint32_t)((pixels - 1) * step + channels);
  struct call c = {kernel, phase, &fire, {{NONE}}};

  fire = (struct snn_fire){pixels, channels, step, 0};
  switch (kernel) {
  case SNN_IMAGE_FILL:
    c.arg[0] = (struct use){TABLE, n_table};
    c.arg[1] = (struct use){MEMBRANE, n};
    break;
  case SNN_IMAGE_FIRE:
    fire.reset_to_zero = pixels % 2;
    c.arg[0] = (struct use){MEMBRANE, n};
    c.arg[1] = (struct use){channels == 2 ? CURRENT : TABLE, n_table};
    c.arg[2] = (struct use){TABLE, (uint32_t)channels};
    c.arg[3] = spikes(pixels, channels, 1);
    break;
  case SNN_IMAGE_FIRE_SIGNED:
    c.arg[0] = (struct use){MEMBRANE, n};
    c.arg[1] = (struct use){TABLE, (uint32_t)channels};
    c.arg[2] = (struct use){COUNT, n};
    c.arg[3] = spikes(pixels, channels, 2);
    break;
  case SNN_IMAGE_NEGATE:
    c.arg[0] = (struct use){MEMBRANE, n};
    break;
  case SNN_IMAGE_COUNT_SENT:
    c.arg[0] = spikes(pixels, channels, 1);
    c.arg[1] = (struct use){COUNT, n};
    break;
  case SNN_IMAGE_COUNT_SIGNED:
    c.arg[0] = spikes(pixels, channels, 2);
    c.arg[1] = (struct use){COUNT, n};
    break;
  case SNN_IMAGE_COUNT_SPIKES:
    c.arg[0] = spikes(pixels, channels, 1);
    break;
  case SNN_IMAGE_ADD_MAP:
    c.arg[0] = (struct use){TABLE, n_table};
    c.arg[1] = (struct use){MEMBRANE, n};
    break;
  case SNN_IMAGE_READ_SENT:
    c.arg[0] = (struct use){COUNT, n};
    c.arg[1] = (struct use){OUTPUT, n};
    break;
  default: /* SNN_IMAGE_READ_OUTPUT; has_relu is the third field */
    fire.drive_step = pixels % 2;
    c.arg[0] = (struct use){MEMBRANE, n};
    c.arg[1] = (struct use){OUTPUT, n};
  }
  prove(&c);
}

static void prove_maps(uint32_t kernel, uint32_t phase) {
  for (int32_t pixels = 1; pixels <= 3; pixels++)
    for (int i = 0; i < 4; i++)
      for (int k = 0; k < N_STEPS; k++)
        prove_map(kernel, phase, pixels, map_channels[i], step_of(k, map_channels[i]));
}

void prove_fill(void) {
  prove_maps(SNN_IMAGE_FILL, SNN_PHASE_RESET);
}
void prove_fire(void) {
  prove_maps(SNN_IMAGE_FIRE, SNN_PHASE_STEP);
}
void prove_fire_signed(void) {
  prove_maps(SNN_IMAGE_FIRE_SIGNED, SNN_PHASE_STEP);
}
void prove_negate(void) {
  prove_maps(SNN_IMAGE_NEGATE, SNN_PHASE_STEP);
}
void prove_count_sent(void) {
  prove_maps(SNN_IMAGE_COUNT_SENT, SNN_PHASE_STEP);
}
void prove_count_signed(void) {
  prove_maps(SNN_IMAGE_COUNT_SIGNED, SNN_PHASE_STEP);
}
void prove_count_spikes(void) {
  prove_maps(SNN_IMAGE_COUNT_SPIKES, SNN_PHASE_STEP);
}
void prove_add_map(void) {
  prove_maps(SNN_IMAGE_ADD_MAP, SNN_PHASE_STEP);
}
void prove_read_sent(void) {
  prove_maps(SNN_IMAGE_READ_SENT, SNN_PHASE_OUTPUT);
}
void prove_read_output(void) {
  prove_maps(SNN_IMAGE_READ_OUTPUT, SNN_PHASE_OUTPUT);
}

/* ---- where inputs lie ---- */

/* Channels last, or first. */
static struct source source_of(int32_t height, int32_t width, int32_t channels, bool is_first) {
  return is_first ? (struct source){height, width, channels, width, 1, height * width}
                  : (struct source){height, width, channels, width * channels, channels, 1};
}

static struct use input_of(struct source s) {
  return (struct use){INPUT, (uint32_t)(s.height * s.width * s.channels)};
}

/* ---- windows ---- */

static const struct axis axes[] = {
    {1, 1, 1, 1, 1, 0}, {3, 3, 3, 1, 1, 1}, {3, 1, 3, 1, 1, 0}, /* as large as the map  */
    {4, 2, 2, 2, 1, 0}, {3, 2, 2, 2, 1, 1}, {5, 3, 3, 2, 1, 1}, /* strides              */
    {3, 2, 2, 1, 2, 1}, {2, 2, 2, 1, 3, 1},                     /* taps beside the map  */
    {2, 1, 1, 3, 1, 0}, {1, 3, 3, 1, 1, 2}, {3, 5, 3, 1, 1, 2}, /* gaps, much padding   */
};
enum { N_AXES = sizeof axes / sizeof *axes };

static const struct {
  int32_t in, out, groups;
} channels[] = {{1, 1, 1}, {2, 3, 1}, {4, 2, 2}, {2, 2, 1}, {33, 2, 1}, {2, 33, 1}, {33, 33, 33}};
enum { N_CHANNELS = sizeof channels / sizeof *channels, N_WIDE = 4 };

static struct snn_window window_of(struct axis y, struct axis x, int k, bool is_first) {
  struct source s = source_of(y.in, x.in, channels[k].in, is_first);

  return (struct snn_window){
      y.in,     x.in,     channels[k].in,     y.out,    x.out,      channels[k].out,
      y.kernel, x.kernel, y.stride,           x.stride, y.dilation, x.dilation,
      y.pad,    x.pad,    channels[k].groups, s.step_y, s.step_x,   s.step_c};
}

static void prove_window(uint32_t kernel, const struct snn_window *w) {
  const uint32_t n_in = window_in(w), n_out = window_out(w);
  const int32_t in = w->in_height * w->in_width, out = w->out_height * w->out_width;
  struct source s = {w->in_height, w->in_width, w->in_channels, w->step_y, w->step_x, w->step_c};
  struct call c = {kernel, SNN_PHASE_STEP, w, {{NONE}}};
  bool is_signed = kernel == SNN_IMAGE_MAXPOOL_SIGNED;

  switch (kernel) {
  case SNN_IMAGE_CONV_CURRENT:
  case SNN_IMAGE_AVGPOOL_CURRENT:
    c.phase = SNN_PHASE_INPUT;
    c.arg[0] = input_of(s);
    c.arg[2] = (struct use){CURRENT, n_out};
    break;
  case SNN_IMAGE_MAXPOOL:
  case SNN_IMAGE_MAXPOOL_WINNER:
  case SNN_IMAGE_MAXPOOL_SIGNED:
    c.arg[0] = spikes(in, w->in_channels, is_signed ? 2 : 1);
    c.arg[1] = (struct use){COUNT, kernel == SNN_IMAGE_MAXPOOL ? n_in + n_out : n_in};
    c.arg[2] = is_signed ? (struct use){COUNT, n_out} : spikes(out, w->in_channels, 1);
    c.arg[3] = is_signed ? spikes(out, w->in_channels, 2) : (struct use){NONE};
    prove(&c);
    return;
  default:
    c.arg[0] = spikes(in, w->in_channels, 1);
    c.arg[2] = (struct use){MEMBRANE, n_out};
  }
  c.arg[1] = (struct use){WEIGHT,
                          kernel == SNN_IMAGE_AVGPOOL_CURRENT || kernel == SNN_IMAGE_AVGPOOL_SCATTER
                              ? (uint32_t)w->in_channels
                              : conv_weights(w)};
  prove(&c);
}

/* Every axis beside itself, a single element and another one, with few channels; many channels with
 * windows of one column. */
static void prove_windows(uint32_t kernel) {
  static struct snn_window w;

  for (int i = 0; i < N_AXES; i++)
    for (int j = 0; j < N_AXES; j++)
      for (int k = 0; k < N_CHANNELS; k++)
        if (k < N_WIDE ? k == (i + j) % N_WIDE && (j == 0 || j == i || j == (i + 4) % N_AXES)
                       : j == 0 && i < 3) {
          w = window_of(axes[i], axes[j], k, i % 2 != 0);
          prove_window(kernel, &w);
        }
}

void prove_conv_current(void) {
  prove_windows(SNN_IMAGE_CONV_CURRENT);
}
void prove_avgpool_current(void) {
  prove_windows(SNN_IMAGE_AVGPOOL_CURRENT);
}
void prove_conv_scatter(void) {
  prove_windows(SNN_IMAGE_CONV_SCATTER);
}
void prove_conv_scatter_any(void) {
  prove_windows(SNN_IMAGE_CONV_SCATTER_ANY);
}
void prove_avgpool_scatter(void) {
  prove_windows(SNN_IMAGE_AVGPOOL_SCATTER);
}
void prove_maxpool(void) {
  prove_windows(SNN_IMAGE_MAXPOOL);
}
void prove_maxpool_winner(void) {
  prove_windows(SNN_IMAGE_MAXPOOL_WINNER);
}
void prove_maxpool_signed(void) {
  prove_windows(SNN_IMAGE_MAXPOOL_SIGNED);
}

/* The convolution has axis i in both directions, the pool of its map axis j. */
void prove_conv_pool_current(void) {
  static struct snn_front f;

  for (int i = 0; i < N_AXES; i++)
    for (int j = 0; j < N_AXES; j++) {
      struct axis y = axes[i], p = axes[j];
      int k = i < 3 && j == 0 ? 4 + i : (i + j) % N_WIDE;
      if (y.out != p.in)
        continue;
      struct snn_window w = window_of(y, axes[k < N_WIDE ? i : 0], k, i % 2 != 0);
      struct axis q = k < N_WIDE ? p : axes[0];
      f = (struct snn_front){w.in_height, w.in_width,     w.in_channels,   w.out_height,
                             w.out_width, w.out_channels, w.kernel_height, w.kernel_width,
                             w.stride_y,  w.stride_x,     w.dilation_y,    w.dilation_x,
                             w.pad_top,   w.pad_left,     w.groups,        w.step_y,
                             w.step_x,    w.step_c,       p.out,           q.out,
                             p.kernel,    q.kernel,       p.stride,        q.stride,
                             p.dilation,  q.dilation,     p.pad,           q.pad};
      struct call c = {SNN_IMAGE_CONV_POOL_CURRENT, SNN_PHASE_INPUT, &f, {{NONE}}};
      c.arg[0] = input_of(window_source(&w));
      c.arg[1] = (struct use){WEIGHT, conv_weights(&w)};
      c.arg[2] = (struct use){CURRENT, (uint32_t)(p.out * q.out * w.out_channels)};
      prove(&c);
    }
}

/* ---- the others ---- */

static void prove_dense(uint32_t kernel, bool is_current) {
  static struct snn_dense d;

  for (int32_t height = 1; height <= 3; height++)
    for (int32_t width = 1; width <= 2; width++)
      for (int k = 0; k < N_CHANNELS; k++) {
        int32_t in = channels[k].in, out = channels[k].out;
        struct source s = source_of(height, width, in, height % 2 != 0);
        struct call c = {kernel, is_current ? SNN_PHASE_INPUT : SNN_PHASE_STEP, &d, {{NONE}}};
        if (height * width * in * out > MOST)
          continue;
        d = (struct snn_dense){height, width, in, out, s.step_y, s.step_x, s.step_c};
        c.arg[0] = is_current ? input_of(s) : spikes(height * width, in, 1);
        c.arg[1] = (struct use){WEIGHT, (uint32_t)(height * width * in * out)};
        c.arg[2] = (struct use){is_current ? CURRENT : MEMBRANE, (uint32_t)out};
        prove(&c);
      }
}

void prove_dense_current(void) {
  prove_dense(SNN_IMAGE_DENSE_CURRENT, true);
}
void prove_dense_scatter(void) {
  prove_dense(SNN_IMAGE_DENSE_SCATTER, false);
}

static void prove_one_to_one(uint32_t kernel, bool is_current) {
  static struct snn_one_to_one d;

  for (int32_t height = 1; height <= 3; height++)
    for (int32_t width = 1; width <= 2; width++)
      for (int i = 0; i < 4; i++)
        for (int k = 0; k < N_STEPS; k++) {
          int32_t n = map_channels[i], step = step_of(k, n), pixels = height * width;
          struct source s = source_of(height, width, n, height % 2 != 0);
          struct call c = {kernel, is_current ? SNN_PHASE_INPUT : SNN_PHASE_STEP, &d, {{NONE}}};
          d = (struct snn_one_to_one){height, width, n, step, s.step_y, s.step_x, s.step_c};
          c.arg[0] = is_current ? input_of(s) : spikes(pixels, n, 1);
          c.arg[1] = (struct use){WEIGHT, (uint32_t)((pixels - 1) * step + n)};
          c.arg[2] = (struct use){is_current ? CURRENT : MEMBRANE, (uint32_t)(pixels * n)};
          prove(&c);
        }
}

void prove_one_to_one_current(void) {
  prove_one_to_one(SNN_IMAGE_ONE_TO_ONE_CURRENT, true);
}
void prove_one_to_one_scatter(void) {
  prove_one_to_one(SNN_IMAGE_ONE_TO_ONE_SCATTER, false);
}

void prove_concat(void) {
  static const int32_t in[] = {1, 31, 32, 33, 64}, first[] = {0, 1, 31, 32, 33},
                       more[] = {0, 1, 40};
  static struct snn_concat d;

  for (int32_t pixels = 1; pixels <= 2; pixels++)
    for (int i = 0; i < 5; i++)
      for (int j = 0; j < 5; j++)
        for (int k = 0; k < 3; k++) {
          int32_t out = first[j] + in[i] + more[k];
          struct call c = {SNN_IMAGE_CONCAT, SNN_PHASE_STEP, &d, {{NONE}}};
          d = (struct snn_concat){pixels, in[i], out, first[j]};
          c.arg[0] = spikes(pixels, in[i], 1);
          c.arg[1] = spikes(pixels, out, 1);
          prove(&c);
        }
}

/* Of events the loader knows how many words they have, not how many of their bits are used. */
void prove_take_events(void) {
  static struct snn_encode d;

  for (int32_t height = 1; height <= 3; height++)
    for (int32_t width = 1; width <= 3; width++)
      for (int i = 0; i < 4; i++) {
        int32_t n = map_channels[i];
        struct source s = source_of(height, width, n, height % 2 != 0);
        struct call c = {SNN_IMAGE_TAKE_EVENTS, SNN_PHASE_STEP, &d, {{NONE}}};
        d = (struct snn_encode){height, width, n, s.step_y, s.step_x, s.step_c, 0, 0, 0};
        c.arg[0] = (struct use){EVENTS, words_of(1, height * width * n)};
        c.arg[1] = spikes(height * width, n, 1);
        prove(&c);
      }
}
