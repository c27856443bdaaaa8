#include "passes/code.h"

#include "ir/options.h"

enum ir_word code_model(const struct options *o) {
  switch (o->code) {
  case CODE_TTFS:
    return IR_W_MODEL_TTFS;
  case CODE_PATTERN:
    return IR_W_MODEL_PATTERN;
  case CODE_RATE:
    break;
  }
  return o->neuron == NEURON_IF          ? IR_W_MODEL_IF
         : o->neuron == NEURON_IF_SIGNED ? IR_W_MODEL_IF_SIGNED
                                         : IR_W_MODEL_IF_ONLINE;
}

double code_levels(const struct options *o) {
  return (double)ir_turn_levels(code_model(o), o->steps);
}
