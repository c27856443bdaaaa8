#!/bin/sh
# make.sh FOLDER: the texts that docs/ARCHITECTURE.md walks through: the IR as read (00-read.ir) and
# after every pass, without places; net.c and net.h; and trace, what net.c computes for one sample.
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/models" && cp "$REPO"/models/walkthrough.* "$1/models" && cd "$1" || exit 1
"$SNNCC" models/walkthrough.onnx -o 00-read.ir &&
  "$SNNCC" models/walkthrough.onnx --calib models/walkthrough.npy --percentile 100 --neuron if \
    --steps 8 --dump-ir all -o net.c &&
  ${CC:-cc} -std=c99 -ffp-contract=off -I. -o run "$here/main.c" net.c && ./run models/walkthrough.npy >trace &&
  for f in ??-*.ir; do
    sed 's/ ; onnx .*//' "$f" >"$f.short" && mv "$f.short" "$f" || exit 1
  done
