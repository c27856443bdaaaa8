/* single-sample, fold-constants and simplify-shapes on small networks with random weights: the
 * outputs stay what they were, and the ops become those of the row. */
#include "tests/unit/passes_check.h"

#include "passes/passes.h"

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

/* What pads %x, with more before it, and what reads it, with a weight %w. */
#define PADDED(padding, rest)                                                                      \
  "%x = input : f32[1, 2, 4, 4]\n" padding "%w = input : f32[2, 2, 3, 3]\n" rest

static void padding_goes_into_a_conv_where_it_means_the_same(void **state) {
  static const struct row rows[] = {
      {"conv",
       PADDED("%p = padding %x {pads=[0, 0, 1, 0, 0, 0, 1, 2]} : f32[1, 2, 6, 6]\n",
              "%c = conv %p, %w {pad=[0, 1, 0, 0]} : f32[1, 2, 4, 5]\n"
              "%y = output %c : f32[1, 2, 4, 5]\n"),
       "conv"},
      {"conv of another value",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 1, 1], value_f=0x1p+0} : f32[1, 2, 6, 6]\n",
              "%c = conv %p, %w : f32[1, 2, 4, 4]\n"
              "%y = output %c : f32[1, 2, 4, 4]\n"),
       "padding conv"},
      {"conv that sees padding alone",
       PADDED("%p = padding %x {pads=[0, 0, 3, 3, 0, 0, 3, 3]} : f32[1, 2, 10, 10]\n",
              "%c = conv %p, %w : f32[1, 2, 8, 8]\n"
              "%y = output %c : f32[1, 2, 8, 8]\n"),
       "conv"},
  };
  check_rows(state, pass_simplify_shapes, rows, N_OF(rows));
}

static void padding_goes_into_a_pool_where_it_means_the_same(void **state) {
  static const struct row rows[] = {
      {"average",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n",
              "%c = avgpool %p {kernel=[2, 2]} : f32[1, 2, 4, 4]\n"
              "%y = output %c : f32[1, 2, 4, 4]\n"),
       "avgpool"},
      {"average that does not count its own",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n",
              "%c = avgpool %p {kernel=[3, 3], pad=[0, 0, 1, 1]} : f32[1, 2, 4, 4]\n"
              "%y = output %c : f32[1, 2, 4, 4]\n"),
       "padding avgpool"},
      {"more than a pool's window reaches",
       PADDED("%r = relu %x : f32[1, 2, 4, 4]\n"
              "%p = padding %r {pads=[0, 0, 2, 2, 0, 0, 0, 0]} : f32[1, 2, 6, 6]\n",
              "%c = maxpool %p {kernel=[2, 2]} : f32[1, 2, 5, 5]\n"
              "%y = output %c : f32[1, 2, 5, 5]\n"),
       "relu padding maxpool"},
      {"largest of what may be negative",
       PADDED("%p = padding %x {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n",
              "%c = maxpool %p {kernel=[2, 2]} : f32[1, 2, 4, 4]\n"
              "%y = output %c : f32[1, 2, 4, 4]\n"),
       "padding maxpool"},
      {"largest of what is not negative",
       PADDED("%r = relu %x : f32[1, 2, 4, 4]\n"
              "%p = padding %r {pads=[0, 0, 1, 1, 0, 0, 0, 0]} : f32[1, 2, 5, 5]\n",
              "%c = maxpool %p {kernel=[2, 2]} : f32[1, 2, 4, 4]\n"
              "%y = output %c : f32[1, 2, 4, 4]\n"),
       "relu maxpool"},
  };
  check_rows(state, pass_simplify_shapes, rows, N_OF(rows));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(one_sample_of_a_batch_gives_the_first_row),
      TEST(a_network_that_mixes_its_samples_is_refused_by_name),
      TEST(constants_are_evaluated_and_identities_dropped),
      TEST(moves_of_elements_merge),
      TEST(transposes_sink_into_what_follows),
      TEST(padding_goes_into_a_conv_where_it_means_the_same),
      TEST(padding_goes_into_a_pool_where_it_means_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
