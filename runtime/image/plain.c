/* Kernels that read neither weights nor the input: the same for all types of numbers. */
#define SNN_INT8
#include "tables.h"
#include "../kernels/add_map.h"
#include "../kernels/concat.h"
#include "../kernels/count_sent.h"
#include "../kernels/count_signed.h"
#include "../kernels/count_spikes.h"
#include "../kernels/fill.h"
#include "../kernels/fire.h"
#include "../kernels/fire_signed.h"
#include "../kernels/maxpool.h"
#include "../kernels/maxpool_signed.h"
#include "../kernels/maxpool_winner.h"
#include "../kernels/negate.h"
#include "../kernels/output.h"
#include "../kernels/read_sent.h"
#include "../kernels/take_events.h"

#define SNN_IMAGE_PLAIN(number, tag, function, n_args, result, desc, phases)                       \
  SNN_DEFINE_CALL(tag, function, n_args, result)
#include "kernels.def"
#undef SNN_IMAGE_PLAIN

snn_call *const snn_image_plain[] = {
#define SNN_IMAGE_PLAIN(number, tag, function, n_args, result, desc, phases)                       \
  [number - SNN_FIRST_PLAIN] = call_##tag,
#include "kernels.def"
#undef SNN_IMAGE_PLAIN
};
