/* Loader: bitmaps share their region, so each must be written in the same step before it is read,
 * as the map that it is read as. Bits above the last channel of a pixel would else become indices.
 */
#include "loader.h"
#include "snn/descriptor.h"

static struct snn_map_use map_use(int arg, int32_t pixels, int32_t channels, uint32_t halves) {
  return (struct snn_map_use){arg, (uint32_t)pixels, (uint32_t)channels, halves};
}

static struct snn_map_use window_use(const struct snn_window *w, int arg, bool is_out,
                                     uint32_t halves) {
  uint32_t pixels = is_out ? snn_times((uint32_t)w->out_height, (uint32_t)w->out_width)
                           : snn_times((uint32_t)w->in_height, (uint32_t)w->in_width);

  return (struct snn_map_use){arg, pixels, (uint32_t)w->in_channels, halves};
}

/* long: flat switch */
struct snn_maps snn_image_maps_of(const struct snn_net *net, const struct snn_image_op *op) {
  const void *desc = &net->desc[op->desc];
  const struct snn_window *w = desc;
  const struct snn_dense *dense = desc;
  const struct snn_one_to_one *one = desc;
  const struct snn_fire *fire = desc;
  const struct snn_map *map = desc;
  const struct snn_concat *concat = desc;
  const struct snn_encode *encode = desc;
  struct snn_maps m = {{-1, 0, 0, 1}, {-1, 0, 0, 1}};

  switch (op->kernel) {
  case SNN_IMAGE_CONV_SCATTER:
  case SNN_IMAGE_CONV_SCATTER_ANY:
  case SNN_IMAGE_AVGPOOL_SCATTER:
    m.in = window_use(w, 0, false, 1);
    break;
  case SNN_IMAGE_DENSE_SCATTER:
    m.in = map_use(0, 1, dense->in_channels, 1);
    m.in.pixels = snn_times((uint32_t)dense->in_height, (uint32_t)dense->in_width);
    break;
  case SNN_IMAGE_ONE_TO_ONE_SCATTER:
    m.in = map_use(0, 1, one->channels, 1);
    m.in.pixels = snn_times((uint32_t)one->height, (uint32_t)one->width);
    break;
  case SNN_IMAGE_FIRE:
    m.out = map_use(3, fire->pixels, fire->channels, 1);
    break;
  case SNN_IMAGE_FIRE_SIGNED:
    m.out = map_use(3, map->pixels, map->channels, 2);
    break;
  case SNN_IMAGE_MAXPOOL:
  case SNN_IMAGE_MAXPOOL_WINNER:
    m.in = window_use(w, 0, false, 1);
    m.out = window_use(w, 2, true, 1);
    break;
  case SNN_IMAGE_MAXPOOL_SIGNED:
    m.in = window_use(w, 0, false, 2);
    m.out = window_use(w, 3, true, 2);
    break;
  case SNN_IMAGE_COUNT_SENT:
    m.in = map_use(0, map->pixels, map->channels, 1);
    break;
  case SNN_IMAGE_COUNT_SIGNED:
    m.in = map_use(0, map->pixels, map->channels, 2);
    break;
  case SNN_IMAGE_COUNT_SPIKES:
    m.in = map_use(0, map->pixels, map->channels, 1);
    break;
  case SNN_IMAGE_CONCAT:
    m.in = map_use(0, concat->pixels, concat->in_channels, 1);
    m.out = map_use(1, concat->pixels, concat->out_channels, 1);
    break;
  case SNN_IMAGE_TAKE_EVENTS:
    m.out = map_use(1, 1, encode->channels, 1);
    m.out.pixels = snn_times((uint32_t)encode->height, (uint32_t)encode->width);
    break;
  default:
    break;
  }
  return m;
}

/* Words begin .. end - 1 of the region; two halves are two maps. */
struct range {
  uint32_t begin, end, channels;
};

static struct range range_of(const struct snn_net *net, const struct snn_image_op *op,
                             const struct snn_map_use *use, uint32_t half) {
  const struct snn_image_buffer *b = &net->buffer[snn_arg_index(op, use->arg)];
  uint32_t words = use->pixels * ((use->channels + 31) / 32);
  uint32_t begin = b->at + half * words;

  if (snn_arg_kind(op, use->arg) == SNN_ARG_NEGATIVE)
    begin += b->n / 2;
  return (struct range){begin, begin + words, use->channels};
}

static bool overlaps(struct range a, struct range b) {
  return a.begin < b.end && b.begin < a.end;
}

static bool equals(struct range a, struct range b) {
  return a.begin == b.begin && a.end == b.end && a.channels == b.channels;
}

/* What call j of the step does to the range: nothing, or writes it as a whole, or channels from
 * `first` up to *missing, which becomes first. Else false. */
static bool look_back(const struct snn_net *net, const struct snn_image_op *op, struct range r,
                      uint32_t *missing) {
  struct snn_maps m = snn_image_maps_of(net, op);

  for (uint32_t half = 0; m.out.arg >= 0 && half < m.out.halves; half++) {
    struct range w = range_of(net, op, &m.out, half);
    if (!overlaps(w, r))
      continue;
    if (!equals(w, r))
      return false;
    if (op->kernel != SNN_IMAGE_CONCAT) {
      bool is_whole = *missing == r.channels;
      *missing = 0;
      return is_whole;
    }
    const struct snn_concat *d = (const void *)&net->desc[op->desc];
    if ((uint32_t)d->first + (uint32_t)d->in_channels != *missing)
      return false;
    *missing = (uint32_t)d->first;
    return true;
  }
  return true;
}

/* Range r, which call i reads, has been written since the step began. */
static bool is_written(const struct snn_net *net, uint32_t i, struct range r) {
  uint32_t missing = r.channels;

  while (missing > 0 && i > net->phase[SNN_PHASE_STEP])
    if (!look_back(net, &net->op[--i], r, &missing))
      return false;
  return missing == 0;
}

static bool check_read(const struct snn_net *net, uint32_t i) {
  const struct snn_image_op *op = &net->op[i];
  struct snn_maps m = snn_image_maps_of(net, op);

  for (uint32_t half = 0; m.in.arg >= 0 && half < m.in.halves; half++) {
    struct range r = range_of(net, op, &m.in, half);
    if (!is_written(net, i, r))
      return false;
    for (uint32_t k = 0; m.out.arg >= 0 && k < m.out.halves; k++)
      if (overlaps(r, range_of(net, op, &m.out, k)))
        return false;
  }
  return true;
}

bool snn_image_check_order(const struct snn_net *net) {
  for (uint32_t i = net->phase[SNN_PHASE_STEP]; i < net->phase[SNN_PHASE_STEP + 1]; i++)
    if (net->op[i].kernel != SNN_IMAGE_COUNT_SPIKES && !check_read(net, i)) /* any bits will do */
      return false;
  return true;
}
