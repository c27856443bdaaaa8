/* Synchronous networks against their definition: every synapse one by one, in the order of sums
 * that ir/exec/sync.h states, for random networks of all models and projections. Numbers are such
 * that sums round, so a wrong order shows. */
#include "tests/unit/graphs.h"

#include <math.h>

#include "ir/base/buf.h"
#include "ir/exec/sync.h"

enum { MAX_GROUPS = 8, MAX_LINKS = 16, MAX_N = 64, MAX_DELAY = 6, N_STEPS = 300 };

struct synapse {
  int source, target, delay;
  float w;
};

/* What one projection is, by its definition; all_but_self has no synapses but a weight. */
struct link {
  int from, to, n, delay;
  bool is_all_but_self;
  float w;
  struct synapse *synapse; /* by source, then target */
};

struct group {
  enum ir_word model;
  int n, refractory;
  float threshold[MAX_N], bias[MAX_N], a, b, c, d, decay;
  float v[MAX_N], u[MAX_N], current[MAX_N], arrives[N_STEPS + MAX_DELAY + 1][MAX_N];
  bool resets_to_value;
  int spike[MAX_N], sent[MAX_N], last[MAX_N];
};

struct net {
  struct unit *u;
  struct graphs_random r;
  struct buf text;
  struct group group[MAX_GROUPS];
  struct link link[MAX_LINKS];
  int n_groups, n_links;
  int inhibition; /* what weights are less by */
  bool event[N_STEPS][MAX_N];
};

static float number(struct net *t) {
  return (float)(graphs_random_int(&t->r, -900, 1500) - t->inhibition) / 1777;
}

/* ---- the network as text, and as lists ---- */

static void put_floats(struct net *t, const char *name, const char *shape, const float *v, int n) {
  buf_printf(&t->text, "%s=f32[%s]{", name, shape);
  for (int i = 0; i < n; i++) {
    buf_puts(&t->text, i ? ", " : "");
    buf_put_float(&t->text, v[i]);
  }
  buf_puts(&t->text, "}");
}

/* The head of a projection's line; returns its list, which is empty. */
static struct link *begin_link(struct net *t, const char *op, int from, int to, const char *view) {
  struct link *l = &t->link[t->n_links];

  buf_printf(&t->text, "%%p%d = project_%s %%%s%d {", t->n_links++, op, view, from);
  *l = (struct link){.from = from, .to = to};
  l->synapse = ARENA_NEW(t->u->comp.arena, struct synapse, 4 * MAX_N * MAX_N);
  return l;
}

static void add(struct link *l, int source, int target, float w, int delay) {
  l->synapse[l->n++] = (struct synapse){source, target, delay, w};
}

/* One delay, or one each. */
static void put_delays(struct net *t, const int *delay, int n) {
  buf_printf(&t->text, ", delay=i32[%d]{", n);
  for (int i = 0; i < n; i++)
    buf_printf(&t->text, "%s%d", i ? ", " : "", delay[i]);
  buf_puts(&t->text, "}");
}

static void random_delays(struct net *t, int *delay, int n) {
  for (int i = 0; i < n; i++)
    delay[i] = (int)graphs_random_int(&t->r, 0, MAX_DELAY);
}

static void dense(struct net *t, int from, int to, const char *view, int n_delays) {
  static float w[MAX_N * MAX_N];
  static int delay[MAX_N * MAX_N];
  struct link *l = begin_link(t, "dense", from, to, view);
  int sources = t->group[from].n, targets = t->group[to].n, n = sources * targets;

  for (int i = 0; i < n; i++)
    w[i] = number(t) / 4;
  put_floats(t, "weight", arena_printf(t->u->comp.arena, "%d, %d", targets, sources), w, n);
  buf_puts(&t->text, ", order=oihw");
  random_delays(t, delay, n);
  put_delays(t, delay, n_delays == 1 ? 1 : n);
  for (int s = 0; s < sources; s++)
    for (int o = 0; o < targets; o++)
      add(l, s, o, w[o * sources + s], delay[n_delays == 1 ? 0 : o * sources + s]);
  buf_printf(&t->text, "} : current[%d]\n", targets);
}

