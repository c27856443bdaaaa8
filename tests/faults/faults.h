/* tests/faults/faults.h -- what the library that makes calls fail and its driver know of each
 * other: kinds of calls, and the counts that they share through a mapped file. */
#ifndef TESTS_FAULTS_FAULTS_H
#define TESTS_FAULTS_FAULTS_H

#include <stdatomic.h>

/* STEP counts the calls that write outputs, whatever their kind. */
#define FAULT_KINDS(X)                                                                             \
  X(MALLOC, "malloc")                                                                              \
  X(MMAP, "mmap")                                                                                  \
  X(OPEN, "open")                                                                                  \
  X(READ, "read")                                                                                  \
  X(WRITE, "write")                                                                                \
  X(FSYNC, "fsync")                                                                                \
  X(CLOSE, "close")                                                                                \
  X(RENAME, "rename")                                                                              \
  X(MKSTEMP, "mkstemp")                                                                            \
  X(MKDIR, "mkdir")                                                                                \
  X(FCHMOD, "fchmod")                                                                              \
  X(STAT, "stat")                                                                                  \
  X(REALPATH, "realpath")                                                                          \
  X(DUP, "dup")                                                                                    \
  X(THREAD, "thread")                                                                              \
  X(STEP, "step")

enum fault_kind {
#define FAULT_KIND(name, text) FAULT_##name,
  FAULT_KINDS(FAULT_KIND)
#undef FAULT_KIND
      FAULT_N_KINDS
};

static const char *const fault_names[FAULT_N_KINDS] = {
#define FAULT_NAME(name, text) text,
    FAULT_KINDS(FAULT_NAME)
#undef FAULT_NAME
};

struct fault_report {
  atomic_long count[FAULT_N_KINDS];
  int has_fired;
};

#endif
