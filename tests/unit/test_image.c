/* Images: what they say is what the executor says, and what is not as the format says is refused.
 */
#include "tests/unit/unit.h"

#include "backends/image/image.h"
#include "frontend/frontend.h"
#include "ir/base/buf.h"
#include "ir/base/file.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/samples.h"
#include "passes/passes.h"
#include "tests/fuzz/crc32c_fast.h"
#include "tests/fuzz/image.h"
#include "snn/descriptor.h"
#include "tests/unit/graphs.h"

enum { N_PIXELS = 25, N_INPUT = 2 * N_PIXELS, N_SAMPLES = 8, N_NETS = 5 };

static struct graphs_random random_state = {11};
static const char *const nets[N_NETS] = {"signed", "plain", "events", "front", "wide"};

/* A network of tests/image as integers, the layers of --int16 wider than those of int8; samples of
 * bytes, or of numbers between -1 and 1. */
static struct ir_graph *quantized_mixed(struct unit *u, const char *name, bool is_int8,
                                        bool is_bytes, const char *int16) {
  static uint8_t bytes[N_SAMPLES * N_INPUT];
  static float floats[N_SAMPLES * N_INPUT];
  struct samples s = {.n = N_SAMPLES,
                      .dtype = is_bytes ? SAMPLES_U8 : SAMPLES_F32,
                      .layout = SAMPLES_CHW,
                      .model_layout = SAMPLES_CHW,
                      .channels = 2,
                      .height = 5,
                      .width = 5,
                      .data = is_bytes ? (void *)bytes : floats,
                      .scale = is_bytes ? 1.0F / 255 : 1,
                      .model_size = N_INPUT};
  struct ir_graph *g = NULL;
  struct bytes text;

  for (size_t i = 0; i < N_SAMPLES * N_INPUT; i++) {
    bytes[i] = (uint8_t)graphs_random_int(&random_state, 0, 255);
    floats[i] = (float)graphs_random_int(&random_state, -256, 256) / 256;
  }
  u->opt = (struct options){.quantize = is_int8 ? QUANTIZE_INT8 : QUANTIZE_INT16,
                            .int16 = int16,
                            .steps = 6,
                            .model = "net",
                            .v_init = 0.5};
  u->comp.calib = strcmp(name, "events") == 0 ? NULL : &s;
  if (!file_read(u->comp.arena, u->comp.diag,
                 arena_printf(u->comp.arena, "tests/image/%s.ir", name), 1 << 20, &text) ||
      !(g = ir_parse(u->comp.arena, u->comp.diag, "net.ir", (const char *)text.data, text.len)) ||
      !pass_place_memory(&u->comp, &g))
    fail_msg("%s", unit_said(u));
  ir_set_facts(g, ir_facts(g) | IR_FACT_PLACED);
  if (!pass_quantize(&u->comp, &g))
    fail_msg("%s", unit_said(u));
  ir_set_facts(g, ir_facts(g) | IR_FACT_QUANTIZED);
  return g;
}

static struct ir_graph *quantized(struct unit *u, const char *name, bool is_int8, bool is_bytes) {
  return quantized_mixed(u, name, is_int8, is_bytes, NULL);
}

static struct buf written(struct unit *u, const struct ir_graph *g) {
  struct buf image;

  buf_init(&image, u->comp.arena);
  if (!image_write(u->comp.arena, u->comp.diag, g, &image))
    fail_msg("%s", unit_said(u));
  return image;
}

/* ---- the same as the executor ---- */

struct both {
  const struct plan *plan;
  struct exec_spiking *e;
  struct snn_net net;
};

static void set_input(struct both *b, float *x, void *stored) {
  for (size_t i = 0; i < N_INPUT; i++) {
    int64_t value = graphs_random_int(&random_state, -9000, 9000);
    if (b->net.input_kind == SNN_INPUT_BYTES)
      value = ((uint8_t *)stored)[i] = (uint8_t)value;
    else
      ((int16_t *)stored)[i] = (int16_t)value;
    x[i] = b->net.input_kind == SNN_INPUT_EVENTS ? 0 : (float)value;
  }
  exec_spiking_set_input(b->e, x);
  assert_int_equal(snn_reset(&b->net), SNN_OK);
  assert_int_equal(snn_set_input(&b->net, stored, N_INPUT),
                   b->net.input_kind == SNN_INPUT_EVENTS ? SNN_WRONG_INPUT : SNN_OK);
}

