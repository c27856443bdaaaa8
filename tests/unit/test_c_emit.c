/* Generated C of small networks: names that are not C, and bytes that depend on nothing else. */
#include "tests/unit/unit.h"

#include <sys/stat.h>

#include "backends/c/c.h"
#include "ir/base/file.h"
#include "ir/ir.h"

#define HEAD                                                                                       \
  "ir 1\ngraph \"*/ int \\\\\" {facts=[shaped, single, folded, balanced, spiking, laid_out, "      \
  "placed], schedule=layered, steps=8, spike_words=60}\n"                                          \
  "%x = input : f32[1, 4, 4, 2]\n"                                                                 \
  "%e = encode %x {code=current, layout=hwc} : current[2, 4, 4]\n"

/* Every kernel there is, and layers that share a name or have none that C knows. */
static const char every_kernel[] = HEAD
    "%\"*/a\" = project_conv %e {kernel=[1, 1], weight=f32[2, 1, 1, 2]{1, 2, 3, 4}, order=kernel}"
    " : current[2, 4, 4]\n"
    "%b = project_one_to_one %e {weight=f32[2]{1, 0.5}} : current[2, 4, 4]\n"
    "%c = population %\"*/a\", %b {model=if, threshold=f32[1]{2}, bias=f32[2]{0, 1}, v_init=0.5,"
    " layer=\"*/ while\", spikes_at=0} : spikes[2, 4, 4]\n"
    "%d = project_avgpool %e {kernel=[1, 1], weight=f32[1]{1}} : current[2, 4, 4]\n"
    "%f = population %d {model=if, threshold=f32[1]{1}, reset=zero, layer=\"1\", spikes_at=16}"
    " : spikes[2, 4, 4]\n"
    "%g = spike_concat %c, %f {layer=\"g\", spikes_at=32} : spikes[4, 4, 4]\n"
    "%h = spike_maxpool %g {kernel=[2, 2], stride=[2, 2], layer=\"1\", spikes_at=48}"
    " : spikes[4, 2, 2]\n"
    "%i = project_avgpool %h {kernel=[2, 2], weight=f32[4]{1, 1, 1, 1}} : current[4, 1, 1]\n"
    "%k = project_conv %h {kernel=[1, 1], stride=[2, 2], group=2, weight=f32[4, 1, 1, 2]"
    "{1, 1, 1, 1, 1, 1, 1, 1}, order=kernel} : current[4, 1, 1]\n"
    "%l = population %i, %k {model=if, threshold=f32[1]{1}, layer=\"int\", spikes_at=52}"
    " : spikes[4, 1, 1]\n"
    "%m = project_conv %l {kernel=[1, 1], weight=f32[4, 1, 1, 1]{1, 1, 1, 1}, order=kernel}"
    " : current[1, 1, 1]\n"
    "%n = project_one_to_one %l {weight=f32[1]{1}} : current[4, 1, 1]\n"
    "%o = population %n {model=if, threshold=f32[1]{1}, layer=\"\", spikes_at=53}"
    " : spikes[4, 1, 1]\n"
    "%p = project_dense %o {weight=f32[4, 1]{1, 1, 1, 1}, order=kernel} : current[1]\n"
    "%q = population %m {model=if, threshold=f32[1]{1}, layer=\"q\", spikes_at=54} : spikes[1, 1, "
    "1]\n"
    "%r = project_dense %q {weight=f32[1, 1]{1}, order=kernel} : current[1]\n"
    "%s = readout %p, %r {readout=membrane, bias=f32[1]{1}, layer=\"s\"} : f32[1]\n"
    "%y = output %s : f32[1]\n";

static const char only_a_readout[] =
    HEAD "%a = project_dense %e {weight=f32[32, 1]{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,"
         " 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, order=kernel} : current[1]\n"
         "%r = readout %a {readout=membrane, layer=\"r\"} : f32[1]\n"
         "%y = output %r : f32[1]\n";

/* Emits `text` to `name` in the test's folder; the path. */
static const char *emit(struct unit *u, const char *text, const char *name) {
  struct arena *a = u->comp.arena;
  struct ir_graph *g = ir_parse(a, u->comp.diag, "net.ir", text, strlen(text));
  const char *path = arena_printf(a, "%s/%s", u->folder, name);

  if (!g)
    fail_msg("%s", unit_said(u));
  u->comp.outputs = file_outputs_new(a);
  if (!c_emit(&u->comp, g, path) || !file_outputs_commit(u->comp.outputs, u->comp.diag))
    fail_msg("%s", unit_said(u));
  return path;
}

static const char *text_of(struct unit *u, const char *path) {
  struct bytes b;

  assert_true(file_read(u->comp.arena, u->comp.diag, path, 1 << 20, &b));
  return (const char *)b.data;
}

static void compile(struct unit *u, const char *path) {
  const char *command = arena_printf(
      u->comp.arena, "cc -std=c99 -Wall -Wextra -Wconversion -Wshadow -Werror -c -o %s/net.o %s",
      u->folder, path);

  assert_int_equal(system(command), 0);
}

static void any_name_compiles(void **state) {
  struct unit *u = *state;

  compile(u, emit(u, every_kernel, "net.c"));
  compile(u, emit(u, every_kernel, "1-net.x.c"));
  compile(u, emit(u, only_a_readout, "only.c"));
}

static void the_prefix_is_the_name_or_the_stem(void **state) {
  static const char *const rows[][3] = {
      {NULL, "net.c", "int net_run("},        {NULL, "1st-net.c", "int n_1st_net_run("},
      {"digits", "net.c", "int digits_run("}, {NULL, "snn.c", "int net_snn_run("},
      {NULL, "int.c", "int n_int_run("},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    u->opt.name = rows[i][0];
    const char *path = emit(u, every_kernel, rows[i][1]);
    assert_non_null(strstr(text_of(u, path), rows[i][2]));
    compile(u, path);
  }
}

/* The folder is in neither file, and the place in the user's files in no comment. */
static void bytes_do_not_depend_on_the_folder(void **state) {
  struct unit *u = *state;
  const char *first = text_of(u, emit(u, every_kernel, "net.c")), *second;

  assert_int_equal(mkdir(arena_printf(u->comp.arena, "%s/other", u->folder), 0700), 0);
  second = text_of(u, emit(u, every_kernel, "other/net.c"));
  assert_string_equal(first, second);
  assert_null(strstr(first, u->folder));
  assert_null(strstr(first, "; text"));
}

static void an_external_runtime_is_included_with_its_version(void **state) {
  struct unit *u = *state;
  const char *text;

  u->opt.runtime = RUNTIME_EXTERNAL;
  text = text_of(u, emit(u, every_kernel, "net.c"));
  assert_non_null(strstr(text, "#include <snn/abi.h>\n"));
  assert_non_null(strstr(text, "#include <snn/kernels/fire.h>\n"));
  assert_non_null(strstr(text, "#if SNN_ABI_VERSION != "));
  assert_null(strstr(text, "static inline"));
}

static void only_called_kernels_are_carried(void **state) {
  struct unit *u = *state;
  const char *text = text_of(u, emit(u, only_a_readout, "net.c"));

  assert_non_null(strstr(text, "snn_dense_current("));
  assert_null(strstr(text, "snn_fire("));
  assert_null(strstr(text, "snn_conv_"));
  assert_null(strstr(text, "#ifndef SNN_"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(any_name_compiles, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(the_prefix_is_the_name_or_the_stem, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(bytes_do_not_depend_on_the_folder, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(an_external_runtime_is_included_with_its_version, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(only_called_kernels_are_carried, unit_begin, unit_end),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
