/* snncc.c -- main(): options, then frontend, passes and backend; where everything ends. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backends/backend.h"
#include "frontend/data/data.h"
#include "frontend/frontend.h"
#include "frontend/ini/ini.h"
#include "frontend/onnx/onnx.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/isa.h"
#include "ir/ir.h"
#include "ir/options.h"
#include "ir/samples.h"
#include "passes/pass.h"

enum { EXIT_DONE = 0, EXIT_INPUT = 1, EXIT_USAGE = 2, EXIT_BUG = 70 };

/* All that must outlive a longjmp or be seen by a signal handler. */
static struct {
  struct arena_guard guard;
  jmp_buf bug;
  struct options opt;
  struct comp comp;
} run;

/* An interrupted compilation leaves no temporary file; then the signal does what it always does. */
static void on_signal(int sig) {
  if (run.comp.outputs)
    file_outputs_abandon(run.comp.outputs);
  signal(sig, SIG_DFL);
  raise(sig);
}

/* A mapped file lost its end meanwhile: there is nothing to go on with. */
static void on_lost_file(int sig) {
  static const char text[] = "error: an input file became shorter while it was read\n";

  (void)sig;
  if (run.comp.outputs)
    file_outputs_abandon(run.comp.outputs);
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
    _exit(EXIT_BUG);
  _exit(EXIT_INPUT);
}

static void set_signals(void) {
  signal(SIGINT, on_signal);
  signal(SIGTERM, on_signal);
  signal(SIGBUS, on_lost_file);
#ifdef SIGXFSZ
  signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is an error of write() */
#endif
}

/* ---- what needs no model ---- */

static void list_ops(FILE *f) {
  static const char *const level[] = {
      [IR_LEVEL_ANALOG] = "analog", [IR_LEVEL_SPIKING] = "spiking", [IR_LEVEL_BOTH] = "both"};
  static const char row[] = "%-20s  %-7s  %-8s  %s\n";

  fprintf(f, "Operators read from ONNX:\n\n");
  onnx_list_ops(f);
  fprintf(f, "\nOps of the IR, with their attributes (\"?\": may be absent); docs/IR.md:\n\n");
  fprintf(f, row, "op", "level", "operands", "meaning");
  for (int i = 0; i < IR_N_OPS; i++) {
    enum ir_op op = (enum ir_op)i;
    size_t min, max;
    char operands[48];
    ir_op_arity(op, &min, &max);
    snprintf(operands, sizeof operands, min == max ? "%zu" : "%zu-%zu", min, max);
    fprintf(f, row, ir_op_name(op), level[ir_op_level(op)], operands, ir_op_doc(op));
    if (*ir_op_attrs(op))
      fprintf(f, row, "", "", "", ir_op_attrs(op));
  }
}

static void print_version(FILE *f) {
  fprintf(f, "snncc %s (kernels: %s)\n", SNNCC_VERSION, isa_name(isa_best()));
}

/* False: a model is wanted. */
static bool print_information(const struct options *o) {
  if (o->help)
    options_help(stdout, o->command);
  else if (o->version)
    print_version(stdout);
  else if (o->list == LIST_PASSES)
    pass_list(stdout);
  else if (o->list == LIST_OPS)
    list_ops(stdout);
  else
    return false;
  return true;
}

/* ---- commands ---- */

enum { EXIT_SAMPLES = 10 }; /* for --early-exit auto, times --calib-limit */

/* The line of a .snn or an .ini; that of the command line needs no telling. */
static void tell_where_calib_is_given(struct comp *c) {
  const struct option_given *given;

  for (size_t at = 0; (given = options_next_given(c->opt, &at));)
    if (strcmp(given->name, "calib") == 0 && given->loc.line)
      diag_note(c->diag, given->loc, "%s is named here; a name in a network counts from its folder",
                diag_quote(c->diag, c->opt->calib));
}

/* The model, and --calib fitted to its input. NULL: told. */
static struct ir_graph *read_inputs(struct comp *c) {
  struct ir_graph *g = frontend_read(c, c->opt->model);
  const struct options *o = c->opt; /* the model may have given some */
  int64_t n = o->early_exit == OPTION_AUTO ? EXIT_SAMPLES * o->calib_limit : o->calib_limit;
  struct samples *calib, *first;

  if (!g || !o->calib)
    return g;
  if (ir_is_none(ir_nth(g, IR_INPUT, 0))) {
    diag_error(c->diag, loc_file(o->model), "has no input that --calib could be for");
    return NULL;
  }
  calib = data_read(c, o->calib, NULL, 0, n);
  if (!calib || !samples_prepare(calib, c->diag, &ir_node(g, ir_nth(g, IR_INPUT, 0))->type, o)) {
    tell_where_calib_is_given(c);
    return NULL;
  }
  samples_warn(calib, c->diag, o);
  first = ARENA_NEW(c->arena, struct samples, 1);
  *first = *calib;
  if ((uint64_t)first->n > (uint64_t)o->calib_limit)
    first->n = (size_t)o->calib_limit;
  if (o->verbose)
    diag_note(c->diag, loc_file(o->calib), "%zu samples to set thresholds by", first->n);
  c->calib = first;
  c->calib_more = calib;
  return g;
}

/* False: told that only run takes such a network so far. */
static bool check_layered(struct comp *c, const struct ir_graph *g) {
  ir_id first = ir_nth(g, IR_POPULATION, 0);
  bool has_line = !ir_is_none(first) && ir_node(g, first)->loc.line;

  return !ir_is_synchronous(g) ||
         diag_error(
             c->diag, has_line ? ir_node(g, first)->loc : loc_file(c->opt->model),
             "this is a network of populations in the synchronous schedule, which snncc run "
             "simulates; -o FILE.snn or FILE.ir prints it, and nothing else takes it so far");
}

