/* tests/diff/cases.c -- networks of integers as generated C that tests itself, and what the
 * in-process executor says of them:
 *
 *   cases DIR random FIRST N [OPTION...]     random networks FIRST up to FIRST + N - 1, but for
 * numbers that stand for none; 64 in a row have the same widths of inputs, and of weights, but
 * that every other network of int8 has some layers of int16
 *   cases DIR NET.ir DATA N [OPTION...]      a placed network, on N samples
 *
 * Writes DIR/nK.c and nK.h for network K, and DIR/cases.c, which holds the samples and calls case.h
 * for each. Prints the lines that case.h prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/c/c.h"
#include "backends/image/image.h"
#include "frontend/data/data.h"
#include "frontend/frontend.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/exec/spiking.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "passes/pass.h"
#include "runtime/image/format.h"
#include "snn/image.h"
#include "ir/samples.h"
#include "tests/diff/hash.h"
#include "tests/unit/grow.h"

enum { N_CALIB = 24, N_SHOWN = 2, MAX_ARGS = 40, SAME_WIDTHS = 64 };

static struct arena_guard guard;

struct cases {
  const char *folder;
  FILE *quiet; /* messages about networks that nobody asked for */
  FILE *list;  /* DIR/cases.c */
  FILE *calls; /* what its main calls */
  int n_more;
  char **more; /* options of the command line */
};

/* ---- random networks ---- */

/* A value with the type of `x` joined to it, by a sum or a concatenation. */
static void grow_branch(struct net *t) {
  const ir_id from = t->x;
  const struct ir_attr axis = ir_int(IR_A_AXIS, 1);
  struct conv_shape c = {type_of(t, from)->dims[1], 1, 1, 0, 1};
  ir_id other;

  if (!grow_conv_of(t, &c))
    return;
  grow(t, IR_RELU, NULL, 0, NULL, 0);
  other = t->x;
  t->x = from;
  if (!grow_conv_of(t, &c))
    return;
  if (pick(t, 0, 1)) {
    grow(t, IR_ADD, &other, 1, NULL, 0);
    grow(t, IR_RELU, NULL, 0, NULL, 0);
  } else {
    grow(t, IR_RELU, NULL, 0, NULL, 0);
    grow(t, IR_CONCAT, &other, 1, &axis, 1);
  }
}

static void grow_depthwise(struct net *t) {
  int64_t n = type_of(t, t->x)->dims[1], k = pick(t, 1, 3);
  struct conv_shape c = {n * pick(t, 1, 2), n, k, pick(t, 0, k - 1), pick(t, 1, 2)};

  grow_conv_of(t, &c);
}

/* More channels than a word of spikes. */
static void grow_wide(struct net *t) {
  struct conv_shape c = {pick(t, 31, 35), 1, pick(t, 1, 2), 0, pick(t, 1, 2)};

  grow_conv_of(t, &c);
}

static void grow_layer(struct net *t) {
  switch (pick(t, 0, 9)) {
  case 0:
    grow_pool(t, IR_MAXPOOL);
    return;
  case 1:
    grow_pool(t, IR_AVGPOOL);
    return;
  case 2:
  case 3:
    grow_branch(t);
    return;
  case 4:
  case 5:
    grow_depthwise(t);
    break;
  case 6:
    grow_wide(t);
    break;
  default:
    grow_conv(t);
  }
  if (pick(t, 0, 7))
    grow(t, IR_RELU, NULL, 0, NULL, 0);
}

static struct ir_graph *random_graph(struct comp *c, struct net *t) {
  int64_t dims[4] = {1, pick(t, 1, 3), pick(t, 3, 7), pick(t, 3, 7)}, flat[2] = {1, 0};
  struct ir_attr shape;

