/* The passes of the analog level, on small networks with random weights: the outputs stay what they
 * were, the ops become those of the row, a second run changes nothing, and the text reads back.
 *
 * A row is IR text whose constants are written as inputs; all but %x get random values: of %p.. (a
 * scale) and %v.. (a variance) between 1/2 and 3/2, of all others between -1 and 1. */
#include "tests/unit/passes_check.h"

#include "passes/passes.h"

struct row {
  const char *what;
  const char *text;
  const char *ops; /* of the result, without constants */
};

static void make_constants(struct unit *u, struct ir_graph *g, uint32_t *seed) {
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    struct ir_node n = *ir_node(g, ir_id_at(i));
    bool is_positive = n.name[0] == 'p' || n.name[0] == 'v';
    struct ir_attr value;
    if (n.op != IR_INPUT || strcmp(n.name, "x") == 0)
      continue;
    value = ir_tensor_attr(IR_A_VALUE, ir_tensor_new(u->comp.arena, n.type));
    for (int64_t k = 0; k < ir_type_count(&n.type); k++)
      ir_f32_of(value.u.tensor)[k] =
          is_positive ? random_between(seed, 0.5F, 1.5F) : random_between(seed, -1, 1);
    n = (struct ir_node){.op = IR_CONST, .attr = &value, .n_attr = 1};
    assert_true(ir_replace(g, u->comp.diag, ir_id_at(i), &n));
  }
}

static struct ir_graph *graph_of(struct unit *u, const char *text, uint32_t *seed) {
  const char *whole = arena_printf(u->comp.arena, "ir 1\ngraph \"t\" {facts=[shaped]}\n%s", text);
  struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "row.ir", whole, strlen(whole));

  if (!g)
    fail_msg("%s%s", unit_said(u), text);
  make_constants(u, g, seed);
  return g;
}

static const char *ops_of(struct unit *u, const struct ir_graph *g) {
  struct buf ops;

  buf_init(&ops, u->comp.arena);
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    if (n->op != IR_CONST && n->op != IR_INPUT && n->op != IR_OUTPUT)
      buf_printf(&ops, "%s%s", ops.len > 0 ? " " : "", ir_op_name(n->op));
  }
  return ops.len > 0 ? ops.data : "";
}

static void check_row(struct unit *u, pass_fn *pass, const struct row *row, uint32_t seed) {
  struct ir_graph *g = graph_of(u, row->text, &seed);

  check_pass(u, pass, &g, &seed);
  if (strcmp(ops_of(u, g), row->ops) != 0)
    fail_msg("%s: wanted \"%s\", got \"%s\"\n%s", row->what, row->ops, ops_of(u, g), text_of(u, g));
}

static void check_rows(void **state, pass_fn *pass, const struct row *rows, size_t n) {
  for (size_t i = 0; i < n; i++)
    for (uint32_t seed = 1; seed <= 3; seed++)
      check_row(*state, pass, &rows[i], seed);
}
#define N_OF(rows) (sizeof(rows) / sizeof((rows)[0]))

/* ---- single-sample ---- */

