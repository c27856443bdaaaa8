#define SNN_INT8
#define SNN_CALLS snn_image_scatter_int8
#include "scatter.inc"
