/* C backend: folders for the build tools of --package. What stands in them is below
 * backends/c/package, a folder for each kind; what is between two @ there, also in names of files,
 * is replaced by a value. */
#include "backends/c/c.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "backends/c/c_internal.h"
#include "backends/c/kernel_text.h"
#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/options.h"

/* The least of what the formats take in a name (library.json). */
enum { NAME_BYTES = 50, GRAPH_NAME_BYTES = 80, MOST_FILES = 16 };

/* Where the parts of a package lie. */
static const struct {
  const char *source, *header; /* folders                                       */
  const char *main;
} layouts[PACKAGE_N] = {
    [PACKAGE_CMAKE] = {"src/", "include/", "examples/classify/main.c"},
    [PACKAGE_ZEPHYR] = {"src/", "include/", "samples/classify/src/main.c"},
    [PACKAGE_PLATFORMIO] = {"src/", "include/", "examples/classify/src/main.c"},
    [PACKAGE_ARDUINO] = {"src/", "src/", "examples/classify/classify.ino"},
    [PACKAGE_ESP_IDF] = {"src/", "include/", "examples/classify/main/main.c"},
};

#define TOOLCHAIN    " --toolchain YOURS.cmake"
#define STM32(board) "platform = ststm32\nboard = " board "\nframework = cmsis"

/* What a package says of the machine. NULL: it has no such machines. */
static const char *const machines[TARGET_N][PACKAGE_N] = {
    [TARGET_HOST] = {[PACKAGE_CMAKE] = "",
                     [PACKAGE_ZEPHYR] = "native_sim",
                     [PACKAGE_PLATFORMIO] = "platform = native",
                     [PACKAGE_ARDUINO] = "*",
                     [PACKAGE_ESP_IDF] = ""},
    [TARGET_CORTEX_M0] = {[PACKAGE_CMAKE] = TOOLCHAIN,
                          [PACKAGE_ZEPHYR] = "qemu_cortex_m0",
                          [PACKAGE_PLATFORMIO] = STM32("nucleo_f091rc"),
                          [PACKAGE_ARDUINO] = "*"},
    [TARGET_CORTEX_M3] = {[PACKAGE_CMAKE] = TOOLCHAIN,
                          [PACKAGE_ZEPHYR] = "qemu_cortex_m3",
                          [PACKAGE_PLATFORMIO] = STM32("nucleo_l152re"),
                          [PACKAGE_ARDUINO] = "*"},
    [TARGET_CORTEX_M4] = {[PACKAGE_CMAKE] = TOOLCHAIN,
                          [PACKAGE_ZEPHYR] = "mps2/an386",
                          [PACKAGE_PLATFORMIO] = STM32("nucleo_f446re"),
                          [PACKAGE_ARDUINO] = "*"},
    [TARGET_RV32] = {[PACKAGE_CMAKE] = TOOLCHAIN,
                     [PACKAGE_ZEPHYR] = "qemu_riscv32",
                     [PACKAGE_PLATFORMIO] =
                         "platform = sifive\nboard = hifive1-revb\nframework = freedom-e-sdk",
                     [PACKAGE_ARDUINO] = "*",
                     [PACKAGE_ESP_IDF] = "\ntargets:\n  - esp32c2\n  - esp32c3\n  - esp32c6\n"
                                         "  - esp32h2\n  - esp32p4"},
    [TARGET_AVR] = {[PACKAGE_CMAKE] = TOOLCHAIN,
                    [PACKAGE_PLATFORMIO] = "platform = atmelavr\nboard = ATmega1284P",
                    [PACKAGE_ARDUINO] = "avr"},
};

/* ---- names ---- */

/* The part of the path that names the folder, without slashes behind it. */
static const char *folder_name(struct arena *a, const char *path, const char **whole) {
  size_t n = strlen(path);
  const char *slash;

  while (n > 1 && path[n - 1] == '/')
    n--;
  *whole = arena_strndup(a, path, n);
  slash = strrchr(*whole, '/');
  return slash ? slash + 1 : *whole;
}

/* Headers of C would no longer be found beside one of the same name, and ESP-IDF has its main. */
static bool is_taken(const char *name) {
  static const char *const names[] = {
      "assert", "complex", "ctype",  "errno",   "fenv",   "float",  "inttypes", "iso646", "limits",
      "locale", "main",    "math",   "setjmp",  "signal", "stdarg", "stdbool",  "stddef", "stdint",
      "stdio",  "stdlib",  "string", "strings", "tgmath", "time",   "unistd",   "wchar",  "wctype"};

  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcasecmp(name, names[i]) == 0)
      return true;
  return false;
}

