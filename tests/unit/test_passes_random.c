/* The passes of the analog level on random networks: each alone, and one after the other in the
 * order of the pipeline. A network grows by random steps from one value; one that fails is
 * printed. */
#include "tests/unit/passes_check.h"

#include "passes/passes.h"

enum { N_NETWORKS = 300, N_GROWTHS = 9 };

static void grow_batchnorm(struct net *t) {
  int64_t c = type_of(t, t->x)->dims[1];
  float low = pick(t, 0, 1) ? 0.25F : -1; /* scales above 0 pass a max-pool */
  ir_id more[4] = {constant(t, 1, &c, low), constant(t, 1, &c, -1), constant(t, 1, &c, -1),
                   constant(t, 1, &c, 0.25F)};

  grow(t, IR_BATCHNORM, more, 4, NULL, 0);
}

/* A constant of one number, of one for each channel, or of one for each element. */
static void grow_bias(struct net *t) {
  struct ir_type c = *type_of(t, t->x);
  int64_t kind = pick(t, 0, 3);
  ir_id more;

  for (size_t i = 0; i < c.rank; i++)
    if (kind == 0 || (kind < 3 && i != 1) || i == 0)
      c.dims[i] = 1;
  more = constant(t, c.rank, c.dims, -1);
  grow(t, IR_ADD, &more, 1, NULL, 0);
}

static void grow_transpose(struct net *t) {
  static const int64_t perms[][4] = {{0, 2, 3, 1}, {0, 3, 1, 2}, {0, 1, 3, 2}, {0, 2, 1, 3}};
  struct ir_attr perm = ir_ints(IR_A_PERM, perms[pick(t, 0, 3)], 4);

  grow(t, IR_TRANSPOSE, NULL, 0, &perm, 1);
}

static void grow_padding(struct net *t) {
  int64_t v[8] = {0, 0, pick(t, 0, 1), pick(t, 0, 1), 0, 0, pick(t, 0, 2), pick(t, -1, 1)};
  struct ir_attr attr[] = {ir_ints(IR_A_PADS, v, 8),
                           ir_float(IR_A_VALUE_F, (double)pick(t, -1, 1) * 0.5)};

  grow(t, IR_PADDING, NULL, 0, attr, 2);
}

/* [N, C, H, W] to [N, CHW], [N, C] to [N, C, 1, 1]. */
static void grow_reshape(struct net *t) {
  const struct ir_type *in = type_of(t, t->x);
  int64_t n = in->dims[0], rest = ir_type_count(in) / n;
  struct ir_attr shape = in->rank == 4 ? ir_ints(IR_A_SHAPE, (int64_t[]){n, rest}, 2)
                                       : ir_ints(IR_A_SHAPE, (int64_t[]){n, rest, 1, 1}, 4);

  grow(t, IR_RESHAPE, NULL, 0, &shape, 1);
}

static void grow_elementwise(struct net *t) {
  struct ir_attr bounds[] = {ir_float(IR_A_MIN, (double)pick(t, -1, 0) * 0.5),
                             ir_float(IR_A_MAX, 0.5)};

  if (pick(t, 0, 2))
    grow(t, IR_RELU, NULL, 0, NULL, 0);
  else
    grow(t, IR_CLIP, NULL, 0, bounds, (size_t)pick(t, 0, 2));
}

static void grow_once(struct net *t) {
  switch (pick(t, 0, type_of(t, t->x)->rank == 4 ? 12 : 8)) {
  case 0:
  case 1:
    grow_elementwise(t);
    break;
  case 2:
    grow_bias(t);
    break;
  case 3:
    grow_batchnorm(t);
    break;
  case 4:
    grow_join(t);
    break;
  case 5:
    grow_reshape(t);
    break;
  case 6:
  case 7:
  case 8:
    type_of(t, t->x)->rank == 4 ? grow_conv(t) : grow_dense(t);
    break;
  case 9:
    grow_pool(t, IR_MAXPOOL);
    break;
  case 10:
    grow_pool(t, IR_AVGPOOL);
    break;
  case 11:
    pick(t, 0, 3) ? grow_transpose(t) : (void)grow(t, IR_GLOBAL_AVGPOOL, NULL, 0, NULL, 0);
    break;
  default:
    pick(t, 0, 1) ? grow_transpose(t) : grow_padding(t);
  }
}

static struct ir_graph *random_graph(struct unit *u, uint32_t *seed) {
  struct net t = {.arena = u->comp.arena,
                  .diag = u->comp.diag,
                  .g = ir_graph_new(u->comp.arena, "random"),
                  .seed = *seed};
  int64_t dims[4] = {pick(&t, 1, 2), pick(&t, 1, 3), pick(&t, 3, 6), pick(&t, 3, 6)};

  t.x = ir_append(t.g, u->comp.diag,
                  &(struct ir_node){.op = IR_INPUT, .type = ir_type_make(IR_F32, 4, dims)});
  for (int i = 0; i < N_GROWTHS; i++)
    grow_once(&t);
  grow(&t, IR_OUTPUT, NULL, 0, NULL, 0);
  ir_set_facts(t.g, IR_FACT_SHAPED);
  unit_said(u); /* what could not be appended is no news */
  *seed = t.seed;
  return t.g;
}

static pass_fn *const passes[] = {
    pass_single_sample,  pass_fold_constants,      pass_simplify_shapes, pass_fold_affine,
    pass_fold_batchnorm, pass_relu_before_maxpool, pass_simplify_shapes, pass_merge_linear};
enum { N_PASSES = sizeof(passes) / sizeof(passes[0]) };

/* Transposes may mix the batch; such a network is refused, which is not what is tested here. */
static bool has_single_samples(struct unit *u, const struct ir_graph *g) {
  struct ir_graph *copy = ir_graph_clone(u->comp.arena, g);

  return pass_single_sample(&u->comp, &copy);
}

static void random_networks_compute_the_same_after_each_pass(void **state) {
  struct unit *u = *state;

  for (uint32_t i = 1; i <= N_NETWORKS; i++) {
    uint32_t seed = i;
    struct ir_graph *g = random_graph(u, &seed);
    if (!has_single_samples(u, g))
      continue;
    arena_reset(u->comp.scratch);
    for (size_t k = 0; k < N_PASSES; k++) {
      struct ir_graph *alone = ir_graph_clone(u->comp.arena, g);
      check_pass(u, passes[k], &alone, &seed);
    }
    for (size_t k = 0; k < N_PASSES; k++)
      check_pass(u, passes[k], &g, &seed);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(random_networks_compute_the_same_after_each_pass, unit_begin,
                                      unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
