/* lower-spiking: the analog network, every value of which has its scale, becomes spiking neurons.
 *
 *   %c = conv %x, %w, %b               %p = project_conv %e {weight = w x scale of the source}
 *   %r = relu %c {scale}         ->    %r = population %p {threshold = scale, bias = b}
 *   %m = maxpool %r                    %m = spike_maxpool %r
 *   %d = dense .. ; softmax            %o = readout %d    (a relu at the end: min=0)
 *
 * Membranes are in the units of the analog network: a spike of a channel adds weight x scale, so
 * the number of spikes x scale / T is near the activation, and the readout / T near the logits.
 * Error: a value is rounded to a multiple of scale / T and cut off at scale, and the order in which
 * spikes arrive adds to it. Rules per op are in lower_spiking_rules.c. */
#include "passes/lower_spiking_internal.h"

#include "ir/base/arena.h"
#include "ir/base/map.h"
#include "ir/options.h"
#include "passes/analysis/result.h"
#include "passes/passes.h"

static bool check_ends(struct lower *l) {
  struct diag *d = l->c->diag;
  size_t n_inputs = ir_n_of(l->from, IR_INPUT), n_outputs = ir_n_of(l->from, IR_OUTPUT);

  if (ir_is_synchronous(l->from))
    return diag_error(
        d, loc_file(l->c->opt->model),
        "a network of populations is not converted, and C is written for layers so far; "
        "snncc run runs it");
  if (n_inputs != 1)
    return diag_error(d, loc_file(l->c->opt->model),
                      "the network has %zu inputs; a spiking network has one", n_inputs);
  if (n_outputs != 1)
    return diag_error(d, loc_file(l->c->opt->model),
                      "the network has %zu outputs; a spiking network has one", n_outputs);
  return true;
}

static void note_dropped(struct lower *l, const struct ir_node *n, const char *why) {
  if (l->c->opt->verbose)
    diag_note(l->c->diag, n->loc, "%s at the end is left out: %s", ir_op_name(n->op), why);
}

/* The value that is read out: the output's operand, before a relu, which the readout does, and what
 * does not change the winner. None: told. */
static ir_id find_result(struct lower *l) {
  ir_id id = ir_node(l->from, ir_nth(l->from, IR_OUTPUT, 0))->in[0];

  for (enum result_step step; (step = result_step(l->from, l->uses, id)) != RESULT_HERE;) {
    const struct ir_node *n = ir_node(l->from, id);
    if (step == RESULT_ROWS) {
      signal_refuse(l, n, "softmax over axis %lld of %s; over all outputs only",
                    (long long)ir_attr_int(n, IR_A_AXIS, 0), ir_type_text(l->c->scratch, &n->type));
      return ir_id_at(0);
    }
    if (step == RESULT_ORDER)
      note_dropped(l, n, "the largest value stays the largest");
    l->has_end_relu |= step == RESULT_RELU;
    id = n->in[0];
  }
  return id;
}

/* Marks what `id` needs; nodes behind the result are not lowered. */
static bool *mark_needed(struct lower *l, ir_id id) {
  bool *needed = ARENA_NEW(l->c->scratch, bool, ir_n_nodes(l->from) + 1);

  needed[id.idx] = true;
  for (size_t i = id.idx; i > 0; i--) {
    const struct ir_node *n = ir_node(l->from, ir_id_at(i));
    for (size_t k = 0; needed[i] && k < n->n_in; k++)
      needed[n->in[k].idx] = true;
  }
  return needed;
}

/* --readout count: what the last layer receives makes neurons, all with the one threshold that
 * normalization has put on the output; their spikes are the operand. */
static bool add_counted(struct lower *l, struct ir_node *readout, const struct ir_node *user,
                        struct signal *s) {
  const struct ir_node *end = ir_node(l->from, ir_nth(l->from, IR_OUTPUT, 0));
  const struct ir_tensor *threshold = ir_attr_tensor(end, IR_A_SCALE);
  size_t n_channels = (size_t)s->shape.dims[0];
  float *scale = ARENA_NEW(l->c->scratch, float, n_channels);
  struct signal sent;

  if (!threshold)
    return signal_refuse(
        l, end,
        "has no threshold for the neurons of --readout count; a normalize pass that "
        "runs with this option gives it");
  for (size_t i = 0; i < n_channels; i++)
    scale[i] = ir_f32_of(*threshold)[0];
  if (!signal_fire(l, user, s, scale, &sent))
    return false;
  readout->in = arena_memdup(l->c->scratch, &sent.id, sizeof sent.id);
  readout->n_in = 1;
  signal_put_attr(readout, ir_word(IR_A_READOUT, IR_W_READOUT_COUNT));
  signal_put_attr(readout, ir_text(IR_A_LAYER, "answer"));
  return true;
}

