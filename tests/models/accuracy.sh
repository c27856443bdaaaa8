#!/bin/sh
# ANN and SNN of the trained networks on MNIST, with the default options: the ANN right as often as
# onnxruntime says (1 either way), the SNN within 0.5 points of it at T=4 (DeepCNN1 0.6), 0.15 at T=8
# (DeepCNN1 0.3) and 0.1 at T=32. IMAGES=10000 runs the whole test set for every network; as part of
# `make test` only the two smallest run in full, the rest on 1,000 images with 3 images more to lose.
. "$(dirname "$0")/../lib.sh"
need SNNCC_DATA "a folder with mnist/"
need SNNCC_MODELS "a folder with the trained networks"
M=$SNNCC_DATA/mnist
bad=0
# check NAME RIGHT_OF_10000 IMAGES SLACK4 SLACK8 SLACK32: slack in images of 10,000
check() {
  n=${IMAGES:-$3}
  for t_slack in 4:$4 8:$5 32:$6; do
    t=${t_slack%:*}
    "$SNNCC" eval "$SNNCC_MODELS/$1.onnx" --calib "$M/train-images-idx3-ubyte.gz" \
      --data "$M/t10k-images-idx3-ubyte.gz" --labels "$M/t10k-labels-idx1-ubyte.gz" --steps "$t" \
      --limit "$n" --json "$tmp/r.json" >"$tmp/out" || {
      echo "$1: eval failed"
      bad=1
      return
    }
    ann=$(json "$tmp/r.json" ann_correct)
    snn=$(json_at "$tmp/r.json" snn_correct "$t")
    echo "$1: $n images, ANN $ann, SNN at T=$t $snn"
    slack=${t_slack#*:}
    [ "$n" = 10000 ] || slack=$((slack * n / 10000 + 3))
    [ $((ann - snn)) -le "$slack" ] || {
      echo "$1: the SNN lost more than $slack images at T=$t"
      bad=1
    }
  done
  [ "$n" != 10000 ] || { [ $((ann - $2)) -le 1 ] && [ $((ann - $2)) -ge -1 ]; } || {
    echo "$1: the ANN should be right on $2"
    bad=1
  }
}
check lenet5 9893 10000 50 15 10
check SmallCNN1 9858 10000 50 15 10
check MediumCNN1 9893 1000 50 15 10
check LargeCNN1 9944 1000 50 15 10
check DeepCNN1 9909 1000 60 30 10
exit $bad
