/* What is rearranged so that spikes stand between all layers, on small networks with random
 * weights: the outputs stay what they were, and the ops become those of the row. */
#include "tests/unit/passes_check.h"

#include "passes/passes.h"

/* ---- merge-needed ---- */

static void layers_without_spikes_between_them_become_one(void **state) {
  static const struct row rows[] = {
      {"dense through a place that is narrow",
       "%x = input : f32[1, 9]\n"
       "%w1 = input : f32[4, 9]\n"
       "%a = dense %x, %w1 : f32[1, 4]\n"
       "%w2 = input : f32[9, 4]\n"
       "%b = dense %a, %w2 : f32[1, 9]\n"
       "%y = output %b : f32[1, 9]\n",
       "dense"},
      {"one that would take more than 8 times the multiplications stays",
       "%x = input : f32[1, 20]\n"
       "%w1 = input : f32[1, 20]\n"
       "%a = dense %x, %w1 : f32[1, 1]\n"
       "%w2 = input : f32[20, 1]\n"
       "%b = dense %a, %w2 : f32[1, 20]\n"
       "%y = output %b : f32[1, 20]\n",
       "dense dense"},
      {"depthwise conv, then one over all channels",
       "%x = input : f32[1, 2, 6, 6]\n"
       "%w = input : f32[4, 1, 3, 3]\n"
       "%b = input : f32[4]\n"
       "%c = conv %x, %w, %b {group=2, pad=[1, 0, 1, 0]} : f32[1, 4, 6, 4]\n"
       "%w2 = input : f32[3, 4, 1, 1]\n"
       "%d = conv %c, %w2 {stride=[2, 1]} : f32[1, 3, 3, 4]\n"
       "%y = output %d : f32[1, 3, 3, 4]\n",
       "conv"},
      {"conv, flatten, dense",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%w = input : f32[3, 2, 2, 2]\n"
       "%b = input : f32[3]\n"
       "%c = conv %x, %w, %b {stride=[2, 1]} : f32[1, 3, 2, 3]\n"
       "%f = reshape %c {shape=[1, 18]} : f32[1, 18]\n"
       "%w2 = input : f32[4, 18]\n"
       "%b2 = input : f32[4]\n"
       "%d = dense %f, %w2, %b2 : f32[1, 4]\n"
       "%y = output %d : f32[1, 4]\n",
       "conv reshape"},
      {"dense behind what is joined",
       "%x = input : f32[1, 8]\n"
       "%r = relu %x : f32[1, 8]\n"
       "%w1 = input : f32[3, 8]\n"
       "%a = dense %x, %w1 : f32[1, 3]\n"
       "%j = concat %r, %a, %x {axis=1} : f32[1, 19]\n"
       "%w = input : f32[2, 19]\n"
       "%b = input : f32[2]\n"
       "%d = dense %j, %w, %b : f32[1, 2]\n"
       "%y = output %d : f32[1, 2]\n",
       "relu dense dense add dense add"},
  };
  check_rows(state, pass_merge_needed, rows, N_OF(rows));
}

static void averages_of_what_is_no_spikes_merge_with_what_reads_them(void **state) {
  static const struct row rows[] = {
      {"average of the input, then conv with padding",
       "%x = input : f32[1, 2, 7, 6]\n"
       "%p = avgpool %x {kernel=[2, 1], stride=[2, 2]} : f32[1, 2, 3, 3]\n"
       "%w = input : f32[3, 2, 3, 3]\n"
       "%b = input : f32[3]\n"
       "%c = conv %p, %w, %b {pad=[1, 2, 0, 1]} : f32[1, 3, 2, 4]\n"
       "%y = output %c : f32[1, 3, 2, 4]\n",
       "conv"},
      {"padding behind an average that leaves out a row",
       "%x = input : f32[1, 2, 7, 6]\n"
       "%p = avgpool %x {kernel=[2, 2], stride=[2, 2]} : f32[1, 2, 3, 3]\n"
       "%w = input : f32[3, 2, 3, 3]\n"
       "%c = conv %p, %w {pad=[1, 1, 1, 1]} : f32[1, 3, 3, 3]\n"
       "%y = output %c : f32[1, 3, 3, 3]\n",
       "conv conv"},
      {"average of the input with padding that counts, then dense",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%p = avgpool %x {kernel=[3, 3], stride=[2, 2], pad=[1, 1, 1, 1], count_pad=1} : "
       "f32[1, 2, 2, 2]\n"
       "%f = reshape %p {shape=[1, 8]} : f32[1, 8]\n"
       "%w = input : f32[3, 8]\n"
       "%d = dense %f, %w : f32[1, 3]\n"
       "%y = output %d : f32[1, 3]\n",
       "conv reshape"},
      {"average of all of the input",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%p = global_avgpool %x : f32[1, 2, 1, 1]\n"
       "%f = reshape %p {shape=[1, 2]} : f32[1, 2]\n"
       "%w = input : f32[3, 2]\n"
       "%d = dense %f, %w : f32[1, 3]\n"
       "%y = output %d : f32[1, 3]\n",
       "conv reshape"},
      {"average of spikes stays",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%r = relu %x : f32[1, 2, 4, 4]\n"
       "%p = avgpool %r {kernel=[2, 2]} : f32[1, 2, 3, 3]\n"
       "%w = input : f32[3, 2, 1, 1]\n"
       "%c = conv %p, %w : f32[1, 3, 3, 3]\n"
       "%y = output %c : f32[1, 3, 3, 3]\n",
       "relu avgpool conv"},
  };
  check_rows(state, pass_merge_needed, rows, N_OF(rows));
}

