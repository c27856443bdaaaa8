/* C backend: the kernels' text, or the includes of an installed runtime. */
#include "backends/c/c_internal.h"

#include <string.h>

#include "backends/c/kernel_text.h"
#include "ir/base/arena.h"
#include "ir/comp.h"
#include "ir/exec/plan.h"
#include "ir/options.h"
#include "snn/abi.h"

struct carrier {
  struct arena *arena;
  struct emit *e;
  bool *is_done; /* by index in kernel_texts             */
  size_t *text;  /* n_texts of them, in order            */
  size_t n_texts;
  bool has_vectors; /* the target may have them */
};

/* Index of a header of the runtime by the end of its path; n_kernel_texts if there is none. */
static size_t find_text(struct arena *a, const char *name) {
  const char *end = arena_printf(a, "/%s", name);

  for (size_t i = 0; i < n_kernel_texts; i++) {
    size_t n = strlen(kernel_texts[i].path), n_end = strlen(end);
    if (n >= n_end && strcmp(kernel_texts[i].path + n - n_end, end) == 0)
      return i;
  }
  return n_kernel_texts;
}

const char *c_runtime_text(const struct c_output *o, const char *name) {
  return kernel_texts[find_text(o->arena, name)].text;
}

static bool begins(const char *line, const char *with) {
  return strncmp(line, with, strlen(with)) == 0;
}

/* Lines that only a header needs: includes of what the C file has anyway, and the guard around all
 * of it. */
static bool is_header_line(const char *line, const char *end) {
  bool is_guard = begins(line, "#ifndef SNN_") || begins(line, "#define SNN_");
  bool is_vectors = begins(line, "#include <imm") || begins(line, "#include <emm");

  return (begins(line, "#include ") && !is_vectors) ||
         (is_guard && end - line > 3 && begins(end - 2, "_H"));
}

/* Its functions differ by the width of weights. */
static bool reads_weights(const char *text) {
  return strstr(text, "const snn_weight *") != NULL;
}

/* The text without its header lines. */
static void put_text(const struct carrier *k, const char *text) {
  const char *last = NULL, *end;
  bool was_blank = true;

  for (const char *at = text; (at = strstr(at, "#endif")); at++)
    last = at;
  for (const char *at = text; at < last; at = end + 1) {
    end = strchr(at, '\n');
    if (is_header_line(at, end) || (was_blank && end == at))
      continue;
    was_blank = end == at;
    buf_put(k->e->out, at, (size_t)(end - at) + 1);
  }
  if (!was_blank)
    emit_blank(k->e);
}

/* Marks the text and what it includes, and lists by index in kernel_texts those that were not
 * marked before, each behind what it includes. Headers include each other without cycles, so the
 * depth is that of the runtime's own tree. */
static void find_needed(struct carrier *k, const char *name) {
  size_t i = find_text(k->arena, name);

  if (i == n_kernel_texts || k->is_done[i] || (!k->has_vectors && begins(name, "lanes_")))
    return;
  k->is_done[i] = true;
  for (const char *at = kernel_texts[i].text; (at = strstr(at, "#include \"")); at++) {
    const char *quoted = at + strlen("#include \"");
    find_needed(k, arena_strndup(k->arena, quoted, strcspn(quoted, "\"")));
  }
  k->text[k->n_texts++] = i;
}

static void include_runtime(const struct c_output *o, struct emit *e, const char *const *header,
                            const bool *is_wanted) {
  emit_line(e, "#include <snn/abi.h>");
  for (size_t i = 0; header[i]; i++)
    if (is_wanted[i])
      emit_line(e, "#include <snn/kernels/%s>", header[i]);
  emit_blank(e);
  emit_line(e, "#if SNN_ABI_VERSION != %d", SNN_ABI_VERSION);
  emit_line(e, "#error \"%s needs version %d of the snn runtime\"", o->file, SNN_ABI_VERSION);
  emit_line(e, "#endif");
  emit_blank(e);
}

/* ---- a second width ---- */

/* The suffix of what is defined again for weights of 16 bits. */
#define WIDE "_16"

static bool is_wide(const struct c_output *o, size_t op) {
  return plan_is_mixed(o->plan) && plan_op_weight_type(o->plan, op) == IR_I16;
}

const char *c_kernel_name(const struct c_output *o, size_t i) {
  const char *name = plan_kernel(plan_op(o->plan, i)->kernel)->function;

  return is_wide(o, i) ? arena_printf(o->arena, "%s" WIDE, name) : name;
}

/* What the text defines, one in a line: a function, or the constant of an enum. NULL: nothing. */
static const char *name_in_line(struct arena *a, const char *line) {
  static const char head[] = "enum { ";
  const char *at, *end = line + strcspn(line, "(\n");

  if (begins(line, head)) {
    at = line + strlen(head);
    return arena_strndup(a, at, strcspn(at, " "));
  }
  if ((!begins(line, "static inline ") && !begins(line, "SNN_HELPER ") &&
       !begins(line, "SNN_APART ")) ||
      *end != '(')
    return NULL;
  for (at = end; at[-1] != ' ' && at[-1] != '*'; at--)
    continue;
  return arena_strndup(a, at, (size_t)(end - at));
}

