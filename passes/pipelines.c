#include "passes/pass_internal.h"

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "passes/passes.h"

enum pass_tag {
#define PASS_TAG(name) AT_##name,
  PASS_LIST(PASS_TAG)
#undef PASS_TAG
      N_PASSES
};

enum {
  SHAPED = IR_FACT_SHAPED,
  SINGLE = IR_FACT_SINGLE,
  FOLDED = IR_FACT_FOLDED,
  BALANCED = IR_FACT_BALANCED,
  SPIKING = IR_FACT_SPIKING,
  LAID_OUT = IR_FACT_LAID_OUT,
  PLACED = IR_FACT_PLACED,
  QUANTIZED = IR_FACT_QUANTIZED
};

/* A pass that changes what the nodes compute breaks the scales that a normalization has put there.
 */
static const struct pass passes[N_PASSES] = {
    [AT_single_sample] = {"single-sample", SHAPED, SINGLE, 0, pass_single_sample,
                          "make the batch axis 1: one sample at a time"},
    [AT_drop_quantization] = {"drop-quantization", SHAPED, 0, FOLDED | BALANCED,
                              pass_drop_quantization,
                              "read values that are quantized and read back as real numbers"},
    [AT_fold_constants] = {"fold-constants", SHAPED, 0, BALANCED, pass_fold_constants,
                           "evaluate what is constant, drop what does nothing"},
    [AT_simplify_shapes] = {"simplify-shapes", SHAPED, 0, BALANCED, pass_simplify_shapes,
                            "merge reshapes, transposes and padding into their neighbours"},
    [AT_fold_affine] = {"fold-affine", SHAPED, 0, BALANCED, pass_fold_affine,
                        "merge added constants and factors into the conv or dense beside them"},
    [AT_fold_batchnorm] = {"fold-batchnorm", SHAPED, FOLDED, BALANCED, pass_fold_batchnorm,
                           "merge each batchnorm into the conv or dense beside it"},
    [AT_relu_before_maxpool] = {"relu-before-maxpool", SHAPED, 0, BALANCED,
                                pass_relu_before_maxpool,
                                "move each relu ahead of max-pool, concat and reshape"},
    [AT_merge_linear] = {"merge-linear", SHAPED | FOLDED, 0, BALANCED, pass_merge_linear,
                         "merge linear layers that follow each other"},
    [AT_average_maxpool] = {"average-maxpool", SHAPED | FOLDED, 0, BALANCED, pass_average_maxpool,
                            "average instead of max-pool (--maxpool average)"},
    [AT_merge_needed] = {"merge-needed", SHAPED | FOLDED, 0, BALANCED, pass_merge_needed,
                         "merge linear layers that have no spikes between them, at a cost"},
    [AT_normalize_percentile] = {"normalize-percentile", SHAPED | SINGLE | FOLDED, BALANCED, 0,
                                 pass_normalize_percentile,
                                 "one spike per step = P-th percentile over the samples"},
    [AT_normalize_mse] = {"normalize-mse", SHAPED | SINGLE | FOLDED, BALANCED, 0,
                          pass_normalize_mse,
                          "one spike per step = least squared error in --steps steps"},
    [AT_normalize_weights] = {"normalize-weights", SHAPED | SINGLE | FOLDED, BALANCED, 0,
                              pass_normalize_weights,
                              "one spike per step = largest activation the weights allow"},
    [AT_normalize_none] = {"normalize-none", SHAPED | SINGLE | FOLDED, BALANCED, 0,
                           pass_normalize_none, "one spike per step = 1"},
    [AT_lower_spiking] = {"lower-spiking", SHAPED | SINGLE | FOLDED | BALANCED, SPIKING, 0,
                          pass_lower_spiking, "analog layers to populations and projections"},
    [AT_pool_currents] = {"pool-currents", SHAPED | SPIKING, 0, 0, pass_pool_currents,
                          "max-pool of constant currents ahead of their neurons"},
    [AT_layout_weights] = {"layout-weights", SHAPED | SPIKING, LAID_OUT, 0, pass_layout_weights,
                           "weights into the order that the kernels read"},
    [AT_place_memory] = {"place-memory", SHAPED | SPIKING | LAID_OUT, PLACED, 0, pass_place_memory,
                         "a place for each spike bitmap in the shared region"},
    [AT_correct_bias] = {"correct-bias", SHAPED | SPIKING | PLACED, 0, 0, pass_correct_bias,
                         "add to each bias what the layer sends too little (--correct bias)"},
    [AT_quantize] = {"quantize", SHAPED | SPIKING | LAID_OUT | PLACED, QUANTIZED, 0, pass_quantize,
                     "weights, thresholds and biases to integers (--quantize)"},
    [AT_early_exit] = {"early-exit", SHAPED | SPIKING | PLACED, 0, 0, pass_early_exit,
                       "a margin that ends the run (--early-exit)"},
};