static void one_sample_of_a_batch_gives_the_first_row(void **state) {
  static const struct row rows[] = {
      {"images",
       "%x = input : f32[4, 1, 3, 3]\n"
       "%w = input : f32[2, 1, 2, 2]\n"
       "%c = conv %x, %w : f32[4, 2, 2, 2]\n"
       "%f = reshape %c {shape=[4, 8]} : f32[4, 8]\n"
       "%k = input : f32[1, 8]\n"
       "%a = add %f, %k : f32[4, 8]\n"
       "%s = softmax %a {axis=1} : f32[4, 8]\n"
       "%y = output %s : f32[4, 8]\n",
       "conv reshape add softmax"},
      {"rows of numbers",
       "%x = input : f32[3, 5]\n"
       "%w = input : f32[2, 5]\n"
       "%d = dense %x, %w : f32[3, 2]\n"
       "%y = output %d : f32[3, 2]\n",
       "dense"},
      {"an image without batch axis stays",
       "%x = input : f32[3, 4]\n"
       "%f = reshape %x {shape=[1, 12]} : f32[1, 12]\n"
       "%w = input : f32[2, 12]\n"
       "%d = dense %f, %w : f32[1, 2]\n"
       "%y = output %d : f32[1, 2]\n",
       "reshape dense"},
      {"moves within a sample",
       "%x = input : f32[2, 3, 2]\n"
       "%t = transpose %x {perm=[0, 2, 1]} : f32[2, 2, 3]\n"
       "%c = concat %t, %t {axis=1} : f32[2, 4, 3]\n"
       "%s = slice %c {starts=[0, 1, 0], steps_of=[1, 1, 1], "
       "shape=[2, 2, 3]} : f32[2, 2, 3]\n"
       "%w = input : f32[3, 2]\n"
       "%m = matmul %s, %w : f32[2, 2, 2]\n"
       "%y = output %m : f32[2, 2, 2]\n",
       "transpose concat slice matmul"},
  };
  check_rows(state, pass_single_sample, rows, N_OF(rows));
}

static void a_network_that_mixes_its_samples_is_refused_by_name(void **state) {
  struct unit *u = *state;
  uint32_t seed = 1;
  struct ir_graph *g = graph_of(u,
                                "%x = input : f32[4, 1, 2, 2]\n"
                                "%f = reshape %x {shape=[2, 8]} : f32[2, 8]\n"
                                "%y = output %f : f32[2, 8]\n",
                                &seed);

  assert_false(pass_single_sample(&u->comp, &g));
  unit_assert_said(u, "reshape \"f\" mixes the samples of a batch: its result is f32[2, 8]");
}

/* ---- fold-constants ---- */

static void constants_are_evaluated_and_identities_dropped(void **state) {
  static const struct row rows[] = {
      {"a weight that is computed",
       "%x = input : f32[1, 4]\n"
       "%w = input : f32[4, 3]\n"
       "%t = transpose %w {perm=[1, 0]} : f32[3, 4]\n"
       "%d = dense %x, %t : f32[1, 3]\n"
       "%y = output %d : f32[1, 3]\n",
       "dense"},
      {"clip and relu of what is not negative",
       "%x = input : f32[1, 4]\n"
       "%a = clip %x {min=0x0p+0} : f32[1, 4]\n"
       "%b = add %a, %a : f32[1, 4]\n"
       "%c = relu %b : f32[1, 4]\n"
       "%y = output %c : f32[1, 4]\n",
       "relu add"},
      {"pools of one element",
       "%x = input : f32[1, 2, 1, 1]\n"
       "%a = maxpool %x {kernel=[1, 1]} : f32[1, 2, 1, 1]\n"
       "%b = global_avgpool %a : f32[1, 2, 1, 1]\n"
       "%y = output %b : f32[1, 2, 1, 1]\n",
       ""},
      {"a constant comes second",
       "%x = input : f32[1, 4]\n"
       "%k = input : f32[4]\n"
       "%a = add %k, %x : f32[1, 4]\n"
       "%y = output %a : f32[1, 4]\n",
       "add"},
  };
  check_rows(state, pass_fold_constants, rows, N_OF(rows));
}

/* ---- simplify-shapes ---- */