  t->arena = c->arena;
  t->diag = c->diag;
  t->g = ir_graph_new(c->arena, "random");
  t->x = ir_append(t->g, t->diag,
                   &(struct ir_node){.op = IR_INPUT, .type = ir_type_make(IR_F32, 4, dims)});
  for (int64_t n = pick(t, 1, 4); n > 0; n--)
    grow_layer(t);
  flat[1] = ir_type_count(type_of(t, t->x));
  shape = ir_ints(IR_A_SHAPE, flat, 2);
  grow(t, IR_RESHAPE, NULL, 0, &shape, 1);
  if (pick(t, 0, 1)) {
    grow_dense(t);
    grow(t, IR_RELU, NULL, 0, NULL, 0);
  }
  grow_dense(t);
  grow(t, IR_OUTPUT, NULL, 0, NULL, 0);
  ir_set_facts(t->g, IR_FACT_SHAPED);
  return t->g;
}

/* Bytes, or numbers of both signs. */
static struct samples *random_samples(struct comp *c, struct net *t, bool is_bytes) {
  const struct ir_type *in = type_of(t, ir_nth(t->g, IR_INPUT, 0));
  struct samples *s = ARENA_NEW(c->arena, struct samples, 1);
  size_t n = (size_t)ir_type_count(in) * N_CALIB;
  uint8_t *bytes = ARENA_NEW(c->arena, uint8_t, n);
  float *reals = ARENA_NEW(c->arena, float, n);

  for (size_t i = 0; i < n; i++) {
    bytes[i] = (uint8_t)(pick(t, 0, 2) ? pick(t, 0, 255) : 0);
    reals[i] = random_between(&t->seed, -1, 1);
  }
  *s = (struct samples){.path = "random",
                        .n = N_CALIB,
                        .dtype = is_bytes ? SAMPLES_U8 : SAMPLES_F32,
                        .layout = SAMPLES_CHW,
                        .is_layout_known = true,
                        .channels = (size_t)in->dims[1],
                        .height = (size_t)in->dims[2],
                        .width = (size_t)in->dims[3],
                        .data = is_bytes ? (const void *)bytes : reals};
  return samples_prepare(s, c->diag, in, c->opt) ? s : NULL;
}

/* Options drawn from those that integers have. */
static int random_options(struct net *t, char **arg) {
  static char *const choice[][4] = {
      {"--steps=2", "--steps=5", "--steps=9", "--steps=16"},
      {"--neuron=if", "--neuron=if_signed", "--neuron=if_signed", "--reset=zero"},
      {"--v-init=0.5", "--v-init=0.5", "--v-init=0", "--v-init=1/3"},
      {"--maxpool=gate", "--maxpool=gate", "--maxpool=average", "--maxpool=winner"},
      {"--readout=membrane", "--readout=membrane", "--readout=membrane", "--readout=count"},
      {"--normalize=mse", "--normalize=percentile", "--normalize=weights", "--normalize=none"},
      {"--scope=channel", "--scope=channel", "--scope=channel", "--scope=layer"},
      {"--input-mean=0", "--input-mean=0", "--input-mean=1/4", "--input-std=3/4"},
      {"--jobs=1", "--jobs=1", "--jobs=1", "--early-exit=0.5"},
  };
  int n = 0;

  for (size_t i = 0; i < sizeof choice / sizeof *choice; i++)
    arg[n++] = choice[i][pick(t, 0, 3)];
  return n;
}

/* ---- what the executor says ---- */

/* A network that is running, and its number. */
struct running {
  const struct plan *p;
  struct exec_spiking *e;
  const struct samples *s;
  uint32_t number;
};

/* Membranes, currents and then counts, as case.h finds them in the state. */
static void hash_memory(const struct running *r, uint64_t *h) {
  const void *memory;
  size_t bytes, i;

  for (i = 0; i < plan_n_buffers(r->p); i++) {
    memory = exec_spiking_buffer(r->e, i, &bytes);
    if (plan_buffer(r->p, i)->kind != PLAN_SPIKES && plan_buffer(r->p, i)->kind != PLAN_COUNT)
      hash_bytes(h, memory, bytes);
  }
  for (i = 0; i < plan_n_buffers(r->p); i++) {
    const uint16_t *count = exec_spiking_buffer(r->e, i, &bytes);
    if (plan_buffer(r->p, i)->kind == PLAN_COUNT)
      for (; bytes > 0; bytes -= sizeof *count)
        hash_bytes(h, count++, plan_count_bytes(r->p)); /* its low byte comes first */
  }
}

