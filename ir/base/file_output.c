#include "ir/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ir/base/arena.h"
#include "ir/base/file_internal.h"

/* One target. Linked before its temporary file exists, so that a signal at any time finds it. */
struct output {
  struct output *next;
  const char *path;      /* as the user wrote it, for messages */
  const char *target;    /* symbolic links resolved; NULL: a stream, written at commit */
  char *temporary;       /* beside the target */
  struct folder *folder; /* NULL: a file */
  struct bytes data;     /* of a stream */
  volatile sig_atomic_t is_pending;
};

struct file_outputs {
  struct arena *arena;
  struct output *first, **last;
};

/* 0, or errno. */
static int write_all(int fd, struct bytes b) {
  while (b.len > 0) {
    ssize_t n = write(fd, b.data, b.len);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return errno;
    b.data += n;
    b.len -= (size_t)n;
  }
  return 0;
}

struct file_outputs *file_outputs_new(struct arena *a) {
  struct file_outputs *o = ARENA_NEW(a, struct file_outputs, 1);
  o->arena = a;
  o->last = &o->first;
  return o;
}

/* Where `path` leads. A device, a pipe and "-" are streams: they are never replaced by a file. */
static bool find_target(struct file_outputs *o, struct output *out, int *error) {
  struct stat st;
  if (!strcmp(out->path, "-"))
    return true;
  if (stat(out->path, &st) != 0) {
    out->target = out->path;
    *error = errno == ENOENT ? 0 : errno;
  } else if (S_ISDIR(st.st_mode)) {
    *error = EISDIR;
  } else if (S_ISREG(st.st_mode)) {
    char *real = realpath(out->path, NULL);
    *error = real ? 0 : errno;
    out->target = real ? arena_strdup(o->arena, real) : NULL;
    free(real);
  }
  return *error == 0;
}

int file_write_and_close(int fd, struct bytes data) {
  mode_t mask = umask(0);
  umask(mask);
  int error = write_all(fd, data);
  if (!error && (fchmod(fd, 0666 & ~mask) != 0 || fsync(fd) != 0))
    error = errno;
  if (close(fd) != 0 && !error)
    error = errno;
  return error;
}

/* The temporary file with the data in it, synced. 0, or errno. */
static int write_temporary(struct output *out, struct bytes data) {
  int fd = mkstemp(out->temporary);
  return fd < 0 ? errno : file_write_and_close(fd, data);
}

/* From here on file_outputs_abandon knows it. */
static void link_output(struct file_outputs *o, struct output *out) {
  out->is_pending = 1;
  *o->last = out;
  o->last = &out->next;
}

bool file_outputs_add(struct file_outputs *o, struct diag *d, const char *path, const void *data,
                      size_t len) {
  struct output *out = ARENA_NEW(o->arena, struct output, 1);
  int error = 0;
  out->path = arena_strdup(o->arena, path);
  if (!find_target(o, out, &error))
    return file_told(d, path, "write", error);
  if (!out->target) {
    out->data = (struct bytes){arena_memdup(o->arena, data, len), len};
  } else {
    const char *dir = file_dir(o->arena, out->target);
    out->temporary = arena_printf(o->arena, "%s.snncc-XXXXXX", dir);
  }
  link_output(o, out);
  if (out->target)
    error = write_temporary(out, (struct bytes){data, len});
  return !error || file_told(d, path, "write", error);
}

/* A link to a folder is followed: what it leads to becomes the target. */
bool file_outputs_add_folder(struct file_outputs *o, struct diag *d, const char *path,
                             const struct file_member *file, size_t n) {
  struct output *out = ARENA_NEW(o->arena, struct output, 1);
  char real[PATH_MAX];
  bool exists = realpath(path, real) != NULL;
  if (!exists && errno != ENOENT)
    return file_told(d, path, "write", errno);
  out->path = arena_strdup(o->arena, path);
  out->target = exists ? arena_strdup(o->arena, real) : out->path;
  out->folder = file_folder_new(o->arena, out->path, out->target);
  link_output(o, out);
  return file_folder_write(out->folder, d, file, n);
}

void file_sync_folder(const char *folder) {
  int fd = open(*folder ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    (void)fsync(fd);
    close(fd);
  }
}

static int commit_stream(const struct output *out) {
  int fd = !strcmp(out->path, "-") ? dup(STDOUT_FILENO) : open(out->path, O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return errno;
  int error = write_all(fd, out->data);
  if (close(fd) != 0 && !error)
    error = errno;
  return error;
}

bool file_outputs_commit(struct file_outputs *o, struct diag *d) {
  for (struct output *out = o->first; out; out = out->next) {
    int error = 0;
    if (!out->is_pending)
      continue;
    if (!out->target)
      error = commit_stream(out);
    else if (out->folder)
      error = file_folder_commit(out->folder);
    else if (rename(out->temporary, out->target) != 0)
      error = errno;
    if (error)
      return file_told(d, out->path, "write", error);
    out->is_pending = 0;
    if (out->target)
      file_sync_folder(file_dir(o->arena, out->target));
  }
  return true;
}

/* Only unlink() and rmdir(): a signal handler may call this. */
void file_outputs_abandon(struct file_outputs *o) {
  for (struct output *out = o->first; out; out = out->next) {
    if (out->is_pending && out->temporary)
      unlink(out->temporary);
    if (out->is_pending && out->folder)
      file_folder_remove(out->folder);
    out->is_pending = 0;
  }
}