static bool check_name(struct comp *c, const char *what, const char *name, const char *extra) {
  const char *allowed = arena_printf(
      c->arena, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_%s", extra);

  if (!isalpha((unsigned char)*name) || name[strspn(name, allowed)] || strlen(name) > NAME_BYTES)
    return diag_error(
        c->diag, loc_file(NULL),
        "--package: %s is %s; at most %d letters, digits and _%s%s, of which a letter "
        "is the first, are wanted",
        what, diag_quote(c->diag, name), NAME_BYTES, *extra ? " and " : "", extra);
  return !is_taken(name) || diag_error(c->diag, loc_file(NULL),
                                       "--package: %s is %s, which is the name of a header or a "
                                       "folder that the tools have; another one is wanted",
                                       what, name);
}

static bool check_network_name(const struct c_output *o) {
  static const char reserved[] = "arduino";

  if (!check_name(o->comp, "the name of the network", o->prefix, ""))
    return false;
  return o->comp->opt->package != PACKAGE_ARDUINO ||
         strncasecmp(o->prefix, reserved, strlen(reserved)) != 0 ||
         diag_error(o->comp->diag, loc_file(NULL),
                    "--package: the name of the network is %s; names that begin with arduino are "
                    "those of Arduino's own libraries: --name ID with another one is wanted",
                    o->prefix);
}

/* "host, rv32" */
static const char *targets_of(const struct comp *c, enum package kind) {
  struct options each = *c->opt;
  const char *list = "";

  for (each.target = TARGET_HOST; each.target < TARGET_N; each.target++)
    if (machines[each.target][kind])
      list = arena_printf(c->arena, "%s%s%s", list, *list ? ", " : "",
                          options_word(&each, c->arena, "target"));
  return list;
}

bool c_check_package(struct comp *c, const char *path) {
  enum package kind = c->opt->package;
  const char *whole, *name = folder_name(c->arena, path, &whole);

  if (!machines[c->opt->target][kind])
    return diag_error(c->diag, loc_file(NULL), "--package %s takes --target %s; %s is none of them",
                      options_word(c->opt, c->arena, "package"), targets_of(c, kind),
                      options_word(c->opt, c->arena, "target"));
  return check_name(c, "the folder of -o", name, "-");
}

/* ---- values ---- */

/* A name from somebody's file as every format takes it: ASCII letters and digits and _ . - */
static const char *plain(const struct c_output *o, const char *name) {
  char *s = arena_strndup(o->arena, name, strnlen(name, GRAPH_NAME_BYTES));

  for (char *at = s; *at; at++)
    if (!isascii((unsigned char)*at) || !(isalnum((unsigned char)*at) || strchr("_.-", *at)))
      *at = '_';
  return *s ? s : o->prefix;
}

/* library.json wants small letters, digits and single dashes. */
static const char *slug(struct arena *a, const char *name) {
  char *s = arena_strdup(a, name), *to = s;

  for (const char *at = name; *at; at++)
    if (*at != '_')
      *to++ = (char)tolower((unsigned char)*at);
    else if (at[1] && at[1] != '_')
      *to++ = '-';
  *to = '\0';
  return s;
}

struct value {
  const char *name, *text;
};
enum { N_VALUES = 10 };
enum { PRINT_STACK_BYTES = 2048 }; /* what an example takes beside the network */

static void set_values(const struct c_output *o, struct value *v) {
  const struct options *opt = o->comp->opt;
  bool has_port = c_target(o)->port != NULL;
  const struct value values[N_VALUES] = {
      {"net", o->prefix},
      {"NET", o->upper},
      {"slug", slug(o->arena, o->prefix)},
      {"version", SNNCC_VERSION},
      {"description",
       arena_printf(o->arena, "Spiking network %s with %zu inputs, %zu outputs and %zu steps",
                    plain(o, o->graph), plan_input_size(o->plan), plan_output_size(o->plan),
                    plan_steps(o->plan))},
      {"machine", machines[opt->target][opt->package]},
      {"call", plan_takes(o->plan) == PLAN_TAKES_EVENTS ? "push_event" : "run"},
      {"stack", arena_printf(o->arena, "%zu", c_target(o)->stack_bytes + PRINT_STACK_BYTES)},
      {"start_sources", has_port ? " startup.c" : ""},
      {"start_options", has_port ? arena_printf(o->arena,
                                                "\ntarget_link_options(%s_classify PRIVATE "
                                                "-nostartfiles -T "
                                                "${CMAKE_CURRENT_SOURCE_DIR}/link.ld)",
                                                o->prefix)
                                 : ""}};

  memcpy(v, values, sizeof values);
}

/* The text with its values; an @ that begins no value stays. */
static const char *fill_in(struct arena *a, const char *text, const struct value *v, size_t *len) {
  struct buf b;
  const char *at;

  buf_init(&b, a);
  buf_puts(&b, "");
  for (; (at = strchr(text, '@'));) {
    size_t i = 0, n = strcspn(at + 1, "@");

    while (i < N_VALUES && (strlen(v[i].name) != n || strncmp(v[i].name, at + 1, n) != 0))
      i++;
    buf_put(&b, text, (size_t)(at - text) + (i == N_VALUES));
    text = at + 1;
    if (i < N_VALUES) {
      buf_puts(&b, v[i].text);
      text += n + 1;
    }
  }
  buf_puts(&b, text);
  *len = b.len;
  return b.data;
}

/* ---- files ---- */

struct members {
  const struct c_output *o;
  struct file_member file[MOST_FILES];
  size_t n;
};

static void add(struct members *p, const char *path, const char *text, size_t len) {
  p->file[p->n++] = (struct file_member){path, {(const uint8_t *)text, len}};
}

static void add_templates(struct members *p, const char *kind) {
  struct arena *a = p->o->arena;
  const char *folder = arena_printf(a, "backends/c/package/%s/", kind);
  struct value values[N_VALUES];

  set_values(p->o, values);
  for (size_t i = 0; i < n_package_texts; i++)
    if (strncmp(package_texts[i].path, folder, strlen(folder)) == 0) {
      size_t n_path, n;
      const char *path = fill_in(a, package_texts[i].path + strlen(folder), values, &n_path);
      const char *text = fill_in(a, package_texts[i].text, values, &n);

      add(p, path, text, n);
    }
}

static enum c_main main_of(const struct c_output *o) {
  switch (o->comp->opt->package) {
  case PACKAGE_ZEPHYR:
    return C_MAIN_PRINTS;
  case PACKAGE_ARDUINO:
    return C_MAIN_SKETCH;
  case PACKAGE_ESP_IDF:
    return C_MAIN_APP;
  default:
    return c_main_of_target(o);
  }
}

static void add_start(struct members *p, const char *beside) {
  struct arena *a = p->o->arena;
  const char *port = c_target(p->o)->port, *dir = file_dir(a, beside);
  const char *start = c_runtime_text(p->o, arena_printf(a, "port/%s/startup.c", port));
  const char *script = c_runtime_text(p->o, "port/link.ld");

  add(p, arena_printf(a, "%sstartup.c", dir), start, strlen(start));
  add(p, arena_printf(a, "%slink.ld", dir), script, strlen(script));
}

bool c_emit_package(struct comp *c, const struct ir_graph *g, const char *path) {
  enum package kind = c->opt->package;
  const char *main_path = layouts[kind].main, *slash = strrchr(main_path, '/') + 1, *whole;
  const char *name = folder_name(c->arena, path, &whole);
  struct buf source, header, text;
  struct members p = {.n = 0};
  struct c_output o;

  if (!c_begin(&o, c, g, name) || !check_network_name(&o))
    return false;
  o.file = arena_printf(c->arena, "%s.c", o.prefix);
  o.header = arena_printf(c->arena, "%s.h", o.prefix);
  p.o = &o;
  c_write(&o, &source, &header);
  c_write_main(&o, main_of(&o), slash, "", &text);
  add_templates(&p, options_word(c->opt, c->arena, "package"));
  add(&p, arena_printf(c->arena, "%s%s", layouts[kind].source, o.file), source.data, source.len);
  add(&p, arena_printf(c->arena, "%s%s", layouts[kind].header, o.header), header.data, header.len);
  add(&p, main_path, text.data, text.len);
  if (kind == PACKAGE_CMAKE && c_target(&o)->port)
    add_start(&p, main_path);
  return file_outputs_add_folder(c->outputs, c->diag, whole, p.file, p.n);
}
