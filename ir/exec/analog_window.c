/* Convolution and pooling over one to three spatial axes; all windows have three here, in the order
 * (z, y, x), and maps without z or y have one of it. */
#include "ir/exec/analog_internal.h"

#include <math.h>
#include <string.h>

#include "ir/exec/gemm.h"

/* Columns made at a time: what stays in the second-level cache beside the weights. */
enum { COLUMN_FLOATS = 64 * 1024 };

/* Sizes of a map: spatial ones, and their product. */
struct map3 {
  int64_t dim[IR_MAX_SPATIAL];
  int64_t plane;
};

struct range {
  int64_t from, to; /* to is not in it; empty where from == to */
};

/* Indices i of 0 .. n-1 for which base + i * step lies in 0 .. size-1. */
static struct range indices_inside(int64_t base, int64_t step, int64_t n, int64_t size) {
  struct range r;

  r.from = base < 0 ? (-base + step - 1) / step : 0;
  r.to = base < size ? (size - 1 - base) / step + 1 : 0;
  if (r.to > n)
    r.to = n;
  if (r.from > r.to)
    r.from = r.to;
  return r;
}

static struct map3 map_of(const struct ir_type *t) {
  struct map3 m = {.dim = {1, 1, 1}, .plane = 1};
  size_t n_axes = t->rank - 2u;

  for (size_t i = 0; i < n_axes; i++) {
    m.dim[IR_MAX_SPATIAL - n_axes + i] = t->dims[2 + i];
    m.plane *= t->dims[2 + i];
  }
  return m;
}

/* ---- convolution ---- */

struct conv {
  const struct ir_window *w;
  struct map3 in, out;
  int64_t channels, outputs; /* of one group */
  int64_t taps;              /* rows of the column matrix: channels x window */
  int64_t lines;             /* of outputs: z x y */
  int64_t lines_at_once;
  bool is_pointwise; /* the input is its own column matrix */
};

static struct conv conv_of(const struct analog_call *c) {
  const struct ir_type *weight = &c->in[1].type;
  struct conv v = {.w = &c->window, .in = map_of(&c->in[0].type), .out = map_of(&c->node->type)};

  v.outputs = weight->dims[0] / v.w->group;
  v.channels = weight->dims[1];
  v.taps = analog_product(weight->dims, 1, weight->rank);
  v.lines = v.out.dim[0] * v.out.dim[1];
  v.lines_at_once = COLUMN_FLOATS / (v.taps * v.out.dim[2]);
  if (v.lines_at_once < 1)
    v.lines_at_once = 1;
  if (v.lines_at_once > v.lines)
    v.lines_at_once = v.lines;
  v.is_pointwise = v.taps == v.channels; /* a window of one element, moved by one */
  for (size_t i = 0; i < IR_MAX_SPATIAL; i++)
    if (v.w->stride[i] != 1 || v.w->pad_begin[i] != 0 || v.w->pad_end[i] != 0)
      v.is_pointwise = false;
  return v;
}

/* One tap along one output line: dst[x] = src[x * stride + base], 0 outside. */
static void fill_line(const struct conv *v, const float *src, int64_t base, float *dst) {
  int64_t stride = v->w->stride[2], n = v->out.dim[2];
  struct range r = indices_inside(base, stride, n, v->in.dim[2]);

  for (int64_t x = 0; x < r.from; x++)
    dst[x] = 0;
  if (stride == 1)
    memcpy(dst + r.from, src + base + r.from, (size_t)(r.to - r.from) * sizeof *dst);
  else
    for (int64_t x = r.from; x < r.to; x++)
      dst[x] = src[base + x * stride];
  for (int64_t x = r.to; x < n; x++)
    dst[x] = 0;
}

