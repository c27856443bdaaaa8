/* Synchronous networks: from the graph to groups and links, and one step of them. */
#include "ir/exec/sync.h"

#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/exec/sync_internal.h"
#include "ir/ir.h"

/* ---- from the graph ---- */

/* Whose spikes a projection passes on; NULL: told. */
static struct sync_group *source_of(struct sync *s, const struct ir_node *projection) {
  const struct ir_node *from = ir_node(s->graph, projection->in[0]);

  while (from->op == IR_VIEW)
    from = ir_node(s->graph, from->in[0]);
  for (size_t i = 0; i < s->n_groups; i++)
    if (s->group[i].seen.node == from)
      return &s->group[i];
  sync_refuse(s, projection,
              arena_printf(s->arena,
                           "its spikes come from %s %s; only those of a population can be "
                           "simulated",
                           ir_op_name(from->op), diag_quote(s->diag, from->name)));
  return NULL;
}

static void warn_of_protocol(const struct sync *s) {
  if (ir_graph_attr(s->graph, IR_A_PROTOCOL))
    diag_warning(s->diag, loc_file(ir_node(s->graph, ir_id_at(1))->loc.file),
                 "the protocol is not followed yet; the network runs without samples");
}

/* All that is wrong is told, not the first thing alone. */
static bool find_groups(struct sync *s) {
  bool is_good = true;

  for (size_t i = 1; i <= ir_n_nodes(s->graph); i++) {
    const struct ir_node *n = ir_node(s->graph, ir_id_at(i));
    struct sync_group *g = &s->group[s->n_groups];
    if (n->op == IR_INPUT)
      is_good = sync_refuse(s, n,
                            "what is given to an input is not simulated yet; spikes may come from "
                            "bias, or from populations of model poisson or events");
    if (n->op == IR_READOUT)
      diag_warning(s->diag, n->loc, "readout %s: not run yet; the spikes of populations are",
                   diag_quote(s->diag, n->name));
    if (n->op != IR_POPULATION)
      continue;
    g->seen.node = n;
    g->seen.n = (size_t)ir_type_count(&n->type);
    s->n_links += n->n_in;
    s->n_groups++;
  }
  if (s->n_groups == 0 && is_good)
    is_good = diag_error(
        s->diag,
        loc_file(ir_n_nodes(s->graph) > 0 ? ir_node(s->graph, ir_id_at(1))->loc.file : NULL),
        "the network has no population; population E[100] { ... } makes one");
  if (is_good)
    warn_of_protocol(s);
  return is_good;
}

/* Slots first, since delays are those of links, and memory is that of groups. */
static bool make_groups(struct sync *s) {
  bool is_good = true;

  for (size_t i = 0; i < s->n_groups; i++) {
    struct sync_group *g = &s->group[i];
    int32_t longest = 0;
    for (size_t k = 0; k < g->seen.node->n_in; k++) {
      const struct ir_node *from = ir_node(s->graph, g->seen.node->in[k]);
      if (from->op != IR_ENCODE) /* of an input, which was told */
        is_good &= sync_check_projection(s, from, &longest);
    }
    g->slots = longest + 1;
    is_good &= sync_make_neurons(s, g);
  }
  return is_good;
}

static bool make_links(struct sync *s) {
  s->link = ARENA_NEW(s->arena, struct sync_link, s->n_links);
  s->n_links = 0;
  for (size_t i = 0; i < s->n_groups; i++)
    for (size_t k = 0; k < s->group[i].seen.node->n_in; k++) {
      const struct ir_node *n = ir_node(s->graph, s->group[i].seen.node->in[k]);
      struct sync_link *l = &s->link[s->n_links++];
      l->to = &s->group[i];
      l->from = source_of(s, n);
      if (!l->from || !sync_make_link(s, l, n))
        return false;
    }
  return true;
}

