#include "backends/report/table.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"

struct row {
  const char *const *cells; /* NULL: a rule */
  struct row *next;
};

struct table {
  struct arena *arena;
  size_t n_columns;
  const char *const *columns;
  size_t *width;
  struct row *first, **end;
};

/* Columns that a terminal shows, for text whose multi-byte characters are of single width. */
static size_t shown_width(const char *s) {
  size_t n = 0;

  for (; *s; s++)
    n += ((unsigned char)*s & 0xC0) != 0x80;
  return n;
}

static void add_row(struct table *t, const char *const *cells) {
  struct row *r = ARENA_NEW(t->arena, struct row, 1);

  r->cells = cells;
  *t->end = r;
  t->end = &r->next;
}

/* No line ends in blanks. */
static void print_cells(const struct table *t, FILE *f, const char *const *cells, size_t skip) {
  struct buf line;

  buf_init(&line, t->arena);
  for (size_t i = 0; i < t->n_columns; i++) {
    const char *cell = cells[i] ? cells[i] + skip : "", *gap = i ? "  " : "";
    int pad = (int)(t->width[i] - shown_width(cell));

    if (t->columns[i][0] == '>')
      buf_printf(&line, "%s%*s%s", gap, pad, "", cell);
    else
      buf_printf(&line, "%s%s%*s", gap, cell, pad, "");
  }
  while (line.len > 0 && line.data[line.len - 1] == ' ')
    line.len--;
  fprintf(f, "%.*s\n", (int)line.len, line.data);
}

struct table *table_new(struct arena *a, size_t n_columns, const char *const *columns) {
  struct table *t = ARENA_NEW(a, struct table, 1);

  t->arena = a;
  t->n_columns = n_columns;
  t->columns = columns;
  t->width = ARENA_NEW(a, size_t, n_columns);
  for (size_t i = 0; i < n_columns; i++)
    t->width[i] = shown_width(columns[i] + 1);
  t->end = &t->first;
  return t;
}

void table_row(struct table *t, const char *const *cells) {
  const char **copy = ARENA_NEW(t->arena, const char *, t->n_columns);

  for (size_t i = 0; i < t->n_columns; i++) {
    copy[i] = cells[i];
    if (cells[i] && shown_width(cells[i]) > t->width[i])
      t->width[i] = shown_width(cells[i]);
  }
  add_row(t, copy);
}

void table_rule(struct table *t) {
  add_row(t, NULL);
}

void table_print(const struct table *t, FILE *f) {
  size_t total = 2 * (t->n_columns - 1);

  for (size_t i = 0; i < t->n_columns; i++)
    total += t->width[i];
  print_cells(t, f, t->columns, 1);
  for (const struct row *r = t->first; r; r = r->next) {
    if (r->cells) {
      print_cells(t, f, r->cells, 0);
      continue;
    }
    for (size_t i = 0; i < total; i++)
      fputc('-', f);
    fputc('\n', f);
  }
}

const char *table_count(struct arena *a, double x) {
  char digits[32];
  struct buf b;
  size_t n;

  snprintf(digits, sizeof digits, "%.0f", x);
  n = strlen(digits);
  buf_init(&b, a);
  for (size_t i = 0; i < n; i++) {
    if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-')
      buf_puts(&b, ",");
    buf_put(&b, &digits[i], 1);
  }
  return b.data;
}

const char *table_short(struct arena *a, double x) {
  static const char *const units[] = {"", " k", " M", " G", " T"};
  size_t u = 0;

  while (fabs(x) >= 999.5 && u + 1 < sizeof units / sizeof *units) {
    x /= 1000;
    u++;
  }
  if (u == 0 && floor(x) >= x)
    return arena_printf(a, "%.0f", x);
  return arena_printf(a, "%.*f%s", fabs(x) < 9.995 ? 2 : fabs(x) < 99.95 ? 1 : 0, x, units[u]);
}

const char *table_seconds(struct arena *a, double s) {
  if (s >= 1)
    return arena_printf(a, "%.2f s", s);
  if (s >= 1e-3)
    return arena_printf(a, "%.2f ms", s * 1e3);
  return arena_printf(a, "%.1f us", s * 1e6);
}

const char *table_percent(struct arena *a, double fraction) {
  return isnan(fraction) ? "-" : arena_printf(a, "%.1f %%", 100 * fraction);
}

static const double z = 1.959963984540054; /* 97.5 % point of the normal distribution */

void table_wilson(uint64_t right, uint64_t n, double *low, double *high) {
  double total = n ? (double)n : 1, p = (double)right / total;
  double mid = (p + z * z / (2 * total)) / (1 + z * z / total);
  double half = z / (1 + z * z / total) * sqrt(p * (1 - p) / total + z * z / (4 * total * total));

  *low = 100 * fmax(0, mid - half);
  *high = 100 * fmin(1, mid + half);
}

void table_paired(uint64_t lost, uint64_t gained, uint64_t n, double *low, double *high) {
  double b = (double)lost + 0.5, c = (double)gained + 0.5, total = (double)n + 2;
  double half = z * sqrt(b + c - (b - c) * (b - c) / total) / total;

  *low = 100 * fmax(-1, (b - c) / total - half);
  *high = 100 * fmin(1, (b - c) / total + half);
}
