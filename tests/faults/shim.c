/* tests/faults/shim.c -- a library for LD_PRELOAD that makes one call of a program fail.
 *
 * SNNCC_FAULT is "KIND N MODE ACTION": the Nth call of KIND (a row below), or with MODE "on" every
 * call from it, does ACTION: a number, which becomes errno; "short", half of a read or write;
 * "kill" or "term", the signal just before the call. SNNCC_FAULT_REPORT names a file that holds a
 * struct fault_report, where calls are counted. Without them the library does nothing. */
#include "tests/faults/faults.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct fault_report *report;
static struct {
  int kind, is_on, error, is_short, signal;
  long n;
} want;

/* mmap is one of the calls that may fail, so the system is asked itself. */
__attribute__((constructor)) static void start(void) {
  const char *text = getenv("SNNCC_FAULT"), *path = getenv("SNNCC_FAULT_REPORT");
  char kind[16], mode[8], action[8];
  int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR) : -1;
  void *p;

  if (fd < 0)
    return;
  p = (void *)syscall(SYS_mmap, NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  want.kind = -1;
  if (text && sscanf(text, "%15s %ld %7s %7s", kind, &want.n, mode, action) == 4) {
    for (int k = 0; k < FAULT_N_KINDS; k++)
      if (!strcmp(kind, fault_names[k]))
        want.kind = k;
    want.is_on = !strcmp(mode, "on");
    want.is_short = !strcmp(action, "short");
    want.signal = !strcmp(action, "kill") ? SIGKILL : !strcmp(action, "term") ? SIGTERM : 0;
    want.error = atoi(action);
  }
  report = p == MAP_FAILED ? NULL : p;
  unsetenv("SNNCC_FAULT_REPORT"); /* what the program starts itself runs without faults */
}

static int count(enum fault_kind kind) {
  long n;

  if (!report)
    return 0;
  n = atomic_fetch_add(&report->count[kind], 1) + 1;
  if (want.kind != (int)kind || (want.is_on ? n < want.n : n != want.n))
    return 0;
  report->has_fired = 1;
  if (want.signal)
    kill(getpid(), want.signal);
  else if (!want.is_short)
    errno = want.error;
  return 1;
}

/* True: the call fails, errno is set. Calls that write outputs are counted as steps too. */
static int fails(enum fault_kind kind) {
  switch (kind) {
  case FAULT_WRITE:
  case FAULT_FSYNC:
  case FAULT_CLOSE:
  case FAULT_RENAME:
  case FAULT_MKSTEMP:
  case FAULT_MKDIR:
  case FAULT_FCHMOD:
    count(FAULT_STEP);
    break;
  default:
    break;
  }
  return count(kind) && !want.signal && !want.is_short;
}

/* As fails, and *len may become shorter. */
static int fails_or_cuts(enum fault_kind kind, size_t *len) {
  long before = report ? report->has_fired : 0;

  if (fails(kind))
    return 1;
  if (report && want.is_short && report->has_fired && (want.is_on || !before) && *len > 1)
    *len /= 2;
  return 0;
}

/* The allocator behind this one: AddressSanitizer's where it is there, else glibc's. dlsym, which
 * finds all others, allocates itself. */
#define ALLOCATOR(type, name, parameters)                                                          \
  type __interceptor_##name parameters __attribute__((weak));                                      \
  type __libc_##name parameters;
ALLOCATOR(void *, malloc, (size_t len))
ALLOCATOR(void *, calloc, (size_t n, size_t size))
ALLOCATOR(void *, realloc, (void *p, size_t len))
ALLOCATOR(void *, memalign, (size_t align, size_t len))

#define WRAP_ALLOCATOR(name, parameters, arguments)                                                \
  void *name parameters {                                                                          \
    if (fails(FAULT_MALLOC))                                                                       \
      return NULL;                                                                                 \
    return __interceptor_##name ? __interceptor_##name arguments : __libc_##name arguments;        \
  }
