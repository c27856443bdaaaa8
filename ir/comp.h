/* ir/comp.h -- one compilation: what frontends, passes and backends share. */
#ifndef IR_COMP_H
#define IR_COMP_H

struct arena;
struct diag;
struct file_outputs;
struct ir_graph;
struct options;
struct samples;
struct widths;

struct comp {
  struct arena *arena;   /* lives as long as the compilation               */
  struct arena *scratch; /* reset by the pass manager after each pass      */
  struct diag *diag;
  const struct options *opt;
  const struct samples *calib;      /* NULL without --calib; prepared          */
  const struct samples *calib_more; /* calib and what follows it, for --early-exit auto */
  const struct ir_graph *analog;    /* what lower-spiking started from; NULL before it */
  const struct widths *widths;      /* what 8 bits cost, for eval --explain; NULL else */
  double seconds_convert; /* reading, calibration and passes (wall); set by snncc.c for eval */
  struct file_outputs *outputs; /* committed by snncc.c when all went well */
};

#endif