static void moves_of_elements_merge(void **state) {
  static const struct row rows[] = {
      {"reshapes",
       "%x = input : f32[1, 2, 3]\n"
       "%a = reshape %x {shape=[1, 6]} : f32[1, 6]\n"
       "%b = reshape %a {shape=[3, 2]} : f32[3, 2]\n"
       "%y = output %b : f32[3, 2]\n",
       "reshape"},
      {"there and back",
       "%x = input : f32[1, 2, 3]\n"
       "%a = transpose %x {perm=[0, 2, 1]} : f32[1, 3, 2]\n"
       "%b = transpose %a {perm=[0, 2, 1]} : f32[1, 2, 3]\n"
       "%y = output %b : f32[1, 2, 3]\n",
       ""},
      {"axes of size 1",
       "%x = input : f32[1, 3, 3, 1]\n"
       "%a = transpose %x {perm=[0, 3, 1, 2]} : f32[1, 1, 3, 3]\n"
       "%y = output %a : f32[1, 1, 3, 3]\n",
       "reshape"},
      {"the order of the input stays",
       "%x = input : f32[1, 3, 3, 2]\n"
       "%r = relu %x : f32[1, 3, 3, 2]\n"
       "%k = input : f32[2]\n"
       "%b = add %r, %k : f32[1, 3, 3, 2]\n"
       "%a = transpose %b {perm=[0, 3, 1, 2]} : f32[1, 2, 3, 3]\n"
       "%y = output %a : f32[1, 2, 3, 3]\n",
       "transpose relu add"},
      {"empty moves",
       "%x = input : f32[1, 2, 3]\n"
       "%a = padding %x {pads=[0, 0, 0, 0, 0, 0]} : f32[1, 2, 3]\n"
       "%b = slice %a {starts=[0, 0, 0], steps_of=[1, 1, 1], shape=[1, 2, 3]} : "
       "f32[1, 2, 3]\n"
       "%c = concat %b {axis=1} : f32[1, 2, 3]\n"
       "%y = output %c : f32[1, 2, 3]\n",
       ""},
  };
  check_rows(state, pass_simplify_shapes, rows, N_OF(rows));
}

#define CONV_TO_HWC                                                                                \
  "%x = input : f32[1, 2, 4, 4]\n"                                                                 \
  "%w = input : f32[3, 2, 2, 2]\n"                                                                 \
  "%c = conv %x, %w : f32[1, 3, 3, 3]\n"                                                           \
  "%t = transpose %c {perm=[0, 2, 3, 1]} : f32[1, 3, 3, 3]\n"

static void transposes_sink_into_what_follows(void **state) {
  static const struct row rows[] = {
      {"bias, relu, padding, back",
       CONV_TO_HWC "%k = input : f32[3]\n"
                   "%a = add %t, %k : f32[1, 3, 3, 3]\n"
                   "%r = relu %a : f32[1, 3, 3, 3]\n"
                   "%p = padding %r {pads=[0, 1, 0, 0, 0, 0, 1, 0]} : f32[1, 4, 4, 3]\n"
                   "%b = transpose %p {perm=[0, 3, 1, 2]} : f32[1, 3, 4, 4]\n"
                   "%m = maxpool %b {kernel=[2, 2]} : f32[1, 3, 3, 3]\n"
                   "%y = output %m : f32[1, 3, 3, 3]\n",
       "conv add relu maxpool"},
      {"into the columns of a dense",
       CONV_TO_HWC "%f = reshape %t {shape=[1, 27]} : f32[1, 27]\n"
                   "%d = input : f32[2, 27]\n"
                   "%e = dense %f, %d : f32[1, 2]\n"
                   "%y = output %e : f32[1, 2]\n",
       "conv reshape dense"},
      {"behind sums and concats of their kind",
       CONV_TO_HWC "%r = relu %c : f32[1, 3, 3, 3]\n"
                   "%u = transpose %r {perm=[0, 2, 3, 1]} : f32[1, 3, 3, 3]\n"
                   "%a = add %t, %u : f32[1, 3, 3, 3]\n"
                   "%v = transpose %c {perm=[0, 2, 3, 1]} : f32[1, 3, 3, 3]\n"
                   "%j = concat %a, %v {axis=3} : f32[1, 3, 3, 6]\n"
                   "%b = transpose %j {perm=[0, 3, 1, 2]} : f32[1, 6, 3, 3]\n"
                   "%y = output %b : f32[1, 6, 3, 3]\n",
       "conv relu add concat"},
      {"a dense on a transposed input",
       "%x = input : f32[1, 2, 2, 3]\n"
       "%t = transpose %x {perm=[0, 3, 1, 2]} : f32[1, 3, 2, 2]\n"
       "%f = reshape %t {shape=[1, 12]} : f32[1, 12]\n"
       "%w = input : f32[2, 12]\n"
       "%d = dense %f, %w : f32[1, 2]\n"
       "%y = output %d : f32[1, 2]\n",
       "reshape dense"},
  };
  check_rows(state, pass_simplify_shapes, rows, N_OF(rows));
}