static void one_to_one(struct net *t, int from, int to) {
  struct link *l = begin_link(t, "one_to_one", from, to, "g");
  int n = t->group[from].n, delay = (int)graphs_random_int(&t->r, 0, MAX_DELAY);
  float w[MAX_N] = {0};

  for (int i = 0; i < n; i++)
    w[i] = number(t);
  put_floats(t, "weight", arena_printf(t->u->comp.arena, "%d", n), w, n);
  put_delays(t, &delay, 1);
  for (int i = 0; i < n; i++)
    add(l, i, i, w[i], delay);
  buf_printf(&t->text, "} : current[%d]\n", n);
}

static void all_but_self(struct net *t, int from, int delay) {
  struct link *l = begin_link(t, "all_but_self", from, from, "g");

  l->is_all_but_self = true;
  l->w = -0.013f;
  l->delay = delay;
  put_floats(t, "weight", "1", &l->w, 1);
  put_delays(t, &delay, 1);
  buf_printf(&t->text, "} : current[%d]\n", t->group[from].n);
}

static void sparse(struct net *t, int from, int to) {
  static float w[MAX_N * MAX_N];
  static int delay[MAX_N * MAX_N];
  struct link *l = begin_link(t, "sparse", from, to, "g");
  int n = 0;
  struct buf index;

  buf_init(&index, t->u->comp.arena);
  random_delays(t, delay, MAX_N * MAX_N);
  for (int s = 0; s < t->group[from].n; s++)
    for (int o = 0; o < t->group[to].n; o++)
      if (graphs_random_int(&t->r, 0, 4) == 0) {
        buf_printf(&index, "%s%d, %d", n ? ", " : "", s, o);
        w[n] = number(t) / 2;
        add(l, s, o, w[n], delay[n]);
        n++;
      }
  buf_printf(&t->text, "index=i32[%d, 2]{%s}, ", n, index.data);
  put_floats(t, "weight", arena_printf(t->u->comp.arena, "%d", n), w, n);
  put_delays(t, delay, n);
  buf_printf(&t->text, "} : current[%d]\n", t->group[to].n);
}

/* From [2, 4, 5] to [4, 2, 3]: two groups, kernel 3x2, stride 2x1, padding of 1 above and below and
 * none beside, dilation 1x2. */
static void conv(struct net *t, int from, int to) {
  struct link *l = begin_link(t, "conv", from, to, "g");
  float w[4 * 3 * 2];
  int delay[4 * 3 * 2];

  for (int i = 0; i < 24; i++)
    w[i] = number(t);
  random_delays(t, delay, 24);
  buf_puts(&t->text, "kernel=[3, 2], stride=[2, 1], pad=[1, 0, 1, 0], dilation=[1, 2], group=2, ");
  put_floats(t, "weight", "4, 1, 3, 2", w, 24);
  buf_puts(&t->text, ", order=oihw");
  put_delays(t, delay, 24);
  for (int s = 0; s < 40; s++)
    for (int o = 0; o < 24; o++)
      for (int tap = 0; tap < 6; tap++) {
        int c = o / 6, y = o / 3 % 2 * 2 + tap / 2 - 1, x = o % 3 + tap % 2 * 2;
        if (c / 2 == s / 20 && y == s / 5 % 4 && x == s % 5)
          add(l, s, o, w[c * 6 + tap], delay[c * 6 + tap]);
      }
  buf_puts(&t->text, "} : current[4, 2, 3]\n");
}

/* The line of group g, whose operands are the links before it that lead to it. */
static void put_group(struct net *t, int g, const char *type, const char *more) {
  struct group *p = &t->group[g];
  const char *before = "";

  buf_printf(&t->text, "%%g%d = population ", g);
  for (int i = 0; i < t->n_links; i++)
    if (t->link[i].to == g) {
      buf_printf(&t->text, "%s%%p%d", before, i);
      before = ", ";
    }
  buf_printf(&t->text, " {model=%s, ", ir_word_text(p->model));
  put_floats(t, "threshold", arena_printf(t->u->comp.arena, "%d", p->n), p->threshold, p->n);
  buf_puts(&t->text, ", ");
  put_floats(t, "bias", arena_printf(t->u->comp.arena, "%d", p->n), p->bias, p->n);
  buf_printf(&t->text, "%s, layer=\"g\"} : %s\n", more, type);
}

