#define SNN_INT16
#define SNN_BYTES
#define SNN_CALLS snn_image_current_int16_bytes
#include "current.inc"