#define PADDED(before) "%x = input : f32[1, 2, 4, 4]\n" before "%w = input : f32[2, 2, 3, 3]\n"

static void padding_goes_into_the_window_where_it_means_the_same(void **state) {
  static const struct row rows[] = {
      {"conv",
       PADDED("%p = padding %x {pads=[0, 0, 1, 0, 0, 0, 1, 2]} : f32[1, 2, 6, 6]\n") "%c = conv "
                                                                                     "%p, %w "
                                                                                     "{pad=[0, 1, "
                                                                                     "0, 0]} : "
                                                                                     "f32[1, 2, "
                                                                                     "4, 5]\n"
                                                                                     "%y = output "
                                                                                     "%c : f32[1, "
                                                                                     "2, 4, 5]\n",
       "conv"},
      {"conv of another value",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 1, 1], value_f=0x1p+0} : f32[1, 2, 6, "
              "6]\n") "%c = conv %p, %w : f32[1, 2, 4, 4]\n"
                      "%y = output %c : f32[1, 2, 4, 4]\n",
       "padding conv"},
      {"more than the window reaches",
       PADDED("%p = padding %x {pads=[0, 0, 3, 3, 0, 0, 3, 3]} : f32[1, 2, 10, 10]\n") "%c = conv "
                                                                                       "%p, %w : "
                                                                                       "f32[1, 2, "
                                                                                       "8, 8]\n"
                                                                                       "%y = "
                                                                                       "output %c "
                                                                                       ": f32[1, "
                                                                                       "2, 8, "
                                                                                       "8]\n",
       "padding conv"},
      {"average",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n") "%c = "
                                                                                     "avgpool %p "
                                                                                     "{kernel=[2, "
                                                                                     "2]} : "
                                                                                     "f32[1, 2, "
                                                                                     "4, 4]\n"
                                                                                     "%y = output "
                                                                                     "%c : f32[1, "
                                                                                     "2, 4, 4]\n",
       "avgpool"},
      {"average that does not count its own",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n") "%c = "
                                                                                     "avgpool %p "
                                                                                     "{kernel=[3, "
                                                                                     "3], pad=[0, "
                                                                                     "0, 1, 1]} : "
                                                                                     "f32[1, 2, "
                                                                                     "4, 4]\n"
                                                                                     "%y = output "
                                                                                     "%c : f32[1, "
                                                                                     "2, 4, 4]\n",
       "padding avgpool"},
      {"largest of what may be negative",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n") "%c = "
                                                                                     "maxpool %p "
                                                                                     "{kernel=[2, "
                                                                                     "2]} : "
                                                                                     "f32[1, 2, "
                                                                                     "4, 4]\n"
                                                                                     "%y = output "
                                                                                     "%c : f32[1, "
                                                                                     "2, 4, 4]\n",
       "padding maxpool"},
      {"largest of what is not negative",
       PADDED("%r = relu %x : f32[1, 2, 4, 4]\n"
              "%p = padding %r {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n") "%c = "
                                                                                     "maxpool %p "
                                                                                     "{kernel=[2, "
                                                                                     "2]} : "
                                                                                     "f32[1, 2, "
                                                                                     "4, 4]\n"
                                                                                     "%y = output "
                                                                                     "%c : f32[1, "
                                                                                     "2, 4, 4]\n",
       "relu maxpool"},
  };
  check_rows(state, pass_simplify_shapes, rows, N_OF(rows));
}

