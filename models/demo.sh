#!/bin/sh
# make demo: converts models/lenet5.onnx to C, compiles it and classifies 500 drawn digits.
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
D=$B/demo
mkdir -p "$D"
calib=models/digits-calib-images-idx3-ubyte.gz
say() {
  printf '\n\033[1m%s\033[0m\n' "$*"
}
[ -t 1 ] || say() {
  printf '\n%s\n' "$*"
}
gzip -dc models/digits-images-idx3-ubyte.gz >"$D/images"
gzip -dc models/digits-labels-idx1-ubyte.gz >"$D/labels"

say "snncc models/lenet5.onnx --calib $calib -o $D/net.c"
"$B/snncc" models/lenet5.onnx --calib $calib -o "$D/net.c"
say "${CC:-cc} -std=c99 -O3 models/demo.c $D/net.c"
${CC:-cc} -std=c99 -O3 -I"$D" -o "$D/demo" models/demo.c "$D/net.c"
say "$D/demo: drawn digits through the spiking network as C"
echo
"$D/demo" "$D/images" "$D/labels"

say "snncc eval models/lenet5.onnx --calib $calib --data models/digits-images-idx3-ubyte.gz \\
  --labels models/digits-labels-idx1-ubyte.gz"
echo
"$B/snncc" eval models/lenet5.onnx --calib $calib --data models/digits-images-idx3-ubyte.gz \
  --labels models/digits-labels-idx1-ubyte.gz

say "Your own model"
cat <<EOF
  $B/snncc inspect model.onnx                      what is in it, RAM and constants
  $B/snncc model.onnx --calib train.npz -o net.c   C for your project: net.c and net.h
  $B/snncc eval model.onnx --calib train.npz --data test.npz
                                                      accuracy after every time step, operations
EOF
