/* The kernels for weights of int16. */
#define SNN_INT16
#define EXECUTOR(isa) spiking_kernels_int16_##isa
#define IMAGE         snn_image_scatter_int16
#include "tests/unit/kernels_integer.h"