/* ---- fold-affine ---- */

static void added_constants_become_biases(void **state) {
  static const struct row rows[] = {
      {"matmul and two sums",
       "%x = input : f32[1, 4]\n"
       "%w = input : f32[4, 3]\n"
       "%m = matmul %x, %w : f32[1, 3]\n"
       "%k = input : f32[1, 3]\n"
       "%a = add %m, %k : f32[1, 3]\n"
       "%l = input : f32[1]\n"
       "%b = add %a, %l : f32[1, 3]\n"
       "%y = output %b : f32[1, 3]\n",
       "dense"},
      {"conv",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%w = input : f32[3, 2, 3, 3]\n"
       "%c = conv %x, %w : f32[1, 3, 2, 2]\n"
       "%k = input : f32[3, 1, 1]\n"
       "%a = add %c, %k : f32[1, 3, 2, 2]\n"
       "%y = output %a : f32[1, 3, 2, 2]\n",
       "conv"},
      {"behind max-pool and reshape",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%w = input : f32[3, 2, 3, 3]\n"
       "%c = conv %x, %w : f32[1, 3, 2, 2]\n"
       "%p = maxpool %c {kernel=[2, 1]} : f32[1, 3, 1, 2]\n"
       "%k = input : f32[3, 1, 1]\n"
       "%a = add %p, %k : f32[1, 3, 1, 2]\n"
       "%r = reshape %a {shape=[1, 3, 2]} : f32[1, 3, 2]\n"
       "%y = output %r : f32[1, 3, 2]\n",
       "conv maxpool reshape"},
      {"behind a reshape",
       "%x = input : f32[1, 4]\n"
       "%w = input : f32[3, 4]\n"
       "%d = dense %x, %w : f32[1, 3]\n"
       "%r = reshape %d {shape=[1, 3, 1]} : f32[1, 3, 1]\n"
       "%k = input : f32[3, 1]\n"
       "%a = add %r, %k : f32[1, 3, 1]\n"
       "%y = output %a : f32[1, 3, 1]\n",
       "dense reshape"},
      {"ahead of conv without padding",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%k = input : f32[1, 2, 1, 1]\n"
       "%a = add %x, %k : f32[1, 2, 4, 4]\n"
       "%w = input : f32[4, 1, 3, 3]\n"
       "%c = conv %a, %w {group=2} : f32[1, 4, 2, 2]\n"
       "%y = output %c : f32[1, 4, 2, 2]\n",
       "conv"},
      {"ahead of conv with padding",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%k = input : f32[1, 2, 1, 1]\n"
       "%a = add %x, %k : f32[1, 2, 4, 4]\n"
       "%w = input : f32[2, 2, 3, 3]\n"
       "%c = conv %a, %w {pad=[1, 1, 1, 1]} : f32[1, 2, 4, 4]\n"
       "%y = output %c : f32[1, 2, 4, 4]\n",
       "add conv"},
      {"one for each pixel stays",
       "%x = input : f32[1, 2, 3, 3]\n"
       "%w = input : f32[1, 2, 2, 2]\n"
       "%c = conv %x, %w : f32[1, 1, 2, 2]\n"
       "%k = input : f32[2, 2]\n"
       "%a = add %c, %k : f32[1, 1, 2, 2]\n"
       "%y = output %a : f32[1, 1, 2, 2]\n",
       "conv add"},
      {"a sum that others use stays",
       "%x = input : f32[1, 4]\n"
       "%w = input : f32[3, 4]\n"
       "%d = dense %x, %w : f32[1, 3]\n"
       "%k = input : f32[3]\n"
       "%a = add %d, %k : f32[1, 3]\n"
       "%b = add %a, %d : f32[1, 3]\n"
       "%y = output %b : f32[1, 3]\n",
       "dense add add"},
  };
  check_rows(state, pass_fold_affine, rows, N_OF(rows));
}

