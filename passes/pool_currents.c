/* pool-currents: where neurons with a constant current go into a max-pool, the pool comes first.
 *
 *   %r = population %c {model=if, ..} : spikes[C, H, W]      %r = current_maxpool %c {kernel, ..}
 *   %p = spike_maxpool %r {kernel, ..} : spikes[C, h, w] ->  %p = population %r {model=if, ..}
 *
 * What an integrate-and-fire neuron has sent after any step grows with its constant current, so the
 * neuron with the largest current of a window has sent as much as any other of it: the spikes of %p
 * are the same (of floats, but for two currents that differ by no more than rounding), from a
 * quarter of the neurons where windows are 2 x 2, without counts. */
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "passes/passes.h"

/* Its currents come from a convolution of the input and nothing else, and all neurons of a channel
 * are alike. */
static bool is_front(const struct ir_graph *g, const struct ir_node *n) {
  const struct ir_tensor *bias = ir_attr_tensor(n, IR_A_BIAS);
  const struct ir_node *conv = n->n_in == 1 ? ir_node(g, n->in[0]) : NULL;
  enum ir_word reset = ir_attr_word(n, IR_A_RESET, IR_W_RESET_SUBTRACT);

  return n->op == IR_POPULATION && conv && conv->op == IR_PROJECT_CONV &&
         ir_node(g, conv->in[0])->op == IR_ENCODE && n->type.rank == 3 &&
         ir_node(g, conv->in[0])->type.dtype == IR_CURRENT &&
         ir_attr_word(n, IR_A_MODEL, IR_W_MODEL_IF) == IR_W_MODEL_IF &&
         reset != IR_W_RESET_MODULO && ir_attr_float(n, IR_A_LEAK, 0) == 0 &&
         ir_attr_int(n, IR_A_REFRACTORY, 0) == 0 &&
         (!bias || ir_type_count(&bias->type) <= n->type.dims[0]);
}

/* With integers the mean of the input becomes a bias, which differs at a padded border. */
static bool will_differ_at_borders(const struct comp *c, const struct ir_graph *g,
                                   const struct ir_node *conv) {
  struct ir_window w = ir_window_of(g, conv);

  return c->opt->quantize != QUANTIZE_FLOAT && c->opt->input_mean.n > 0 &&
         (w.pad_begin[0] > 0 || w.pad_begin[1] > 0 || w.pad_end[0] > 0 || w.pad_end[1] > 0);
}

static bool swap(struct comp *c, struct ir_graph *g, ir_id neurons_id, ir_id pool_id) {
  struct ir_node neurons = *ir_node(g, neurons_id), pool = *ir_node(g, pool_id);
  struct ir_node first = pool, second = neurons;
  struct ir_attr attr[IR_N_ATTRS];

  first.op = IR_CURRENT_MAXPOOL;
  first.in = neurons.in;
  first.name = NULL;
  first.attr = attr;
  first.n_attr = 0;
  for (size_t i = 0; i < pool.n_attr; i++)
    if (pool.attr[i].key != IR_A_POOL)
      attr[first.n_attr++] = pool.attr[i];
  second.in = &neurons_id;
  second.name = NULL;
  second.loc = pool.loc;
  /* Types are inferred from operands: the pool of currents first. */
  return ir_replace(g, c->diag, neurons_id, &first) && ir_replace(g, c->diag, pool_id, &second);
}

bool pass_pool_currents(struct comp *c, struct ir_graph **g) {
  for (size_t i = 1; i <= ir_n_nodes(*g); i++) {
    ir_id id = ir_id_at(i), pool = ir_only_user(*g, id);

    if (!is_front(*g, ir_node(*g, id)) || ir_is_none(pool) ||
        ir_node(*g, pool)->op != IR_SPIKE_MAXPOOL ||
        ir_attr_word(ir_node(*g, pool), IR_A_POOL, IR_W_POOL_COUNT) != IR_W_POOL_COUNT ||
        will_differ_at_borders(c, *g, ir_node(*g, ir_node(*g, id)->in[0])))
      continue;
    if (!swap(c, *g, id, pool))
      return false;
  }
  return true;
}
