/* ir/base/file_internal.h -- what reading and writing of files share. */
#ifndef IR_BASE_FILE_INTERNAL_H
#define IR_BASE_FILE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct bytes;
struct diag;
struct file_member;

/* "path: error: cannot <verb>: <the system's words>; <what to do>". Returns false. */
bool file_told(struct diag *d, const char *path, const char *verb, int error);

/* Writes all of it, gives the file the permissions of a new one, syncs and closes it. 0, or
 * errno. */
int file_write_and_close(int fd, struct bytes data);

/* A rename is on disk when its folder is. Some file systems cannot sync a folder: no error. */
void file_sync_folder(const char *folder);

/* An output that is a folder: filled beside `target`, then renamed. `path` is what messages say. */
struct folder;
struct folder *file_folder_new(struct arena *a, const char *path, const char *target);
/* The target may be missing, empty, or what snncc wrote and nobody touched since. False: told. */
bool file_folder_write(struct folder *f, struct diag *d, const struct file_member *file, size_t n);
/* 0, or errno. What was at the target is gone then. */
int file_folder_commit(const struct folder *f);
/* Removes what there is of it beside the target. Only unlink() and rmdir(). */
void file_folder_remove(const struct folder *f);

/* Maps the first len > 0 bytes of an open file until the arena ends. False: not possible. */
bool file_map_fd(struct arena *a, int fd, size_t len, struct bytes *out);

#endif
