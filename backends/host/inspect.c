/* backends/host/inspect.c -- the command inspect: what is in a network and what it costs. */
#include "backends/backend.h"

#include <cJSON.h>
#include <stdio.h>

#include "backends/report/json.h"
#include "backends/report/table.h"
#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/exec/plan.h"
#include "ir/ir.h"
#include "ir/options.h"

/* "5x5 stride 2 pad 2" of a window; "" for ops without one. */
static const char *window_text(struct arena *a, const struct ir_graph *g, const struct ir_node *n) {
  struct ir_window w;
  struct buf b;

  if (n->op != IR_CONV && n->op != IR_MAXPOOL && n->op != IR_AVGPOOL)
    return "";
  w = ir_window_of(g, n);
  buf_init(&b, a);
  for (size_t i = 0; i < w.n_axes; i++)
    buf_printf(&b, "%s%lld", i ? "x" : " ", (long long)w.kernel[i]);
  if (w.stride[0] != 1)
    buf_printf(&b, " stride %lld", (long long)w.stride[0]);
  if (w.pad_begin[0] || w.pad_end[0])
    buf_printf(&b, " pad %lld", (long long)w.pad_begin[0]);
  if (w.dilation[0] != 1)
    buf_printf(&b, " dilation %lld", (long long)w.dilation[0]);
  if (w.group != 1)
    buf_printf(&b, " groups %lld", (long long)w.group);
  return b.data;
}

static double parameters_of(const struct ir_graph *g, const struct ir_node *n) {
  double sum = 0;

  for (size_t k = 0; k < n->n_in; k++)
    if (ir_const_in(g, n, k))
      sum += (double)ir_type_count(&ir_const_in(g, n, k)->type);
  return sum;
}

/* Why the table has not as many parameters as the file. */
static void print_merged(struct arena *a, const struct ir_graph *read, double n_left) {
  double n_read = 0;

  for (size_t i = 1; i <= ir_n_nodes(read); i++)
    n_read += parameters_of(read, ir_node(read, ir_id_at(i)));
  if (n_read != n_left)
    printf(
        "The model as read has %s parameters: batchnorms, constants and linear layers that follow "
        "each\nother are merged.\n",
        table_count(a, n_read));
}

static const char *number_or_blank(struct arena *a, double x) {
  return x > 0 ? table_count(a, x) : "";
}

static void print_analog(struct arena *a, const struct ir_graph *read, const struct ir_graph *g,
                         cJSON *json) {
  static const char *const columns[] = {"<node", "<op", "<shape", ">parameters", ">MACs"};
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);
  cJSON *list = cJSON_AddArrayToObject(json, "nodes");
  double all_params = 0, all_macs = 0, all_ops = 0;

  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    double macs = 0, ops = 0, params = parameters_of(g, n);
    cJSON *item;

    if (n->op == IR_CONST || n->op == IR_OUTPUT)
      continue;
    exec_node_cost(g, n, &macs, &ops);
    all_params += params;
    all_macs += macs;
    all_ops += ops;
    table_row(t, (const char *[]){n->name,
                                  arena_printf(a, "%s%s", ir_op_name(n->op), window_text(a, g, n)),
                                  ir_type_text(a, &n->type), number_or_blank(a, params),
                                  number_or_blank(a, macs)});
    item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", n->name);
    cJSON_AddStringToObject(item, "op", ir_op_name(n->op));
    cJSON_AddStringToObject(item, "type", ir_type_text(a, &n->type));
    cJSON_AddNumberToObject(item, "parameters", params);
    cJSON_AddNumberToObject(item, "macs", macs);
    cJSON_AddItemToArray(list, item);
  }
  table_rule(t);
  table_row(t,
            (const char *[]){"all", "", "", table_count(a, all_params), table_count(a, all_macs)});
  table_print(t, stdout);
  print_merged(a, read, all_params);
  cJSON_AddNumberToObject(json, "parameters", all_params);
  cJSON_AddNumberToObject(json, "ann_macs", all_macs);
  cJSON_AddNumberToObject(json, "ann_ops", all_ops);
}

static const char *arithmetic_of(const struct plan *p) {
  if (plan_is_mixed(p))
    return "int8 and int16";
  return plan_weight_type(p) == IR_F32 ? "float" : plan_weight_type(p) == IR_I8 ? "int8" : "int16";
}

/* Of bits with a sign that hold numbers up to `most`. */
static int bits_for(double most) {
  int bits = 1;

  while (most >= 1 && bits < 64) {
    most /= 2;
    bits++;
  }
  return bits;
}

