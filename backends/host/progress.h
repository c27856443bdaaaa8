/* backends/host/progress.h -- a progress bar on stderr, only where that is a terminal and the work
 * lasts longer than a second. Workers count with progress_add; any thread may. */
#ifndef BACKENDS_HOST_PROGRESS_H
#define BACKENDS_HOST_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct progress {
  const char *what;
  size_t total;
  bool is_shown; /* stderr is a terminal and -q was not given */
  double start, last;
  atomic_size_t done;
};

void progress_start(struct progress *p, const char *what, size_t total, bool is_quiet);
/* One item is done. `may_draw` for one worker only, so that lines do not mix. */
void progress_add(struct progress *p, bool may_draw);
void progress_end(struct progress *p);

/* Seconds of a steady clock, and of this thread's CPU time. */
double clock_wall(void);
double clock_thread(void);

#endif
