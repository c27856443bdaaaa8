#!/bin/sh
# What conversion loses on training data, by which defaults are chosen: quality.sh [OPTION...]
# A line per network and number of steps: points lost with their standard error (paired), answers
# whose being right changed, synops and mean steps. MNIST networks are calibrated on the first
# training images and measured from the 10,000th on, CIFAR networks on the second thousand of
# calib_2000.bin, also training images; with COMPARE=1 on the first 2,000 records of test_batch_5.bin,
# as methods were compared. NETWORKS, STEPS and IMAGES say which, with how many steps, on how many.
. "$(dirname "$0")/../lib.sh"
need SNNCC_DATA "a folder with mnist/ and cifar10/"
need SNNCC_MODELS "a folder with the trained networks"
all="lenet5 SmallCNN1 MediumCNN1 LargeCNN1 DeepCNN1 SmallCNN2 MediumCNN2 LargeCNN2 DeepCNN2"
mnist=$SNNCC_DATA/mnist cifar=$SNNCC_DATA/cifar10

# measure NETWORK STEPS OPTION...
measure() {
  network=$1 t=$2
  shift 2
  case $network in
  *2)
    if [ -n "${COMPARE:-}" ]; then
      set -- --data "$cifar/test_batch_5.bin" --limit "${IMAGES:-2000}" "$@"
    else
      set -- --data "$cifar/calib_2000.bin" --skip 1000 --limit "${IMAGES:-1000}" "$@"
    fi
    set -- --calib "$cifar/calib_2000.bin" "$@"
    ;;
  *)
    set -- --calib "$mnist/train-images-idx3-ubyte.gz" --data "$mnist/train-images-idx3-ubyte.gz" \
      --labels "$mnist/train-labels-idx1-ubyte.gz" --skip 10000 --limit "${IMAGES:-10000}" "$@"
    ;;
  esac
  "$SNNCC" eval "$SNNCC_MODELS/$network.onnx" -q --steps "$t" "$@" --json "$tmp/r.json" >"$tmp/out" || {
    echo "$network: eval failed"
    exit 1
  }
  awk -v network="$network" -v t="$t" -v n="$(json "$tmp/r.json" images)" \
    -v ann="$(json "$tmp/r.json" ann_correct)" -v steps="$(json "$tmp/r.json" mean_steps)" \
    -v snn="$(json_at "$tmp/r.json" snn_correct "$t")" \
    -v lost="$(json_at "$tmp/r.json" snn_lost "$t")" \
    -v synops="$(json_at "$tmp/r.json" synops_per_image "$t")" 'BEGIN {
      changed = 2 * lost + snn - ann
      printf "%-11s %4d %7.2f +- %4.2f %6.2f %11.0f %7.2f\n", network, t, 100 * (ann - snn) / n,
             100 * sqrt(changed) / n, 100 * changed / n, synops, steps }'
}

echo "network        T    lost    s.e. changed  synops/img   steps"
for network in ${NETWORKS:-$all}; do
  for t in ${STEPS:-4 8 16 32 64 256}; do
    measure "$network" "$t" "$@"
  done
done
