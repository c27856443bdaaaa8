#!/bin/sh
# docs/OPS.md: the operators of --list-ops, and what becomes of every ONNX file at hand. --write
# rewrites it; without it the document must say what this compiler does.
. "$(dirname "$0")/../lib.sh"
need SNNCC_MODELS "a folder with the trained networks"
need SNNCC_ONNX "a folder of ONNX files"

# reason LOG: what the first error says, without the path; all operators that are missing at once.
reason() {
  awk '/: error: / {
    line = $0
    sub(/^[^:]*: /, "", line)
    if (match(line, /operator [^ ]+ is not supported/)) {
      name = substr(line, RSTART + 9, RLENGTH - 26)
      names = names (names ? ", " : "") name
      n++
    } else if (!first) {
      sub(/error: /, "", line)
      first = line
    }
  }
  END {
    if (n)
      print (n == 1 ? "operator " : "operators ") names (n == 1 ? " is" : " are") " not supported"
    else
      print first
  }' "$1" | sed 's/|/\\|/g'
}
# try FILE: a row; what is imported is tried as C without samples.
try() {
  imports=no converts=no why=
  if "$SNNCC" "$1" -q -o "$tmp/net.ir" >"$tmp/log" 2>&1; then
    imports=yes
    "$SNNCC" "$1" -q -o "$tmp/net.c" >"$tmp/log" 2>&1 && converts=yes
  fi
  [ $converts = yes ] || why=$(reason "$tmp/log")
  echo "| $(basename "$1") | $imports | $converts | $why |"
}
# files TITLE FOLDER: a table of its files.
files() {
  printf '\n### %s\n\n%s\n%s\n' "$1" "| file | imports | becomes C | else |" "|---|---|---|---|"
  for f in "$2"/*.onnx; do
    try "$f"
  done
}
{
  cat <<'END'
# ONNX operators

Made by tests/conformance/ops_doc.sh. Opsets 1 to 20; a newer one is read as opset 20, with a warning.
`snncc --list-ops` prints the first table; it comes from the table in frontend/onnx/onnx_ops.c.

The node that an operator becomes is the first of it: passes merge most of them into others. Every
operator whose operands are constants is computed when the model is read. Columns of the IR's ops are
in docs/IR.md, rules for spikes in passes/lower_spiking_rules.c.

END
  "$SNNCC" --list-ops | awk -F '   *' '/^operator  / { on = 1 }
    /^$/ { on = 0 }
    on { printf "|"; for (i = 1; i <= 5; i++) printf " %s |", $i == "-" ? "" : $i; print ""
         if (/^operator  /) print "|---|---|---|---|---|" }'
  cat <<'END'

A value that becomes spikes must never be below 0: it passes a Relu, or a Clip from 0, or is a mean or
sum of values that did. The last layer may be anything: its inputs are added up and read out. Maps
have one or two spatial axes. A network has one input and one output.

## Real models

*imports*: the IR can be printed, and `snncc eval --steps 0` runs it. *becomes C*: `snncc FILE -o
net.c` converts it. Both without samples, with default options.
END
  files "In this repository, models/" models
  files "SNNCC_MODELS: trained for tests (models/train.py names them)" "$SNNCC_MODELS"
  files "SNNCC_ONNX: found in other repositories" "$SNNCC_ONNX"
} >"$tmp/doc"
publish "$tmp/doc" docs/OPS.md "${1:-}"