static struct group *begin_group(struct net *t, enum ir_word model, int n) {
  struct group *p = &t->group[t->n_groups++];

  p->model = model;
  p->n = n;
  for (int i = 0; i < n; i++) {
    p->threshold[i] = 0.7f + (float)graphs_random_int(&t->r, 0, 1000) / 1777;
    p->bias[i] = (float)graphs_random_int(&t->r, 0, 300) / 1777;
    p->last[i] = -N_STEPS;
  }
  return p;
}

static void put_events(struct net *t, int n) {
  int count = 0;
  struct buf index;

  buf_init(&index, t->u->comp.arena);
  for (int step = 0; step < N_STEPS; step++)
    for (int i = 0; i < n; i++) {
      t->event[step][i] = graphs_random_int(&t->r, 0, 60) == 0;
      if (t->event[step][i])
        buf_printf(&index, "%s%d, %d", count++ ? ", " : "", step, i);
    }
  buf_printf(&t->text,
             "%%g0 = population {model=events, threshold=f32[1]{1}, index=i32[%d, 2]{%s}, "
             "layer=\"e\"} : spikes[2, 4, 5]\n%%flat0 = view %%g0 : spikes[40]\n",
             count, index.data);
}

/* Events, if, lif with a refractory time, izhikevich, if_signed and a map of lif, with every kind
 * of projection, cycles and delays among them. */
static void make(struct net *t) {
  struct group *p;

  buf_init(&t->text, t->u->comp.arena);
  buf_puts(&t->text, "ir 1\ngraph \"g\" {schedule=synchronous, dt=0.0005}\n");
  begin_group(t, IR_W_MODEL_EVENTS, 40);
  p = begin_group(t, IR_W_MODEL_IF, 33);
  for (int i = 0; i < p->n; i++)
    p->v[i] = 0.5f * p->threshold[i];
  p->refractory = 2;
  p = begin_group(t, IR_W_MODEL_LIF, 40);
  p->decay = (float)exp(-1 / 12.5);
  p->c = -0.25f;
  p->refractory = 3;
  p->resets_to_value = true;
  for (int i = 0; i < p->n; i++)
    p->v[i] = 0.125f * p->threshold[i];
  p = begin_group(t, IR_W_MODEL_IZHIKEVICH, 5);
  p->a = 0.02f, p->b = 0.2f, p->c = -65, p->d = 8;
  for (int i = 0; i < p->n; i++) {
    p->threshold[i] = 30;
    p->current[i] = p->bias[i] *= 50;
    p->v[i] = p->c;
    p->u[i] = p->b * p->v[i];
  }
  begin_group(t, IR_W_MODEL_IF_SIGNED, 34);
  p = begin_group(t, IR_W_MODEL_LIF, 24);
  p->decay = (float)exp(-1 / 20.0);
  put_events(t, 40);
  dense(t, 0, 1, "flat", 1);
  all_but_self(t, 1, 2);
  dense(t, 4, 1, "g", 0);
  put_group(t, 1, "spikes[33]", ", v_init=0.5, refractory=2");
  dense(t, 1, 2, "g", 0);
  dense(t, 0, 2, "flat", 1);
  put_group(t, 2, "spikes[40]",
            ", v_init=0.125, reset=zero, refractory=3, params=f32[2]{12.5, -0.25}");
  sparse(t, 2, 3);
  one_to_one(t, 3, 3);
  put_group(t, 3, "spikes[5]", "");
  dense(t, 2, 4, "g", 1);
  t->inhibition = 400;
  one_to_one(t, 4, 4);
  dense(t, 4, 4, "g", 1);
  t->inhibition = 0;
  put_group(t, 4, "signed[34]", "");
  conv(t, 0, 5);
  put_group(t, 5, "spikes[4, 2, 3]", ", params=f32[2]{20, 0}");
}

/* ---- the definition of a step ---- */

