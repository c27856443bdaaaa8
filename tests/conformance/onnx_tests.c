/* ONNX's own tests through the importer and the analog executor:
 *   onnx_tests FOLDER EXPECTED [--list]
 * FOLDER is the data of Debian's libonnx-testdata. EXPECTED names the tests of tiers A and B and
 * all tests that must pass, a line each: tier, "pass" or "-", group/test. All others are of tier C,
 * which may also be refused with a message. --list prints such a file for what passes now.
 *
 * Each test runs in a process of its own, which must end by itself, in 2 s of processor time and
 * 256 MiB. Inputs are frozen to initializers where the import needs that: first none, then all but
 * the first, then all. */
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frontend/onnx/onnx.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/base/map.h"
#include "ir/comp.h"
#include "ir/exec/analog.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "onnx.pb-c.h"

enum { MAX_SECONDS = 2, MAX_KIB = 256 << 10, MAX_FILE = 64 << 20, MAX_TESTS = 2000 };
enum { TIER_A, TIER_B, TIER_C, N_TIERS };
enum { PASSED, WRONG, REFUSED, N_ENDS }; /* exit codes of the child */

struct test {
  char *name; /* group/test */
  int tier, end;
  bool is_expected, is_broken; /* broken: a signal, or over a bound */
};

static struct {
  struct arena_guard guard;
  struct options opt;
  struct comp comp;
  const char *folder;
} run;

/* ---- one test, in the child ---- */

/* A test: its model, and what its files hold for the model's inputs that no initializer gives, and
 * for its outputs. */
struct pair_files {
  Onnx__ModelProto *model;
  Onnx__ValueInfoProto **info; /* of the inputs */
  Onnx__TensorProto **input, **output;
  size_t n_inputs;
};

static _Noreturn void finish(int end, const char *why) {
  printf("%s", why);
  fflush(stdout);
  _exit(end);
}

static struct bytes read_file(const char *path) {
  struct bytes b;

  if (!file_read(run.comp.arena, run.comp.diag, path, MAX_FILE, &b))
    finish(REFUSED, "");
  return b;
}

static Onnx__TensorProto **read_tensors(const char *dir, const char *kind, size_t n,
                                        Onnx__ValueInfoProto **info) {
  Onnx__TensorProto **t = ARENA_NEW(run.comp.arena, Onnx__TensorProto *, n);

  for (size_t i = 0; i < n; i++) {
    struct bytes b =
        read_file(arena_printf(run.comp.arena, "%s/test_data_set_0/%s_%zu.pb", dir, kind, i));
    t[i] = onnx__tensor_proto__unpack(NULL, b.len, b.data);
    if (!t[i])
      finish(REFUSED, "its data is no tensor");
    t[i]->name = info[i]->name;
  }
  return t;
}

static bool is_initializer(const Onnx__GraphProto *g, const char *name) {
  for (size_t i = 0; i < g->n_initializer; i++)
    if (!strcmp(g->initializer[i]->name, name))
      return true;
  return false;
}

static void read_pair(const char *dir, struct pair_files *p) {
  const Onnx__GraphProto *g = p->model->graph;

  p->info = ARENA_NEW(run.comp.arena, Onnx__ValueInfoProto *, g->n_input);
  for (size_t i = 0; i < g->n_input; i++)
    if (!is_initializer(g, g->input[i]->name))
      p->info[p->n_inputs++] = g->input[i];
  p->input = read_tensors(dir, "input", p->n_inputs, p->info);
  p->output = read_tensors(dir, "output", g->n_output, g->output);
}

/* The model with inputs from `first` on made initializers. */
static struct ir_graph *import_frozen(const struct pair_files *p, size_t first) {
  Onnx__GraphProto graph = *p->model->graph;
  Onnx__ModelProto model = *p->model;
  struct bytes file;
  uint8_t *data;

  graph.initializer =
      ARENA_NEW(run.comp.arena, Onnx__TensorProto *, graph.n_initializer + p->n_inputs);
  for (size_t i = 0; i < graph.n_initializer; i++)
    graph.initializer[i] = p->model->graph->initializer[i];
  for (size_t i = first; i < p->n_inputs; i++)
    graph.initializer[graph.n_initializer++] = p->input[i];
  model.graph = &graph;
  file.len = onnx__model_proto__get_packed_size(&model);
  data = arena_alloc(run.comp.arena, file.len, 1);
  onnx__model_proto__pack(&model, data);
  file.data = data;
  return onnx_read(&run.comp, "model.onnx", file);
}

/* Element i of raw_data as a float, which is what the importer makes of it: beyond a float's range,
 * as some DOUBLE tests are, that is infinite. */
static float element(const Onnx__TensorProto *t, size_t i) {
  const void *p = t->raw_data.data;

  switch (t->data_type) {
  case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
    return t->has_raw_data ? ((const float *)p)[i] : t->float_data[i];
  case ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE:
    return (float)((const double *)p)[i];
  case ONNX__TENSOR_PROTO__DATA_TYPE__UINT8:
  case ONNX__TENSOR_PROTO__DATA_TYPE__BOOL:
    return (float)((const uint8_t *)p)[i];
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT8:
    return t->has_raw_data ? (float)((const int8_t *)p)[i] : (float)t->int32_data[i];
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT16:
    return (float)((const int16_t *)p)[i];
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT32:
    return (float)((const int32_t *)p)[i];
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
    return (float)((const int64_t *)p)[i];
  default:
    finish(REFUSED, "its data is of a type that is not compared");
  }
}

