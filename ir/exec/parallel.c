#include "ir/exec/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MAX_WORKERS = 256 };

/* What all workers of one parallel_run share; it lives on the caller's stack. */
struct crew {
  parallel_fn *fn;
  void *ctx;
  size_t n_items;
  atomic_size_t next_item;
};

struct worker {
  struct crew *crew;
  size_t index;
  pthread_t thread;
};

/* The cores that this process may run on, which in a container are fewer than the machine has. */
static size_t allowed_cores(void) {
  cpu_set_t set;
  long online;

  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return (size_t)CPU_COUNT(&set);
  online = sysconf(_SC_NPROCESSORS_ONLN); /* more cores than a cpu_set_t holds */
  return online > 0 ? (size_t)online : 1;
}

/* Items differ in time, so each worker takes the next one when it is done: nobody waits for a slow
 * share. */
static void *work(void *arg) {
  const struct worker *w = arg;
  struct crew *c = w->crew;
  size_t item;

  while ((item = atomic_fetch_add(&c->next_item, 1)) < c->n_items)
    c->fn(c->ctx, w->index, item);
  return NULL;
}

size_t parallel_jobs(long long n) {
  size_t jobs = n > 0 ? (size_t)n : allowed_cores();

  if (jobs < 1)
    return 1;
  return jobs < MAX_WORKERS ? jobs : MAX_WORKERS;
}

void parallel_run(size_t n_workers, size_t n_items, parallel_fn *fn, void *ctx) {
  struct crew crew = {.fn = fn, .ctx = ctx, .n_items = n_items};
  struct worker worker[MAX_WORKERS];
  size_t n = n_workers < n_items ? n_workers : n_items;
  size_t n_started = 1;

  if (n > MAX_WORKERS)
    n = MAX_WORKERS;
  worker[0] = (struct worker){.crew = &crew, .index = 0};
  for (; n_started < n; n_started++) {
    struct worker *w = &worker[n_started];
    *w = (struct worker){.crew = &crew, .index = n_started};
    if (pthread_create(&w->thread, NULL, work, w) != 0)
      break; /* no more threads to be had: those that run take all items */
  }
  work(&worker[0]);
  for (size_t i = 1; i < n_started; i++)
    pthread_join(worker[i].thread, NULL);
}