WRAP_ALLOCATOR(malloc, (size_t len), (len))
WRAP_ALLOCATOR(calloc, (size_t n, size_t size), (n, size))
WRAP_ALLOCATOR(realloc, (void *p, size_t len), (p, len))
WRAP_ALLOCATOR(memalign, (size_t align, size_t len), (align, len))

void *aligned_alloc(size_t align, size_t len) {
  return memalign(align, len);
}

int posix_memalign(void **p, size_t align, size_t len) {
  *p = memalign(align, len);
  return *p ? 0 : ENOMEM;
}

static void *next(const char *name) {
  return dlsym(RTLD_NEXT, name);
}

/* Defines function `name`, which gives `bad` when it is told to fail. */
#define WRAP(kind, type, name, parameters, arguments, bad)                                         \
  type name parameters {                                                                           \
    static type(*real) parameters;                                                                 \
    if (!real)                                                                                     \
      real = (type(*) parameters)next(#name);                                                      \
    return fails(kind) ? (bad) : real arguments;                                                   \
  }

WRAP(FAULT_MMAP, void *, mmap,
     (void *at, size_t len, int protection, int flags, int fd, off_t offset),
     (at, len, protection, flags, fd, offset), MAP_FAILED)
WRAP(FAULT_FSYNC, int, fsync, (int fd), (fd), -1)
WRAP(FAULT_RENAME, int, rename, (const char *from, const char *to), (from, to), -1)
WRAP(FAULT_MKSTEMP, int, mkstemp, (char *name), (name), -1)
WRAP(FAULT_RENAME, int, renameat2,
     (int from_dir, const char *from, int to_dir, const char *to, unsigned flags),
     (from_dir, from, to_dir, to, flags), -1)
WRAP(FAULT_MKDIR, int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
WRAP(FAULT_MKDIR, char *, mkdtemp, (char *name), (name), NULL)
WRAP(FAULT_OPEN, DIR *, opendir, (const char *path), (path), NULL)
WRAP(FAULT_FCHMOD, int, chmod, (const char *path, mode_t mode), (path, mode), -1)
WRAP(FAULT_FCHMOD, int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
WRAP(FAULT_STAT, int, fstat, (int fd, struct stat *st), (fd, st), -1)
WRAP(FAULT_STAT, int, stat, (const char *path, struct stat *st), (path, st), -1)
WRAP(FAULT_STAT, int, lstat, (const char *path, struct stat *st), (path, st), -1)
WRAP(FAULT_REALPATH, char *, realpath, (const char *path, char *to), (path, to), NULL)
WRAP(FAULT_DUP, int, dup, (int fd), (fd), -1)

/* A file that could not be closed is closed nevertheless, as Linux does it. */
int close(int fd) {
  int is_bad = fails(FAULT_CLOSE), error = errno;

  syscall(SYS_close, fd);
  errno = error;
  return is_bad ? -1 : 0;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg) {
  static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

  if (!real)
    real = (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))next(
        "pthread_create");
  return fails(FAULT_THREAD) ? EAGAIN : real(thread, attr, fn, arg);
}

ssize_t read(int fd, void *bytes, size_t len) {
  return fails_or_cuts(FAULT_READ, &len) ? -1 : syscall(SYS_read, fd, bytes, len);
}

ssize_t write(int fd, const void *bytes, size_t len) {
  return fails_or_cuts(FAULT_WRITE, &len) ? -1 : syscall(SYS_write, fd, bytes, len);
}

int open(const char *path, int flags, ...) {
  va_list ap;
  mode_t mode;

  va_start(ap, flags);
  mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
  va_end(ap);
  return fails(FAULT_OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int openat(int dir, const char *path, int flags, ...) {
  va_list ap;
  mode_t mode;

  va_start(ap, flags);
  mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
  va_end(ap);
  return fails(FAULT_OPEN) ? -1 : (int)syscall(SYS_openat, dir, path, flags, mode);
}
