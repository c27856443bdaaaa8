#include "ir/ir_internal.h"

#include <float.h>
#include <math.h>

#include "ir/base/arena.h"

static bool is_spikes(const struct ir_type *t) {
  return t->dtype == IR_SPIKES || t->dtype == IR_SIGNED;
}

static bool is_signal(const struct ir_type *t) {
  return is_spikes(t) || t->dtype == IR_CURRENT;
}

/* A map [C, H, W] or a flat population [n]. */
static bool check_shape(const struct ir_infer *f, const struct ir_type *t) {
  if (t->rank != 1 && t->rank != 3)
    return ir_fail(f, "%s has %u axes; a signal is [channels, height, width] or [neurons]",
                   ir_show(f, t), (unsigned)t->rank);
  return true;
}

static bool want_signal(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  if (!is_signal(x))
    return ir_fail(f, "the operand is %s; it must be spikes or current", ir_show(f, x));
  return check_shape(f, x);
}

static bool want_map(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  if (!want_signal(f))
    return false;
  if (x->rank != 3)
    return ir_fail(f, "the operand is %s; a window needs a map [channels, height, width]",
                   ir_show(f, x));
  return true;
}

/* All operands are of the dtype and of one shape. */
static bool want_equal(const struct ir_infer *f, enum ir_dtype dtype) {
  for (size_t k = 0; k < f->n->n_in; k++) {
    const struct ir_type *t = ir_operand_type(f, k);
    if (t->dtype != dtype)
      return ir_fail(f, "operand %zu is %s; it must be %s", k + 1, ir_show(f, t),
                     ir_dtype_name(dtype));
    if (!ir_type_equal(t, ir_operand_type(f, 0)))
      return ir_fail(f, "operand 1 is %s, operand %zu is %s; they must be equal",
                     ir_show(f, ir_operand_type(f, 0)), k + 1, ir_show(f, t));
  }
  return true;
}

static bool set_type(const struct ir_infer *f, enum ir_dtype dtype, size_t rank,
                     const int64_t *dims) {
  f->n->type = ir_type_make(dtype, rank, dims);
  return true;
}

/* "1, 4 or 16 are": each once. */
static const char *choices(const struct ir_infer *f, const int64_t *allowed, size_t n) {
  const char *text = "";
  size_t n_told = 0;

  for (size_t i = n; i-- > 0;) {
    bool is_first = true;
    for (size_t k = 0; k < i; k++)
      is_first = is_first && allowed[k] != allowed[i];
    if (is_first)
      text = arena_printf(f->g->arena, "%lld%s%s", (long long)allowed[i],
                          n_told == 0   ? ""
                          : n_told == 1 ? " or "
                                        : ", ",
                          text);
    n_told += is_first;
  }
  return arena_printf(f->g->arena, "%s %s", text, n_told == 1 ? "is" : "are");
}

/* The element type of a number that may also be an integer: that of the attribute where it is one
 * of `integers`, else f32. */
static enum ir_dtype number_type(const struct ir_infer *f, enum ir_attr_key key,
                                 unsigned integers) {
  const struct ir_tensor *t = ir_attr_tensor(f->n, key);
  return t && integers >> t->type.dtype & 1 ? t->type.dtype : IR_F32;
}

enum { WEIGHT_TYPES = 1 << IR_I8 | 1 << IR_I16, SUM_TYPES = 1 << IR_I32 };

/* A tensor attribute, if there: its element type, and its count among the allowed ones. */
static bool check_tensor(const struct ir_infer *f, enum ir_attr_key key, enum ir_dtype dtype,
                         const int64_t *allowed, size_t n_allowed) {
  const struct ir_tensor *t = ir_attr_tensor(f->n, key);
  if (!t)
    return true;
  int64_t count = ir_type_count(&t->type);
  bool is_allowed = n_allowed == 0;
  for (size_t i = 0; i < n_allowed; i++)
    is_allowed = is_allowed || count == allowed[i];
  if (t->type.dtype != dtype)
    return ir_fail(f, "%s is %s; its elements must be %s", ir_attr_name(key), ir_show(f, &t->type),
                   ir_dtype_name(dtype));
  if (!is_allowed)
    return ir_fail(f, "%s has %lld values; %s allowed", ir_attr_name(key), (long long)count,
                   choices(f, allowed, n_allowed));
  return true;
}

/* One for all, one per channel, one per neuron. */
static bool check_per_neuron(const struct ir_infer *f, enum ir_attr_key key,
                             const struct ir_type *t) {
  const int64_t allowed[] = {1, t->dims[0], ir_type_count(t)};
  return check_tensor(f, key, number_type(f, key, key == IR_A_WEIGHT ? WEIGHT_TYPES : SUM_TYPES),
                      allowed, 3);
}

