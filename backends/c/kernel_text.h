/* backends/c/kernel_text.h -- the runtime's headers and the files of packages as strings, made by
 * the Makefile. */
#ifndef BACKENDS_C_KERNEL_TEXT_H
#define BACKENDS_C_KERNEL_TEXT_H

#include <stddef.h>

struct text_file {
  const char *path; /* in the tree: "runtime/kernels/fire.h" */
  const char *text;
};

extern const struct text_file kernel_texts[];
extern const size_t n_kernel_texts;

/* "backends/c/package/KIND/PATH"; c_package.c says what stands between two @. */
extern const struct text_file package_texts[];
extern const size_t n_package_texts;

#endif