static bool has_shape(const Onnx__TensorProto *t, const struct ir_type *type) {
  return t->n_dims == type->rank &&
         (type->rank == 0 || !memcmp(t->dims, type->dims, type->rank * sizeof *type->dims));
}

static void set_inputs(const struct pair_files *p, const struct ir_graph *g,
                       struct exec_analog *e) {
  for (size_t k = 0; k < ir_n_of(g, IR_INPUT); k++) {
    const struct ir_node *n = ir_node(g, ir_nth(g, IR_INPUT, k));
    size_t count = (size_t)ir_type_count(&n->type), i = 0;
    float *x = ARENA_NEW(run.comp.arena, float, count);
    while (i < p->n_inputs && strcmp(p->info[i]->name, n->name) != 0)
      i++;
    if (i == p->n_inputs || !has_shape(p->input[i], &n->type))
      finish(WRONG, "an input of another name or shape");
    for (size_t j = 0; j < count; j++)
      x[j] = element(p->input[i], j);
    exec_analog_set_input(e, k, x);
  }
}

/* Relative 1e-3, absolute 1e-6. */
static bool is_close(float got, float want) {
  if (isnan(want) || isinf(want))
    return isnan(want) ? isnan(got) : got == want;
  return fabsf(got - want) <= 1e-6f + 1e-3f * fabsf(want);
}

static void compare(const struct pair_files *p, const struct ir_graph *g,
                    const struct exec_analog *e) {
  for (size_t k = 0; k < p->model->graph->n_output; k++) {
    const struct ir_type *got = &ir_node(g, ir_nth(g, IR_OUTPUT, k))->type;
    const float *y = exec_analog_output(e, k);

    if (!has_shape(p->output[k], got))
      finish(WRONG, arena_printf(run.comp.arena, "output %zu is %s, another shape is wanted", k,
                                 ir_type_text(run.comp.arena, got)));
    for (size_t i = 0; i < (size_t)ir_type_count(got); i++) {
      float want = element(p->output[k], i);
      if (!is_close(y[i], want))
        finish(WRONG, arena_printf(run.comp.arena, "output %zu: element %zu is %g, wanted is %g", k,
                                   i, (double)y[i], (double)want));
    }
  }
}

static _Noreturn void run_test(const char *dir) {
  struct bytes file = read_file(arena_printf(run.comp.arena, "%s/model.onnx", dir));
  struct pair_files p = {.model = onnx__model_proto__unpack(NULL, file.len, file.data)};
  struct ir_graph *g;
  struct exec_analog *e;

  /* The importer alone first, on the file as it is: that is what must never crash. */
  g = onnx_read(&run.comp, "model.onnx", file);
  if (!p.model || !p.model->graph)
    finish(REFUSED, "");
  read_pair(dir, &p);
  if (!g && p.n_inputs > 1)
    g = import_frozen(&p, 1);
  if (!g)
    g = import_frozen(&p, 0);
  if (!g)
    finish(REFUSED, "");
  e = exec_analog_new(run.comp.arena, g);
  set_inputs(&p, g, e);
  exec_analog_run(e);
  compare(&p, g, e);
  finish(PASSED, "");
}

/* What the child prints: messages, then the reason. */
static _Noreturn void child(const char *dir, int out) {
  struct rlimit cpu = {MAX_SECONDS, MAX_SECONDS};

  setrlimit(RLIMIT_CPU, &cpu);
  signal(SIGXCPU, SIG_DFL);
  dup2(out, STDOUT_FILENO);
  alarm(30 * MAX_SECONDS); /* asleep for ever */
  if (setjmp(run.guard.env))
    finish(REFUSED, "out of memory");
  run.comp.arena = arena_new(&run.guard);
  run.comp.scratch = arena_new(&run.guard);
  run.comp.diag = diag_new(run.comp.arena, stdout);
  diag_set_quiet(run.comp.diag, true);
  run.comp.opt = &run.opt;
  run_test(dir);
}

/* ---- all tests ---- */

/* Runs a test; what it said goes to `said`. */
static void run_one(struct test *t, char *said, size_t size) {
  struct rusage used;
  char dir[1024];
  size_t len = 0;
  ssize_t got;
  int fd[2], status;
  pid_t pid;

  snprintf(dir, sizeof dir, "%s/%s", run.folder, t->name);
  if (pipe(fd) != 0 || (pid = fork()) < 0) {
    perror("onnx_tests");
    exit(1);
  }
  if (pid == 0)
    child(dir, fd[1]);
  close(fd[1]);
  while (len + 1 < size && (got = read(fd[0], said + len, size - len - 1)) > 0)
    len += (size_t)got;
  said[len] = 0;
  close(fd[0]);
  wait4(pid, &status, 0, &used);
  t->end = WIFEXITED(status) && WEXITSTATUS(status) < N_ENDS ? WEXITSTATUS(status) : WRONG;
  t->is_broken = !WIFEXITED(status) || WEXITSTATUS(status) >= N_ENDS || used.ru_maxrss > MAX_KIB;
  if (t->is_broken)
    snprintf(said + len, size - len, "%s %d, %ld KiB",
             WIFSIGNALED(status) ? "ended by signal" : "exit code",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), used.ru_maxrss);
  else if (t->end == REFUSED && len == 0) {
    snprintf(said, size, "refused without a message");
    t->is_broken = true;
  }
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct test *)a)->name, ((const struct test *)b)->name);
}