static bool check_weight_shape(const struct ir_infer *f, const struct ir_type *want) {
  const struct ir_type *w = &ir_attr_tensor(f->n, IR_A_WEIGHT)->type;
  if (!ir_type_equal(w, want))
    return ir_fail(f, "weight is %s; with order %s it must be %s", ir_show(f, w),
                   ir_word_text(ir_attr_word(f->n, IR_A_ORDER, IR_W_ORDER_OIHW)), ir_show(f, want));
  return true;
}

/* What every projection has: a delay per synapse or for all, in steps; a filter; rule numbers. */
static bool check_projection(const struct ir_infer *f) {
  const struct ir_tensor *w = ir_attr_tensor(f->n, IR_A_WEIGHT);
  const struct ir_tensor *delay = ir_attr_tensor(f->n, IR_A_DELAY);
  const int64_t allowed[] = {1, w ? ir_type_count(&w->type) : 1};
  double tau = ir_attr_float(f->n, IR_A_TAU, 0);
  if (!check_tensor(f, IR_A_WEIGHT, number_type(f, IR_A_WEIGHT, WEIGHT_TYPES), NULL, 0) ||
      !check_tensor(f, IR_A_DELAY, IR_I32, allowed, 2) ||
      !check_tensor(f, IR_A_RULE_PARAMS, IR_F32, NULL, 0))
    return false;
  if (!(tau >= 0) || isinf(tau))
    return ir_fail(f, "tau is %g; it must be finite and at least 0", tau);
  for (int64_t i = 0; delay && i < ir_type_count(&delay->type); i++)
    if (((const int32_t *)delay->data)[i] < 0)
      return ir_fail(f, "delay[%lld] is %d; a delay is at least 0 steps", (long long)i,
                     (int)((const int32_t *)delay->data)[i]);
  return true;
}

static bool infer_encode(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  enum ir_word layout = ir_attr_word(f->n, IR_A_LAYOUT, IR_W_LAYOUT_FLAT);
  bool is_current = ir_attr_word(f->n, IR_A_CODE, IR_W_CODE_CURRENT) == IR_W_CODE_CURRENT;
  enum ir_dtype dtype = is_current ? IR_CURRENT : IR_SPIKES;
  int64_t flat = ir_type_count(x);
  if (x->dtype != IR_F32)
    return ir_fail(f, "the operand is %s; it must be f32", ir_show(f, x));
  if (layout == IR_W_LAYOUT_FLAT)
    return set_type(f, dtype, 1, &flat);
  if (x->rank != 3 && !(x->rank == 4 && x->dims[0] == 1))
    return ir_fail(f,
                   "the operand is %s; with layout %s it must have 3 axes, or 4 with the first 1",
                   ir_show(f, x), ir_word_text(layout));
  const int64_t *d = x->dims + x->rank - 3;
  const int64_t from_hwc[] = {d[2], d[0], d[1]};
  return set_type(f, dtype, 3, layout == IR_W_LAYOUT_HWC ? from_hwc : d);
}

static bool infer_project_conv(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  const struct ir_type *w = &ir_attr_tensor(f->n, IR_A_WEIGHT)->type;
  bool is_kernel_order = ir_attr_word(f->n, IR_A_ORDER, IR_W_ORDER_OIHW) == IR_W_ORDER_KERNEL;
  int64_t group = ir_attr_int(f->n, IR_A_GROUP, 1), out[3];
  if (!want_map(f) || !check_projection(f) || !ir_infer_window(f, x->dims + 1, 2, out + 1))
    return false;
  if (w->rank != 4)
    return ir_fail(f, "weight is %s; it must have 4 axes", ir_show(f, w));
  if (group < 1 || x->dims[0] % group != 0)
    return ir_fail(f, "group is %lld; it must divide the %lld input channels", (long long)group,
                   (long long)x->dims[0]);
  if (is_kernel_order && w->dims[3] > INT32_MAX / group)
    return ir_fail(f, "weight is %s; with group %lld that is too many channels", ir_show(f, w),
                   (long long)group);
  out[0] = is_kernel_order ? w->dims[3] * group : w->dims[0];
  if (out[0] % group != 0)
    return ir_fail(f, "group is %lld; it must divide the %lld output channels", (long long)group,
                   (long long)out[0]);
  struct ir_window win = ir_window_of(f->g, f->n);
  const int64_t oihw[] = {out[0], x->dims[0] / group, win.kernel[0], win.kernel[1]};
  const int64_t kernel[] = {x->dims[0], win.kernel[0], win.kernel[1], out[0] / group};
  struct ir_type want = ir_type_make(w->dtype, 4, is_kernel_order ? kernel : oihw);
  return check_weight_shape(f, &want) && set_type(f, IR_CURRENT, 3, out);
}