/* Every step, then what net_run does: all steps, or until the early exit. */
static void run_sample(const struct running *r, size_t sample) {
  struct hash h = hash_new();
  int64_t class;
  size_t t = 0;

  exec_spiking_set_sample(r->e, r->s, sample);
  for (; t < plan_steps(r->p); t++) {
    exec_spiking_clear_counts(r->e);
    exec_spiking_step(r->e);
    for (size_t l = 0; l + 1 < plan_n_layers(r->p); l++)
      hash_word(&h.spikes, (uint32_t)exec_spiking_counts(r->e)[l].spikes);
    hash_memory(r, &h.output);
  }
  exec_spiking_set_sample(r->e, r->s, sample);
  for (t = 0; t < plan_steps(r->p) && (t == 0 || !exec_spiking_is_decided(r->e)); t++)
    exec_spiking_step(r->e);
  class = exec_spiking_class(r->e);
  hash_word(&h.output, class < 0 ? NO_ANSWER : (uint32_t) class);
  hash_memory(r, &h.output);
  hash_print(&h, r->number);
}

/* ---- images ---- */

static void fail_image(const struct running *r, const char *what) {
  fprintf(stderr, "FAILED network %u: its image has %s\n", (unsigned)r->number, what);
  exit(1);
}

/* Spikes of every layer, and all memory. */
static void compare_image(const struct running *r, const struct snn_net *net) {
  for (size_t l = 0; l + 1 < plan_n_layers(r->p); l++)
    if (exec_spiking_counts(r->e)[l].spikes != net->spikes[l])
      fail_image(r, "other spikes");
  for (size_t i = 0; i < plan_n_buffers(r->p); i++) {
    size_t bytes;
    const void *memory = exec_spiking_buffer(r->e, i, &bytes);
    if (memcmp(memory, net->ram + net->buffer[i].at, bytes) != 0)
      fail_image(r, "other memory");
  }
}

/* The image of the network step by step beside the executor. */
static void run_image(const struct running *r, struct arena *a, const struct buf *image,
                      size_t sample) {
  size_t n = plan_input_size(r->p), need = snn_ram_needed(image->data, image->len);
  bool is_bytes = plan_takes(r->p) == PLAN_TAKES_BYTES;
  float *x = ARENA_NEW(a, float, n);
  int16_t *stored = ARENA_NEW(a, int16_t, n);
  struct snn_net net;

  exec_input_of(r->p, r->s, sample, x);
  for (size_t i = 0; i < n; i++)
    if (is_bytes)
      ((uint8_t *)stored)[i] = (uint8_t)exec_stored_input(r->p, x[i]);
    else
      stored[i] = exec_stored_input(r->p, x[i]);
  exec_spiking_set_sample(r->e, r->s, sample);
  if (snn_open(&net, image->data, image->len, arena_alloc(a, 1, need), need) != SNN_OK ||
      snn_set_input(&net, stored, n) != SNN_OK)
    fail_image(r, "not been taken");
  for (size_t t = 0; t < plan_steps(r->p); t++) {
    exec_spiking_clear_counts(r->e);
    exec_spiking_step(r->e);
    snn_step(&net, NULL);
    compare_image(r, &net);
  }
}

/* ---- what is written ---- */

/* What case.h hashes of the state: offset and bytes in front, and of the counts behind. */
static void write_memory(const struct cases *k, const struct running *r) {
  size_t front = 0, behind = 0, between = 4 * (plan_spike_words(r->p) + plan_n_layers(r->p) - 1);

  for (size_t i = 0; i < plan_n_buffers(r->p); i++) {
    size_t bytes;
    exec_spiking_buffer(r->e, i, &bytes);
    if (plan_buffer(r->p, i)->kind == PLAN_COUNT)
      behind += plan_buffer(r->p, i)->n * plan_count_bytes(r->p);
    else if (plan_buffer(r->p, i)->kind != PLAN_SPIKES)
      front += bytes;
  }
  if (plan_has_clock(r->p))
    between += 2 * sizeof(uint32_t);
  fprintf(k->list, "#define CASE_MEMORY {{0, %zu}, {%zu, %zu}}\n", front, front + between, behind);
}

