#define SNN_INT16
#define SNN_CALLS snn_image_current_int16
#include "current.inc"