static size_t find_tests(struct arena *a, struct test *tests) {
  static const char *const groups[] = {"node", "pytorch-converted", "pytorch-operator", "simple"};
  size_t n = 0;

  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    DIR *d = opendir(arena_printf(a, "%s/%s", run.folder, groups[i]));
    const struct dirent *entry;
    while (d && n < MAX_TESTS && (entry = readdir(d)))
      if (!strncmp(entry->d_name, "test_", 5))
        tests[n++] = (struct test){.name = arena_printf(a, "%s/%s", groups[i], entry->d_name),
                                   .tier = TIER_C};
    if (d)
      closedir(d);
  }
  qsort(tests, n, sizeof *tests, by_name);
  return n;
}

/* False: the file cannot be read, or names a test that is not there. */
static bool read_expected(const char *path, struct test *tests, size_t n) {
  FILE *f = fopen(path, "r");
  char tier, result[8], name[256];

  while (f && fscanf(f, " %c %7s %255s", &tier, result, name) == 3) {
    struct test *t = bsearch(&(struct test){.name = name}, tests, n, sizeof *tests, by_name);
    if (!t || tier < 'A' || tier > 'C') {
      printf("%s: %s is not among the tests\n", path, name);
      return false;
    }
    t->tier = tier - 'A';
    t->is_expected = !strcmp(result, "pass");
  }
  if (!f)
    printf("%s cannot be read\n", path);
  return f && fclose(f) == 0;
}

/* One line a tier, and of A and B one line a group; true when nothing is lost or broken. */
static bool sum_up(const struct test *tests, size_t n) {
  static const char *const what[] = {"A", "B", "C"};
  size_t n_lost = 0, n_broken = 0;

  for (int tier = 0; tier < N_TIERS; tier++) {
    size_t count[N_ENDS] = {0}, total = 0;
    for (size_t i = 0; i < n; i++)
      if (tests[i].tier == tier)
        total++, count[tests[i].end]++;
    printf("tier %s: %zu of %zu pass, %zu refused, %zu wrong\n", what[tier], count[PASSED], total,
           count[REFUSED], count[WRONG]);
  }
  for (size_t i = 0; i < n; i++) {
    size_t len = strcspn(tests[i].name, "/") + 1, passed = 0, listed = 0;
    if (i > 0 && !strncmp(tests[i].name, tests[i - 1].name, len))
      continue;
    for (size_t k = i; k < n && !strncmp(tests[k].name, tests[i].name, len); k++)
      if (tests[k].tier != TIER_C)
        listed++, passed += tests[k].end == PASSED;
    printf("of tiers A and B in %.*s: %zu of %zu\n", (int)len - 1, tests[i].name, passed, listed);
  }
  for (size_t i = 0; i < n; i++) {
    n_lost += tests[i].is_expected && tests[i].end != PASSED;
    n_broken += tests[i].is_broken;
  }
  printf("%zu models, %zu expected passes lost, %zu ended by a signal or over a bound\n", n, n_lost,
         n_broken);
  return n_lost == 0 && n_broken == 0;
}

int main(int argc, char **argv) {
  static struct test tests[MAX_TESTS];
  static char said[1 << 16];
  bool is_list = argc == 4 && !strcmp(argv[3], "--list");
  struct arena *names;
  bool good;
  size_t n;

  if (argc != 3 && !is_list) {
    fprintf(stderr, "usage: onnx_tests FOLDER EXPECTED [--list]\n");
    return 2;
  }
  names = arena_new(&run.guard);
  run.folder = argv[1];
  n = find_tests(names, tests);
  if (!read_expected(argv[2], tests, n))
    return 1;
  fflush(stdout);
  for (size_t i = 0; i < n; i++) {
    struct test *t = &tests[i];
    run_one(t, said, sizeof said);
    if (is_list) {
      if (t->tier != TIER_C || t->end == PASSED)
        printf("%c %s %s\n", 'A' + t->tier, t->end == PASSED ? "pass" : "-", t->name);
    } else if (t->is_broken || t->end == WRONG || (t->tier != TIER_C && t->end != PASSED)) {
      printf("%s %s: %.*s\n", t->is_expected || t->is_broken ? "FAILED" : "fails", t->name,
             (int)strcspn(said, ";\n"), said);
    }
    fflush(stdout);
  }
  good = is_list || sum_up(tests, n);
  arena_free(names);
  return good ? 0 : 1;
}
