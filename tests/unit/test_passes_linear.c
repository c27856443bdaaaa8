/* The passes that merge linear layers with what is beside them, on small networks with random
 * weights: the outputs stay what they were, and the ops become those of the row. */
#include "tests/unit/passes_check.h"

#include "passes/passes.h"

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
       "conv add"},
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
      {"not across a relu",
       NORM2 "%x = input : f32[1, 2, 4, 4]\n"
             "%w = input : f32[2, 2, 3, 3]\n"
             "%c = conv %x, %w : f32[1, 2, 2, 2]\n"
             "%r = relu %c : f32[1, 2, 2, 2]\n"
             "%n = " BN("r") " : f32[1, 2, 2, 2]\n"
                             "%w2 = input : f32[1, 2, 3, 3]\n"
                             "%d = conv %n, %w2 {pad=[1, 1, 1, 1]} : f32[1, 1, 2, 2]\n"
                             "%y = output %d : f32[1, 1, 2, 2]\n",
       "conv relu conv add"},
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
  };
  check_rows(state, pass_merge_linear, rows, N_OF(rows));
}

static void linear_layers_stay_apart_where_one_would_cost_more_or_not_be(void **state) {
  static const struct row rows[] = {
      {"dense through a narrow place",
       "%x = input : f32[1, 9]\n"
       "%w1 = input : f32[1, 9]\n"
       "%a = dense %x, %w1 : f32[1, 1]\n"
       "%w2 = input : f32[9, 1]\n"
       "%b = dense %a, %w2 : f32[1, 9]\n"
       "%y = output %b : f32[1, 9]\n",
       "dense dense"},
      {"a stride that no window has",
       "%x = input : f32[1, 1, 4, 4]\n"
       "%w = input : f32[2, 1, 3, 3]\n"
       "%c = conv %x, %w {stride=[2, 2], pad=[1, 22, 1, 1]} : f32[1, 2, 2, 13]\n"
       "%p = avgpool %c {kernel=[2, 2], stride=[1, 1073741824]} : f32[1, 2, 1, 1]\n"
       "%y = output %p : f32[1, 2, 1, 1]\n",
       "conv avgpool"},
      {"a pad that no window has",
       "%x = input : f32[1, 1, 4]\n"
       "%w = input : f32[1, 1, 1]\n"
       "%c = conv %x, %w {stride=[2147483647]} : f32[1, 1, 1]\n"
       "%w2 = input : f32[1, 1, 2]\n"
       "%d = conv %c, %w2 {pad=[1, 0]} : f32[1, 1, 1]\n"
       "%y = output %d : f32[1, 1, 1]\n",
       "conv conv"},
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

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(added_constants_become_biases),
      TEST(batchnorms_merge_with_their_conv),
      TEST(relus_move_to_the_sums_they_cut_off),
      TEST(linear_layers_that_follow_each_other_become_one),
      TEST(linear_layers_stay_apart_where_one_would_cost_more_or_not_be),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