static void push_events(struct both *b) {
  for (int k = 0; k < 12; k++) {
    uint32_t address = (uint32_t)graphs_random_int(&random_state, 0, N_INPUT);
    bool is_there = exec_spiking_push_event(b->e, address);
    assert_int_equal(snn_push_event(&b->net, address), is_there ? SNN_OK
                                                       : b->net.input_kind == SNN_INPUT_EVENTS
                                                           ? SNN_NO_SUCH_PLACE
                                                           : SNN_WRONG_INPUT);
  }
}

static uint32_t check_step(struct both *b) {
  int32_t n = 0, y[4];

  push_events(b);
  exec_spiking_clear_counts(b->e);
  assert_int_equal(exec_spiking_step(b->e), (snn_step(&b->net, &n), n));
  for (size_t l = 0; l + 1 < plan_n_layers(b->plan); l++)
    assert_int_equal(exec_spiking_counts(b->e)[l].spikes, b->net.spikes[l]);
  assert_int_equal(snn_output(&b->net, y, b->net.output_size), SNN_OK);
  for (size_t k = 0; k < b->net.output_size; k++)
    assert_true((double)exec_spiking_output(b->e)[k] == (double)y[k]);
  return (uint32_t)n;
}

static void check_run(struct both *b, const float *x, const void *stored) {
  int32_t y[4], winner = 7;
  size_t t = 0;

  exec_spiking_set_input(b->e, x);
  do
    exec_spiking_step(b->e);
  while (++t < plan_steps(b->plan) && !exec_spiking_is_decided(b->e));
  assert_int_equal(snn_run(&b->net, stored, N_INPUT, y, b->net.output_size, &winner),
                   exec_spiking_class(b->e) < 0 ? SNN_NO_ANSWER : SNN_OK);
  assert_int_equal(winner, exec_spiking_class(b->e));
  for (size_t k = 0; k < b->net.output_size; k++)
    assert_true((double)exec_spiking_output(b->e)[k] == (double)y[k]);
}

static void check_same(struct unit *u, const char *name, const struct ir_graph *g) {
  struct both b = {.plan = plan_new(u->comp.arena, u->comp.diag, g)};
  struct buf image = written(u, g);
  size_t need = snn_ram_needed(image.data, image.len);
  void *ram = arena_alloc(u->comp.arena, 1, need);
  uint32_t spikes = 0;
  int16_t stored[N_INPUT];
  float x[N_INPUT];

  assert_int_equal(snn_open(&b.net, image.data, image.len, ram, need), SNN_OK);
  assert_int_equal(b.net.input_size, N_INPUT);
  assert_int_equal(b.net.steps, 6);
  b.e = exec_spiking_new(u->comp.arena, b.plan);
  for (int i = 0; i < N_SAMPLES; i++) {
    set_input(&b, x, stored);
    for (int t = 0; t < 6; t++)
      spikes += check_step(&b);
    if (b.net.input_kind != SNN_INPUT_EVENTS)
      check_run(&b, x, stored);
  }
  memset(x, 0, sizeof x);
  memset(stored, 0, sizeof stored);
  if (b.net.input_kind != SNN_INPUT_EVENTS)
    check_run(&b, x, stored);
  if (spikes < 100)
    fail_msg("%s: only %u spikes", name, (unsigned)spikes);
}

static void images_give_what_the_executor_gives(void **state) {
  static const char *const int16[] = {"a", "b,s", "o", "a", "b,k"};

  for (int i = 0; i < N_NETS; i++) {
    for (int kind = 0; kind < 4; kind++)
      check_same(*state, nets[i], quantized(*state, nets[i], kind & 1, kind & 2));
    check_same(*state, nets[i], quantized_mixed(*state, nets[i], true, i % 2, int16[i]));
  }
}

/* ---- back to the graph ---- */

static struct ir_graph *read_back(struct unit *u, const struct buf *image) {
  return frontend_read(&u->comp, unit_file(u, "net.img", image->data, image->len));
}

static void images_read_back_as_the_same_graph(void **state) {
  struct unit *u = *state;

  for (int i = 0; i < N_NETS; i++) {
    struct ir_graph *g = quantized_mixed(u, nets[i], i != 1, i == 1, i == 2 ? "a" : NULL), *again;
    struct buf image = written(u, g), second, text, text_again;
    again = read_back(u, &image);
    if (!again)
      fail_msg("%s", unit_said(u));
    buf_init(&text, u->comp.arena);
    buf_init(&text_again, u->comp.arena);
    ir_print(g, &text, NULL, NULL);
    ir_print(again, &text_again, NULL, NULL);
    assert_string_equal(text.data, text_again.data);
    second = written(u, again);
    assert_int_equal(image.len, second.len);
    assert_memory_equal(image.data, second.data, second.len);
  }
}

