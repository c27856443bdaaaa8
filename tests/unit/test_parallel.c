#include "ir/exec/parallel.h"

#include "unit.h"

#include <stdatomic.h>

enum { N_ITEMS = 1000, MOST_WORKERS = 300 };

struct tally {
  size_t n_workers;
  atomic_int done[N_ITEMS];
  atomic_bool bad_worker;
};

static void count_item(void *ctx, size_t worker, size_t item) {
  struct tally *t = ctx;

  atomic_fetch_add(&t->done[item], 1);
  if (worker >= t->n_workers)
    atomic_store(&t->bad_worker, true);
}

static void every_item_is_done_once(void **state) {
  static const size_t workers[] = {1, 2, 7, 64, MOST_WORKERS};
  static const size_t items[] = {0, 1, 3, N_ITEMS};

  (void)state;
  for (size_t w = 0; w < sizeof workers / sizeof *workers; w++)
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
      struct tally t = {.n_workers = workers[w]};
      parallel_run(workers[w], items[i], count_item, &t);
      for (size_t k = 0; k < N_ITEMS; k++)
        assert_int_equal(atomic_load(&t.done[k]), k < items[i] ? 1 : 0);
      assert_false(atomic_load(&t.bad_worker));
    }
}

static void jobs_lie_between_1_and_256(void **state) {
  (void)state;
  assert_in_range(parallel_jobs(0), 1, 256);
  assert_int_equal(parallel_jobs(-3), parallel_jobs(0));
  assert_int_equal(parallel_jobs(1), 1);
  assert_int_equal(parallel_jobs(5), 5);
  assert_int_equal(parallel_jobs(100000), 256);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_item_is_done_once),
      cmocka_unit_test(jobs_lie_between_1_and_256),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