static void integrate(struct group *p, int i, int step) {
  bool is_held = p->refractory > 0 && step - p->last[i] < p->refractory;

  p->spike[i] = 0;
  if (is_held)
    return;
  switch (p->model) {
  case IR_W_MODEL_LIF:
    p->v[i] = p->bias[i] + (p->v[i] - p->bias[i]) * p->decay;
    break;
  case IR_W_MODEL_IZHIKEVICH:
    for (int k = 0; k < 2; k++)
      p->v[i] = p->v[i] +
                0.25f * (0.04f * p->v[i] * p->v[i] + 5 * p->v[i] + 140 - p->u[i] + p->current[i]);
    p->u[i] = p->u[i] + 0.5f * p->a * (p->b * p->v[i] - p->u[i]);
    break;
  default:
    p->v[i] += p->bias[i];
  }
  p->spike[i] = p->v[i] >= p->threshold[i];
  if (p->model == IR_W_MODEL_IF_SIGNED && p->v[i] < 0 && p->sent[i] > 0)
    p->spike[i] = -1;
  p->sent[i] += p->spike[i];
  if (p->spike[i])
    p->last[i] = step;
}

/* Spikes of -1 come behind those of 1. */
static void send(struct net *t, const struct link *l, int step) {
  const struct group *from = &t->group[l->from];
  struct group *to = &t->group[l->to];
  int n = 0;

  for (int i = 0; i < from->n; i++)
    n += from->spike[i];
  for (int i = 0; i < to->n && l->is_all_but_self && n > 0; i++)
    to->arrives[step + l->delay][i] += l->w * (float)(n - from->spike[i]);
  for (int sign = 1; sign >= -1; sign -= 2)
    for (int k = 0; k < l->n; k++) {
      const struct synapse *y = &l->synapse[k];
      if (from->spike[y->source] == sign)
        to->arrives[step + y->delay][y->target] += (float)sign * y->w;
    }
}

static void settle(struct group *p, int i, int step) {
  bool is_lost = p->refractory > 0 && step - p->last[i] < p->refractory;
  float reset = p->model == IR_W_MODEL_LIF && p->resets_to_value ? p->c : p->threshold[i];

  if (p->model == IR_W_MODEL_IZHIKEVICH) {
    p->current[i] = p->bias[i] + p->arrives[step][i];
    if (p->spike[i]) {
      p->v[i] = p->c;
      p->u[i] += p->d;
    }
    return;
  }
  if (!is_lost)
    p->v[i] += p->arrives[step][i];
  if (p->spike[i])
    p->v[i] = p->resets_to_value ? reset : p->v[i] - (float)p->spike[i] * reset;
}

static void step_by_definition(struct net *t, int step) {
  for (int i = 0; i < t->group[0].n; i++)
    t->group[0].spike[i] = t->event[step][i];
  for (int g = 1; g < t->n_groups; g++)
    for (int i = 0; i < t->group[g].n; i++)
      integrate(&t->group[g], i, step);
  for (int k = 0; k < t->n_links; k++)
    send(t, &t->link[k], step);
  for (int g = 1; g < t->n_groups; g++)
    for (int i = 0; i < t->group[g].n; i++)
      settle(&t->group[g], i, step);
}

/* ---- tests ---- */

static const struct ir_graph *parse(struct unit *u, const char *text) {
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "t.ir", text, strlen(text));

  if (!g || !ir_verify(g, u->comp.diag))
    fail_msg("%s", unit_said(u));
  return g;
}

static int spike_of(const struct sync_population *p, int i) {
  int up = (int)(p->spikes[i / 32] >> i % 32 & 1);

  return p->n_words == (p->n + 31) / 32
             ? up
             : up - (int)(p->spikes[p->n_words / 2 + (size_t)i / 32] >> i % 32 & 1);
}