/* "snn_weight", then what the texts define; `names` has room for them. */
static size_t names_of(const struct carrier *k, const char **names) {
  size_t n = 0;

  names[n++] = "snn_weight";
  for (size_t i = 0; i < k->n_texts; i++)
    for (const char *line = kernel_texts[k->text[i]].text; line; line = strchr(line, '\n')) {
      line += *line == '\n';
      names[n] = name_in_line(k->arena, line);
      n += names[n] != NULL;
    }
  return n;
}

static size_t count_lines(const struct carrier *k) {
  size_t n = 1;

  for (size_t i = 0; i < k->n_texts; i++)
    for (const char *at = kernel_texts[k->text[i]].text; (at = strchr(at, '\n')); at++)
      n++;
  return n;
}

/* An installed header once more, but once in all. */
static void include_again(const struct carrier *k, const char *text, const char *path) {
  const char *guard = strstr(text, "#ifndef ") + strlen("#ifndef ");
  int len = (int)strcspn(guard, "\n");

  emit_line(k->e, "#ifndef %.*s" WIDE, len, guard);
  emit_line(k->e, "#define %.*s" WIDE, len, guard);
  emit_line(k->e, "#undef %.*s", len, guard);
  emit_line(k->e, "#include <snn/kernels/%s>", strrchr(path, '/') + 1);
  emit_line(k->e, "#endif");
}

/* The texts, with names of their own for all that they define. */
static void write_wide(const struct carrier *k, bool is_external) {
  const char **name = ARENA_NEW(k->arena, const char *, count_lines(k) + 1);
  size_t n = names_of(k, name), longest = 0;

  emit_comment(k->e, "The same once more, for layers whose weights have 16 bits.");
  for (size_t i = 0; i < n; i++)
    longest = strlen(name[i]) > longest ? strlen(name[i]) : longest;
  for (size_t i = 0; i < n; i++)
    emit_line(k->e, "#define %-*s %s" WIDE, (int)longest, name[i], name[i]);
  if (is_external) {
    emit_line(k->e, "#ifndef SNN_WEIGHT" WIDE);
    emit_line(k->e, "#define SNN_WEIGHT" WIDE);
  }
  emit_line(k->e, "typedef SNN_TABLE int16_t snn_weight;");
  emit_line(k->e, is_external ? "#endif" : "");
  emit_line(k->e, "#undef SNN_INT8");
  emit_line(k->e, "#define SNN_INT16");
  for (size_t i = 0; i < k->n_texts; i++) {
    const char *text = kernel_texts[k->text[i]].text;
    if (is_external)
      include_again(k, text, kernel_texts[k->text[i]].path);
    else
      put_text(k, text);
  }
  emit_line(k->e, "#undef SNN_INT16");
  emit_line(k->e, "#define SNN_INT8");
  for (size_t i = 0; i < n; i++)
    emit_line(k->e, "#undef %s", name[i]);
  emit_blank(k->e);
}

/* What kernels of 16 bits include and has not been there yet, then those that read weights. */
static void carry_wide(struct carrier *k, const struct c_output *o, bool is_external) {
  size_t n_wide = 0;

  for (size_t i = 0; i < n_kernel_texts; i++)
    k->is_done[i] = k->is_done[i] && !reads_weights(kernel_texts[i].text);
  k->n_texts = 0;
  for (size_t i = 0; i < plan_n_ops(o->plan); i++)
    if (is_wide(o, i))
      find_needed(k, plan_kernel(plan_op(o->plan, i)->kernel)->header);
  for (size_t i = 0; i < k->n_texts; i++) {
    const char *text = kernel_texts[k->text[i]].text;
    if (reads_weights(text))
      k->text[n_wide++] = k->text[i];
    else if (!is_external)
      put_text(k, text);
  }
  k->n_texts = n_wide;
  write_wide(k, is_external);
}

/* ---- all of them ---- */

void c_write_kernels(const struct c_output *o, struct emit *e, const char *const *extra,
                     size_t n_extra) {
  size_t n = PLAN_N_KERNELS + n_extra;
  const char **header = ARENA_NEW(o->arena, const char *, n + 1);
  bool *is_wanted = ARENA_NEW(o->arena, bool, n);
  bool is_external = o->comp->opt->runtime == RUNTIME_EXTERNAL;
  struct carrier k = {.arena = o->arena,
                      .e = e,
                      .is_done = ARENA_NEW(o->arena, bool, n_kernel_texts),
                      .text = ARENA_NEW(o->arena, size_t, n_kernel_texts),
                      .has_vectors = o->comp->opt->target == TARGET_HOST};

  for (size_t i = 0; i < n; i++) {
    bool is_extra = i >= PLAN_N_KERNELS;
    header[i] = is_extra ? extra[i - PLAN_N_KERNELS] : plan_kernel((enum plan_kernel_tag)i)->header;
    is_wanted[i] = is_extra;
  }
  for (size_t i = 0; i < plan_n_ops(o->plan); i++)
    if (is_external || !is_wide(o, i))
      is_wanted[plan_op(o->plan, i)->kernel] = true;
  if (is_external)
    include_runtime(o, e, header, is_wanted);
  for (size_t i = 0; i < n && !is_external; i++)
    if (is_wanted[i])
      find_needed(&k, header[i]);
  for (size_t i = 0; i < k.n_texts; i++)
    put_text(&k, kernel_texts[k.text[i]].text);
  if (plan_is_mixed(o->plan))
    carry_wide(&k, o, is_external);
}
