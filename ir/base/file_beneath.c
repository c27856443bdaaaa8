/* Opening what a file that need not be trusted names, without leaving its folder. Each part of the
 * name is opened relative to the one before and never through a link, so that nothing can be
 * swapped in between; openat2 with RESOLVE_BENEATH would do the same where the kernel has it, and
 * every other system would need this way anyway. */
#include "ir/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ir/base/arena.h"
#include "ir/base/file_internal.h"

/* One part of the name, up to the next slash. */
static size_t part_len(const char *name) {
  return strcspn(name, "/");
}

static const char *check_name(const char *name) {
  if (!*name)
    return "the name is empty";
  if (*name == '/')
    return "an absolute path leads out of it, which is refused";
  for (const char *p = name; *p; p += part_len(p), p += *p == '/') {
    if (part_len(p) == 2 && p[0] == '.' && p[1] == '.')
      return "\"..\" leads out of it, which is refused";
    if (part_len(p) == 0)
      return "the name has an empty part, \"//\"";
  }
  return name[strlen(name) - 1] == '/' ? "it is no regular file" : NULL;
}

static int open_retrying(int folder, const char *name, int flags) {
  int fd;
  do
    fd = openat(folder, name, flags | O_CLOEXEC);
  while (fd < 0 && errno == EINTR);
  return fd;
}

/* The file, or -1 with errno. O_NONBLOCK: opening a pipe must not wait for its writer. */
static int open_parts(struct arena *a, const char *folder, const char *name) {
  int at = open_retrying(AT_FDCWD, *folder ? folder : ".", O_PATH | O_DIRECTORY);
  while (at >= 0 && *name) {
    size_t len = part_len(name);
    bool is_last = name[len] == '\0';
    int flags = O_NOFOLLOW | (is_last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY);
    int next = open_retrying(at, arena_strndup(a, name, len), flags);
    int error = errno;
    close(at);
    errno = error;
    at = next;
    name += is_last ? len : len + 1;
  }
  return at;
}

/* ENOTDIR is also what a link in the place of a folder gives. */
static const char *why_not(struct arena *a, int error) {
  if (error == ENOENT)
    return "there is no such file";
  if (error == ELOOP || error == ENOTDIR)
    return "a symbolic link, or what is no folder, lies on the way, which is refused";
  if (error == ENXIO)
    return "it is no regular file";
  return arena_printf(a, "it cannot be read: %s", strerror(error));
}

static const char *map_open(struct arena *a, int fd, struct bytes *out) {
  struct stat st;
  *out = (struct bytes){(const uint8_t *)"", 0};
  if (fstat(fd, &st) != 0)
    return why_not(a, errno);
  if (!S_ISREG(st.st_mode))
    return "it is no regular file";
  if (st.st_nlink > 1)
    return "it has another name (a hard link), which is refused";
  if (st.st_size > 0 && !file_map_fd(a, fd, (size_t)st.st_size, out))
    return why_not(a, errno);
  return NULL;
}

const char *file_map_beneath(struct arena *a, const char *folder, const char *name,
                             struct bytes *out) {
  const char *why = check_name(name);
  if (why)
    return why;
  int fd = open_parts(a, folder, name);
  if (fd < 0)
    return why_not(a, errno);
  why = map_open(a, fd, out);
  close(fd);
  return why;
}