/* ---- damage ---- */

static struct snn_image_section *section(struct buf *image, uint32_t kind) {
  struct snn_image_section *row = (void *)(image->data + sizeof(struct snn_image_header));

  while (row->kind != kind)
    row++;
  return row;
}

static bool opens(const void *image, size_t len) {
  enum snn_status status = SNN_OK;

  assert_true(image_run_guarded(image, len, &status));
  return status == SNN_OK;
}

static void every_damage_is_refused(void **state) {
  struct unit *u = *state;
  struct buf image = written(u, quantized(u, "events", true, true));
  char *copy = arena_memdup(u->comp.arena, image.data, image.len + 4);

  assert_true(opens(copy, image.len));
  for (size_t len = 0; len < image.len; len++)
    assert_int_equal(snn_ram_needed(copy, len), 0);
  assert_int_equal(snn_ram_needed(copy, image.len + 4), 0);
  for (size_t i = 0; i < image.len; i++) {
    int step = i < section(&image, SNN_SECTION_GRAPH)->at ? 1 : 17; /* the text is long */
    for (int byte = 1; byte < 256; byte += step) {
      copy[i] = (char)(image.data[i] ^ byte);
      assert_int_equal(snn_ram_needed(copy, image.len), 0);
    }
    for (int bit = 0; bit < 8; bit++) {
      copy[i] = (char)(image.data[i] ^ 1 << bit);
      assert_int_equal(snn_ram_needed(copy, image.len), 0);
    }
    copy[i] = image.data[i];
  }
  assert_true(opens(copy, image.len));
}

/* The check value of RFC 3720, B.4, and the routine that tests put in its place. */
static void checksums_are_those_of_the_standard(void **state) {
  uint8_t bytes[256] = {0};

  (void)state;
  assert_int_equal(snn_crc32c(bytes, 0), 0);
  assert_int_equal(snn_crc32c(bytes, 32), 0x8A9136AA);
  memset(bytes, 0xFF, 32);
  assert_int_equal(snn_crc32c(bytes, 32), 0x62A8AB43);
  for (int i = 0; i < 32; i++)
    bytes[i] = (uint8_t)i;
  assert_int_equal(snn_crc32c(bytes, 32), 0x46DD794E);
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (uint8_t)graphs_random_int(&random_state, 0, 255);
  for (size_t from = 0; from < 8; from++)
    for (size_t len = 0; from + len <= sizeof bytes && crc32c_has_fast(); len++)
      assert_int_equal(crc32c_fast(bytes + from, len), snn_crc32c(bytes + from, len));
}

/* Whatever a word of the tables becomes, with checksums made right: refused, or run in its memory.
 */
static void forged_tables_stay_in_their_memory(void **state) {
  static const uint32_t values[] = {0,          1,          2,          3,          5,
                                    31,         33,         255,        256,        65535,
                                    0x10000,    0x1000000,  0x1FFFFFFF, 0x20000000, 0x3FFFFFFF,
                                    0x40000000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFC};
  struct unit *u = *state;
  size_t n_refused = 0, n_taken = 0;

  for (int net = 0; net < N_NETS; net++) {
    struct buf image = written(u, quantized(u, nets[net], net != 1, true));
    uint32_t *word = arena_alloc(u->comp.arena, 1, image.len);
    for (size_t i = 0; i < section(&image, SNN_SECTION_GRAPH)->at / 4; i++)
      for (size_t v = 0; v < 6 + sizeof values / sizeof *values; v++) {
        memcpy(word, image.data, image.len);
        const uint32_t near[] = {word[i] - 1, word[i] + 1,   word[i] - 4,
                                 word[i] + 4, word[i] ^ 256, word[i] * 2};
        word[i] = v < 6 ? near[v] : values[v - 6];
        image_seal((uint8_t *)word, image.len);
        *(opens(word, image.len) ? &n_taken : &n_refused) += 1;
      }
  }
  assert_true(n_refused > 10000 && n_taken > 1000);
}

/* ---- one by one ---- */

/* What is said of an image with its checksums made right. */
static enum snn_status sealed(struct buf *image) {
  enum snn_status status = SNN_RAM_TOO_SMALL;

  image_seal((uint8_t *)image->data, image->len);
  assert_true(image_run_guarded((uint8_t *)image->data, image->len, &status));
  return status;
}