/* As trained the weight is [O, C, H, W] or [O, I]; as the kernels read it, [I, O]. */
static bool infer_project_dense(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  const struct ir_type *w = &ir_attr_tensor(f->n, IR_A_WEIGHT)->type;
  bool is_kernel_order = ir_attr_word(f->n, IR_A_ORDER, IR_W_ORDER_OIHW) == IR_W_ORDER_KERNEL;
  struct ir_type want = {.dtype = w->dtype, .rank = 2};
  if (!want_signal(f) || !check_projection(f))
    return false;
  if (w->rank < 2)
    return ir_fail(f, "weight is %s; it must have a size for the targets and one for the sources",
                   ir_show(f, w));
  int64_t targets = w->dims[is_kernel_order ? 1 : 0];
  want.dims[is_kernel_order ? 1 : 0] = targets;
  want.dims[is_kernel_order ? 0 : 1] = ir_type_count(x);
  if (!is_kernel_order && w->rank == 4 && x->rank == 3) {
    want = ir_type_make(w->dtype, 4, w->dims);
    for (size_t i = 0; i < 3; i++)
      want.dims[i + 1] = x->dims[i];
  }
  return check_weight_shape(f, &want) && set_type(f, IR_CURRENT, 1, &targets);
}

static bool infer_project_avgpool(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  const int64_t allowed[] = {1, x->dims[0]};
  int64_t out[3] = {x->dims[0], 0, 0};
  return want_map(f) && check_projection(f) &&
         check_tensor(f, IR_A_WEIGHT, number_type(f, IR_A_WEIGHT, WEIGHT_TYPES), allowed, 2) &&
         ir_infer_window(f, x->dims + 1, 2, out + 1) && set_type(f, IR_CURRENT, 3, out);
}

static bool infer_project_one_to_one(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  return want_signal(f) && check_projection(f) && check_per_neuron(f, IR_A_WEIGHT, x) &&
         set_type(f, IR_CURRENT, x->rank, x->dims);
}

static bool infer_project_all_but_self(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  const int64_t one = 1;
  return want_signal(f) && check_projection(f) && check_tensor(f, IR_A_WEIGHT, IR_F32, &one, 1) &&
         set_type(f, IR_CURRENT, x->rank, x->dims);
}

/* What the pairs of an index are of: counts and their names. */
struct pairs {
  int64_t n_first, n_second;
  const char *first, *second;
};

/* Each pair inside both, in ascending order, none twice. */
static bool check_pairs(const struct ir_infer *f, const struct ir_tensor *index,
                        const struct pairs *of) {
  const int32_t *v = index->data;
  if (index->type.dtype != IR_I32 || index->type.rank != 2 || index->type.dims[1] != 2)
    return ir_fail(f, "index is %s; it must be i32[n, 2], pairs of %s and %s",
                   ir_show(f, &index->type), of->first, of->second);
  for (int64_t i = 0; i < index->type.dims[0]; i++) {
    int32_t source = v[2 * i], target = v[2 * i + 1];
    if (source < 0 || source >= of->n_first || target < 0 || target >= of->n_second)
      return ir_fail(f, "index[%lld] is (%d, %d); there are %lld %ss and %lld %ss", (long long)i,
                     (int)source, (int)target, (long long)of->n_first, of->first,
                     (long long)of->n_second, of->second);
    if (i > 0 && (source < v[2 * i - 2] || (source == v[2 * i - 2] && target <= v[2 * i - 1])))
      return ir_fail(f, "index[%lld] is (%d, %d), the pair before it (%d, %d); pairs must ascend",
                     (long long)i, (int)source, (int)target, (int)v[2 * i - 2], (int)v[2 * i - 1]);
  }
  return true;
}

static bool infer_project_sparse(const struct ir_infer *f) {
  const struct ir_tensor *index = ir_attr_tensor(f->n, IR_A_INDEX);
  if (!want_signal(f) || !check_projection(f))
    return false;
  if (f->n->type.dtype != IR_CURRENT || ir_count_checked(&f->n->type) < 0)
    return ir_fail(f, "its type is %s; it must be given as current of the targets' shape",
                   ir_show(f, &f->n->type));
  struct pairs of = {ir_type_count(ir_operand_type(f, 0)), ir_type_count(&f->n->type), "source",
                     "target"};
  return check_shape(f, &f->n->type) && check_pairs(f, index, &of) &&
         check_tensor(f, IR_A_WEIGHT, IR_F32, index->type.dims, 1);
}

