/* ir/exec/parallel.h -- the same work on many items over several threads.
 *
 * Items are handed out one by one; results must go to per-worker or per-item memory, so that they
 * do not depend on the number of threads. */
#ifndef IR_EXEC_PARALLEL_H
#define IR_EXEC_PARALLEL_H

#include <stddef.h>

typedef void parallel_fn(void *ctx, size_t worker, size_t item);

/* Threads to use for --jobs n (0: all cores of this process), at least 1, at most 256. */
size_t parallel_jobs(long long n);

/* Calls fn for items 0 .. n_items-1 on n_workers threads (worker 0 is the caller) and returns when
 * all are done. If a thread cannot be started, the others do its work. */
void parallel_run(size_t n_workers, size_t n_items, parallel_fn *fn, void *ctx);

#endif
