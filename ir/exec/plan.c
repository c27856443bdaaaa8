/* Plan: the kernel table, sizes, and the walk over the graph. */
#include "ir/exec/plan.h"

#include <stdarg.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/exec/plan_internal.h"
#include "snn/descriptor.h"

/* ---- kernels ---- */

#define FIELD_NAME(name) #name,
static const char *const window_fields[] = {SNN_WINDOW_FIELDS(FIELD_NAME)};
static const char *const front_fields[] = {SNN_FRONT_FIELDS(FIELD_NAME)};
static const char *const dense_fields[] = {SNN_DENSE_FIELDS(FIELD_NAME)};
static const char *const one_to_one_fields[] = {SNN_ONE_TO_ONE_FIELDS(FIELD_NAME)};
static const char *const fire_fields[] = {SNN_FIRE_FIELDS(FIELD_NAME)};
static const char *const turn_fields[] = {SNN_TURN_FIELDS(FIELD_NAME)};
static const char *const map_fields[] = {SNN_MAP_FIELDS(FIELD_NAME)};
static const char *const readout_fields[] = {SNN_READOUT_FIELDS(FIELD_NAME)};
static const char *const rest_fields[] = {SNN_REST_FIELDS(FIELD_NAME)};
static const char *const concat_fields[] = {SNN_CONCAT_FIELDS(FIELD_NAME)};
static const char *const encode_fields[] = {SNN_ENCODE_FIELDS(FIELD_NAME)};
static const char *const neurons_fields[] = {SNN_NEURONS_FIELDS(FIELD_NAME)};
static const char *const sparse_fields[] = {SNN_SPARSE_FIELDS(FIELD_NAME)};
static const char *const softmax_fields[] = {SNN_SOFTMAX_FIELDS(FIELD_NAME)};

enum { SILENT = false, COUNTS = true, ANY = false, REAL = true };
static const struct plan_kernel kernels[] = {
#define PLAN_KERNEL(tag, function, header, desc, n_args, counts, numbers)                          \
  {#function, header, #desc,  desc##_fields, sizeof desc##_fields / sizeof *desc##_fields,         \
   n_args,    counts, numbers},
#include "ir/exec/kernels.def"
#undef PLAN_KERNEL
};

const struct plan_kernel *plan_kernel(enum plan_kernel_tag tag) {
  return &kernels[tag];
}

/* ---- what a plan says ---- */

size_t plan_n_ops(const struct plan *p) {
  return p->n_ops;
}
const struct plan_op *plan_op(const struct plan *p, size_t i) {
  return &p->op[i];
}
size_t plan_n_buffers(const struct plan *p) {
  return p->n_buffers;
}
const struct plan_buffer *plan_buffer(const struct plan *p, size_t i) {
  return &p->buffer[i];
}
size_t plan_n_tensors(const struct plan *p) {
  return p->n_tensors;
}
const struct plan_tensor *plan_tensor(const struct plan *p, size_t i) {
  return &p->tensor[i];
}
size_t plan_n_layers(const struct plan *p) {
  return p->n_layers;
}
const struct plan_layer *plan_layer(const struct plan *p, size_t i) {
  return &p->layer[i];
}
size_t plan_input_size(const struct plan *p) {
  return p->input_size;
}
size_t plan_output_size(const struct plan *p) {
  return p->output_size;
}
size_t plan_steps(const struct plan *p) {
  return p->steps;
}
size_t plan_turn_steps(const struct plan *p) {
  return p->turn_steps;
}

bool plan_is_timed(const struct plan *p) {
  return p->model == IR_W_MODEL_TTFS_DYN;
}

double plan_unit_value(const struct plan *p) {
  if (plan_is_timed(p))
    return 1.0 / UINT16_MAX;
  return p->turn_steps > 0 ? 1 : 1 / (double)p->steps;
}

uint16_t plan_spike_worth(const struct plan *p, size_t t) {
  size_t left;

  if (plan_is_timed(p)) /* a constant current of threshold / (t + 1) */
    return (uint16_t)(UINT16_MAX / (t + 1));
  if (p->turn_steps == 0)
    return 1;
  left = p->turn_steps - 1 - t % p->turn_steps;
  return (uint16_t)(p->model == IR_W_MODEL_PATTERN ? (size_t)1 << left : left);
}

float plan_early_exit(const struct plan *p) {
  return p->early_exit;
}
size_t plan_spike_words(const struct plan *p) {
  return p->spike_words;
}

enum ir_dtype plan_weight_type(const struct plan *p) {
  return p->weight_type;
}
bool plan_is_mixed(const struct plan *p) {
  return p->is_mixed;
}