/* Word `at` of a section becomes `value`; what then is said. */
static enum snn_status forged(struct unit *u, uint32_t kind, size_t at, uint32_t value) {
  struct buf image = written(u, quantized(u, "events", true, true));

  ((uint32_t *)(void *)(image.data + section(&image, kind)->at))[at] = value;
  return sealed(&image);
}

static void a_status_says_what_is_wrong(void **state) {
  const size_t n_op_words = sizeof(struct snn_image_op) / 4;
  struct unit *u = *state;
  const struct {
    uint32_t kind;
    size_t at;
    uint32_t value;
    enum snn_status status;
  } cases[] = {
      {SNN_SECTION_NETWORK, 0, 32, SNN_BAD_NETWORK}, /* weights of 32 bits     */
      {SNN_SECTION_NETWORK, 1, 3, SNN_BAD_NETWORK},  /* kind of input          */
      {SNN_SECTION_NETWORK, 1, 0, SNN_BAD_BUFFER},   /* bytes, with events     */
      {SNN_SECTION_NETWORK, 4, 0, SNN_BAD_NETWORK},  /* no step                */
      {SNN_SECTION_NETWORK, 3, 4, SNN_BAD_CALL},     /* more outputs           */
      {SNN_SECTION_NETWORK, 7, 1, SNN_BAD_BUFFER},   /* less RAM               */
      {SNN_SECTION_BUFFERS, 0, 9, SNN_BAD_BUFFER},   /* kind of buffer         */
      {SNN_SECTION_BUFFERS, 1, 0, SNN_BAD_BUFFER},   /* nothing in it          */
      {SNN_SECTION_TENSORS, 0, 3, SNN_BAD_TENSOR},   /* bytes of an element    */
      {SNN_SECTION_TENSORS, 2, 2, SNN_BAD_TENSOR},   /* not aligned            */
      {SNN_SECTION_TENSORS, 1, 1 << 20, SNN_BAD_TENSOR},
      {SNN_SECTION_OPS, 0, 99, SNN_BAD_CALL},             /* kernel                 */
      {SNN_SECTION_OPS, 1, 4, SNN_BAD_CALL},              /* phase                  */
      {SNN_SECTION_OPS, 2, 77, SNN_BAD_CALL},             /* layer                  */
      {SNN_SECTION_OPS, 3, 1, SNN_BAD_CALL},              /* counts what is none    */
      {SNN_SECTION_OPS, 4, 1 << 20, SNN_BAD_CALL},        /* descriptor             */
      {SNN_SECTION_OPS, 7, 1, SNN_BAD_CALL},              /* one argument too many  */
      {SNN_SECTION_OPS, n_op_words + 5, 0, SNN_BAD_CALL}, /* argument missing   */
      {SNN_SECTION_DESCRIPTORS, 0, 0xFFFFFFFF, SNN_BAD_CALL},
      {SNN_SECTION_DATA, 0, 0x80808080, SNN_OK}, /* weights may be anything */
  };

  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    enum snn_status got = forged(u, cases[i].kind, cases[i].at, cases[i].value);
    if (got != cases[i].status)
      fail_msg("case %zu: %s", i, snn_status_text(got));
  }
  for (int status = 0; status >= SNN_NO_ANSWER; status--)
    assert_string_not_equal(snn_status_text((enum snn_status)status), "unknown");
  assert_string_equal(snn_status_text((enum snn_status)1), "unknown");
  assert_string_equal(snn_status_text((enum snn_status)(SNN_NO_ANSWER - 1)), "unknown");
}

/* The bitmap of one call is that of another: what is read was never written, or as another map. */
static void spikes_in_the_wrong_order_are_refused(void **state) {
  struct unit *u = *state;
  struct buf image = written(u, quantized(u, "events", true, true));
  struct snn_image_op *op = (void *)(image.data + section(&image, SNN_SECTION_OPS)->at), first;
  size_t i = 0;

  while (op[i].kernel != SNN_IMAGE_TAKE_EVENTS)
    i++;
  first = op[i];
  op[i] = op[i + 1];
  op[i + 1] = first;
  assert_int_equal(sealed(&image), SNN_BAD_ORDER);
}

