/* ir/base/file_internal.h -- what reading and writing of files share. */
#ifndef IR_BASE_FILE_INTERNAL_H
#define IR_BASE_FILE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct bytes;
struct diag;

/* "path: error: cannot <verb>: <the system's words>; <what to do>". Returns false. */
bool file_told(struct diag *d, const char *path, const char *verb, int error);

/* Maps the first len > 0 bytes of an open file until the arena ends. False: not possible. */
bool file_map_fd(struct arena *a, int fd, size_t len, struct bytes *out);

#endif