enum ir_dtype plan_op_weight_type(const struct plan *p, size_t i) {
  const struct plan_arg *arg = p->op[i].arg;

  for (size_t k = 0; k < PLAN_MAX_ARGS; k++)
    if (arg[k].kind == PLAN_ARG_TENSOR &&
        (p->tensor[arg[k].index].dtype == IR_I8 || p->tensor[arg[k].index].dtype == IR_I16))
      return p->tensor[arg[k].index].dtype;
  return p->weight_type;
}

double plan_output_unit(const struct plan *p) {
  return p->output_unit;
}
double plan_input_unit(const struct plan *p) {
  return p->input_unit;
}

bool plan_has_clock(const struct plan *p) {
  return p->has_clock;
}
bool plan_is_random(const struct plan *p) {
  return p->is_random;
}
enum plan_takes plan_takes(const struct plan *p) {
  return p->takes;
}
bool plan_answers_in_spikes(const struct plan *p) {
  return p->answers_in_spikes;
}

size_t plan_count_bytes(const struct plan *p) {
  return p->steps <= UINT8_MAX && p->turn_steps == 0 && !p->has_clock && !p->has_rest ? 1 : 2;
}

size_t plan_ram_bytes(const struct plan *p) {
  size_t bytes = 4 * (p->spike_words + p->n_layers - 1 + (p->has_clock ? 2 : 0));

  for (size_t i = 0; i < p->n_buffers; i++)
    if (p->buffer[i].kind != PLAN_SPIKES)
      bytes += p->buffer[i].n * (p->buffer[i].kind == PLAN_COUNT ? plan_count_bytes(p) : 4);
  return (bytes + 3) / 4 * 4; /* counts come last in net_state */
}

size_t plan_const_bytes(const struct plan *p) {
  size_t bytes = 0;

  for (size_t l = 0; l < p->n_layers; l++)
    bytes += p->layer[l].const_bytes;
  return bytes;
}

/* ---- checks ---- */

bool plan_fail(const struct plan_builder *b, const struct ir_node *n, const char *fmt, ...) {
  const char *text;
  va_list ap;

  va_start(ap, fmt);
  text = arena_vprintf(b->arena, fmt, ap);
  va_end(ap);
  return diag_error(b->diag, n->loc, "%s %s: %s", ir_op_name(n->op), diag_quote(b->diag, n->name),
                    text);
}

static bool overwrites(const struct plan_builder *b, ir_id writer, ir_id owner) {
  const struct ir_node *n = ir_node(b->graph, writer);

  return plan_fail(b, n,
                   "its spikes would overwrite those of %s, which are read later in the step; "
                   "spikes_at must keep them apart",
                   diag_quote(b->diag, ir_node(b->graph, owner)->name));
}

/* Bitmaps while the ops of a step go by. Ops are counted from 1; 0: none. */
struct places {
  const struct plan_builder *b;
  size_t *written; /* by buffer: the op that touched it first, which writes it */
  uint32_t *owner; /* by word of the shared region: the op that wrote it last  */
};

static bool is_spikes(const struct plan *p, const struct plan_arg *arg) {
  return (arg->kind == PLAN_ARG_BUFFER || arg->kind == PLAN_ARG_NEGATIVE) &&
         p->buffer[arg->index].kind == PLAN_SPIKES;
}

static void write_spikes(const struct places *s, size_t i, size_t buffer) {
  const struct plan_buffer *spikes = &s->b->plan->buffer[buffer];

  if (s->written[buffer] != 0)
    return;
  s->written[buffer] = i;
  for (size_t word = 0; word < spikes->n; word++)
    s->owner[spikes->at + word] = (uint32_t)i;
}

static bool read_spikes(const struct places *s, size_t buffer) {
  const struct plan_buffer *spikes = &s->b->plan->buffer[buffer];
  const struct plan_op *op = s->b->plan->op;

  for (size_t word = 0; word < spikes->n; word++) {
    uint32_t owner = s->owner[spikes->at + word];
    if (owner > s->written[buffer])
      return overwrites(s->b, op[owner - 1].node, op[s->written[buffer] - 1].node);
  }
  return true;
}

/* No bitmap is written over another that is still to be read in the same step, by a later op or by
 * the same. */
static bool check_places(const struct plan_builder *b) {
  const struct plan *p = b->plan;
  struct places s = {b, ARENA_NEW(b->arena, size_t, p->n_buffers),
                     ARENA_NEW(b->arena, uint32_t, p->spike_words)};

  for (size_t i = 1; i <= p->n_ops; i++) {
    const struct plan_arg *arg = p->op[i - 1].arg;
    size_t n_args = kernels[p->op[i - 1].kernel].n_args;
    for (size_t k = 0; k < n_args; k++)
      if (is_spikes(p, &arg[k]))
        write_spikes(&s, i, arg[k].index);
    for (size_t k = 0; k < n_args; k++)
      if (is_spikes(p, &arg[k]) && !read_spikes(&s, arg[k].index))
        return false;
  }
  return true;
}

