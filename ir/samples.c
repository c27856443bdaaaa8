/* ir/samples.c -- fits samples to a model's input, and converts one when it is asked for. */
#include "ir/samples.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ir/base/diag.h"
#include "ir/ir.h"
#include "ir/recordings.h"

/* A map in either layout, or a flat run of values (channels = size, 1, 1). */
struct shape {
  enum samples_layout layout;
  size_t channels, height, width;
};

enum { SHAPE_TEXT = 24 * IR_MAX_RANK };

static size_t size_of(struct shape s) {
  return s.channels * s.height * s.width;
}

static struct shape with_pad(struct shape s, size_t pad) {
  s.height += 2 * pad;
  s.width += 2 * pad;
  return s;
}

/* ---- what the model's input is ---- */

/* tf2onnx keeps channels last: [.., H, W, C] with C = 1, 3 or 4 smaller than the other two. */
static bool is_channels_last(const int64_t *d) {
  return (d[2] == 1 || d[2] == 3 || d[2] == 4) && d[2] < d[0] && d[2] < d[1];
}

/* The input without its first `skip` axes; false when that is neither flat nor a map. */
static bool read_model(const struct ir_type *t, size_t skip, struct shape *m) {
  const int64_t *d = t->dims + skip;
  size_t n = t->rank - skip, n_long = 0, size = 1;

  for (size_t i = 0; i < n; i++) {
    n_long += d[i] != 1;
    size *= (size_t)d[i];
  }
  *m = (struct shape){SAMPLES_FLAT, size, 1, 1};
  if (n_long <= 1)
    return true;
  for (; n > 3 && *d == 1; n--)
    d++;
  if (n == 2)
    *m = (struct shape){SAMPLES_CHW, 1, (size_t)d[0], (size_t)d[1]};
  else if (n == 3 && is_channels_last(d))
    *m = (struct shape){SAMPLES_HWC, (size_t)d[2], (size_t)d[0], (size_t)d[1]};
  else if (n == 3)
    *m = (struct shape){SAMPLES_CHW, (size_t)d[0], (size_t)d[1], (size_t)d[2]};
  return n <= 3;
}

/* The first axis may be the batch: of any size before features [N, n] and maps [N, C, H, W], of
 * size 1 elsewhere, since [3, 32, 32] is one picture. At most two readings. */
static size_t list_models(const struct ir_type *t, struct shape models[2]) {
  bool may_be_batch = t->rank == 2 || t->rank == 4 || (t->rank > 0 && t->dims[0] == 1);
  size_t n = 0;

  if (may_be_batch && read_model(t, 1, &models[n]))
    n++;
  if (read_model(t, 0, &models[n]))
    n++;
  return n;
}

/* ---- what the samples are ---- */

/* Stored axes (a, b, c) as a map. */
static struct shape stored_as(const struct samples *s, enum samples_layout layout) {
  if (layout == SAMPLES_HWC)
    return (struct shape){layout, s->width, s->channels, s->height};
  return (struct shape){layout, s->channels, s->height, s->width};
}

static bool is_map_of(struct shape stored, size_t pad, struct shape m) {
  struct shape p = with_pad(stored, pad);

  return p.channels == m.channels && p.height == m.height && p.width == m.width;
}

/* Flat samples take the shape of a model's map, in the order of --input-layout or of the model. */
static bool fold_flat(const struct samples *s, enum input_layout wish, size_t pad, struct shape m,
                      struct shape *out) {
  if (m.height <= 2 * pad || m.width <= 2 * pad)
    return false;
  *out = (struct shape){m.layout, m.channels, m.height - 2 * pad, m.width - 2 * pad};
  if (wish != INPUT_LAYOUT_AUTO)
    out->layout = wish == INPUT_LAYOUT_HWC ? SAMPLES_HWC : SAMPLES_CHW;
  return size_of(*out) == s->channels;
}

/* How the samples may be read: both layouts where neither the file nor the user says. */
static size_t list_stored(const struct samples *s, enum input_layout wish, struct shape out[2]) {
  bool is_chw = wish == INPUT_LAYOUT_CHW || (wish == INPUT_LAYOUT_AUTO && s->is_layout_known);

  if (s->layout == SAMPLES_FLAT || is_chw || wish == INPUT_LAYOUT_HWC) {
    /* a map of one channel and CIFAR's planes are what they are, whatever the user says */
    bool is_hwc = wish == INPUT_LAYOUT_HWC && !s->is_layout_known;

    out[0] = stored_as(s, s->layout == SAMPLES_FLAT ? SAMPLES_FLAT
                          : is_hwc                  ? SAMPLES_HWC
                                                    : SAMPLES_CHW);
    return 1;
  }
  out[0] = stored_as(s, SAMPLES_CHW);
  out[1] = stored_as(s, SAMPLES_HWC);
  return 2;
}

