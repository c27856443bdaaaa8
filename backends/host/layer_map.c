#include "backends/host/layer_map.h"

#include <math.h>
#include <string.h>

#include "ir/exec/plan.h"

static ir_id find_node(const struct ir_graph *g, const struct ir_node *spiking) {
  const char *place = spiking->op == IR_READOUT ? spiking->loc.node : NULL;

  for (size_t i = ir_n_nodes(g); i >= 1; i--) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));

    if (place ? n->loc.node && n->op != IR_CONST && strcmp(n->loc.node, place) == 0
              : strcmp(n->name, spiking->name) == 0)
      return ir_id_at(i);
  }
  return (ir_id){0};
}

/* The neurons of an average-pool, and those at the end of a network, cannot have its name, which is
 * that of their projection. */
static ir_id find_projected(const struct ir_graph *g, const struct ir_graph *spiking,
                            const struct ir_node *node) {
  ir_id id = {0};

  if (node->op == IR_POPULATION && node->n_in == 1)
    id = find_node(g, ir_node(spiking, node->in[0]));
  if (!ir_is_none(id) && ir_node(g, id)->op == IR_MAXPOOL) /* which has become an average since */
    id = (ir_id){0};
  return id;
}

struct layer_map layer_map_of(const struct ir_graph *analog, const struct ir_graph *spiking,
                              const struct plan_layer *layer) {
  const struct ir_node *node = ir_node(spiking, layer->node), *out = ir_node(spiking, layer->out);
  const struct ir_type *t = &out->type;
  struct layer_map m = {.n_units = (size_t)ir_type_count(t)};

  m.channels = t->rank == 3 ? (size_t)t->dims[0] : m.n_units;
  m.area = m.n_units / m.channels;
  m.scale = ir_attr_tensor(node, IR_A_THRESHOLD);
  m.unit = ir_attr_tensor(node, IR_A_UNIT);
  m.has_relu = node->op == IR_READOUT && ir_attr(node, IR_A_MIN);
  m.analog = find_node(analog, out);
  if (ir_is_none(m.analog))
    m.analog = find_projected(analog, spiking, out);
  while (!ir_is_none(m.analog) && ir_node(analog, m.analog)->op == IR_RESHAPE)
    m.analog = ir_node(analog, m.analog)->in[0]; /* the same values, where they are computed */
  if (!m.scale && node->op != IR_READOUT)
    m.analog = (ir_id){0};
  if (!ir_is_none(m.analog) && (size_t)ir_type_count(&ir_node(analog, m.analog)->type) != m.n_units)
    m.analog = (ir_id){0};
  return m;
}

/* One for all, or one for each channel; 1 where there is none. */
static double number_at(const struct ir_tensor *t, size_t channel) {
  int64_t i = t && ir_type_count(&t->type) > 1 ? (int64_t)channel : 0;

  if (!t)
    return 1;
  return t->type.dtype == IR_F32 ? (double)ir_f32_of(*t)[i] : (double)ir_int_at(t, i);
}

double layer_map_activation(const struct layer_map *m, size_t u, double rate) {
  return rate * number_at(m->scale, u % m->channels) * number_at(m->unit, u % m->channels);
}

void pair_sums_add(struct pair_sums *s, double x, double y) {
  s->n++;
  s->x += x;
  s->y += y;
  s->xx += x * x;
  s->yy += y * y;
  s->xy += x * y;
}

double pair_sums_correlation(const struct pair_sums *s) {
  double cov = s->n * s->xy - s->x * s->y;
  double var = (s->n * s->xx - s->x * s->x) * (s->n * s->yy - s->y * s->y);

  return var > 0 ? cov / sqrt(var) : NAN;
}
