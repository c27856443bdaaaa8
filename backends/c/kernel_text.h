/* backends/c/kernel_text.h -- the runtime's headers as strings, made by the Makefile. */
#ifndef BACKENDS_C_KERNEL_TEXT_H
#define BACKENDS_C_KERNEL_TEXT_H

#include <stddef.h>

struct kernel_text {
  const char *path; /* in the tree: "runtime/kernels/fire.h" */
  const char *text;
};

extern const struct kernel_text kernel_texts[];
extern const size_t n_kernel_texts;

#endif
