/* frontend/snn/snn_parse.c -- a text through scanner and grammar. */
#include "frontend/snn/snn_parse.h"

#include <stdarg.h>
#include <stdio.h>

#include "ir/base/arena.h"
#include "ir/comp.h"
#include "snn.tab.h"
#include "snn.lex.h"

bool snn_wrong(struct snn_parse *p, struct loc loc, const char *fmt, ...) {
  va_list ap;

  va_start(ap, fmt);
  diag_error(p->c->diag, loc, "%s", arena_vprintf(p->c->arena, fmt, ap));
  va_end(ap);
  p->is_bad = true;
  p->last = loc;
  p->n_errors++;
  return false;
}

/* The scanner calls it when its own tables are wrong, or a text is larger than an int. */
_Noreturn void snn_fatal(struct snn_parse *p, const char *text) {
  diag_bug(p->c->diag, loc_file(p->path), "the scanner stops: %s", text);
}

bool snn_parse_text(struct snn_parse *p, const char *text, size_t len) {
  yyscan_t scanner;

  p->line = p->col = 1;
  p->statements = snn_list_new(p);
  snn_yylex_init_extra(p, &scanner);
  snn_yy_scan_bytes(text, (int)len, scanner);
  snn_yyparse(scanner, p);
  snn_yylex_destroy(scanner);
  return !p->is_bad;
}
