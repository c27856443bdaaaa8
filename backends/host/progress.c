#include "backends/host/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double read_clock(clockid_t id) {
  struct timespec t;

  clock_gettime(id, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void draw(const struct progress *p, size_t done, double now) {
  enum { WIDTH = 30 };
  char bar[WIDTH + 1];
  size_t filled = done * WIDTH / p->total;
  double left = (now - p->start) * (double)(p->total - done) / (double)(done ? done : 1);

  for (size_t i = 0; i < WIDTH; i++)
    bar[i] = i < filled ? '#' : '.';
  bar[WIDTH] = '\0';
  fprintf(stderr, "\r%s [%s] %zu of %zu, %.0f s left \033[K", p->what, bar, done, p->total, left);
  fflush(stderr);
}

double clock_wall(void) {
  return read_clock(CLOCK_MONOTONIC);
}

double clock_thread(void) {
  return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void progress_start(struct progress *p, const char *what, size_t total, bool is_quiet) {
  p->what = what;
  p->total = total;
  p->is_shown = !is_quiet && isatty(STDERR_FILENO);
  p->start = p->last = clock_wall();
  atomic_init(&p->done, 0);
}

void progress_add(struct progress *p, bool may_draw) {
  size_t done = atomic_fetch_add(&p->done, 1) + 1;
  double now;

  if (!p->is_shown || !may_draw)
    return;
  now = clock_wall();
  if (now - p->start < 1 || now - p->last < 0.2)
    return;
  p->last = now;
  draw(p, done, now);
}

void progress_end(struct progress *p) {
  if (p->is_shown && p->last > p->start)
    fprintf(stderr, "\r\033[K");
}
