/* ir/samples.h -- a set of samples with labels: what eval runs on and calibration looks at.
 *
 * Stored as they came (bytes or floats); one sample is converted when it is asked for, so memory is
 * that of the file. Reading from files is frontend/data's work. Safe for several threads. */
#ifndef IR_SAMPLES_H
#define IR_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ir/options.h"

struct diag;
struct recordings;
struct ir_type;

enum samples_dtype { SAMPLES_U8, SAMPLES_F32 };
enum samples_layout { SAMPLES_FLAT, SAMPLES_CHW, SAMPLES_HWC };

struct samples {
  const char *path; /* for messages */
  size_t n;
  size_t first; /* number of the first in its file: of those before it, which were left out */
  enum samples_dtype dtype;
  enum samples_layout layout;     /* as stored                                    */
  bool is_layout_known;           /* else CHW is a guess that samples_prepare may turn to HWC */
  size_t channels, height, width; /* stored axes in CHW order, also where they are a guess;
                                     flat: channels = size, 1, 1                  */
  const void *data;               /* n * channels * height * width elements       */
  const int32_t *labels;          /* n, or NULL                                   */
  struct recordings *recordings;  /* in place of data, or NULL: ir/recordings.h   */

  /* x' = (x * scale - mean[c]) / std[c], where the stored x has a border of `pad` zeros on every
   * side; set by samples_prepare. One mean for all channels, or one for each; so for std. */
  float scale;
  struct number_list mean, std;
  size_t pad;

  /* Order the model wants, set by samples_prepare. */
  enum samples_layout model_layout;
  size_t model_size;
};

/* Fits the samples to a model's input type (any batch axis or none; [1,C,H,W], [1,H,W,C], [C,H,W],
 * [H,W], [1,n], [n], [1,n,1] ...) and takes scale, mean, std, pad and layout from the options,
 * which must outlive the samples. A flat model takes the values in their stored order. Defaults:
 * scale 1/255 for bytes, 1 for floats. False: told, with both shapes. */
bool samples_prepare(struct samples *s, struct diag *d, const struct ir_type *input,
                     const struct options *opt);

/* Warns of what prepared samples cannot have been meant to be: one and the same, or values as they
 * are stored in pictures where no scale is given. */
void samples_warn(const struct samples *s, struct diag *d, const struct options *opt);

/* False: told that a value of a prepared sample is not from 0 to 1, which spikes cannot say. */
bool samples_check_unit(const struct samples *s, struct diag *d);

/* Sample i in the model's order: writes model_size floats. Of a recording, rates: the steps with an
 * event, of all steps. */
void samples_get(const struct samples *s, size_t i, float *x);

#endif
