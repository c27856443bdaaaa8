/* tests/faults/driver.c -- runs one command again and again, each time with one fault.
 *
 *   driver [-s SEED -n N] [-c] [-f | -a] SHIM COMMAND...
 *
 * The command runs in an empty folder; what it writes there the first time, without a fault, is
 * what it has to write. Then every fault: old files lie where its outputs go, and afterwards each
 * of them is untouched or whole, nothing else is left (but by SIGKILL, after which the command has
 * to work as ever), the exit code is 0 or 1, and 1 comes with a message. -s, -n: N faults, by
 * chance. -c: the files of the first run are not compared, as with measured times in them. -f:
 * nothing lies where the outputs go, which appear all or none; -a: what the first run wrote lies
 * there. Only then may outputs be in folders. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/faults/faults.h"

enum { MAX_OUTPUTS = 64, MAX_FAULTS = 1 << 16, MAX_SECONDS = 30, MAX_SAID = 1 << 16 };

struct output {
  char name[256];
  char *bytes;
  size_t len;
};

struct fault {
  enum fault_kind kind;
  long n;
  bool is_on;
  const char *action;
};

/* What lies where the outputs go. */
enum before { BEFORE_OLD_FILES, BEFORE_NOTHING, BEFORE_SAME };

struct driver {
  const char *shim;
  char *const *command;
  bool has_times; /* -c */
  enum before before;
  char report_path[64];
  struct fault_report *report;
  struct output output[MAX_OUTPUTS];
  size_t n_outputs;
  struct fault fault[MAX_FAULTS];
  size_t n_faults, n_bad, n_unfired;
  int said; /* file that takes standard error */
};

static const char old[] = "what was here before\n";

_Noreturn static void give_up(const char *what) {
  fprintf(stderr, "driver: %s: %s\n", what, strerror(errno));
  exit(2);
}

static char *read_whole(const char *path, size_t *len) {
  struct stat st;
  int fd = open(path, O_RDONLY);
  char *bytes;

  if (fd < 0 || fstat(fd, &st) != 0)
    give_up(path);
  bytes = malloc((size_t)st.st_size + 1);
  if (!bytes || read(fd, bytes, (size_t)st.st_size) != st.st_size)
    give_up(path);
  bytes[st.st_size] = '\0';
  *len = (size_t)st.st_size;
  close(fd);
  return bytes;
}

typedef void file_fn(struct driver *d, const char *name, bool is_folder);

/* Calls fn with every file and folder in `folder`, what is in one before itself. */
static void for_each_in(struct driver *d, const char *folder, file_fn *fn) {
  DIR *dir = opendir(folder);
  struct dirent *entry;

  if (!dir)
    give_up(folder);
  while ((entry = readdir(dir))) {
    char name[512];
    struct stat st;

    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
      continue;
    snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
    if (lstat(name, &st) != 0)
      give_up(name);
    if (S_ISDIR(st.st_mode))
      for_each_in(d, name, fn);
    fn(d, name + strlen("./"), S_ISDIR(st.st_mode));
  }
  closedir(dir);
}

static void for_each_file(struct driver *d, file_fn *fn) {
  for_each_in(d, ".", fn);
}

static void remove_file(struct driver *d, const char *name, bool is_folder) {
  (void)d;
  (void)is_folder;
  remove(name);
}

static void add_output(struct driver *d, const char *name, bool is_folder) {
  struct output *o = &d->output[d->n_outputs];

  if (is_folder)
    return;
  if (d->n_outputs == MAX_OUTPUTS)
    give_up("too many outputs");
  snprintf(o->name, sizeof o->name, "%s", name);
  o->bytes = read_whole(name, &o->len);
  d->n_outputs++;
}

static void put_old_files(struct driver *d) {
  for_each_file(d, remove_file);
  for (size_t i = 0; i < d->n_outputs && d->before != BEFORE_NOTHING; i++) {
    struct output *o = &d->output[i];
    bool is_same = d->before == BEFORE_SAME;
    FILE *f;

    for (char *slash = o->name; (slash = strchr(slash, '/')); *slash++ = '/') {
      *slash = '\0';
      if (mkdir(o->name, 0777) != 0 && errno != EEXIST)
        give_up(o->name);
    }
    f = fopen(o->name, "w");
    if (!f || !fwrite(is_same ? o->bytes : old, is_same ? o->len : sizeof old - 1, 1, f) ||
        fclose(f) != 0)
      give_up(o->name);
  }
}

