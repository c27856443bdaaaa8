/* Fuzz target: any bytes as a configuration of snn_toolbox. What is taken leaves options that a
 * command line could have given. */
#include "tests/fuzz/fuzz.h"

#include "frontend/ini/ini.h"

static const char *const argv[] = {"snncc", "eval", "--config", "in.ini"};

static void check_ini(struct fuzz *f, const uint8_t *data, size_t len) {
  struct options o;

  require(options_parse(&o, f->comp.arena, f->comp.diag, 4, (char **)(uintptr_t)argv));
  if (ini_read_text(&f->comp, &o, "nowhere/in.ini", (const char *)data, len))
    require(o.steps >= 0 && o.steps <= 65535 && o.percentile > 0 && o.percentile <= 100 &&
            o.threshold > 0 && o.limit != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static struct fuzz f;

  if (!f.null)
    fuzz_begin(&f, 4, argv);
  return fuzz_one(&f, check_ini, data, len);
}
