#include "ir/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file_internal.h"

static const char *advice(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return "check the name and that its folder exists";
  case EACCES:
  case EPERM:
    return "check its permissions and those of its folder";
  case EISDIR:
    return "name a file in it";
  case ENOSPC:
  case EDQUOT:
    return "free some space";
  case EFBIG:
    return "raise the limit of file sizes (ulimit -f)";
  case ENAMETOOLONG:
    return "choose a shorter one";
  case EROFS:
    return "choose a folder that can be written";
  case EPIPE:
    return "the reader has gone";
  default:
    return "check the device";
  }
}

bool file_told(struct diag *d, const char *path, const char *verb, int error) {
  return diag_error(d, loc_file(path), "cannot %s: %s; %s", verb, strerror(error), advice(error));
}

static int open_input(const char *path) {
  int fd;
  if (!strcmp(path, "-"))
    return dup(STDIN_FILENO);
  do
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  while (fd < 0 && errno == EINTR);
  return fd;
}

/* An open file on its way into memory. */
struct input {
  struct arena *arena;
  struct diag *diag;
  const char *path;
  size_t max_bytes;
  struct stat st;
  int fd;
};

static bool too_large(const struct input *in) {
  return diag_error(in->diag, loc_file(in->path),
                    "the file is larger than %zu bytes, the most that is read; --max-memory sets "
                    "another limit",
                    in->max_bytes);
}

static bool check(struct input *in) {
  if (fstat(in->fd, &in->st) != 0)
    return file_told(in->diag, in->path, "read", errno);
  if (S_ISDIR(in->st.st_mode))
    return file_told(in->diag, in->path, "read", EISDIR);
  if (S_ISREG(in->st.st_mode) && in->st.st_size > 0 && (uint64_t)in->st.st_size > in->max_bytes)
    return too_large(in);
  return true;
}

static bool open_checked(struct input *in) {
  in->fd = open_input(in->path);
  if (in->fd < 0)
    return file_told(in->diag, in->path, "read", errno);
  bool is_good = check(in);
  if (!is_good)
    close(in->fd);
  return is_good;
}

static bool is_sized(const struct input *in) {
  return S_ISREG(in->st.st_mode) && in->st.st_size > 0;
}

static bool read_all(const struct input *in, struct buf *b) {
  for (;;) {
    char chunk[65536];
    ssize_t n = read(in->fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return file_told(in->diag, in->path, "read", errno);
    if (n == 0)
      return true;
    if ((size_t)n > in->max_bytes - b->len)
      return too_large(in);
    buf_put(b, chunk, (size_t)n);
  }
}

/* Reads to the end and closes. One allocation of the right size where the size is known. */
static bool read_and_close(struct input *in, struct bytes *out) {
  struct buf b;
  buf_init(&b, in->arena);
  if (is_sized(in)) {
    b.cap = (size_t)in->st.st_size + 1;
    b.data = arena_alloc(in->arena, b.cap, 1);
  }
  buf_puts(&b, "");
  bool is_good = read_all(in, &b);
  close(in->fd);
  *out = (struct bytes){(const uint8_t *)b.data, b.len};
  return is_good;
}

bool file_read(struct arena *a, struct diag *d, const char *path, size_t max_bytes,
               struct bytes *out) {
  struct input in = {.arena = a, .diag = d, .path = path, .max_bytes = max_bytes};
  return open_checked(&in) && read_and_close(&in, out);
}

static void unmap(void *mapping) {
  const struct bytes *b = mapping;
  if (b->len)
    munmap((void *)(uintptr_t)b->data, b->len);
}

bool file_map_fd(struct arena *a, int fd, size_t len, struct bytes *out) {
  struct bytes *b = ARENA_NEW(a, struct bytes, 1);
  arena_at_end(a, unmap, b); /* before there is something that running out of memory would leave */
  void *p = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
  if (p == MAP_FAILED)
    return false;
  *out = *b = (struct bytes){p, len};
  return true;
}

bool file_map(struct arena *a, struct diag *d, const char *path, size_t max_bytes,
              struct bytes *out) {
  struct input in = {.arena = a, .diag = d, .path = path, .max_bytes = max_bytes};
  if (!open_checked(&in))
    return false;
  if (!is_sized(&in) || !file_map_fd(a, in.fd, (size_t)in.st.st_size, out))
    return read_and_close(&in, out);
  close(in.fd);
  return true;
}

static const char *after_slash(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

const char *file_dir(struct arena *a, const char *path) {
  return arena_strndup(a, path, (size_t)(after_slash(path) - path));
}

/* A leading dot begins a hidden file's name, not an ending. */
const char *file_ending(const char *path) {
  const char *base = after_slash(path);
  const char *dot = strrchr(base, '.');
  return dot && dot != base ? dot : base + strlen(base);
}

const char *file_stem(struct arena *a, const char *path) {
  const char *base = after_slash(path);
  return arena_strndup(a, base, (size_t)(file_ending(path) - base));
}

bool file_is_bare(const char *name) {
  for (const char *s = name; *s; s++)
    if (strchr("/\\\"", *s) || (unsigned char)*s < 0x20)
      return false;
  return *name && *name != '.';
}

uint32_t file_crc32(const void *data, size_t len) {
  return (uint32_t)crc32_z(0, data, len);
}
