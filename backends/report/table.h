/* backends/report/table.h -- aligned columns for a person, and numbers in the way people read them.
 */
#ifndef BACKENDS_REPORT_TABLE_H
#define BACKENDS_REPORT_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct table;

/* Columns are declared once: "<name" is left-aligned, ">name" right-aligned. */
struct table *table_new(struct arena *a, size_t n_columns, const char *const *columns);
/* Adds a row of n_columns cells; NULL is empty. */
void table_row(struct table *t, const char *const *cells);
/* A line across before the next row. */
void table_rule(struct table *t);
void table_print(const struct table *t, FILE *f);

/* "1,234,567"; "12.3 k"; "45.2 us"; "12.3 %", "-" of NaN: in arena a. */
const char *table_count(struct arena *a, double x);
const char *table_short(struct arena *a, double x);
const char *table_seconds(struct arena *a, double s);
const char *table_percent(struct arena *a, double fraction);

/* 95 % Wilson score interval of `right` of n, in percent (Wilson 1927). */
void table_wilson(uint64_t right, uint64_t n, double *low, double *high);

/* 95 % interval, in points, of what is lost on n samples by changing from one network to another:
 * `lost` are right with the first only, `gained` with the second only (Agresti and Min 2005: Wald's
 * for matched pairs after half a sample is added to each of the four outcomes). */
void table_paired(uint64_t lost, uint64_t gained, uint64_t n, double *low, double *high);

#endif
