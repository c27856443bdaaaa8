#define SNN_INT16
#define SNN_CALLS snn_image_scatter_int16
#include "scatter.inc"