/* ---- the fit ---- */

struct fit {
  size_t n;            /* readings of the samples that fit */
  struct shape stored; /* the first of them                */
  struct shape model;
};

/* A flat model takes any map with as many values, in stored order. */
static bool fits(const struct samples *s, const struct options *opt, struct shape *stored,
                 struct shape m) {
  size_t pad = (size_t)opt->input_pad;

  if (m.layout == SAMPLES_FLAT && stored->layout == SAMPLES_FLAT)
    return pad == 0 && size_of(*stored) == m.channels;
  if (m.layout == SAMPLES_FLAT)
    return size_of(with_pad(*stored, pad)) == m.channels;
  if (stored->layout == SAMPLES_FLAT)
    return fold_flat(s, opt->input_layout, pad, m, stored);
  return is_map_of(*stored, pad, m);
}

static struct fit find_fit(const struct samples *s, const struct ir_type *input,
                           const struct options *opt) {
  struct shape models[2], stored[2];
  size_t n_models = list_models(input, models);
  size_t n_stored = list_stored(s, opt->input_layout, stored);
  struct fit f = {0};

  for (size_t i = 0; i < n_models && f.n == 0; i++)
    for (size_t k = 0; k < n_stored; k++) {
      struct shape st = stored[k];

      if (fits(s, opt, &st, models[i]) && f.n++ == 0) {
        f.stored = st;
        f.model = models[i];
      }
    }
  return f;
}

/* Two readings fit a flat model, or a map whose axes are all equal. What the channels are matters
 * only for numbers per channel, for a border, and for a map. */
static bool settle_layout(const struct samples *s, struct diag *d, const struct options *opt,
                          struct fit *f) {
  bool is_first = s->channels == 1 || s->channels == 3;
  bool is_last = s->width == 1 || s->width == 3;
  bool matters = f->model.layout != SAMPLES_FLAT || opt->input_pad > 0 || opt->input_mean.n > 1 ||
                 opt->input_std.n > 1;

  if (f->n < 2 || !matters)
    return true;
  if (is_first == is_last)
    return diag_error(d, loc_file(s->path),
                      "samples of shape [%zu, %zu, %zu] may be channels first or last; "
                      "--input-layout chw or hwc says which",
                      s->channels, s->height, s->width);
  f->stored = stored_as(s, is_last ? SAMPLES_HWC : SAMPLES_CHW);
  return true;
}

/* ---- messages ---- */

static const char *text_of(char text[SHAPE_TEXT], const int64_t *dims, size_t n) {
  size_t len = 0;

  text[0] = 0;
  for (size_t i = 0; i < n; i++)
    len +=
        (size_t)snprintf(text + len, SHAPE_TEXT - len, "%s%lld", i ? ", " : "", (long long)dims[i]);
  return text;
}

static const char *stored_text(char text[SHAPE_TEXT], const struct samples *s) {
  int64_t d[3] = {(int64_t)s->channels, (int64_t)s->height, (int64_t)s->width};

  if (s->layout == SAMPLES_FLAT)
    return text_of(text, d, 1);
  return s->channels == 1 && s->is_layout_known ? text_of(text, d + 1, 2) : text_of(text, d, 3);
}

/* What would make the samples fit, or why nothing does. */
static void find_advice(const struct samples *s, const struct ir_type *input,
                        const struct options *opt, char text[SHAPE_TEXT]) {
  struct options other = *opt;
  struct shape models[2], stored[2];
  size_t n_models = list_models(input, models);

  if (n_models > 0 && s->n > 1 && s->n * s->channels * s->height * s->width == size_of(models[0])) {
    snprintf(text, SHAPE_TEXT,
             "the first axis counts samples; a single one needs an axis of 1 "
             "before it (numpy: x[None])");
    return;
  }
  other.input_layout = INPUT_LAYOUT_AUTO;
  for (other.input_pad = 0; other.input_pad < 8; other.input_pad++) {
    if (find_fit(s, input, &other).n == 0)
      continue;
    if (other.input_pad != opt->input_pad)
      snprintf(text, SHAPE_TEXT, "--input-pad %lld would fit", (long long)other.input_pad);
    else
      snprintf(text, SHAPE_TEXT, "another --input-layout would fit");
    return;
  }
  list_stored(s, INPUT_LAYOUT_AUTO, stored);
  if (n_models == 0)
    snprintf(text, SHAPE_TEXT, "a model's input of at most three axes and a batch is wanted");
  else if (models[0].layout != SAMPLES_FLAT && s->layout != SAMPLES_FLAT)
    snprintf(text, SHAPE_TEXT, "%zu x %zu with %zu channel(s) would be right", models[0].height,
             models[0].width, models[0].channels);
  else
    snprintf(text, SHAPE_TEXT, "%zu values would be right, not %zu", size_of(models[0]),
             size_of(with_pad(stored[0], s->layout == SAMPLES_FLAT ? 0 : (size_t)opt->input_pad)));
}