/* One tap k = (z, y, x) of one channel over the lines `r`: a row of the column matrix. */
static void fill_row(const struct conv *v, const float *channel, const int64_t k[IR_MAX_SPATIAL],
                     struct range r, float *dst) {
  const struct ir_window *w = v->w;
  int64_t base[IR_MAX_SPATIAL];

  for (size_t i = 0; i < IR_MAX_SPATIAL; i++)
    base[i] = k[i] * w->dilation[i] - w->pad_begin[i];
  for (int64_t line = r.from; line < r.to; line++, dst += v->out.dim[2]) {
    int64_t z = line / v->out.dim[1] * w->stride[0] + base[0];
    int64_t y = line % v->out.dim[1] * w->stride[1] + base[1];
    if (z < 0 || z >= v->in.dim[0] || y < 0 || y >= v->in.dim[1])
      memset(dst, 0, (size_t)v->out.dim[2] * sizeof *dst);
    else
      fill_line(v, channel + (z * v->in.dim[1] + y) * v->in.dim[2], base[2], dst);
  }
}

/* im2col of the output lines `r`: a row per tap in the order of the weights. */
static void fill_columns(const struct conv *v, const float *x, struct range r, float *columns) {
  const int64_t *kernel = v->w->kernel;
  int64_t width = (r.to - r.from) * v->out.dim[2];

  for (int64_t c = 0; c < v->channels; c++) {
    int64_t k[IR_MAX_SPATIAL];
    for (k[0] = 0; k[0] < kernel[0]; k[0]++)
      for (k[1] = 0; k[1] < kernel[1]; k[1]++)
        for (k[2] = 0; k[2] < kernel[2]; k[2]++, columns += width)
          fill_row(v, x + c * v->in.plane, k, r, columns);
  }
}

/* One group of one sample: y[outputs, positions] (+)= weight[outputs, taps] columns[taps,
 * positions], a block of output lines at a time. y holds the bias already where `has_bias`. */
static void convolve(const struct conv *v, const float *x, const float *weight, float *y,
                     const struct analog_call *c) {
  struct gemm p = {
      .m = v->outputs, .k = v->taps, .a = weight, .ldc = v->out.plane, .add = c->node->n_in == 3};

  if (v->is_pointwise) {
    p.n = p.ldb = v->out.plane;
    p.b = x;
    p.c = y;
    gemm(&p);
    return;
  }
  for (struct range r = {0, 0}; r.from < v->lines; r.from = r.to) {
    r.to = r.from + v->lines_at_once < v->lines ? r.from + v->lines_at_once : v->lines;
    fill_columns(v, x, r, c->scratch);
    p.n = p.ldb = (r.to - r.from) * v->out.dim[2];
    p.b = c->scratch;
    p.c = y + r.from * v->out.dim[2];
    gemm(&p);
  }
}

void analog_conv(const struct analog_call *c) {
  struct conv v = conv_of(c);
  const float *x = c->in[0].data, *weight = c->in[1].data;
  const float *bias = c->node->n_in == 3 ? c->in[2].data : NULL;
  int64_t batch = c->node->type.dims[0], n_outputs = v.outputs * v.w->group;
  float *y = c->out;

  for (int64_t n = 0; bias != NULL && n < batch; n++)
    for (int64_t o = 0; o < n_outputs; o++)
      for (int64_t i = 0; i < v.out.plane; i++)
        y[(n * n_outputs + o) * v.out.plane + i] = bias[o];
  for (int64_t n = 0; n < batch; n++)
    for (int64_t g = 0; g < v.w->group; g++) {
      convolve(&v, x, weight + g * v.outputs * v.taps, y, c);
      x += v.channels * v.in.plane;
      y += v.outputs * v.out.plane;
    }
}

size_t analog_conv_scratch(const struct analog_call *c) {
  struct conv v = conv_of(c);

  return v.is_pointwise ? 0 : (size_t)(v.taps * v.lines_at_once * v.out.dim[2]);
}

/* ---- transposed convolution: the same window, over the result ---- */

