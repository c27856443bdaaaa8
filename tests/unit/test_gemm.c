/* The matrix product, with every instruction set of this machine, against its definition: sums of
 * random floats in the order of ir/exec/gemm.h, so a wrong order shows. */
#include "graphs.h"

#include "ir/exec/gemm.h"
#include "ir/exec/isa.h"

enum { MAX = 512 * 512 };

static float a[MAX], b[MAX], got[MAX], want[MAX];

static float by_blocks(const struct gemm *p, int64_t i, int64_t j) {
  float c = p->add ? p->c[i * p->ldc + j] : 0;

  for (int64_t from = 0; from < p->k; from += GEMM_BLOCK) {
    float sum = 0;
    for (int64_t k = from; k < p->k && k < from + GEMM_BLOCK; k++)
      sum += p->a[i * p->k + k] * p->b[p->b_is_transposed ? j * p->ldb + k : k * p->ldb + j];
    c += sum;
  }
  return c;
}

static float by_lanes(const struct gemm *p, int64_t j) {
  float lane[GEMM_LANES] = {0}, c = p->add ? p->c[j] : 0;
  int64_t whole = p->k / GEMM_LANES * GEMM_LANES;

  for (int64_t k = 0; k < whole; k++)
    lane[k % GEMM_LANES] += p->a[k] * p->b[j * p->ldb + k];
  for (int l = 0; l < 8; l++)
    lane[l] += lane[l + 8];
  for (int l = 0; l < 4; l++)
    lane[l] += lane[l + 4];
  lane[0] = lane[0] + lane[2] + (lane[1] + lane[3]);
  for (int64_t k = whole; k < p->k; k++)
    lane[0] += p->a[k] * p->b[j * p->ldb + k];
  return c + lane[0];
}

static void check(struct graphs_random *r, struct gemm p) {
  static gemm_fn *const variant[N_ISA] = {
    gemm_baseline,
#if defined(__x86_64__)
    gemm_avx2,
    gemm_avx512,
#endif
  };
  int64_t n_c = p.m * p.ldc;
  float start[MAX / 8];

  assert_true(n_c <= MAX / 8 && p.m * p.k <= MAX && (p.k + p.n) * p.ldb <= MAX);
  graphs_random_fill(r, a, p.m * p.k);
  graphs_random_fill(r, b, (p.b_is_transposed ? p.n : p.k) * p.ldb);
  graphs_random_fill(r, start, n_c);
  p.a = a;
  p.b = b;
  p.c = start;
  memcpy(want, start, (size_t)n_c * sizeof *want); /* what lies between rows stays */
  for (int64_t i = 0; i < p.m; i++)
    for (int64_t j = 0; j < p.n; j++)
      want[i * p.ldc + j] = p.m == 1 && p.b_is_transposed ? by_lanes(&p, j) : by_blocks(&p, i, j);
  p.c = got;
  for (int v = 0; v <= (int)isa_best(); v++) {
    memcpy(got, start, (size_t)n_c * sizeof *got);
    variant[v](&p);
    assert_memory_equal(got, want, (size_t)n_c * sizeof *got);
  }
}

static void every_variant_adds_in_the_written_order(void **state) {
  static const int64_t m[] = {1, 2, 3, 4, 5, 8, 11}, n[] = {1, 3, 8, 16, 31, 32, 33, 70},
                       k[] = {1, 2, 15, 16, 17, 127, 128, 129, 300};
  struct graphs_random r = {11};

  (void)state;
  for (size_t i = 0; i < sizeof m / sizeof *m; i++)
    for (size_t j = 0; j < sizeof n / sizeof *n; j++)
      for (size_t l = 0; l < sizeof k / sizeof *k; l++)
        for (int how = 0; how < 4; how++) {
          bool is_transposed = how % 2;
          struct gemm p = {.m = m[i],
                           .n = n[j],
                           .k = k[l],
                           .ldb = (is_transposed ? k[l] : n[j]) + how,
                           .ldc = n[j] + how,
                           .b_is_transposed = is_transposed,
                           .add = how / 2};
          check(&r, p);
        }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_variant_adds_in_the_written_order),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