static int run_compile(struct comp *c) {
  const struct backend *backend = backend_for(c, c->opt->out);
  struct ir_graph *g = backend ? read_inputs(c) : NULL;
  const struct options *o = c->opt;
  bool is_lowered = backend && (backend->is_spiking || o->stop_after);

  if (!g || (is_lowered && !check_layered(c, g)) ||
      !pass_run_pipeline(c, &g, is_lowered ? PIPELINE_SPIKING : PIPELINE_READ))
    return EXIT_INPUT;
  if (backend->is_spiking && !(ir_facts(g) & IR_FACT_PLACED)) {
    diag_error(c->diag, loc_file(o->out),
               "the passes that are run end before C can be written; -o FILE.ir would write what "
               "they give");
    return EXIT_INPUT;
  }
  return backend->emit(c, g, o->out) ? EXIT_DONE : EXIT_INPUT;
}

static double now_seconds(void) {
  struct timespec t;

  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* eval needs both graphs; inspect shows what it can have. */
static int run_in_process(struct comp *c) {
  double begin = now_seconds();
  struct ir_graph *g = read_inputs(c), *read = NULL, *analog = NULL, *spiking = NULL;
  const struct options *o = c->opt;
  bool is_inspect = o->command == CMD_INSPECT;

  if (!g || !check_layered(c, g))
    return EXIT_INPUT;
  if (is_inspect)
    read = ir_graph_clone(c->arena, g);
  if (!(ir_facts(g) & IR_FACT_SPIKING)) {
    if (!pass_run_pipeline(c, &g, PIPELINE_ANALOG))
      return EXIT_INPUT;
    analog = ir_graph_clone(c->arena, g); /* what follows may make it another network */
  }
  if (o->steps > 0) {
    if (pass_run_pipeline(c, &g, PIPELINE_SPIKING))
      spiking = g;
    else if (!is_inspect)
      return EXIT_INPUT;
  }
  c->seconds_convert = now_seconds() - begin;
  return is_inspect ? host_inspect(c, read, analog, spiking) : host_eval(c, analog, spiking);
}

static int run_network(struct comp *c) {
  struct ir_graph *g = read_inputs(c);

  if (!g || (!ir_is_synchronous(g) && !pass_run_pipeline(c, &g, PIPELINE_SPIKING)))
    return EXIT_INPUT;
  return host_run(c, g);
}

/* -v: what a preset has set. */
static void note_given(struct comp *c, enum option_source by, const char *what) {
  const char *given = options_given_by(c->opt, c->scratch, by);

  if (c->opt->verbose && *given)
    diag_note(c->diag, loc_file(NULL), "%s: %s", what, given);
}

static int run_command(struct comp *c) {
  int code;

  if (print_information(c->opt))
    return EXIT_DONE;
  note_given(c, OPTION_BY_PRESET, "--preset snntoolbox means");
  note_given(c, OPTION_BY_CONFIG, "--config means");
  switch (c->opt->command) {
  case CMD_COMPILE:
    code = run_compile(c);
    break;
  case CMD_RUN:
    code = run_network(c);
    break;
  case CMD_PLOT:
    code = host_plot(c);
    break;
  default:
    code = run_in_process(c);
  }
  if (code == EXIT_DONE && !file_outputs_commit(c->outputs, c->diag))
    code = EXIT_INPUT;
  return code;
}

/* ---- the ends ---- */

static int run_all(int argc, char **argv) {
  struct comp *c = &run.comp;

  c->arena = arena_new(&run.guard);
  c->scratch = arena_new(&run.guard);
  if (!c->arena || !c->scratch) {
    fprintf(stderr, "error: out of memory\n");
    return EXIT_INPUT;
  }
  c->diag = diag_new(c->arena, stderr);
  diag_on_bug(c->diag, &run.bug);
  c->opt = &run.opt;
  if (!options_parse(&run.opt, c->arena, c->diag, argc, argv))
    return EXIT_USAGE;
  diag_set_quiet(c->diag, run.opt.quiet);
  if (run.opt.config && !ini_read(c, &run.opt))
    return EXIT_INPUT;
  if (!options_check(&run.opt, c->diag) || !pass_check_options(c))
    return EXIT_USAGE;
  c->outputs = file_outputs_new(c->arena);
  return run_command(c);
}

/* What was printed must have arrived: a full disk behind standard output is an error too. */
static int check_stdout(int code) {
  if (fflush(stdout) == 0 && !ferror(stdout))
    return code;
  fprintf(stderr, "error: standard output cannot be written\n");
  return code == EXIT_DONE ? EXIT_INPUT : code;
}

int main(int argc, char **argv) {
  int code;

  set_signals();
  if (setjmp(run.guard.env)) {
    fprintf(stderr, "error: out of memory: %zu bytes more are not to be had\n",
            run.guard.wanted_bytes);
    code = EXIT_INPUT;
    if (run.comp.diag)
      diag_release(run.comp.diag);
  } else if (setjmp(run.bug)) {
    code = EXIT_BUG;
  } else {
    code = run_all(argc, argv);
  }
  if (run.comp.outputs && code != EXIT_DONE)
    file_outputs_abandon(run.comp.outputs);
  if (run.comp.scratch)
    arena_free(run.comp.scratch);
  if (run.comp.arena)
    arena_free(run.comp.arena);
  return check_stdout(code);
}