/* One element x of one channel adds its kernel to one channel y of the result. */
static void scatter(const struct conv *v, const int64_t at[IR_MAX_SPATIAL], float x,
                    const float *kernel, float *y) {
  const struct ir_window *w = v->w;
  int64_t k[IR_MAX_SPATIAL], to[IR_MAX_SPATIAL];

  for (k[0] = 0; k[0] < w->kernel[0]; k[0]++)
    for (k[1] = 0; k[1] < w->kernel[1]; k[1]++)
      for (k[2] = 0; k[2] < w->kernel[2]; k[2]++, kernel++) {
        bool is_inside = true;
        for (size_t i = 0; i < IR_MAX_SPATIAL; i++) {
          to[i] = at[i] * w->stride[i] + k[i] * w->dilation[i] - w->pad_begin[i];
          is_inside = is_inside && to[i] >= 0 && to[i] < v->out.dim[i];
        }
        if (is_inside)
          y[(to[0] * v->out.dim[1] + to[1]) * v->out.dim[2] + to[2]] += x * *kernel;
      }
}

/* weight[C, O / group, taps]: all elements of input plane c, a channel of its group. */
static void scatter_plane(const struct conv *v, const float *x, const float *weight, float *y) {
  int64_t at[IR_MAX_SPATIAL];

  for (int64_t o = 0; o < v->outputs; o++)
    for (int64_t i = 0; i < v->in.plane; i++) {
      at[0] = i / (v->in.dim[1] * v->in.dim[2]);
      at[1] = i / v->in.dim[2] % v->in.dim[1];
      at[2] = i % v->in.dim[2];
      scatter(v, at, x[i], weight + o * v->taps, y + o * v->out.plane);
    }
}

void analog_conv_transpose(const struct analog_call *c) {
  const struct ir_type *weight = &c->in[1].type, *type = &c->node->type;
  struct conv v = {.w = &c->window, .in = map_of(&c->in[0].type), .out = map_of(type)};
  int64_t n_channels = weight->dims[0], n_outputs = type->dims[1];
  const float *x = c->in[0].data, *bias = c->node->n_in == 3 ? c->in[2].data : NULL;
  float *y = c->out;

  v.channels = n_channels / v.w->group;
  v.outputs = weight->dims[1];
  v.taps = analog_product(weight->dims, 2, weight->rank);
  for (int64_t i = 0; i < ir_type_count(type); i++)
    y[i] = bias ? bias[i / v.out.plane % n_outputs] : 0;
  for (int64_t n = 0; n < type->dims[0]; n++)
    for (int64_t ch = 0; ch < n_channels; ch++)
      scatter_plane(&v, x + (n * n_channels + ch) * v.in.plane,
                    (const float *)c->in[1].data + ch * v.outputs * v.taps,
                    y + (n * n_outputs + ch / v.channels * v.outputs) * v.out.plane);
}

/* ---- pooling ---- */

/* The part of a window that lies in the map: n taps from `first` on, `step` apart. */
struct window_part {
  int64_t first[IR_MAX_SPATIAL], n[IR_MAX_SPATIAL], step[IR_MAX_SPATIAL];
};

static void set_part(const struct ir_window *w, const struct map3 *in, size_t axis, int64_t at,
                     struct window_part *part) {
  int64_t base = at * w->stride[axis] - w->pad_begin[axis], step = w->dilation[axis];
  struct range r = indices_inside(base, step, w->kernel[axis], in->dim[axis]);

  part->first[axis] = base + r.from * step;
  part->n[axis] = r.to - r.from;
  part->step[axis] = step;
}

typedef float reduce_fn(float so_far, float x);

static float larger(float so_far, float x) {
  return x > so_far ? x : so_far; /* NaN never wins */
}

static float sum(float so_far, float x) {
  return so_far + x;
}

static inline float reduce(const struct map3 *in, const float *plane,
                           const struct window_part *part, reduce_fn *fn, float start) {
  float value = start;

  for (int64_t i = 0; i < part->n[0]; i++)
    for (int64_t j = 0; j < part->n[1]; j++) {
      int64_t z = part->first[0] + i * part->step[0], y = part->first[1] + j * part->step[1];
      const float *line = plane + (z * in->dim[1] + y) * in->dim[2] + part->first[2];
      for (int64_t k = 0; k < part->n[2]; k++)
        value = fn(value, line[k * part->step[2]]);
    }
  return value;
}

/* What a pool makes of the elements of one window. */
typedef float pool_fn(const struct analog_call *c, const struct map3 *in, const float *plane,
                      const struct window_part *part);