/* What was proved of the sums of a network of integers. */
static void print_reach(struct arena *a, const struct plan *p, cJSON *json) {
  static const char *const columns[] = {"<layer", ">step at most", ">bits", ">membrane at most",
                                        ">bits"};
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);
  cJSON *list = cJSON_AddArrayToObject(json, "reach");

  for (size_t l = 0; l < plan_n_layers(p); l++) {
    const struct plan_layer *pl = plan_layer(p, l);
    cJSON *item = cJSON_CreateObject();

    table_row(t, (const char *[]){pl->name, table_count(a, pl->step_reach),
                                  arena_printf(a, "%d", bits_for(pl->step_reach)),
                                  table_count(a, pl->membrane_reach),
                                  arena_printf(a, "%d", bits_for(pl->membrane_reach))});
    cJSON_AddStringToObject(item, "name", pl->name);
    cJSON_AddNumberToObject(item, "step", pl->step_reach);
    cJSON_AddNumberToObject(item, "membrane", pl->membrane_reach);
    cJSON_AddItemToArray(list, item);
  }
  printf("\nIntegers of at most so many bits, from the sums of all |weights|:\n");
  table_print(t, stdout);
}

static void print_spiking(struct arena *a, const struct ir_graph *g, const struct plan *p,
                          cJSON *json) {
  static const char *const columns[] = {"<layer",   "<spikes of", ">neurons",
                                        ">outputs", ">RAM bytes", ">constant bytes"};
  struct table *t = table_new(a, sizeof columns / sizeof *columns, columns);
  cJSON *list = cJSON_AddArrayToObject(json, "layers");
  double neurons = 0;

  for (size_t l = 0; l < plan_n_layers(p); l++) {
    const struct plan_layer *pl = plan_layer(p, l);
    cJSON *item = cJSON_CreateObject();

    neurons += (double)pl->neurons;
    table_row(t,
              (const char *[]){
                  pl->name, arena_printf(a, "%s", ir_type_text(a, &ir_node(g, pl->out)->type)),
                  table_count(a, (double)pl->neurons), table_count(a, (double)pl->n_outputs),
                  table_count(a, (double)pl->ram_bytes), table_count(a, (double)pl->const_bytes)});
    cJSON_AddStringToObject(item, "name", pl->name);
    cJSON_AddNumberToObject(item, "neurons", (double)pl->neurons);
    cJSON_AddNumberToObject(item, "outputs", (double)pl->n_outputs);
    cJSON_AddNumberToObject(item, "ram_bytes", (double)pl->ram_bytes);
    cJSON_AddNumberToObject(item, "const_bytes", (double)pl->const_bytes);
    cJSON_AddItemToArray(list, item);
  }
  table_rule(t);
  table_row(t, (const char *[]){"all, with spikes and counters", "", table_count(a, neurons), "",
                                table_count(a, (double)plan_ram_bytes(p)),
                                table_count(a, (double)plan_const_bytes(p))});
  table_print(t, stdout);
  if (plan_turn_steps(p) > 0)
    printf("An image takes %zu steps: layers send one after another, %zu steps each.\n",
           plan_steps(p), plan_turn_steps(p));
  cJSON_AddNumberToObject(json, "steps", (double)plan_steps(p));
  cJSON_AddNumberToObject(json, "turn_steps", (double)plan_turn_steps(p));
  cJSON_AddNumberToObject(json, "neurons", neurons);
  cJSON_AddNumberToObject(json, "ram_bytes", (double)plan_ram_bytes(p));
  cJSON_AddNumberToObject(json, "const_bytes", (double)plan_const_bytes(p));
}

int host_inspect(struct comp *c, const struct ir_graph *read, const struct ir_graph *analog,
                 const struct ir_graph *spiking) {
  const struct plan *p = spiking ? plan_new(c->arena, c->diag, spiking) : NULL;
  cJSON *json = report_json_new(c);
  bool is_written = true;

  cJSON_AddStringToObject(json, "model", c->opt->model);
  if (analog)
    print_analog(c->arena, read, analog, json);
  if (p) {
    printf("%sAs spiking network, %s, layers with their pools:\n", analog ? "\n" : "",
           arithmetic_of(p));
    print_spiking(c->arena, spiking, p, json);
    if (plan_weight_type(p) != IR_F32)
      print_reach(c->arena, p, json);
  }
  if (c->opt->json)
    is_written = report_write_json(c, json);
  return is_written && (p || !spiking) ? 0 : 1;
}