static void write_case(const struct cases *k, const struct running *r, size_t n_shown) {
  size_t n = plan_input_size(r->p);
  float *x = calloc(n, sizeof *x);

  fprintf(k->list, "\n#ifdef ONE_UNIT\n#include \"n%u.c\"\n#else\n#include \"n%u.h\"\n#endif\n",
          r->number, r->number);
  fprintf(k->list, "static const n%u_input n%u_sample[][N%u_INPUT_SIZE] = {", r->number, r->number,
          r->number);
  for (size_t i = 0; i < n_shown; i++) {
    exec_input_of(r->p, r->s, i, x);
    for (size_t j = 0; j < n; j++)
      fprintf(k->list, "%s%d", j ? "," : "\n{", exec_stored_input(r->p, x[j]));
    fprintf(k->list, "},");
  }
  fprintf(k->list, "};\n#define CASE(name) n%u_##name\n#define SIZE(name) N%u_##name\n", r->number,
          r->number);
  fprintf(k->list, "#define CASE_NUMBER %uu\n#define CASE_SAMPLES %zu\n", r->number, n_shown);
  write_memory(k, r);
  fprintf(k->list, "#include \"case.h\"\n");
  fprintf(k->calls, "  n%u_test();\n", r->number);
  free(x);
}

/* Runs a placed graph and writes it. False: told, or it is not of integers, or nothing in it
 * spikes. */
static bool make_case(const struct cases *k, struct comp *c, const struct ir_graph *g,
                      const struct samples *s, size_t n_shown) {
  struct running r = {.p = plan_new(c->arena, c->diag, g), .s = s};
  struct buf image;

  if (!r.p || plan_weight_type(r.p) == IR_F32 || plan_takes(r.p) == PLAN_TAKES_EVENTS ||
      plan_n_layers(r.p) < 2)
    return false;
  r.number = (uint32_t)strtoul(c->opt->name + 1, NULL, 10);
  if (!c_emit(c, g, c->opt->out) || !file_outputs_commit(c->outputs, c->diag))
    return false;
  r.e = exec_spiking_new(c->arena, r.p);
  write_case(k, &r, n_shown);
  buf_init(&image, c->arena);
  if (!image_write(c->arena, c->diag, g, &image))
    fail_image(&r, "not been written");
  for (size_t i = 0; i < n_shown; i++) {
    run_sample(&r, i);
    run_image(&r, c->arena, &image, i);
  }
  return true;
}

/* ---- both ---- */

/* A compilation with the options `arg`, to which those of every network are added. */
static bool begin(const struct cases *k, struct comp *c, struct options *opt, char **arg, int n) {
  c->diag = diag_new(c->arena, k->quiet ? k->quiet : stderr);
  c->opt = opt;
  for (int i = 0; i < k->n_more; i++)
    arg[n++] = k->more[i];
  c->outputs = file_outputs_new(c->arena);
  return options_parse(opt, c->arena, c->diag, n, arg) && options_check(opt, c->diag);
}

/* The options of network `number` in front of all others. */
static int name_case(const struct cases *k, uint32_t number, char **arg, char *text) {
  int n = snprintf(text, 16, "n%u", number) + 1;

  snprintf(text + n, 512, "%s/n%u.c", k->folder, number);
  memcpy(arg, (char *[]){"snncc", "random", "-o", text + n, "--name", text, "--quiet"},
         7 * sizeof *arg);
  return 7;
}

/* Some layers of int16, not all: the names of --int16; NULL: none of them. */
static const char *pick_layers(struct comp *c, struct net *t, const struct ir_graph *g) {
  const char *names = NULL;
  size_t n_layers = 0, n_named = 0;

  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    bool has_weights = n->op == IR_POPULATION || n->op == IR_READOUT;
    if (!has_weights || ir_node(g, n->in[0])->type.dtype != IR_CURRENT)
      continue;
    n_layers++;
    if (!pick(t, 0, 1))
      continue;
    names = arena_printf(c->arena, "%s%s%s", names ? names : "", names ? "," : "",
                         ir_attr_text(n, IR_A_LAYER, n->name));
    n_named++;
  }
  return n_named < n_layers ? names : NULL;
}

