#!/bin/sh
# `make results` on a trial: the digits of this repository stand in for MNIST. A second time it finds all
# runs there already, and makes the same tables.
. "$(dirname "$0")/../lib.sh"
python3 -c 'import json' 2>/dev/null || {
  echo "python3 has no module json (Debian package python3)"
  exit 77
}
mkdir -p "$tmp/data/mnist"
cp models/digits-images-idx3-ubyte.gz "$tmp/data/mnist/t10k-images-idx3-ubyte.gz"
cp models/digits-labels-idx1-ubyte.gz "$tmp/data/mnist/t10k-labels-idx1-ubyte.gz"
cp models/digits-calib-images-idx3-ubyte.gz "$tmp/data/mnist/train-images-idx3-ubyte.gz"
trial() {
  SNNCC="$SNNCC" SNNCC_DATA="$tmp/data" SNNCC_MODELS="$PWD/models" \
    python3 tests/bench/results.py --images 20 --only lenet5 --build "$tmp/build" >"$tmp/out" 2>&1 || {
    cat "$tmp/out"
    exit 1
  }
}
made=$tmp/build/results-trial/RESULTS.md
trial
cp "$made" "$tmp/first"
trial
grep -q 'runs are there already' "$tmp/out" && ! grep -q 'min left\|snncc eval' "$tmp/out" || {
  echo "runs are made again:"
  cat "$tmp/out"
  exit 1
}
cmp "$tmp/first" "$made" || exit 1
# A figure of the tables against eval's own words.
"$SNNCC" eval models/lenet5.onnx --calib "$tmp/data/mnist/train-images-idx3-ubyte.gz" --steps 4 -q \
  --data "$tmp/data/mnist/t10k-images-idx3-ubyte.gz" --limit 20 \
  --labels "$tmp/data/mnist/t10k-labels-idx1-ubyte.gz" >"$tmp/eval"
factor=$(awk '$1 == 4 && /%/ { print $NF }' "$tmp/eval")
[ -n "$factor" ] && grep -q "^| 4 | .* | $factor | [0-9.]* | [0-9.]* |$" "$made" || {
  echo "the factor $factor of T=4 is not in the table:"
  grep '^| 4 |' "$made"
  exit 1
}
[ "$(ls "$tmp"/build/results-trial/plots | wc -l)" = 3 ] || {
  echo "three pictures, or their scripts, are wanted:"
  ls "$tmp/build/results-trial/plots"
  exit 1
}
