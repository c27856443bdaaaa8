/* ir/options_help.c -- --help out of the table of options. */
#include "ir/options.h"

#include <stdio.h>
#include <string.h>

#include "ir/options_internal.h"

enum { HELP_COLUMN = 34, HELP_WIDTH = 100 };

/* Words of `text` in lines from HELP_COLUMN to HELP_WIDTH; returns the column of its end. */
static int print_wrapped(FILE *f, int col, const char *text) {
  while (*text) {
    int n = (int)strcspn(text, " ");

    if (col + 1 + n > HELP_WIDTH) {
      fprintf(f, "\n%*s", HELP_COLUMN, "");
      col = HELP_COLUMN;
    }
    col += fprintf(f, "%s%.*s", col > HELP_COLUMN ? " " : "", n, text);
    text += n + (text[n] != 0);
  }
  return col;
}

static void print_option(FILE *f, const struct option *opt) {
  char preset[HELP_WIDTH];
  int col = fprintf(f, opt->letter ? "  -%c, " : "      ", opt->letter);

  col += fprintf(f, "--%s%s%s", opt->name, *opt->values ? " " : "", opt->values);
  if (col > HELP_COLUMN - 2) {
    fputc('\n', f);
    col = 0;
  }
  fprintf(f, "%*s", HELP_COLUMN - col, "");
  col = print_wrapped(f, HELP_COLUMN, opt->help);
  if (*opt->preset) {
    snprintf(preset, sizeof(preset), "(default: %s)", opt->preset);
    print_wrapped(f, col, preset);
  }
  fputc('\n', f);
}

void options_help(FILE *f, enum command cmd) {
  const char *title = NULL;

  for (int c = 0; c < CMD_N; c++)
    if (c == (int)cmd || cmd == CMD_COMPILE)
      fprintf(f, "%s %-50s %s\n", c == (int)cmd ? "usage:" : "      ", options_commands[c].form,
              options_commands[c].does);
  for (size_t i = 0; i < N_OPTIONS; i++) {
    if (options_table[i].kind == OPTION_IS_GROUP)
      title = options_table[i].name;
    if (!options_is_of(&options_table[i], cmd))
      continue;
    if (title)
      fprintf(f, "\n%s:\n", title);
    title = NULL;
    print_option(f, &options_table[i]);
  }
  if (cmd == CMD_COMPILE)
    fprintf(
        f, "\nsnncc COMMAND --help lists the options of a command. - is standard input or output.\n"
           "Exit code: 0 done, 1 input or environment is wrong, 2 the command line is wrong, 70 a "
           "bug of snncc.\n");
}