/* --readout membrane and softmax: everything the last layer receives, added up. */
static bool add_summed(struct lower *l, struct ir_node *readout, const struct signal *s) {
  bool is_softmax = l->c->opt->readout == READOUT_SOFTMAX;

  if (l->has_end_relu && is_softmax)
    return signal_refuse(l, ir_node(l->from, ir_nth(l->from, IR_OUTPUT, 0)),
                         "ends in a relu, and --readout softmax is for logits");
  readout->in = signal_append_terms(l, s);
  readout->n_in = s->n_terms;
  if (!readout->in)
    return false;
  signal_put_attr(readout,
                  ir_word(IR_A_READOUT, is_softmax ? IR_W_READOUT_SOFTMAX : IR_W_READOUT_MEMBRANE));
  if (s->bias)
    signal_put_attr(readout, signal_bias_attr(l, s));
  if (l->has_end_relu)
    signal_put_attr(readout, ir_float(IR_A_MIN, 0));
  signal_put_attr(readout, ir_text(IR_A_LAYER, signal_name_layer(l, s->origin)));
  return true;
}

/* The answer; with spikes at the end, each by what it stands for. */
static bool append_readout(struct lower *l, ir_id result) {
  const struct ir_node *end = ir_node(l->from, ir_nth(l->from, IR_OUTPUT, 0));
  struct ir_node user = {.op = IR_OUTPUT,
                         .name = ir_node(l->from, result)->name,
                         .in = &result,
                         .n_in = 1,
                         .loc = ir_node(l->from, result)->loc};
  struct ir_node readout = signal_new_node(l, &user, IR_READOUT, ir_id_at(0));
  struct ir_node output = {.op = IR_OUTPUT, .name = end->name, .n_in = 1, .loc = end->loc};
  struct signal s;
  ir_id id;

  readout.name = "readout";
  if (!lower_operand(l, &user, 0, &s) ||
      !(l->c->opt->readout == READOUT_COUNT ? add_counted(l, &readout, &user, &s)
                                            : add_summed(l, &readout, &s)))
    return false;
  l->steps = s.ready > 0 ? s.ready : l->c->opt->steps;
  id = ir_append(l->to, l->c->diag, &readout);
  output.in = &id;
  return !ir_is_none(id) && !ir_is_none(ir_append(l->to, l->c->diag, &output));
}

/* --code ttfs_dyn: the largest value is there after so many steps; the longest chain of layers,
 * each later than the one before, has all of the steps, and as many again for small values. */
static double find_resolution(const struct lower *l, const ir_id result) {
  size_t *depth = ARENA_NEW(l->c->scratch, size_t, result.idx + 1);
  double steps;

  if (l->c->opt->code != CODE_TTFS_DYN)
    return 1;
  for (size_t i = 1; i <= result.idx; i++) {
    const struct ir_node *n = ir_node(l->from, ir_id_at(i));
    for (size_t k = 0; k < n->n_in; k++)
      depth[i] = depth[n->in[k].idx] > depth[i] ? depth[n->in[k].idx] : depth[i];
    depth[i] += ir_attr(n, IR_A_SCALE) != NULL;
  }
  steps = (double)l->c->opt->steps / (2 * ((double)depth[result.idx] + 1));
  return steps > 1 ? steps : 1;
}

bool pass_lower_spiking(struct comp *c, struct ir_graph **g) {
  struct arena *a = c->scratch;
  struct lower l = {.c = c, .from = *g};
  const bool *needed;
  ir_id result;

  if (!check_ends(&l))
    return false;
  l.to = ir_graph_new(ir_graph_arena(*g), ir_graph_name(*g));
  l.of = ARENA_NEW(a, struct signal, ir_n_nodes(*g) + 1);
  l.uses = ir_count_uses(*g, a);
  l.layers = map_new(a);
  result = find_result(&l);
  if (ir_is_none(result))
    return false;
  l.resolution = find_resolution(&l, result);
  needed = mark_needed(&l, result);
  for (size_t i = 1; i <= result.idx; i++)
    if (needed[i] && !lower_node(&l, ir_node(*g, ir_id_at(i)), &l.of[i]))
      return false;
  if (!append_readout(&l, result))
    return false;
  ir_graph_set_attr(l.to, ir_int(IR_A_STEPS, l.steps));
  if (c->opt->encode == ENCODE_POISSON || c->opt->readout == READOUT_SOFTMAX)
    ir_graph_set_attr(l.to, ir_int(IR_A_SEED, c->opt->seed));
  ir_set_facts(l.to, ir_facts(*g) | IR_FACT_SPIKING);
  c->analog = *g;
  *g = l.to;
  return ir_compact(l.to, c->diag);
}