/* The order of all pipelines: a pipeline is this list up to its last row. */
static const struct {
  enum pass_tag tag;
  enum pipeline from; /* the first pipeline that has it */
  unsigned until;
} order[] = {
    {AT_single_sample, PIPELINE_ANALOG, SINGLE | SPIKING},
    {AT_drop_quantization, PIPELINE_SPIKING, BALANCED | SPIKING}, /* the ANN of eval rounds */
    {AT_fold_constants, PIPELINE_ANALOG, FOLDED | SPIKING},
    {AT_simplify_shapes, PIPELINE_ANALOG, FOLDED | SPIKING},
    {AT_fold_affine, PIPELINE_ANALOG, FOLDED | SPIKING},
    {AT_fold_batchnorm, PIPELINE_ANALOG, FOLDED | SPIKING},
    {AT_relu_before_maxpool, PIPELINE_ANALOG, BALANCED | SPIKING},
    {AT_simplify_shapes, PIPELINE_ANALOG, BALANCED | SPIKING}, /* reshapes that moved together */
    {AT_merge_linear, PIPELINE_ANALOG, BALANCED | SPIKING},
    {AT_average_maxpool, PIPELINE_SPIKING, BALANCED | SPIKING},
    {AT_merge_needed, PIPELINE_SPIKING, BALANCED | SPIKING},
    {AT_normalize_percentile, PIPELINE_SPIKING, BALANCED | SPIKING},
    {AT_normalize_mse, PIPELINE_SPIKING, BALANCED | SPIKING},
    {AT_normalize_weights, PIPELINE_SPIKING, BALANCED | SPIKING},
    {AT_normalize_none, PIPELINE_SPIKING, BALANCED | SPIKING},
    {AT_lower_spiking, PIPELINE_SPIKING, SPIKING},
    {AT_pool_currents, PIPELINE_SPIKING, LAID_OUT},
    {AT_layout_weights, PIPELINE_SPIKING, LAID_OUT},
    {AT_place_memory, PIPELINE_SPIKING, PLACED},
    {AT_correct_bias, PIPELINE_SPIKING, QUANTIZED},
    {AT_quantize, PIPELINE_SPIKING, QUANTIZED},
    {AT_early_exit, PIPELINE_SPIKING, 0},
};
enum { N_ORDER = sizeof order / sizeof order[0] };

/* What options leave out: of the normalizations all but the one that --normalize and --calib
 * choose. */
static bool is_chosen(const struct comp *c, enum pass_tag tag) {
  enum normalize how = c->opt->normalize;

  switch (tag) {
  case AT_average_maxpool:
    return c->opt->maxpool == MAXPOOL_AVERAGE;
  case AT_normalize_percentile:
    return c->calib && (how == NORMALIZE_PERCENTILE || how == NORMALIZE_MAX);
  case AT_normalize_mse:
    return c->calib && how == NORMALIZE_MSE;
  case AT_normalize_weights:
    return how == NORMALIZE_WEIGHTS || (!c->calib && how != NORMALIZE_NONE);
  case AT_normalize_none:
    return how == NORMALIZE_NONE;
  case AT_correct_bias:
    return c->opt->correct == CORRECT_BIAS;
  case AT_quantize:
    return c->opt->quantize != QUANTIZE_FLOAT;
  case AT_early_exit:
    return c->opt->early_exit != 0;
  default:
    return true;
  }
}

const struct pass *pass_table(size_t *n) {
  *n = N_PASSES;
  return passes;
}

const struct pass_step *pass_steps(const struct comp *c, enum pipeline p, size_t *n) {
  struct pass_step *steps = ARENA_NEW(c->arena, struct pass_step, N_ORDER);

  *n = 0;
  for (size_t i = 0; i < N_ORDER; i++)
    if (order[i].from <= p && is_chosen(c, order[i].tag))
      steps[(*n)++] = (struct pass_step){&passes[order[i].tag], order[i].until};
  return steps;
}
