#!/bin/sh
# Codes other than rates on MNIST: at most 1.5 points of the first 2,000 test images are lost, with
# ttfs_dyn, which takes longer, 2 of the first 500: chance is larger there.
. "$(dirname "$0")/../lib.sh"
need SNNCC_DATA "a folder with mnist/"
need SNNCC_MODELS "a folder with the trained networks"
M=$SNNCC_DATA/mnist
bad=0
# check NAME IMAGES CODE STEPS LOST (in tenths of a point)
check() {
  "$SNNCC" eval "$SNNCC_MODELS/$1.onnx" --calib "$M/train-images-idx3-ubyte.gz" \
    --data "$M/t10k-images-idx3-ubyte.gz" --labels "$M/t10k-labels-idx1-ubyte.gz" --limit "$2" \
    --code "$3" --steps "$4" --json "$tmp/r.json" >"$tmp/out" || {
    echo "$1: eval --code $3 failed"
    bad=1
    return
  }
  ann=$(json "$tmp/r.json" ann_correct)
  snn=$(json_at "$tmp/r.json" snn_correct "$(json "$tmp/r.json" mean_steps)")
  echo "$1: $2 images, ANN $ann, --code $3 --steps $4 $snn"
  [ $((1000 * (ann - snn))) -le $(($5 * $2)) ] || {
    echo "$1: --code $3 lost more than $5 / 10 points"
    bad=1
  }
}
for name in lenet5 SmallCNN1; do
  check $name 2000 pattern 4 15
  check $name 2000 ttfs 16 15
  check $name 500 ttfs_dyn 64 20
done
exit $bad
