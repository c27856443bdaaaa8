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
  bool *is_done; /* by index in kernel_texts */
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

/* Lines that only a header needs: includes, and the guard around all of it. */
static bool is_header_line(const char *line, const char *end) {
  bool is_guard = begins(line, "#ifndef SNN_") || begins(line, "#define SNN_");

  return begins(line, "#include ") || (is_guard && end - line > 3 && begins(end - 2, "_H"));
}

/* Carries what the text includes, then the text without its header lines. Headers include each
 * other without cycles, so the depth is that of the runtime's own tree. */
static void carry(struct carrier *k, const char *name) {
  size_t i = find_text(k->arena, name);
  const char *text, *last = NULL, *end;
  bool was_blank = true;

  if (i == n_kernel_texts || k->is_done[i])
    return;
  k->is_done[i] = true;
  text = kernel_texts[i].text;
  for (const char *at = text; (at = strstr(at, "#include \"")); at++) {
    const char *quoted = at + strlen("#include \"");
    carry(k, arena_strndup(k->arena, quoted, strcspn(quoted, "\"")));
  }
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

void c_write_kernels(const struct c_output *o, struct emit *e, const char *const *extra,
                     size_t n_extra) {
  size_t n = PLAN_N_KERNELS + n_extra;
  const char **header = ARENA_NEW(o->arena, const char *, n + 1);
  bool *is_wanted = ARENA_NEW(o->arena, bool, n);
  struct carrier k = {o->arena, e, ARENA_NEW(o->arena, bool, n_kernel_texts)};

  for (size_t i = 0; i < n; i++) {
    bool is_extra = i >= PLAN_N_KERNELS;
    header[i] = is_extra ? extra[i - PLAN_N_KERNELS] : plan_kernel((enum plan_kernel_tag)i)->header;
    is_wanted[i] = is_extra;
  }
  for (size_t i = 0; i < plan_n_ops(o->plan); i++)
    is_wanted[plan_op(o->plan, i)->kernel] = true;
  if (o->comp->opt->runtime == RUNTIME_EXTERNAL) {
    include_runtime(o, e, header, is_wanted);
    return;
  }
  for (size_t i = 0; i < n; i++)
    if (is_wanted[i])
      carry(&k, header[i]);
}
