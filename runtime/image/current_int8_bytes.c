#define SNN_INT8
#define SNN_BYTES
#define SNN_CALLS snn_image_current_int8_bytes
#include "current.inc"
