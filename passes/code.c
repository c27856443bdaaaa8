#include "passes/code.h"

#include "ir/options.h"

enum ir_word code_model(const struct options *o) {
  switch (o->code) {
  case CODE_TTFS:
    return IR_W_MODEL_TTFS;
  case CODE_TTFS_DYN:
    return IR_W_MODEL_TTFS_DYN;
  case CODE_PATTERN:
    return IR_W_MODEL_PATTERN;
  case CODE_RATE:
    break;
  }
  return o->neuron == NEURON_IF          ? IR_W_MODEL_IF
         : o->neuron == NEURON_IF_SIGNED ? IR_W_MODEL_IF_SIGNED
                                         : IR_W_MODEL_IF_ONLINE;
}

bool code_has_turns(const struct options *o) {
  return o->code == CODE_TTFS || o->code == CODE_PATTERN;
}

double code_levels(const struct options *o) {
  if (o->code == CODE_TTFS_DYN)
    return o->steps > 4 ? (double)o->steps / 4 : 1;
  return (double)ir_turn_levels(code_model(o), o->steps);
}