static float largest(const struct analog_call *c, const struct map3 *in, const float *plane,
                     const struct window_part *part) {
  (void)c;
  return reduce(in, plane, part, larger, -INFINITY);
}

static float mean(const struct analog_call *c, const struct map3 *in, const float *plane,
                  const struct window_part *part) {
  bool counts_padding = ir_attr_int(c->node, IR_A_COUNT_PAD, 0) != 0;
  int64_t n = analog_product(counts_padding ? c->window.kernel : part->n, 0, IR_MAX_SPATIAL);

  return n > 0 ? reduce(in, plane, part, sum, 0) / (float)n : 0;
}

static inline void pool(const struct analog_call *c, pool_fn *fn) {
  const struct ir_type *type = &c->node->type;
  struct map3 in = map_of(&c->in[0].type), out = map_of(type);
  int64_t n_planes = type->dims[0] * type->dims[1];
  const float *x = c->in[0].data;
  float *y = c->out;
  struct window_part part;

  for (int64_t p = 0; p < n_planes; p++, x += in.plane)
    for (int64_t i = 0; i < out.dim[0]; i++) {
      set_part(&c->window, &in, 0, i, &part);
      for (int64_t j = 0; j < out.dim[1]; j++) {
        set_part(&c->window, &in, 1, j, &part);
        for (int64_t k = 0; k < out.dim[2]; k++) {
          set_part(&c->window, &in, 2, k, &part);
          *y++ = fn(c, &in, x, &part);
        }
      }
    }
}

/* Place of the first largest element of a window in its plane; with column_major its rows and
 * columns are exchanged first. */
static int64_t largest_at(const struct map3 *in, const float *plane, const struct window_part *part,
                          bool is_column_major) {
  float best = -INFINITY;
  int64_t best_at = -1;

  for (int64_t i = 0; i < part->n[0]; i++)
    for (int64_t j = 0; j < part->n[1]; j++)
      for (int64_t k = 0; k < part->n[2]; k++) {
        int64_t z = part->first[0] + i * part->step[0], y = part->first[1] + j * part->step[1];
        int64_t x = part->first[2] + k * part->step[2];
        float v = plane[(z * in->dim[1] + y) * in->dim[2] + x];
        if (best_at >= 0 && !(v > best))
          continue;
        best = v;
        best_at = is_column_major ? (x * in->dim[1] + y) * in->dim[0] + z
                                  : (z * in->dim[1] + y) * in->dim[2] + x;
      }
  return best_at;
}

void analog_maxpool_index(const struct analog_call *c) {
  const struct ir_type *type = &c->node->type;
  bool is_column_major = ir_attr_int(c->node, IR_A_COLUMN_MAJOR, 0) != 0;
  struct map3 in = map_of(&c->in[0].type), out = map_of(type);
  int64_t n = ir_type_count(type), *y = c->out;
  struct window_part part;

  for (int64_t i = 0; i < n; i++) {
    int64_t plane = i / out.plane, at = i % out.plane;
    set_part(&c->window, &in, 0, at / (out.dim[1] * out.dim[2]), &part);
    set_part(&c->window, &in, 1, at / out.dim[2] % out.dim[1], &part);
    set_part(&c->window, &in, 2, at % out.dim[2], &part);
    y[i] = plane * in.plane +
           largest_at(&in, (const float *)c->in[0].data + plane * in.plane, &part, is_column_major);
  }
}

void analog_maxpool(const struct analog_call *c) {
  pool(c, largest);
}

void analog_avgpool(const struct analog_call *c) {
  pool(c, mean);
}

void analog_global_avgpool(const struct analog_call *c) {
  int64_t n_planes = ir_type_count(&c->node->type);
  int64_t plane = ir_type_count(&c->in[0].type) / n_planes;
  const float *x = c->in[0].data;
  float *y = c->out;

  for (int64_t p = 0; p < n_planes; p++, x += plane) {
    double total = 0; /* a map may have thousands of elements */
    for (int64_t i = 0; i < plane; i++)
      total += (double)x[i];
    y[p] = (float)(total / (double)plane);
  }
}