static void networks_do_what_their_definition_says(void **state) {
  struct unit *u = *state;
  uint64_t spikes[MAX_GROUPS] = {0}, down = 0;

  for (uint32_t seed = 1; seed <= 6; seed++) {
    struct net *t = ARENA_NEW(u->comp.arena, struct net, 1);
    struct sync *s;
    t->u = u;
    t->r.state = seed;
    make(t);
    s = sync_new(u->comp.arena, u->comp.diag, parse(u, t->text.data), 0);
    if (!s)
      fail_msg("%s", unit_said(u));
    assert_int_equal(sync_n_populations(s), t->n_groups);
    for (int step = 0; step < N_STEPS; step++) {
      sync_step(s);
      step_by_definition(t, step);
      for (int g = 0; g < t->n_groups; g++)
        for (int i = 0; i < t->group[g].n; i++) {
          const struct sync_population *p = sync_population(s, (size_t)g);
          int want = t->group[g].spike[i];
          if (spike_of(p, i) != want || (g && p->membrane[i] != t->group[g].v[i]))
            fail_msg("seed %u, step %d, neuron %d of group %d: spike %d, %d is right", seed, step,
                     i, g, spike_of(p, i), want);
          down += want < 0;
        }
    }
    for (int g = 0; g < t->n_groups; g++)
      spikes[g] += sync_population(s, (size_t)g)->n_spikes;
  }
  for (int g = 0; g < 6; g++)
    assert_true(spikes[g] > 25);
  assert_true(down > 50);
}

static void poisson_populations_draw_by_seed_and_apart(void **state) {
  struct unit *u = *state;
  const struct ir_graph *g =
      parse(u, "ir 1\ngraph \"g\" {schedule=synchronous}\n"
               "%a = population {model=poisson, threshold=f32[1]{2}, bias=f32[3]{0, 0.5, 2},"
               " layer=\"a\"} : spikes[3]\n"
               "%b = population {model=poisson, threshold=f32[1]{4},"
               " layer=\"b\"} : spikes[64]\n"
               "%c = population {model=poisson, threshold=f32[1]{1}, bias=f32[1]{0.25},"
               " layer=\"c\"} : spikes[64]\n");
  struct sync *s = sync_new(u->comp.arena, u->comp.diag, g, 7);
  struct sync *again = sync_new(u->comp.arena, u->comp.diag, g, 7);
  struct sync *other = sync_new(u->comp.arena, u->comp.diag, g, 8);
  size_t n[3] = {0}, same_seed = 0, other_seed = 0, apart = 0;

  for (int step = 0; step < 4000; step++) {
    sync_step(s);
    sync_step(again);
    sync_step(other);
    for (int i = 0; i < 3; i++)
      n[i] += (size_t)spike_of(sync_population(s, 0), i);
    for (int i = 0; i < 64; i++) {
      int spike = spike_of(sync_population(s, 1), i);
      same_seed += spike == spike_of(sync_population(again, 1), i);
      other_seed += spike == spike_of(sync_population(other, 1), i);
      apart += spike == spike_of(sync_population(s, 2), i);
    }
  }
  assert_int_equal(n[0], 0);
  assert_int_equal(n[2], 4000);
  assert_true(n[1] > 850 && n[1] < 1150); /* a quarter of 4000: 5.5 standard deviations */
  assert_int_equal(same_seed, 64 * 4000);
  /* unrelated ones agree with probability 5/8: 160000 of 256000, with a deviation of 245 */
  assert_true(other_seed > 158500 && other_seed < 161500);
  assert_true(apart > 158500 && apart < 161500);
}

