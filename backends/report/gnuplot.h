/* backends/report/gnuplot.h -- runs gnuplot on a script that carries its data. */
#ifndef BACKENDS_REPORT_GNUPLOT_H
#define BACKENDS_REPORT_GNUPLOT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct comp;

/* Begins a script for a picture of so many pixels: terminal, fonts, axes. */
void gnuplot_begin(struct buf *script, size_t width, size_t height);
/* `text` as a string of gnuplot, which nothing in it can end. */
void gnuplot_put_string(struct buf *script, const char *text);
/* Colour k of Okabe and Ito (2008), told apart by colour-blind readers too: "#0072B2". */
const char *gnuplot_color(size_t k);

/* Writes path.png, as an output of comp->outputs. Where there is no gnuplot, a warning says so and
 * path.gp is written instead: the script, for gnuplot elsewhere. False: told. */
bool gnuplot_draw(struct comp *c, const struct buf *script, const char *path);

#endif
