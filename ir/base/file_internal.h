/* ir/base/file_internal.h -- what reading and writing of files share. */
#ifndef IR_BASE_FILE_INTERNAL_H
#define IR_BASE_FILE_INTERNAL_H

#include <stdbool.h>

struct diag;

/* "path: error: cannot <verb>: <the system's words>; <what to do>". Returns false. */
bool file_told(struct diag *d, const char *path, const char *verb, int error);

#endif
