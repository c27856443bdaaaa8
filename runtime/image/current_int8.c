#define SNN_INT8
#define SNN_CALLS snn_image_current_int8
#include "current.inc"