/* The spiking network. */
static bool convert(struct comp *c, struct options *opt, struct net *t, struct ir_graph **g) {
  if (opt->quantize == QUANTIZE_INT8 && pick(t, 0, 1)) {
    opt->stop_after = "place-memory";
    if (!pass_run_pipeline(c, g, PIPELINE_SPIKING))
      return false;
    opt->stop_after = NULL;
    opt->int16 = pick_layers(c, t, *g);
  }
  return pass_run_pipeline(c, g, PIPELINE_SPIKING);
}

/* Nothing where the steps of its growth led nowhere. */
static void random_case(const struct cases *k, uint32_t number) {
  struct net t = {.seed = number * 2654435761u};
  struct options opt;
  struct comp c = {.arena = arena_new(&guard), .scratch = arena_new(&guard)};
  char *arg[MAX_ARGS], text[544];
  int n = name_case(k, number, arg, text);
  bool is_int8 = number / SAME_WIDTHS % 2 == 0, is_bytes = number / SAME_WIDTHS % 4 < 2;
  struct ir_graph *g;

  for (int i = 0; i < 8; i++)
    random_next(&t.seed);
  arg[n++] = is_int8 ? "--quantize=int8" : "--quantize=int16";
  n += random_options(&t, arg + n);
  if (!setjmp(guard.env) && begin(k, &c, &opt, arg, n)) {
    g = random_graph(&c, &t);
    c.calib = c.calib_more = random_samples(&c, &t, is_bytes);
    if (c.calib && convert(&c, &opt, &t, &g))
      make_case(k, &c, g, c.calib, N_SHOWN);
  }
  arena_free(c.scratch);
  arena_free(c.arena);
}

static bool model_case(const struct cases *k, char *model, char *data, char *n_shown) {
  struct options opt;
  struct comp c = {.arena = arena_new(&guard), .scratch = arena_new(&guard)};
  char *arg[MAX_ARGS], text[544];
  int n = name_case(k, 0, arg, text);
  struct ir_graph *g;
  struct samples *s;

  arg[1] = model;
  arg[n++] = "--calib";
  arg[n++] = data;
  if (setjmp(guard.env) || !begin(k, &c, &opt, arg, n))
    return false;
  g = frontend_read(&c, model);
  s = g ? data_read(&c, data, NULL, 0, atol(n_shown)) : NULL;
  return s && samples_prepare(s, c.diag, &ir_node(g, ir_nth(g, IR_INPUT, 0))->type, &opt) &&
         make_case(k, &c, g, s, s->n);
}

int main(int argc, char **argv) {
  struct cases k = {.folder = argv[1], .n_more = argc - 5, .more = argv + 5};
  char path[512], *calls;
  size_t len;
  bool is_good = true;

  if (argc < 5) {
    fprintf(stderr, "usage: cases DIR random FIRST N [OPTION...]\n"
                    "       cases DIR NET.ir DATA N [OPTION...]\n");
    return 2;
  }
  snprintf(path, sizeof path, "%s/cases.c", k.folder);
  k.list = fopen(path, "w");
  k.calls = open_memstream(&calls, &len);
  if (!k.list || !k.calls)
    return 2;
  fprintf(k.list, "#include \"board.h\"\n#include \"hash.h\"\n");
  if (strcmp(argv[2], "random") == 0) {
    k.quiet = fopen("/dev/null", "w");
    for (unsigned long first = strtoul(argv[3], NULL, 10), i = 0; i < strtoul(argv[4], NULL, 10);
         i++)
      random_case(&k, (uint32_t)(first + i));
  } else {
    is_good = model_case(&k, argv[2], argv[3], argv[4]);
  }
  fclose(k.calls);
  fprintf(k.list, "\nint main(void) {\n  board_begin();\n%s  board_end();\n}\n", calls);
  return is_good && fclose(k.list) == 0 ? 0 : 1;
}
