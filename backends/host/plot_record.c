#include "backends/host/plot_record.h"

#include <math.h>
#include <string.h>

#include "backends/host/record.h"
#include "backends/report/chart.h"
#include "frontend/data/data.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/samples.h"

/* More layers than any network here has, and panels that a picture can have. */
enum { MAX_LAYERS = 64 };

/* Array NAME_K of the record with `columns` numbers in a row (0: any), as f32. NULL: told. */
static const float *read_array(struct comp *c, const char *path, const char *key, size_t *rows,
                               size_t *columns) {
  const struct samples *s = data_read(c, arena_printf(c->arena, "%s:%s", path, key), NULL, 0, -1);
  size_t size = s ? s->channels * s->height * s->width : 0, n = s ? s->n * size : 0;
  float *wide;

  if (!s)
    return NULL;
  if ((*rows && s->n != *rows) || (*columns && size != *columns)) {
    diag_error(c->diag, loc_file(path), "array %s has %zu rows of %zu; %s rows of %zu would fit",
               diag_quote(c->diag, key), s->n, size,
               *rows ? arena_printf(c->arena, "%zu", *rows) : "any number of", *columns);
    return NULL;
  }
  *rows = s->n;
  *columns = size;
  if (s->dtype == SAMPLES_F32)
    return s->data;
  wide = ARENA_NEW(c->arena, float, n);
  for (size_t i = 0; i < n; i++)
    wide[i] = ((const uint8_t *)s->data)[i];
  return wide;
}

static bool read_layer(struct comp *c, const char *path, size_t k, struct chart_layer *l) {
  struct arena *a = c->arena;
  size_t one = 1;

  l->activation =
      read_array(c, path, arena_printf(a, "activation_%zu", k), &l->n_samples, &l->n_units);
  if (!l->activation)
    return false;
  l->rate = read_array(c, path, arena_printf(a, "rate_%zu", k), &l->n_samples, &l->n_units);
  l->spikes = l->rate
                  ? read_array(c, path, arena_printf(a, "spikes_%zu", k), &l->n_steps, &l->n_units)
                  : NULL;
  l->scale =
      l->spikes ? read_array(c, path, arena_printf(a, "scale_%zu", k), &l->n_units, &one) : NULL;
  for (size_t i = 0; l->scale && i < l->n_units; i++)
    if (!(l->scale[i] > 0))
      return diag_error(c->diag, loc_file(path), "scale_%zu has %g at %zu; scales are above 0", k,
                        (double)l->scale[i], i);
  return l->scale != NULL;
}

bool plot_read_record(struct comp *c, const char *path, struct chart_layer **layers, size_t *n) {
  size_t columns = 0;
  const float *names;

  *n = 0;
  names = read_array(c, path, "layers", n, &columns);
  if (!names)
    return false;
  if (*n == 0 || *n > MAX_LAYERS || columns != RECORD_NAME)
    return diag_error(
        c->diag, loc_file(path),
        "array \"layers\" has %zu rows of %zu; a record has 1 to %d names of %d bytes", *n, columns,
        MAX_LAYERS, RECORD_NAME);
  *layers = ARENA_NEW(c->arena, struct chart_layer, *n);
  for (size_t k = 0; k < *n; k++) {
    char *name = ARENA_NEW(c->arena, char, RECORD_NAME + 1);

    for (size_t i = 0; i < RECORD_NAME; i++)
      name[i] = (char)names[k * RECORD_NAME + i];
    (*layers)[k].name = name;
    if (!read_layer(c, path, k, &(*layers)[k]))
      return false;
  }
  return true;
}