/* ---- fold-batchnorm ---- */

#define NORM2 "%p = input : f32[2]\n%b = input : f32[2]\n%m = input : f32[2]\n%v = input : f32[2]\n"
#define BN(x) "batchnorm %" x ", %p, %b, %m, %v {epsilon=0x1p-10}"

static void batchnorms_merge_with_their_conv(void **state) {
  static const struct row rows[] = {
      {"conv before",
       NORM2 "%x = input : f32[1, 2, 4, 4]\n"
             "%w = input : f32[2, 1, 3, 3]\n"
             "%k = input : f32[2]\n"
             "%c = conv %x, %w, %k {pad=[1, 1, 1, 1], group=2} : f32[1, 2, 4, 4]\n"
             "%n = " BN("c") " : f32[1, 2, 4, 4]\n"
                             "%y = output %n : f32[1, 2, 4, 4]\n",
       "conv"},
      {"dense before, through reshapes",
       NORM2 "%x = input : f32[1, 4]\n"
             "%w = input : f32[2, 4]\n"
             "%d = dense %x, %w : f32[1, 2]\n"
             "%u = reshape %d {shape=[1, 2, 1]} : f32[1, 2, 1]\n"
             "%n = " BN("u") " : f32[1, 2, 1]\n"
                             "%y = output %n : f32[1, 2, 1]\n",
       "dense reshape"},
      {"max-pool between, scales above 0",
       NORM2 "%x = input : f32[1, 2, 4, 4]\n"
             "%w = input : f32[2, 2, 3, 3]\n"
             "%c = conv %x, %w : f32[1, 2, 2, 2]\n"
             "%q = maxpool %c {kernel=[2, 2], pad=[1, 1, 0, 0]} : f32[1, 2, 2, 2]\n"
             "%n = " BN("q") " : f32[1, 2, 2, 2]\n"
                             "%y = output %n : f32[1, 2, 2, 2]\n",
       "conv maxpool"},
      {"not across a relu, and not into padding",
       NORM2 "%x = input : f32[1, 2, 4, 4]\n"
             "%w = input : f32[2, 2, 3, 3]\n"
             "%c = conv %x, %w : f32[1, 2, 2, 2]\n"
             "%r = relu %c : f32[1, 2, 2, 2]\n"
             "%n = " BN("r") " : f32[1, 2, 2, 2]\n"
                             "%w2 = input : f32[1, 2, 3, 3]\n"
                             "%d = conv %n, %w2 {pad=[1, 1, 1, 1]} : f32[1, 1, 2, 2]\n"
                             "%y = output %d : f32[1, 1, 2, 2]\n",
       "conv relu batchnorm conv"},
      {"behind a relu into the next conv",
       NORM2 "%x = input : f32[1, 2, 4, 4]\n"
             "%r = relu %x : f32[1, 2, 4, 4]\n"
             "%n = " BN("r") " : f32[1, 2, 4, 4]\n"
                             "%w = input : f32[3, 2, 3, 3]\n"
                             "%d = conv %n, %w : f32[1, 3, 2, 2]\n"
                             "%y = output %d : f32[1, 3, 2, 2]\n",
       "relu conv"},
      {"behind a relu, through pool and flatten into the dense",
       NORM2 "%x = input : f32[1, 2, 4, 4]\n"
             "%r = relu %x : f32[1, 2, 4, 4]\n"
             "%n = " BN("r") " : f32[1, 2, 4, 4]\n"
                             "%q = avgpool %n {kernel=[2, 2], stride=[2, 2]} : f32[1, 2, 2, 2]\n"
                             "%f = reshape %q {shape=[1, 8]} : f32[1, 8]\n"
                             "%w = input : f32[3, 8]\n"
                             "%d = dense %f, %w : f32[1, 3]\n"
                             "%y = output %d : f32[1, 3]\n",
       "relu avgpool reshape dense"},
      {"a conv with two users keeps its values",
       NORM2 "%x = input : f32[1, 2, 4, 4]\n"
             "%w = input : f32[2, 2, 3, 3]\n"
             "%c = conv %x, %w : f32[1, 2, 2, 2]\n"
             "%n = " BN("c") " : f32[1, 2, 2, 2]\n"
                             "%a = add %n, %c : f32[1, 2, 2, 2]\n"
                             "%y = output %a : f32[1, 2, 2, 2]\n",
       "conv batchnorm add"},
  };
  check_rows(state, pass_fold_batchnorm, rows, N_OF(rows));
}