/* ---- fold-batchnorm, fold-affine ---- */

/* The parameters of a batchnorm over this many channels. */
#define NORM(n)                                                                                    \
  "%gamma = input : f32[" n "]\n%beta = input : f32[" n "]\n%mean = input : f32[" n                \
  "]\n%var = input : f32[" n "]\n"
#define NORM2 NORM("2")
#define NORM4 NORM("4")

static void batchnorms_become_a_bias_of_each_neuron(void **state) {
  static const struct row rows[] = {
      {"ahead of a conv with padding",
       "%x = input : f32[1, 2, 4, 4]\n" NORM2
       "%n = batchnorm %x, %gamma, %beta, %mean, %var : f32[1, 2, 4, 4]\n"
       "%w = input : f32[4, 1, 3, 3]\n"
       "%b = input : f32[4]\n"
       "%c = conv %n, %w, %b {pad=[1, 1, 0, 1], group=2, stride=[2, 1]} : f32[1, 4, 2, 4]\n"
       "%y = output %c : f32[1, 4, 2, 4]\n",
       "conv add"},
      {"on both sides of it",
       "%x = input : f32[1, 2, 4, 4]\n" NORM2
       "%n = batchnorm %x, %gamma, %beta, %mean, %var : f32[1, 2, 4, 4]\n"
       "%w = input : f32[2, 2, 3, 3]\n"
       "%c = conv %n, %w {pad=[1, 1, 1, 1]} : f32[1, 2, 4, 4]\n"
       "%m = batchnorm %c, %gamma, %beta, %mean, %var : f32[1, 2, 4, 4]\n"
       "%y = output %m : f32[1, 2, 4, 4]\n",
       "conv add"},
      {"behind a conv and a constant for each pixel",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%w = input : f32[2, 2, 3, 3]\n"
       "%c = conv %x, %w : f32[1, 2, 2, 2]\n"
       "%k = input : f32[1, 2, 2, 2]\n"
       "%a = add %c, %k : f32[1, 2, 2, 2]\n" NORM2
       "%m = batchnorm %a, %gamma, %beta, %mean, %var : f32[1, 2, 2, 2]\n"
       "%y = output %m : f32[1, 2, 2, 2]\n",
       "conv add"},
      {"a part for each of what is joined",
       "%x = input : f32[1, 2, 3, 3]\n"
       "%w1 = input : f32[3, 2, 2, 2]\n"
       "%c1 = conv %x, %w1 : f32[1, 3, 2, 2]\n"
       "%w2 = input : f32[1, 2, 2, 2]\n"
       "%c2 = conv %x, %w2 : f32[1, 1, 2, 2]\n"
       "%j = concat %c1, %c2 {axis=1} : f32[1, 4, 2, 2]\n" NORM4
       "%m = batchnorm %j, %gamma, %beta, %mean, %var : f32[1, 4, 2, 2]\n"
       "%r = relu %m : f32[1, 4, 2, 2]\n"
       "%y = output %r : f32[1, 4, 2, 2]\n",
       "conv conv concat relu"},
  };
  check_rows(state, pass_fold_batchnorm, rows, N_OF(rows));
}

static void constants_become_a_bias_of_each_neuron(void **state) {
  static const struct row rows[] = {
      {"a mean of every pixel",
       "%x = input : f32[1, 2, 4, 4]\n"
       "%k = input : f32[2, 4, 4]\n"
       "%a = add %x, %k : f32[1, 2, 4, 4]\n"
       "%w = input : f32[2, 2, 3, 3]\n"
       "%b = input : f32[2]\n"
       "%c = conv %a, %w, %b : f32[1, 2, 2, 2]\n"
       "%k2 = input : f32[2]\n"
       "%d = add %c, %k2 : f32[1, 2, 2, 2]\n"
       "%y = output %d : f32[1, 2, 2, 2]\n",
       "conv add"},
      {"of what is joined",
       "%x = input : f32[1, 4]\n"
       "%w1 = input : f32[3, 4]\n"
       "%d1 = dense %x, %w1 : f32[1, 3]\n"
       "%r = relu %x : f32[1, 4]\n"
       "%j = concat %d1, %r {axis=1} : f32[1, 7]\n"
       "%k = input : f32[7]\n"
       "%a = add %j, %k : f32[1, 7]\n"
       "%y = output %a : f32[1, 7]\n",
       "dense relu add concat"},
  };
  check_rows(state, pass_fold_affine, rows, N_OF(rows));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(layers_without_spikes_between_them_become_one),
      TEST(averages_of_what_is_no_spikes_merge_with_what_reads_them),
      TEST(batchnorms_become_a_bias_of_each_neuron),
      TEST(constants_become_a_bias_of_each_neuron),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