/* A row: what stands in the graph, and what is said about it. */
static void what_cannot_be_run_is_told(void **state) {
  static const char *const rows[][2] = {
      {"%x = input : f32[3]\n", "what is given to an input is not simulated yet"},
      {"", "the network has no population"},
      {"%a = population {model=lif_cond, threshold=f32[1]{1}, layer=\"\"} : spikes[3]\n",
       "neurons of model lif_cond are not simulated yet; those of if, "},
      {"%a = population {model=if_signed, threshold=f32[1]{1}, reset=zero, layer=\"\"} : "
       "signed[3]\n",
       "if_signed subtracts the threshold and is never refractory"},
      {"%a = population {model=lif, threshold=f32[1]{1}, layer=\"\"} : spikes[3]\n",
       "tau is nan steps"},
      {"%a = population {model=izhikevich, threshold=f32[1]{1}, refractory=2, layer=\"\"} : "
       "spikes[3]\n",
       "refractory is of if and lif"},
      {"%a = population {model=izhikevich, threshold=f32[1]{1}, reset=zero, layer=\"\"} : "
       "spikes[3]\n",
       "reset is of if and lif"},
      {"%a = population {model=if, threshold=f32[1]{1}, reset=modulo, layer=\"\"} : spikes[3]\n",
       "reset modulo is for layers"},
      {"%a = population {model=if, threshold=f32[1]{1}, leak=0.5, layer=\"\"} : spikes[3]\n",
       "leak is for layers"},
      {"%a = population {model=poisson, threshold=f32[1]{0.5}, layer=\"\"} : spikes[3]\n",
       "neuron 0 would send 2 spikes a step"},
      {"%a = population {model=poisson, threshold=f32[1]{1}, bias=f32[1]{1.5}, layer=\"\"} : "
       "spikes[3]\n",
       "neuron 0 would send 1.5 spikes a step"},
      {"%p = project_all_but_self %a {weight=f32[1]{1}} : current[3]\n"
       "%a = population %p {model=poisson, threshold=f32[1]{1}, layer=\"\"} : spikes[3]\n",
       "nothing can lead to it"},
      {"%p = project_all_but_self %a {weight=f32[1]{1}, receptor=inh} : current[3]\n"
       "%a = population %p {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[3]\n",
       "it is inhibitory, a conductance, which is not simulated yet"},
      {"%p = project_one_to_one %a {weight=f32[1]{1}, tau=2} : current[3]\n"
       "%a = population %p {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[3]\n",
       "tau is 2 steps; filters of synapses are not simulated yet"},
      {"%p = project_one_to_one %a {weight=f32[1]{1}, delay=i32[1]{1000001}} : current[3]\n"
       "%a = population %p {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[3]\n",
       "delay[0] is 1000001; at most 1000000 steps"},
      {"%p = project_dense %a {weight=f32[1, 1]{1}, order=oihw, rule=stdp} : current[1]\n"
       "%a = population %p {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[1]\n",
       "it learns by stdp, which is not simulated yet"},
      {"%p = project_dense %a {weight=f32[1, 1]{1}, order=kernel} : current[1]\n"
       "%a = population %p {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[1]\n",
       "order is kernel"},
      {"%b = population {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[1, 2, 2]\n"
       "%m = spike_maxpool %b {kernel=[2, 2], layer=\"\"} : spikes[1, 1, 1]\n"
       "%p = project_dense %m {weight=f32[1, 1, 1, 1]{1}, order=oihw} : current[1]\n"
       "%a = population %p {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[1]\n",
       "its spikes come from spike_maxpool \"m\""},
      {"%b = population {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[1, 2, 2]\n"
       "%p = project_avgpool %b {kernel=[2, 2], weight=f32[1]{1}} : current[1, 1, 1]\n"
       "%a = population %p {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[1, 1, 1]\n",
       "project_avgpool does not lead from one population to another"},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *text =
        arena_printf(u->comp.arena, "ir 1\ngraph \"g\" {schedule=synchronous}\n%s", rows[i][0]);
    assert_null(sync_new(u->comp.arena, u->comp.diag, parse(u, text), 0));
    unit_assert_said(u, rows[i][1]);
  }
}

static void a_readout_is_left_out_and_told(void **state) {
  struct unit *u = *state;
  const struct ir_graph *g =
      parse(u, "ir 1\ngraph \"g\" {schedule=synchronous}\n"
               "%a = population {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[3]\n"
               "%p = project_one_to_one %a {weight=f32[1]{1}} : current[3]\n"
               "%r = readout %p {readout=membrane, layer=\"\"} : f32[3]\n");

  assert_non_null(sync_new(u->comp.arena, u->comp.diag, g, 0));
  unit_assert_said(u, "warning: readout \"r\": not run yet");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(networks_do_what_their_definition_says),
      TEST(poisson_populations_draw_by_seed_and_apart),
      TEST(what_cannot_be_run_is_told),
      TEST(a_readout_is_left_out_and_told),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
