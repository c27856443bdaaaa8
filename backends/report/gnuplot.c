#include "backends/report/gnuplot.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file.h"
#include "ir/comp.h"

extern char **environ;

void gnuplot_begin(struct buf *script, size_t width, size_t height) {
  buf_printf(script,
             "set terminal pngcairo size %zu,%zu font 'DejaVu Sans,12' noenhanced\n"
             "set border 3 lc rgb '#444444'\n"
             "set tics nomirror out\n"
             "set grid lc rgb '#dddddd' lt 1 lw 0.5\n",
             width, height);
}

/* In single quotes only the quote itself is special. */
void gnuplot_put_string(struct buf *script, const char *text) {
  buf_puts(script, "'");
  for (; *text; text++) {
    char c = (unsigned char)*text < ' ' || *text == 0x7F ? '?' : *text;

    buf_put(script, &c, 1);
    if (c == '\'')
      buf_put(script, &c, 1);
  }
  buf_puts(script, "'");
}

const char *gnuplot_color(size_t k) {
  static const char *const colors[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                       "#E69F00", "#56B4E9", "#000000"};

  return colors[k % (sizeof colors / sizeof *colors)];
}

/* Runs gnuplot from `in` to `out`. 0; or errno where it cannot be run, -1 where it complained. */
static int run(int in, int out) {
  char name[] = "gnuplot";
  char *argv[] = {name, NULL};
  posix_spawn_file_actions_t actions;
  pid_t pid;
  int error, status = 0;

  posix_spawn_file_actions_init(&actions);
  error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  if (!error)
    error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (!error)
    error = posix_spawnp(&pid, name, &actions, NULL, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error)
    return error;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR)
      return errno;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* What gnuplot wrote, as picture. False: told. */
static bool keep_picture(struct comp *c, FILE *out, const char *path) {
  struct bytes png = {NULL, 0};
  long len = fseek(out, 0, SEEK_END) == 0 ? ftell(out) : -1;
  uint8_t *data;

  if (len <= 0 || fseek(out, 0, SEEK_SET) != 0)
    return diag_error(c->diag, loc_file(path), "gnuplot drew nothing");
  data = arena_alloc(c->arena, (size_t)len, 1);
  png = (struct bytes){data, fread(data, 1, (size_t)len, out)};
  if (png.len != (size_t)len)
    return diag_error(c->diag, loc_file(path), "the picture cannot be read back: %s",
                      strerror(errno));
  return file_outputs_add(c->outputs, c->diag, path, png.data, png.len);
}

static bool keep_script(struct comp *c, const struct buf *script, const char *path) {
  const char *file = arena_printf(c->arena, "%s.gp", path);
  struct buf whole;

  buf_init(&whole, c->arena);
  buf_puts(&whole, "set output ");
  gnuplot_put_string(&whole, arena_printf(c->arena, "%s.png", path));
  buf_puts(&whole, "\n");
  buf_put(&whole, script->data, script->len);
  diag_warning(c->diag, loc_file(file),
               "gnuplot is not installed; this script with its data draws %s.png elsewhere", path);
  return file_outputs_add(c->outputs, c->diag, file, whole.data, whole.len);
}

bool gnuplot_draw(struct comp *c, const struct buf *script, const char *path) {
  const char *png = arena_printf(c->arena, "%s.png", path);
  FILE *in = tmpfile(), *out = tmpfile();
  bool is_written = in && out && fwrite(script->data, 1, script->len, in) == script->len &&
                    fflush(in) == 0 && lseek(fileno(in), 0, SEEK_SET) == 0;
  int error = is_written ? run(fileno(in), fileno(out)) : errno;
  bool is_good = false;

  if (!is_written)
    diag_error(c->diag, loc_file(png), "no temporary file for gnuplot: %s", strerror(error));
  else if (error == ENOENT)
    is_good = keep_script(c, script, path);
  else if (error < 0)
    diag_error(c->diag, loc_file(png), "gnuplot could not draw it; its own words stand above");
  else if (error > 0)
    diag_error(c->diag, loc_file(png), "gnuplot cannot be run: %s", strerror(error));
  else
    is_good = keep_picture(c, out, png);
  if (in)
    fclose(in);
  if (out)
    fclose(out);
  return is_good;
}