static void start_command(struct driver *d, const char *fault) {
  int null = open("/dev/null", O_WRONLY);

  dup2(null, STDOUT_FILENO);
  dup2(d->said, STDERR_FILENO);
  close(null);
  setenv("SNNCC_FAULT", fault, 1);
  setenv("SNNCC_FAULT_REPORT", d->report_path, 1);
  setenv("LD_PRELOAD", d->shim, 1);
  alarm(MAX_SECONDS);
  execv(d->command[0], d->command);
  _exit(127);
}

/* How the command ended, as waitpid tells; standard error is in d->said. */
static int run(struct driver *d, const char *fault) {
  int status;
  pid_t child;

  memset(d->report, 0, sizeof *d->report);
  if (ftruncate(d->said, 0) != 0 || lseek(d->said, 0, SEEK_SET) != 0)
    give_up("standard error");
  child = fork();
  if (child < 0)
    give_up("fork");
  if (child == 0)
    start_command(d, fault);
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      give_up("wait");
  return status;
}

static void add_fault(struct driver *d, enum fault_kind kind, long n, bool is_on,
                      const char *action) {
  if (d->n_faults == MAX_FAULTS)
    give_up("too many faults");
  d->fault[d->n_faults++] = (struct fault){kind, n, is_on, action};
}

/* Numbers are those of Linux: EIO 5, EINTR 4, ENOMEM 12, EMFILE 24, ENOSPC 28. An EINTR that never
 * ends would be an endless loop by right. */
static void list_faults(struct driver *d, const long count[FAULT_N_KINDS]) {
  static const char *const errors[] = {"5", "28", "24", "12"};

  for (int k = 0; k < FAULT_STEP; k++)
    for (long n = 1; n <= count[k]; n++) {
      if (k == FAULT_MALLOC) {
        add_fault(d, FAULT_MALLOC, n, false, "12");
        add_fault(d, FAULT_MALLOC, n, true, "12");
        continue;
      }
      for (size_t e = 0; e < sizeof errors / sizeof *errors; e++)
        add_fault(d, (enum fault_kind)k, n, false, errors[e]);
      add_fault(d, (enum fault_kind)k, n, true, "5");
      add_fault(d, (enum fault_kind)k, n, false, "4");
      if (k == FAULT_READ || k == FAULT_WRITE) {
        add_fault(d, (enum fault_kind)k, n, false, "short");
        add_fault(d, (enum fault_kind)k, n, true, "short");
      }
    }
  for (long n = 1; n <= count[FAULT_STEP]; n++) {
    add_fault(d, FAULT_STEP, n, false, "kill");
    add_fault(d, FAULT_STEP, n, false, "term");
  }
}

static void tell(struct driver *d, const struct fault *f, const char *what, const char *name) {
  size_t len;
  char path[64], *said;

  snprintf(path, sizeof path, "/proc/self/fd/%d", d->said);
  said = read_whole(path, &len);
  printf("SNNCC_FAULT='%s %ld %s %s': %s%s%s\n%.1200s\n", fault_names[f->kind], f->n,
         f->is_on ? "on" : "once", f->action, what, *name ? " " : "", name, said);
  free(said);
  d->n_bad++;
}

/* An output, or a folder on the way to one. */
static bool is_known(const struct driver *d, const char *name, bool is_folder) {
  size_t n = strlen(name);

  for (size_t i = 0; i < d->n_outputs; i++) {
    const char *known = d->output[i].name;
    if (!strncmp(known, name, n) && known[n] == (is_folder ? '/' : '\0'))
      return true;
  }
  return false;
}

static size_t n_strange;
static void count_strange(struct driver *d, const char *name, bool is_folder) {
  n_strange += !is_known(d, name, is_folder);
}

