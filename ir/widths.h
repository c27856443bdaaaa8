/* ir/widths.h -- what weights of 8 bits cost in each layer: left by the pass quantize where eval is
 * to explain, shown by backends/report/. */
#ifndef IR_WIDTHS_H
#define IR_WIDTHS_H

#include <stddef.h>

/* Against the network of floats: root mean square of the difference of outputs, of that of the
 * outputs less their mean in each sample; samples with another largest output. */
struct width_cost {
  double output_error;
  size_t n_changed;
};

struct width_layer {
  const char *name;
  int bits;
  double weight_error;    /* root mean square of what rounding adds, of that of the weights */
  struct width_cost cost; /* of 8 bits here and 16 in all other layers; of 8 bits only */
};

struct widths {
  size_t n_samples; /* of --calib */
  const struct width_layer *layer;
  size_t n_layers;
  struct width_cost as_is, all_wide; /* as it was asked for; 16 bits everywhere */
  const char *try;                   /* what --int16 should say; NULL: as it does */
  struct width_cost with_try;
};

#endif