/* ---- relu-before-maxpool ---- */

static void relus_move_to_the_sums_they_cut_off(void **state) {
  static const struct row rows[] = {
      {"max-pool",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%w = input : f32[2, 2, 1, 1]\n"
       "%c = conv %x, %w : f32[1, 2, 4, 4]\n"
       "%p = maxpool %c {kernel=[2, 2], stride=[2, 2]} : f32[1, 2, 2, 2]\n"
       "%f = reshape %p {shape=[1, 8]} : f32[1, 8]\n"
       "%r = clip %f {min=-0x1p-3, max=0x1p-1} : f32[1, 8]\n"
       "%y = output %r : f32[1, 8]\n",
       "conv clip maxpool reshape"},
      {"concat",
       "%x = input : f32[1, 2, 2, 2]\n"
       "%w = input : f32[2, 2, 1, 1]\n"
       "%c = conv %x, %w : f32[1, 2, 2, 2]\n"
       "%j = concat %c, %x {axis=1} : f32[1, 4, 2, 2]\n"
       "%r = relu %j : f32[1, 4, 2, 2]\n"
       "%y = output %r : f32[1, 4, 2, 2]\n",
       "conv relu relu concat"},
      {"a pool that others use stays",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%w = input : f32[2, 2, 1, 1]\n"
       "%c = conv %x, %w : f32[1, 2, 4, 4]\n"
       "%p = maxpool %c {kernel=[2, 2]} : f32[1, 2, 3, 3]\n"
       "%r = relu %p : f32[1, 2, 3, 3]\n"
       "%a = add %r, %p : f32[1, 2, 3, 3]\n"
       "%y = output %a : f32[1, 2, 3, 3]\n",
       "conv maxpool relu add"},
  };
  check_rows(state, pass_relu_before_maxpool, rows, N_OF(rows));
}

/* ---- merge-linear ---- */