static bool tell_mismatch(const struct samples *s, struct diag *d, const struct ir_type *input,
                          const struct options *opt) {
  char have[SHAPE_TEXT], want[SHAPE_TEXT], advice[SHAPE_TEXT], pad[SHAPE_TEXT] = "";

  find_advice(s, input, opt, advice);
  if (opt->input_pad > 0)
    snprintf(pad, sizeof(pad), " with --input-pad %lld", (long long)opt->input_pad);
  return diag_error(d, loc_file(s->path), "samples of shape [%s]%s do not fit the input [%s]; %s",
                    stored_text(have, s), pad, text_of(want, input->dims, input->rank), advice);
}

static bool check_list(const struct samples *s, struct diag *d, const char *name,
                       struct number_list list) {
  if (list.n <= 1 || list.n == s->channels)
    return true;
  if (s->layout == SAMPLES_FLAT || s->channels == 1)
    return diag_error(d, loc_file(s->path), "%s has %zu numbers; one is right here", name, list.n);
  return diag_error(d, loc_file(s->path),
                    "%s has %zu numbers; one, or %zu (one per channel) is right", name, list.n,
                    s->channels);
}

/* ---- recordings ---- */

/* A flat input is a square of one channel or of two. */
static struct recordings_map map_of(struct shape m) {
  if (m.layout != SAMPLES_FLAT)
    return (struct recordings_map){m.channels, m.height, m.width, m.layout == SAMPLES_HWC};
  for (size_t channels = 1; channels <= 2; channels++)
    for (size_t side = 1; channels * side * side <= m.channels; side++)
      if (channels * side * side == m.channels)
        return (struct recordings_map){channels, side, side, false};
  return (struct recordings_map){0};
}

static bool prepare_recordings(struct samples *s, struct diag *d, const struct ir_type *input,
                               const struct options *opt) {
  struct recordings *r = s->recordings;
  struct shape models[2];
  size_t n = list_models(input, models), last = 0;
  char want[SHAPE_TEXT];

  if (opt->input_scale > 0 || opt->input_mean.n > 0 || opt->input_std.n > 0 || opt->input_pad > 0)
    return diag_error(
        d, loc_file(s->path),
        "these samples are recordings, whose spikes are as they are: no --input-scale, "
        "--input-mean, --input-std or --input-pad");
  for (size_t i = 0; i < r->begin[r->n]; i++)
    last = r->event[i] >> 32 > last ? r->event[i] >> 32 : last;
  r->steps = opt->steps > 0 ? (size_t)opt->steps : last + 1;
  for (size_t i = 0; i < n; i++) {
    struct recordings_map map = map_of(models[i]);
    if (!recordings_fit(r, &map))
      continue;
    s->model_size = size_of(models[i]);
    return true;
  }
  return diag_error(d, loc_file(s->path),
                    "recordings of %zu x %zu do not fit the input [%s]; a map of up to this size "
                    "with one channel, or two for darker and brighter, would be right",
                    r->width, r->height, text_of(want, input->dims, input->rank));
}

/* ---- public ---- */

bool samples_prepare(struct samples *s, struct diag *d, const struct ir_type *input,
                     const struct options *opt) {
  struct fit f;

  if (s->recordings)
    return prepare_recordings(s, d, input, opt);
  f = find_fit(s, input, opt);
  if (f.n == 0)
    return tell_mismatch(s, d, input, opt);
  if (!settle_layout(s, d, opt, &f))
    return false;
  s->layout = f.stored.layout;
  s->is_layout_known = true;
  s->channels = f.stored.channels;
  s->height = f.stored.height;
  s->width = f.stored.width;
  s->pad = (size_t)opt->input_pad;
  s->model_layout = f.model.layout == SAMPLES_FLAT ? s->layout : f.model.layout;
  s->model_size = size_of(f.model);
  s->scale = opt->input_scale > 0     ? (float)opt->input_scale
             : s->dtype == SAMPLES_U8 ? 1.0f / 255.0f
                                      : 1.0f;
  s->mean = opt->input_mean;
  s->std = opt->input_std;
  return check_list(s, d, "--input-mean", s->mean) && check_list(s, d, "--input-std", s->std);
}