/* A constant current where the input is events: the first call becomes one. */
static void currents_of_events_are_refused(void **state) {
  struct unit *u = *state;
  struct buf image = written(u, quantized(u, "events", true, true));
  struct snn_image_op *op = (void *)(image.data + section(&image, SNN_SECTION_OPS)->at);
  struct snn_image_buffer *b = (void *)(image.data + section(&image, SNN_SECTION_BUFFERS)->at);
  size_t i = 0;

  while (op[i].kernel != SNN_IMAGE_CONV_SCATTER)
    i++;
  op[0] = op[i];
  op[0].kernel = SNN_IMAGE_CONV_CURRENT;
  op[0].phase = SNN_PHASE_INPUT;
  op[0].counts = 0;
  op[0].arg[0] = SNN_ARG_INPUT;
  b[op[0].arg[2] >> 8].kind = SNN_BUFFER_CURRENT;
  assert_int_equal(sealed(&image), SNN_BAD_CALL);
}

/* The descriptor of the first call of this kernel. */
static void *desc_of(struct buf *image, uint32_t kernel) {
  const struct snn_image_op *op = (void *)(image->data + section(image, SNN_SECTION_OPS)->at);

  while (op->kernel != kernel)
    op++;
  return image->data + section(image, SNN_SECTION_DESCRIPTORS)->at + 4 * op->desc;
}

/* The taps of the first row of windows lie above the map and below it. */
static void windows_may_hold_nothing(void **state) {
  struct unit *u = *state;
  struct buf front = written(u, quantized(u, "front", true, true));
  struct buf events = written(u, quantized(u, "events", true, true));
  struct snn_front *f = desc_of(&front, SNN_IMAGE_CONV_POOL_CURRENT);
  struct snn_window *w = desc_of(&events, SNN_IMAGE_MAXPOOL_WINNER);

  f->pool_dilation_y = w->dilation_y = 9;
  f->pool_pad_top = w->pad_top = 1;
  assert_int_equal(sealed(&front), SNN_OK);
  assert_int_equal(sealed(&events), SNN_OK);
}

static void too_many_taps_are_refused(void **state) {
  struct unit *u = *state;
  struct buf image = written(u, quantized(u, "front", true, true));
  struct snn_front *f = desc_of(&image, SNN_IMAGE_CONV_POOL_CURRENT);

  f->kernel_height = f->kernel_width = SNN_IMAGE_MAX_KERNEL;
  assert_int_equal(sealed(&image), SNN_BAD_CALL);
}

static void too_many_calls_are_refused(void **state) {
  static const char calls[(SNN_IMAGE_MAX_OPS + 1) * sizeof(struct snn_image_op)];
  struct unit *u = *state;
  struct buf old = written(u, quantized(u, "plain", true, true)), image;
  uint32_t at = section(&old, SNN_SECTION_OPS)->at;

  buf_init(&image, u->comp.arena);
  buf_put(&image, old.data, at);
  buf_put(&image, calls, sizeof calls);
  buf_put(&image, old.data + at, old.len - at);
  section(&image, SNN_SECTION_OPS)->bytes += (uint32_t)sizeof calls;
  section(&image, SNN_SECTION_DESCRIPTORS)->at += (uint32_t)sizeof calls;
  section(&image, SNN_SECTION_DATA)->at += (uint32_t)sizeof calls;
  section(&image, SNN_SECTION_GRAPH)->at += (uint32_t)sizeof calls;
  assert_int_equal(sealed(&image), SNN_BAD_CALL);
}

static void versions_and_sections_are_told_apart(void **state) {
  struct unit *u = *state;
  struct buf old = written(u, quantized(u, "events", true, true)), image;
  struct snn_image_header h;
  struct snn_image_section more = {SNN_SECTION_OPTIONAL | 77, 0, 4};

  memcpy(&h, old.data, sizeof h);
  buf_init(&image, u->comp.arena);
  h.n_sections++;
  h.header_bytes += (uint32_t)sizeof more;
  more.at = (uint32_t)(old.len + sizeof more);
  buf_put(&image, &h, sizeof h);
  buf_put(&image, old.data + sizeof h, h.header_bytes - sizeof h - sizeof more - 4);
  buf_put(&image, &more, sizeof more);
  buf_put(&image, "crc.", 4);
  buf_put(&image, old.data + h.header_bytes - sizeof more, old.len + sizeof more - h.header_bytes);
  buf_put(&image, "more", 4);
  for (uint32_t i = 0; i + 1 < h.n_sections; i++)
    ((struct snn_image_section *)(void *)(image.data + sizeof h))[i].at += (uint32_t)sizeof more;
  assert_int_equal(sealed(&image), SNN_OK);
  section(&image, more.kind)->kind = 77;
  assert_int_equal(sealed(&image), SNN_BAD_SECTION);
  ((struct snn_image_header *)(void *)image.data)->version = 2 << 16;
  assert_int_equal(sealed(&image), SNN_BAD_VERSION);
  ((struct snn_image_header *)(void *)old.data)->version += 1; /* a later minor version */
  assert_int_equal(sealed(&old), SNN_OK);
}