static void linear_layers_that_follow_each_other_become_one(void **state) {
  static const struct row rows[] = {
      {"dense",
       "%x = input : f32[1, 6]\n"
       "%w1 = input : f32[5, 6]\n"
       "%b1 = input : f32[5]\n"
       "%a = dense %x, %w1, %b1 : f32[1, 5]\n"
       "%w2 = input : f32[4, 5]\n"
       "%b = dense %a, %w2 : f32[1, 4]\n"
       "%w3 = input : f32[2, 4]\n"
       "%c = dense %b, %w3 : f32[1, 2]\n"
       "%y = output %c : f32[1, 2]\n",
       "dense"},
      {"dense through a narrow place",
       "%x = input : f32[1, 9]\n"
       "%w1 = input : f32[1, 9]\n"
       "%a = dense %x, %w1 : f32[1, 1]\n"
       "%w2 = input : f32[9, 1]\n"
       "%b = dense %a, %w2 : f32[1, 9]\n"
       "%y = output %b : f32[1, 9]\n",
       "dense dense"},
      {"average of a strided, padded conv",
       "%x = input : f32[1, 2, 9, 9]\n"
       "%w = input : f32[4, 1, 3, 3]\n"
       "%b = input : f32[4]\n"
       "%c = conv %x, %w, %b {stride=[2, 1], pad=[1, 1, 0, 1], group=2} : f32[1, 4, 4, 9]\n"
       "%p = avgpool %c {kernel=[2, 3], stride=[2, 3]} : f32[1, 4, 2, 3]\n"
       "%y = output %p : f32[1, 4, 2, 3]\n",
       "conv"},
      {"conv, global average, dense",
       "%x = input : f32[1, 2, 5, 5]\n"
       "%w = input : f32[4, 2, 3, 3]\n"
       "%c = conv %x, %w {pad=[1, 1, 1, 1]} : f32[1, 4, 5, 5]\n"
       "%p = global_avgpool %c : f32[1, 4, 1, 1]\n"
       "%f = reshape %p {shape=[1, 4]} : f32[1, 4]\n"
       "%w2 = input : f32[2, 4]\n"
       "%b2 = input : f32[2]\n"
       "%d = dense %f, %w2, %b2 : f32[1, 2]\n"
       "%y = output %d : f32[1, 2]\n",
       "conv reshape"},
      {"conv behind conv",
       "%x = input : f32[1, 2, 6, 6]\n"
       "%w = input : f32[5, 2, 3, 3]\n"
       "%c = conv %x, %w {pad=[1, 1, 1, 1]} : f32[1, 5, 6, 6]\n"
       "%w2 = input : f32[2, 5, 2, 2]\n"
       "%b2 = input : f32[2]\n"
       "%d = conv %c, %w2, %b2 {stride=[2, 2]} : f32[1, 2, 3, 3]\n"
       "%y = output %d : f32[1, 2, 3, 3]\n",
       "conv"},
      {"a conv that pads what it reads",
       "%x = input : f32[1, 2, 6, 6]\n"
       "%w = input : f32[3, 2, 3, 3]\n"
       "%c = conv %x, %w : f32[1, 3, 4, 4]\n"
       "%w2 = input : f32[2, 3, 2, 2]\n"
       "%d = conv %c, %w2 {pad=[1, 1, 0, 0]} : f32[1, 2, 4, 4]\n"
       "%y = output %d : f32[1, 2, 4, 4]\n",
       "conv conv"},
      {"a mean that would take too much comes first",
       "%x = input : f32[1, 8, 12, 12]\n"
       "%w = input : f32[8, 8, 1, 1]\n"
       "%c = conv %x, %w : f32[1, 8, 12, 12]\n"
       "%p = global_avgpool %c : f32[1, 8, 1, 1]\n"
       "%y = output %p : f32[1, 8, 1, 1]\n",
       "global_avgpool conv"},
      {"a relu between keeps them apart",
       "%x = input : f32[1, 6]\n"
       "%w1 = input : f32[5, 6]\n"
       "%a = dense %x, %w1 : f32[1, 5]\n"
       "%r = relu %a : f32[1, 5]\n"
       "%w2 = input : f32[4, 5]\n"
       "%b = dense %r, %w2 : f32[1, 4]\n"
       "%y = output %b : f32[1, 4]\n",
       "dense relu dense"},
  };
  check_rows(state, pass_merge_linear, rows, N_OF(rows));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(one_sample_of_a_batch_gives_the_first_row),
      TEST(a_network_that_mixes_its_samples_is_refused_by_name),
      TEST(constants_are_evaluated_and_identities_dropped),
      TEST(moves_of_elements_merge),
      TEST(transposes_sink_into_what_follows),
      TEST(padding_goes_into_the_window_where_it_means_the_same),
      TEST(added_constants_become_biases),
      TEST(batchnorms_merge_with_their_conv),
      TEST(relus_move_to_the_sums_they_cut_off),
      TEST(linear_layers_that_follow_each_other_become_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