static bool check_graph(const struct plan_builder *b) {
  const struct ir_graph *g = b->graph;
  struct loc none = loc_file(ir_n_nodes(g) > 0 ? ir_node(g, ir_id_at(1))->loc.file : NULL);
  ir_id out = ir_nth(g, IR_OUTPUT, 0);

  if (ir_is_synchronous(g))
    return diag_error(b->diag, none,
                      "the schedule is synchronous; snncc run simulates such a network, all else "
                      "takes schedule=layered");
  if (!(ir_facts(g) & IR_FACT_PLACED))
    return diag_error(b->diag, none, "the spikes have no place yet; pass place-memory gives it");
  if (ir_n_of(g, IR_INPUT) != 1 || ir_n_of(g, IR_OUTPUT) != 1 || ir_n_of(g, IR_READOUT) != 1)
    return diag_error(b->diag, none,
                      "the network has %zu inputs, %zu outputs and %zu readouts; one of each is "
                      "supported",
                      ir_n_of(g, IR_INPUT), ir_n_of(g, IR_OUTPUT), ir_n_of(g, IR_READOUT));
  if (ir_node(g, ir_node(g, out)->in[0])->op != IR_READOUT)
    return plan_fail(b, ir_node(g, out), "its operand is %s; a readout is needed",
                     ir_op_name(ir_node(g, ir_node(g, out)->in[0])->op));
  if (b->plan->steps < 1 || b->plan->steps > UINT16_MAX)
    return diag_error(b->diag, none, "the network has %zu steps; 1 to %d are supported",
                      b->plan->steps, UINT16_MAX);
  return true;
}

static size_t header_int(const struct ir_graph *g, enum ir_attr_key key) {
  const struct ir_attr *attr = ir_graph_attr(g, key);

  return attr && attr->u.i > 0 ? (size_t)attr->u.i : 0;
}

struct plan *plan_new(struct arena *a, struct diag *d, const struct ir_graph *g) {
  size_t n = ir_n_nodes(g), n_parts = 1;
  struct plan *p = ARENA_NEW(a, struct plan, 1);
  struct plan_builder b = {.arena = a, .diag = d, .graph = g, .plan = p};

  b.spikes = ARENA_NEW(a, size_t, n + 1);
  b.sent = ARENA_NEW(a, size_t, n + 1);
  b.online = ARENA_NEW(a, size_t, n + 1);
  b.layer = ARENA_NEW(a, size_t, n + 1);
  p->steps = header_int(g, IR_A_STEPS);
  p->spike_words = header_int(g, IR_A_SPIKE_WORDS);
  if (!check_graph(&b))
    return NULL;
  p->input_size = (size_t)ir_type_count(&ir_node(g, ir_nth(g, IR_INPUT, 0))->type);
  for (size_t i = 1; i <= n; i++)
    n_parts += 3 * ir_node(g, ir_id_at(i))->n_in + 12; /* at most this many of a kind per node */
  p->op = ARENA_NEW(a, struct plan_op, n_parts);
  p->buffer = ARENA_NEW(a, struct plan_buffer, n_parts);
  p->tensor = ARENA_NEW(a, struct plan_tensor, n_parts);
  p->layer = ARENA_NEW(a, struct plan_layer, n);
  b.pending = ARENA_NEW(a, size_t, n + 1);
  memset(b.pending, 0xFF, (n + 1) * sizeof *b.pending);
  if (!plan_find_numbers(&b) || !plan_find_turns(&b))
    return NULL;
  for (size_t i = 1; i <= n; i++)
    if (!plan_add_node(&b, ir_id_at(i)))
      return NULL;
  if (!p->layer[p->n_layers - 1].is_readout) {
    plan_fail(&b, ir_node(g, p->layer[p->n_layers - 1].node),
              "comes after the readout and reaches no output");
    return NULL;
  }
  if (!plan_prove_reach(&b))
    return NULL;
  for (size_t i = 0; i < p->n_buffers; i++)
    if (p->buffer[i].kind != PLAN_SPIKES)
      p->layer[p->buffer[i].layer].ram_bytes +=
          p->buffer[i].n * (p->buffer[i].kind == PLAN_COUNT ? plan_count_bytes(p) : 4);
  return check_places(&b) ? p : NULL;
}
