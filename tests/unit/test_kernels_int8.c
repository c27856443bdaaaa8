/* The kernels for weights of int8. */
#define SNN_INT8
#define EXECUTOR(isa) spiking_kernels_int8_##isa
#define IMAGE         snn_image_scatter_int8
#include "tests/unit/kernels_integer.h"
