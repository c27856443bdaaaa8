/* backends/text/snn_text.h -- words, numbers and statements of the network language as text. */
#ifndef BACKENDS_TEXT_SNN_TEXT_H
#define BACKENDS_TEXT_SNN_TEXT_H

#include "ir/base/buf.h"

struct text_attribute {
  struct buf text;
  struct text_attribute *next;
};

/* A statement being written: its head, its attributes in order. */
struct text_statement {
  struct arena *arena;
  struct buf head;
  struct text_attribute *first, **last;
  size_t n;
};

void text_statement_begin(struct text_statement *s, struct arena *a, const char *keyword);
/* Where the value goes, a blank before it. */
struct buf *text_attribute(struct text_statement *s, const char *name);
/* On one line if it fits into 100 columns, else an attribute a line. */
void text_statement_end(struct text_statement *s, struct buf *to);

/* Bare where the language reads it so, else in quotes. */
void text_put_name(struct buf *b, const char *name);
/* The shortest decimal that reads back to the same f32. */
void text_put_float(struct buf *b, float x);
/* " 0.5 ms" */
void text_put_seconds(struct buf *b, double seconds);
/* A value as the command line has it: bare where the language reads it so. */
void text_put_option(struct buf *b, const char *text);
/* A file's path as it is from the folder of `out`. */
const char *text_path_from(struct arena *a, const char *out, const char *path);

#endif