/* Each output: as it was, or whole. With exit code 0 it must be whole. */
static void check_outputs(struct driver *d, const struct fault *f, bool must_be_whole) {
  size_t n_whole = 0;

  for (size_t i = 0; i < d->n_outputs; i++) {
    const struct output *o = &d->output[i];
    size_t len = 0;
    bool exists = access(o->name, F_OK) == 0;
    char *bytes = exists ? read_whole(o->name, &len) : calloc(1, 1);
    bool is_old = d->before == BEFORE_OLD_FILES ? len == sizeof old - 1 && !memcmp(bytes, old, len)
                                                : d->before == BEFORE_NOTHING && !exists;
    bool is_whole =
        d->has_times ? len > 0 && !is_old : len == o->len && !memcmp(bytes, o->bytes, len);
    if (!is_whole && (must_be_whole || !is_old))
      tell(d, f, "an output is neither the old nor the new one:", o->name);
    n_whole += is_whole;
    free(bytes);
  }
  if (d->before == BEFORE_NOTHING && n_whole > 0 && n_whole < d->n_outputs)
    tell(d, f, "some outputs are there and some are not", "");
}

static void check_end(struct driver *d, const struct fault *f, int status) {
  int wanted = !strcmp(f->action, "kill") ? SIGKILL : !strcmp(f->action, "term") ? SIGTERM : 0;
  struct stat st;

  if (WIFSIGNALED(status) && WTERMSIG(status) != wanted)
    tell(d, f, "ended by signal", strsignal(WTERMSIG(status)));
  else if (WIFEXITED(status) && WEXITSTATUS(status) > 1)
    tell(d, f, "an exit code above 1", "");
  else if (WIFEXITED(status) && WEXITSTATUS(status) == 1 &&
           (fstat(d->said, &st) != 0 || st.st_size == 0))
    tell(d, f, "exit code 1 without a message", "");
  check_outputs(d, f, WIFEXITED(status) && WEXITSTATUS(status) == 0);
  n_strange = 0;
  for_each_file(d, count_strange);
  if (n_strange > 0 && wanted != SIGKILL)
    tell(d, f, "temporary files are left", "");
  if (wanted == SIGKILL && (run(d, "") != 0))
    tell(d, f, "what SIGKILL left stops the next run", "");
  if (wanted == SIGKILL)
    check_outputs(d, f, true);
}

static void run_fault(struct driver *d, const struct fault *f) {
  char text[64];
  int status;

  snprintf(text, sizeof text, "%s %ld %s %s", fault_names[f->kind], f->n, f->is_on ? "on" : "once",
           f->action);
  put_old_files(d);
  status = run(d, text);
  d->n_unfired += !d->report->has_fired;
  check_end(d, f, status);
}

/* The first run, which counts calls and shows what the outputs are. */
static void run_clean(struct driver *d) {
  long count[FAULT_N_KINDS];

  for_each_file(d, remove_file);
  if (run(d, "") != 0) {
    tell(d, &(struct fault){FAULT_MALLOC, 0, false, "0"}, "the command fails without a fault", "");
    exit(1);
  }
  for_each_file(d, add_output);
  for (int k = 0; k < FAULT_N_KINDS; k++)
    count[k] = d->report->count[k];
  list_faults(d, count);
}

static void open_report(struct driver *d) {
  int fd = memfd_create("report", 0);

  d->said = memfd_create("said", 0);
  if (fd < 0 || d->said < 0 || ftruncate(fd, sizeof *d->report) != 0)
    give_up("memory");
  snprintf(d->report_path, sizeof d->report_path, "/proc/%d/fd/%d", (int)getpid(), fd);
  d->report = mmap(NULL, sizeof *d->report, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (d->report == MAP_FAILED)
    give_up("memory");
}

int main(int argc, char **argv) {
  static struct driver d;
  unsigned seed = 1;
  size_t n = 0;
  int option;

  while ((option = getopt(argc, argv, "+s:n:cfa")) != -1)
    if (option == 's')
      seed = (unsigned)strtoul(optarg, NULL, 10);
    else if (option == 'n')
      n = strtoul(optarg, NULL, 10);
    else if (option == 'c')
      d.has_times = true;
    else if (option == 'f' || option == 'a')
      d.before = option == 'f' ? BEFORE_NOTHING : BEFORE_SAME;
    else
      return 2;
  if (argc - optind < 2)
    return 2;
  d.shim = argv[optind];
  d.command = argv + optind + 1;
  open_report(&d);
  run_clean(&d);
  srand(seed);
  for (size_t i = 0; i < (n ? n : d.n_faults); i++)
    run_fault(&d, &d.fault[n ? (size_t)rand() % d.n_faults : i]);
  printf("%zu faults, %zu not met, %zu wrong\n", n ? n : d.n_faults, d.n_unfired, d.n_bad);
  return d.n_bad > 0;
}