/* The spikes of a recording: pairs (step, neuron), for model=events and no other. */
static bool check_events(const struct ir_infer *f, enum ir_word model, const struct ir_type *t) {
  const struct ir_tensor *index = ir_attr_tensor(f->n, IR_A_INDEX);
  struct pairs of = {INT32_MAX, ir_type_count(t), "step", "neuron"};
  if (model != IR_W_MODEL_EVENTS)
    return !index ||
           ir_fail(f, "index is for model events; %s fires by its threshold", ir_word_text(model));
  if (!index || f->n->n_in > 0)
    return ir_fail(f, "model events needs an index of its spikes, and nothing can lead to it");
  return check_pairs(f, index, &of);
}

/* The steps of a turn are as many as its model can have, within those of the network. */
static bool check_turn(const struct ir_infer *f) {
  enum ir_word model = ir_attr_word(f->n, IR_A_MODEL, IR_W_MODEL_IF);
  const struct ir_attr *a = ir_attr(f->n, IR_A_TURN);
  struct ir_turn p = ir_turn_of(f->n);
  int64_t least, most;
  ir_turn_limits(model, &least, &most);
  if (!a && most == 0)
    return true;
  if (!a || most == 0)
    return ir_fail(f, "model is %s, which %s", ir_word_text(model),
                   a ? "has no turn" : "needs a turn: [first step, steps]");
  if (a->u.ints.n != 2 || p.first < 0 || p.first > INT32_MAX || p.steps < least || p.steps > most)
    return ir_fail(f, "turn must be [first step, steps], from step 0 and with %lld to %lld steps",
                   (long long)least, (long long)most);
  return true;
}

/* As many as the model has. */
static bool check_params(const struct ir_infer *f) {
  const struct ir_tensor *t = ir_attr_tensor(f->n, IR_A_PARAMS);
  enum ir_word model = ir_attr_word(f->n, IR_A_MODEL, IR_W_MODEL_IF);
  const struct ir_param *p;
  size_t n = ir_model_params(model, &p);
  if (!check_tensor(f, IR_A_PARAMS, IR_F32, NULL, 0))
    return false;
  if (t && (size_t)ir_type_count(&t->type) != n)
    return ir_fail(f, "params has %lld values; model %s has %zu",
                   (long long)ir_type_count(&t->type), ir_word_text(model), n);
  return true;
}

static bool infer_population(const struct ir_infer *f) {
  struct ir_type t = f->n->type;
  double v_init = ir_attr_float(f->n, IR_A_V_INIT, 0), leak = ir_attr_float(f->n, IR_A_LEAK, 0);
  int64_t refractory = ir_attr_int(f->n, IR_A_REFRACTORY, 0);
  enum ir_word model = ir_attr_word(f->n, IR_A_MODEL, IR_W_MODEL_IF);
  if (!want_equal(f, IR_CURRENT))
    return false;
  if (f->n->n_in > 0)
    t = *ir_operand_type(f, 0);
  else if (!is_spikes(&t) || ir_count_checked(&t) < 0)
    return ir_fail(f, "its type is %s; without operands it must be given as spikes[..]",
                   ir_show(f, &t));
  t.dtype = model == IR_W_MODEL_IF_SIGNED ? IR_SIGNED : IR_SPIKES;
  if (!isfinite(v_init))
    return ir_fail(f, "v_init is %g; it must be finite", v_init);
  if (!(leak >= 0) || leak > (double)FLT_MAX)
    return ir_fail(f, "leak is %g; it must be a float32 of 0 or more", leak);
  if (refractory < 0 || refractory > UINT16_MAX)
    return ir_fail(f, "refractory is %lld; it must be from 0 to %d", (long long)refractory,
                   UINT16_MAX);
  if (!check_turn(f) || !check_shape(f, &t) || !check_per_neuron(f, IR_A_THRESHOLD, &t) ||
      !check_per_neuron(f, IR_A_BIAS, &t) || !check_params(f) || !check_events(f, model, &t))
    return false;
  f->n->type = t;
  return true;
}

static bool infer_current_maxpool(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  int64_t out[3] = {x->dims[0], 0, 0};
  if (x->dtype != IR_CURRENT)
    return ir_fail(f, "the operand is %s; it must be current", ir_show(f, x));
  return want_map(f) && ir_infer_window(f, x->dims + 1, 2, out + 1) &&
         set_type(f, IR_CURRENT, 3, out);
}

