/* Intervals against published and hand-made examples; tables as a terminal shows them. */
#include "tests/unit/unit.h"

#include <math.h>

#include "backends/report/table.h"

static void assert_near(double x, double wanted, double tolerance) {
  if (fabs(x - wanted) > tolerance)
    fail_msg("%g instead of %g", x, wanted);
}

/* Newcombe 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29. */
static void wilson_intervals_are_those_of_newcombe(void **state) {
  static const struct {
    uint64_t right, n;
    double low, high;
  } rows[] = {
      {81, 263, 25.53, 36.62}, {15, 148, 6.24, 16.05}, {0, 20, 0, 16.11}, {1, 29, 0.61, 17.18}};

  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double low, high;

    table_wilson(rows[i].right, rows[i].n, &low, &high);
    assert_near(low, rows[i].low, 0.006);
    assert_near(high, rows[i].high, 0.006);
  }
}

/* By hand: with half a sample added to each outcome, 98 samples have the standard error
 * sqrt(b + c - (b - c)^2 / 100) / 100, where b = lost + 0.5 and c = gained + 0.5. */
static void paired_intervals_know_what_was_lost_and_gained(void **state) {
  static const struct {
    uint64_t lost, gained;
    double mid, error;
  } rows[] = {{0, 0, 0, 1}, {8, 0, 8, 2.891366}, {0, 8, -8, 2.891366}, {12, 12, 0, 5}};

  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double low, high;

    table_paired(rows[i].lost, rows[i].gained, 98, &low, &high);
    assert_near(low, rows[i].mid - 1.959964 * rows[i].error, 1e-5);
    assert_near(high, rows[i].mid + 1.959964 * rows[i].error, 1e-5);
  }
}

static void columns_are_aligned_and_no_line_ends_in_blanks(void **state) {
  static const char *const columns[] = {"<name", ">count", "<note"};
  struct unit *u = *state;
  struct table *t = table_new(u->comp.arena, 3, columns);

  table_row(t, (const char *[]){"a", table_count(u->comp.arena, 1234567), NULL});
  table_rule(t);
  table_row(t, (const char *[]){"\xc3\xa4hnlich", table_short(u->comp.arena, 45210), "x"});
  table_print(t, u->err);
  unit_assert_said(u, "name         count  note\n"
                      "a        1,234,567\n"
                      "------------------------\n"
                      "\xc3\xa4hnlich     45.2 k  x\n");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(wilson_intervals_are_those_of_newcombe),
      TEST(paired_intervals_know_what_was_lost_and_gained),
      TEST(columns_are_aligned_and_no_line_ends_in_blanks),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