struct sync *sync_new(struct arena *a, struct diag *d, const struct ir_graph *g, uint64_t seed) {
  struct sync *s = ARENA_NEW(a, struct sync, 1);
  const struct ir_attr *dt = ir_graph_attr(g, IR_A_DT);
  bool is_good;

  s->arena = a;
  s->diag = d;
  s->graph = g;
  s->kernels = spiking_best_kernels(IR_F32);
  s->seed = seed;
  s->dt = dt ? dt->u.f : 1e-3;
  s->group = ARENA_NEW(a, struct sync_group, ir_n_of(g, IR_POPULATION));
  is_good = find_groups(s);
  is_good &= make_groups(s);
  return is_good && make_links(s) ? s : NULL;
}

/* ---- a step ---- */

/* The recorded spikes of this step. */
static uint32_t play_events(struct sync_group *g, uint32_t step) {
  uint32_t n = 0;

  memset(g->spikes, 0, g->seen.n_words * sizeof *g->spikes);
  for (; g->n_events > 0 && (uint32_t)g->event[0] == step; g->event += 2, g->n_events--, n++)
    g->spikes[g->event[1] / 32] |= 1u << g->event[1] % 32;
  return n;
}

static uint32_t run(const struct sync_call *c) {
  return c->kernel(c->desc, c->arg);
}

static bool has_spikes(const uint32_t *spikes, size_t n_words) {
  for (size_t i = 0; i < n_words; i++)
    if (spikes[i])
      return true;
  return false;
}

static void negate(const struct sync *s, float *sums, size_t n_rows, int32_t n) {
  struct snn_map row = {1, n, 1};

  for (size_t i = 0; i < n_rows; i++)
    s->kernels[PLAN_NEGATE](&row, (void *[PLAN_MAX_ARGS]){sums + i * (size_t)n});
}

/* Spikes of -1 go the way of those of +1, into sums whose sign is turned meanwhile. */
static void send(struct sync *s, struct sync_link *l) {
  const struct sync_group *from = l->from;
  struct sync_group *to = l->to;
  size_t n_words = from->seen.n_words / (from->is_signed ? 2 : 1);
  size_t now = s->clock[1] % (uint32_t)to->slots;
  size_t slot = l->delay < 0 ? 0 : (now + (size_t)l->delay) % (size_t)to->slots;
  float *sums = to->ring + slot * to->seen.n;

  s->slot = (int32_t)now;
  l->call.arg[l->spikes_at] = from->spikes;
  l->call.arg[l->target_at] = sums;
  to->seen.synops += run(&l->call);
  if (from->is_signed && has_spikes(from->spikes + n_words, n_words)) {
    size_t n_rows = l->delay < 0 ? (size_t)to->slots : 1;
    l->call.arg[l->spikes_at] = from->spikes + n_words;
    negate(s, sums, n_rows, to->neurons.neurons);
    to->seen.synops += run(&l->call);
    negate(s, sums, n_rows, to->neurons.neurons);
  }
}

void sync_step(struct sync *s) {
  for (size_t i = 0; i < s->n_groups; i++) {
    struct sync_group *g = &s->group[i];
    g->n_fired = g->fire.kernel ? run(&g->fire) : play_events(g, s->clock[1]);
    g->seen.n_spikes += g->n_fired;
  }
  for (size_t i = 0; i < s->n_links; i++)
    if (s->link[i].from->n_fired > 0)
      send(s, &s->link[i]);
  for (size_t i = 0; i < s->n_groups; i++) {
    struct sync_group *g = &s->group[i];
    if (!g->settle.kernel)
      continue;
    g->settle.arg[g->arrived_at] = g->ring + s->clock[1] % (uint32_t)g->slots * g->seen.n;
    run(&g->settle);
  }
  s->clock[1]++;
}

double sync_dt(const struct sync *s) {
  return s->dt;
}

size_t sync_n_populations(const struct sync *s) {
  return s->n_groups;
}

const struct sync_population *sync_population(const struct sync *s, size_t i) {
  return &s->group[i].seen;
}