static bool infer_spike_maxpool(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  int64_t out[3] = {x->dims[0], 0, 0};
  if (!is_spikes(x))
    return ir_fail(f, "the operand is %s; it must be spikes", ir_show(f, x));
  if (x->dtype == IR_SIGNED && ir_attr_word(f->n, IR_A_POOL, IR_W_POOL_COUNT) == IR_W_POOL_WINNER)
    return ir_fail(f, "the operand is %s; pool=winner takes spikes", ir_show(f, x));
  return want_map(f) && ir_infer_window(f, x->dims + 1, 2, out + 1) &&
         set_type(f, x->dtype, 3, out);
}

static bool infer_spike_concat(const struct ir_infer *f) {
  struct ir_type t = *ir_operand_type(f, 0);
  if (!want_signal(f))
    return false;
  for (size_t k = 0; k < f->n->n_in; k++) {
    struct ir_type other = *ir_operand_type(f, k);
    int64_t channels = other.dims[0];
    if (!is_spikes(&other) || other.dtype != t.dtype)
      return ir_fail(f, "operand %zu is %s; all must be spikes, or all signed", k + 1,
                     ir_show(f, &other));
    other.dims[0] = t.dims[0];
    if (!ir_type_equal(&other, &t))
      return ir_fail(f, "operand 1 is %s, operand %zu is %s; height and width must be equal",
                     ir_show(f, ir_operand_type(f, 0)), k + 1, ir_show(f, ir_operand_type(f, k)));
    if (k > 0)
      t.dims[0] += channels; /* at most 1024 x 2^31 */
  }
  f->n->type = t;
  return true;
}

static bool infer_view(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  int64_t n = ir_type_count(x);
  return want_signal(f) && set_type(f, x->dtype, 1, &n);
}

/* readout=count: the spikes of one population. */
static bool check_counted(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  if (f->n->n_in != 1 || !is_spikes(x))
    return ir_fail(f, "%zu operands, the first %s; readout=count has one, which sends spikes",
                   f->n->n_in, ir_show(f, x));
  if (ir_attr(f->n, IR_A_BIAS))
    return ir_fail(f, "bias is not for readout=count");
  return true;
}

static bool infer_readout(const struct ir_infer *f) {
  const struct ir_type *x = ir_operand_type(f, 0);
  bool is_count = ir_attr_word(f->n, IR_A_READOUT, IR_W_READOUT_MEMBRANE) == IR_W_READOUT_COUNT;
  int64_t n = ir_type_count(x);
  double early_exit = ir_attr_float(f->n, IR_A_EARLY_EXIT, 1);
  if (ir_attr(f->n, IR_A_MIN) &&
      ir_attr_word(f->n, IR_A_READOUT, IR_W_READOUT_MEMBRANE) != IR_W_READOUT_MEMBRANE)
    return ir_fail(f, "min is for readout=membrane only");
  if (ir_attr_float(f->n, IR_A_MIN, 0) != 0)
    return ir_fail(f, "min is %g; it must be 0 or absent", ir_attr_float(f->n, IR_A_MIN, 0));
  if (!(early_exit > 0) || early_exit > (double)FLT_MAX)
    return ir_fail(f, "early_exit is %g; it must be a float32 above 0", early_exit);
  return want_signal(f) && (is_count ? check_counted(f) : want_equal(f, IR_CURRENT)) &&
         check_per_neuron(f, IR_A_BIAS, x) && set_type(f, IR_F32, 1, &n);
}

static bool (*const rules[IR_N_OPS])(const struct ir_infer *f) = {
    [IR_ENCODE] = infer_encode,
    [IR_PROJECT_CONV] = infer_project_conv,
    [IR_PROJECT_DENSE] = infer_project_dense,
    [IR_PROJECT_AVGPOOL] = infer_project_avgpool,
    [IR_PROJECT_ONE_TO_ONE] = infer_project_one_to_one,
    [IR_PROJECT_ALL_BUT_SELF] = infer_project_all_but_self,
    [IR_PROJECT_SPARSE] = infer_project_sparse,
    [IR_POPULATION] = infer_population,
    [IR_CURRENT_MAXPOOL] = infer_current_maxpool,
    [IR_SPIKE_MAXPOOL] = infer_spike_maxpool,
    [IR_SPIKE_CONCAT] = infer_spike_concat,
    [IR_VIEW] = infer_view,
    [IR_READOUT] = infer_readout,
};

bool ir_infer_spiking(const struct ir_infer *f) {
  if (!rules[f->n->op])
    return ir_fail(f, "op %d has no type rule", (int)f->n->op);
  return rules[f->n->op](f);
}