/* `from` in the text of the graph becomes `to`, of the same length. */
static void check_text(struct unit *u, const char *from, const char *to, const char *said) {
  struct buf image = written(u, quantized(u, "plain", true, true));
  struct snn_image_section *text = section(&image, SNN_SECTION_GRAPH);
  char *at = memmem(image.data + text->at, text->bytes, from, strlen(from));

  assert_non_null(at);
  memcpy(at, to, strlen(from));
  image_seal((uint8_t *)image.data, image.len);
  assert_null(read_back(u, &image));
  unit_assert_said(u, said);
}

static void texts_that_do_not_fit_are_told(void **state) {
  struct unit *u = *state;
  struct buf image = written(u, quantized(u, "plain", true, true));

  check_text(u, "blob \"image\" 0 ", "blob \"image\" 9999", "its data have");
  check_text(u, "i8[50, 4] blob", "i9[50, 4] blob", "no known type");
  check_text(u, "i8[50, 4] blob", "i8[50, 9] blob", "expected \",\"");
  check_text(u, "blob \"image\" ", "blob_\"image\" ", "error");
  image.data[image.len - 1] = '!';
  assert_null(read_back(u, &image));
  unit_assert_said(u, "it is damaged");
  section(&image, SNN_SECTION_GRAPH)->kind++;
  image_seal((uint8_t *)image.data, image.len);
  assert_null(read_back(u, &image));
  unit_assert_said(u, "no text of its graph");
}

static void wrong_arguments_are_refused(void **state) {
  struct unit *u = *state;
  struct buf image = written(u, quantized(u, "signed", true, false));
  size_t need = snn_ram_needed(image.data, image.len);
  char *ram = arena_alloc(u->comp.arena, 1, need + 4);
  _Alignas(4) int16_t x[N_INPUT] = {0};
  int32_t y[3], winner;
  struct snn_net net;

  assert_int_equal(snn_ram_needed(NULL, 100), 0);
  assert_int_equal(snn_ram_needed(image.data + 2, image.len - 2), 0);
  assert_int_equal(snn_open(NULL, image.data, image.len, ram, need), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_open(&net, image.data, image.len, NULL, need), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_open(&net, image.data, image.len, ram + 1, need), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_open(&net, image.data, image.len, ram, need - 1), SNN_RAM_TOO_SMALL);
  assert_int_equal(snn_open(&net, x, sizeof x, ram, need), SNN_NOT_AN_IMAGE);
  assert_int_equal(snn_open(&net, image.data, image.len, ram, need), SNN_OK);
  assert_int_equal(snn_reset(NULL), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_step(NULL, NULL), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_push_event(NULL, 0), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_push_event(&net, 0), SNN_WRONG_INPUT);
  assert_int_equal(snn_set_input(&net, x, N_INPUT - 1), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_set_input(&net, NULL, N_INPUT), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_set_input(NULL, x, N_INPUT), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_set_input(&net, (char *)x + 1, N_INPUT), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_output(&net, y, 2), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_output(&net, NULL, 3), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_output(NULL, y, 3), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_run(NULL, x, N_INPUT, y, 3, &winner), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_run(&net, x, N_INPUT, NULL, 3, &winner), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_run(&net, x, N_INPUT, y, 3, NULL), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_run(&net, x, N_INPUT, y, 4, &winner), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_run(&net, x, 3, y, 3, &winner), SNN_BAD_ARGUMENT);
  assert_int_equal(snn_run(&net, x, N_INPUT, y, 3, &winner), SNN_OK);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(images_give_what_the_executor_gives, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(images_read_back_as_the_same_graph, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(texts_that_do_not_fit_are_told, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(every_damage_is_refused, unit_begin, unit_end),
      cmocka_unit_test(checksums_are_those_of_the_standard),
      cmocka_unit_test_setup_teardown(forged_tables_stay_in_their_memory, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_status_says_what_is_wrong, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(spikes_in_the_wrong_order_are_refused, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(currents_of_events_are_refused, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(windows_may_hold_nothing, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(too_many_taps_are_refused, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(too_many_calls_are_refused, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(versions_and_sections_are_told_apart, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(wrong_arguments_are_refused, unit_begin, unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