static bool are_all_equal(const struct samples *s) {
  size_t len = s->channels * s->height * s->width * (s->dtype == SAMPLES_U8 ? 1 : sizeof(float));

  for (size_t i = 1; i < s->n; i++)
    if (memcmp(s->data, (const uint8_t *)s->data + i * len, len) != 0)
      return false;
  return true;
}

/* The stored value that is furthest from 0. */
static double furthest(const struct samples *s) {
  size_t len = s->n * s->channels * s->height * s->width;
  double most = 0, v;

  for (size_t i = 0; i < len; i++) {
    v = s->dtype == SAMPLES_U8 ? ((const uint8_t *)s->data)[i]
                               : (double)((const float *)s->data)[i];
    most = fabs(v) > fabs(most) ? v : most;
  }
  return most;
}

void samples_warn(const struct samples *s, struct diag *d, const struct options *opt) {
  const double usual = 16; /* larger than what a network with a mean and std of its own is given */
  bool is_scaled = s->dtype == SAMPLES_U8 || opt->input_scale > 0 || s->mean.n > 0 || s->std.n > 0;
  double most;

  if (s->recordings)
    return;
  most = furthest(s);
  if (most == 0)
    diag_warning(d, loc_file(s->path), "every value of the %zu samples is 0", s->n);
  else if (s->n > 1 && are_all_equal(s))
    diag_warning(d, loc_file(s->path), "all %zu samples are the same", s->n);
  if (!is_scaled && fabs(most) > usual)
    diag_warning(d, loc_file(s->path),
                 "samples reach %g; if the network was trained on values from 0 to 1: "
                 "--input-scale 1/%.0f",
                 most, fabs(most) > 100 && fabs(most) <= 255 ? 255 : ceil(fabs(most)));
}

/* Distance of neighbours along each axis of a map. */
struct strides {
  size_t c, y, x;
};

static struct strides strides_of(enum samples_layout layout, struct shape s) {
  if (layout == SAMPLES_HWC)
    return (struct strides){1, s.width * s.channels, s.channels};
  return (struct strides){s.height * s.width, s.width, 1};
}

/* x' of the stored element `at`, which is of a channel with this mean and std. */
static float value_at(const struct samples *s, size_t at, float mean, float std) {
  float v = s->dtype == SAMPLES_U8 ? ((const uint8_t *)s->data)[at] : ((const float *)s->data)[at];

  return (v * s->scale - mean) / std;
}

void samples_get(const struct samples *s, size_t i, float *x) {
  struct shape stored = {s->layout, s->channels, s->height, s->width};
  struct shape padded = with_pad(stored, s->pad);
  struct strides from = strides_of(s->layout, stored), to = strides_of(s->model_layout, padded);
  size_t first = i * size_of(stored);

  if (s->recordings) {
    recordings_rates(s->recordings, i, x, s->model_size);
    return;
  }
  for (size_t c = 0; c < s->channels; c++) {
    float mean = (float)number_list_at(s->mean, c, 0), std = (float)number_list_at(s->std, c, 1);

    for (size_t y = 0; s->pad > 0 && y < padded.height; y++)
      for (size_t k = 0; k < padded.width; k++)
        x[c * to.c + y * to.y + k * to.x] = (0 - mean) / std;
    for (size_t y = 0; y < s->height; y++)
      for (size_t k = 0; k < s->width; k++)
        x[c * to.c + (y + s->pad) * to.y + (k + s->pad) * to.x] =
            value_at(s, first + c * from.c + y * from.y + k * from.x, mean, std);
  }
}

bool samples_check_unit(const struct samples *s, struct diag *d) {
  struct shape stored = {s->layout, s->channels, s->height, s->width};
  size_t n = s->layout == SAMPLES_FLAT ? 1 : s->height * s->width;

  for (size_t at = 0; !s->recordings && at < s->n * size_of(stored); at++) {
    size_t element = at % size_of(stored);
    size_t c = s->layout == SAMPLES_HWC ? element % s->channels : element / n;
    float x =
        value_at(s, at, (float)number_list_at(s->mean, c, 0), (float)number_list_at(s->std, c, 1));
    if (!(x >= 0 && x <= 1))
      return diag_error(d, loc_file(s->path),
                        "a value of sample %zu becomes %g; spikes can say 0 to 1 (--input-scale, "
                        "--input-mean and --input-std as the network was trained, or --encode "
                        "current)",
                        s->first + at / size_of(stored), (double)x);
  }
  return true;
}
