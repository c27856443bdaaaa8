/* tests/faults/damage.c -- damaged files through a fuzz target, in this process: models through
 * fuzz_onnx.c, images through refuse_img.c.
 *
 *   damage [-s SEED -n N] [-f BYTES] [-p PART/PARTS] prefixes|bytes FILE...
 *
 * Every prefix of the files, or every file with one byte changed to each other value; with -n only
 * N of them, by chance; with -f only of the first bytes; with -p only those of one part, 0 to
 * PARTS - 1. Children take batches, so that one that dies is told with its number, and
 * the rest goes on. A model may take ten seconds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

enum { MAX_BYTES = 1 << 20, MAX_SECONDS = 10, VALUES = 255, BATCH = 20000 };

struct damage {
  const char *path;
  bool is_prefix;
  uint8_t bytes[MAX_BYTES];
  size_t len;
  size_t n_chance; /* 0: all */
  size_t n_first;  /* 0: all */
  size_t part, n_parts;
  unsigned seed;
  volatile size_t *current; /* shared with the children */
};

/* A copy of exactly its size, so that AddressSanitizer sees a read past its end. */
static void run_case(const struct damage *d, size_t k) {
  size_t len = d->is_prefix ? k : d->len;
  uint8_t *copy = malloc(len ? len : 1);

  require(copy != NULL);
  if (len)
    memcpy(copy, d->bytes, len);
  if (!d->is_prefix)
    copy[k / VALUES] = (uint8_t)(copy[k / VALUES] + 1 + k % VALUES);
  alarm(MAX_SECONDS);
  LLVMFuzzerTestOneInput(copy, len);
  alarm(0);
  free(copy);
}

/* The i-th case, which by chance is any. */
static size_t choose(const struct damage *d, size_t i, size_t n_all) {
  uint64_t x = (i + 1 + (uint64_t)d->seed * 0x10001) * 0x9E3779B97F4A7C15u;

  return d->n_chance ? (size_t)((x ^ x >> 29) % n_all) : i;
}

/* Cases [from, to) in a child. The first that was not finished, or `to`. */
static size_t run_batch(const struct damage *d, size_t from, size_t to, size_t n_all) {
  int status;
  pid_t child = fork();

  require(child >= 0);
  if (child == 0) {
    for (size_t i = from; i < to; i++) {
      *d->current = i;
      run_case(d, choose(d, i, n_all));
    }
    exit(0);
  }
  require(waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return to;
  printf("%s: %s %zu: %s\n", d->path, d->is_prefix ? "prefix" : "change",
         choose(d, *d->current, n_all),
         WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "the sanitizer's exit code");
  return *d->current;
}

static size_t run_all(const struct damage *d, size_t n_all) {
  size_t n_cases = d->n_chance ? d->n_chance : n_all, n_bad = 0;
  size_t begin = n_cases * d->part / d->n_parts, end = n_cases * (d->part + 1) / d->n_parts;

  for (size_t from = begin; from < end;) {
    size_t to = end - from < BATCH ? end : from + BATCH;
    size_t at = run_batch(d, from, to, n_all);
    n_bad += at < to;
    from = at < to ? at + 1 : to;
  }
  printf("%s: %zu %s, %zu wrong\n", d->path, end - begin,
         d->is_prefix ? "prefixes" : "changed bytes", n_bad);
  fflush(stdout);
  return n_bad;
}

static void read_model(struct damage *d, const char *path) {
  FILE *f = fopen(path, "rb");

  require(f != NULL);
  d->path = path;
  d->len = fread(d->bytes, 1, sizeof d->bytes, f);
  fclose(f);
}

int main(int argc, char **argv) {
  static struct damage d = {.n_parts = 1};
  size_t n_bad = 0, len;
  int option;

  while ((option = getopt(argc, argv, "s:n:f:p:")) != -1)
    if (option == 'n')
      d.n_chance = strtoul(optarg, NULL, 10);
    else if (option == 's')
      d.seed = (unsigned)strtoul(optarg, NULL, 10);
    else if (option == 'f')
      d.n_first = strtoul(optarg, NULL, 10);
    else if (option != 'p' || sscanf(optarg, "%zu/%zu", &d.part, &d.n_parts) != 2)
      return 2;
  if (argc - optind < 2 || d.part >= d.n_parts)
    return 2;
  d.is_prefix = !strcmp(argv[optind], "prefixes");
  d.current =
      mmap(NULL, sizeof *d.current, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  require(d.current != MAP_FAILED);
  for (int i = optind + 1; i < argc; i++) {
    read_model(&d, argv[i]);
    len = d.n_first && d.n_first < d.len ? d.n_first : d.len;
    n_bad += run_all(&d, d.is_prefix ? len : len * VALUES);
  }
  return n_bad > 0;
}
