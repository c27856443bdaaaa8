#!/bin/sh
# ANN and SNN of the trained networks on MNIST: the ANN right as often as onnxruntime says (1 either
# way), the SNN within 0.3 points of it at T=32 and 0.1 at T=64. IMAGES=10000 runs the whole test set
# for every network; as part of `make test` only the two smallest run in full, the rest on 1,000
# images with the bound of the SNN widened to 3 images.
. "$(dirname "$0")/../lib.sh"
need SNNCC_DATA "a folder with mnist/"
need SNNCC_MODELS "a folder with the trained networks"
M=$SNNCC_DATA/mnist
bad=0
# check NAME RIGHT_OF_10000 IMAGES
check() {
  n=${IMAGES:-$3}
  "$SNNCC" eval "$SNNCC_MODELS/$1.onnx" --calib "$M/train-images-idx3-ubyte.gz" \
    --data "$M/t10k-images-idx3-ubyte.gz" --labels "$M/t10k-labels-idx1-ubyte.gz" --steps 64 \
    --limit "$n" --json "$tmp/r.json" >"$tmp/out" || {
    echo "$1: eval failed"
    bad=1
    return
  }
  ann=$(json "$tmp/r.json" ann_correct)
  at32=$(json_at "$tmp/r.json" snn_correct 32)
  at64=$(json_at "$tmp/r.json" snn_correct 64)
  echo "$1: $n images, ANN $ann, SNN at T=32 $at32, at T=64 $at64"
  if [ "$n" = 10000 ]; then
    [ $((ann - $2)) -le 1 ] && [ $((ann - $2)) -ge -1 ] || {
      echo "$1: the ANN should be right on $2"
      bad=1
    }
    slack32=30 slack64=10
  else
    slack32=5 slack64=3
  fi
  [ $((ann - at32)) -le $slack32 ] && [ $((ann - at64)) -le $slack64 ] || {
    echo "$1: the SNN lost more than $slack32 images at T=32 or $slack64 at T=64"
    bad=1
  }
}
check lenet5 9893 10000
check SmallCNN1 9858 10000
check MediumCNN1 9893 1000
check LargeCNN1 9944 1000
check DeepCNN1 9909 1000
exit $bad
