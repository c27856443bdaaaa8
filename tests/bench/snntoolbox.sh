#!/bin/sh
# docs/RESULTS.md, section "snn_toolbox's settings": the paper's settings on its eight networks, and
# what each choice in which snn_toolbox and the defaults here differ is worth. `--write` rewrites the
# section; without it the measured numbers must be those that stand there. Results are kept in
# build/snntoolbox and used again while program and options are the same.
. "$(dirname "$0")/../lib.sh"
need SNNCC_DATA "a folder with mnist/ and cifar10/"
need SNNCC_MODELS "a folder with the trained networks"
store=build/snntoolbox
mkdir -p $store
program=$(cksum <"$SNNCC")

# samples NETWORK: the first test images, calibrated on the first 2,000 training images as there.
samples() {
  case $1 in
  *1) echo "--data $SNNCC_DATA/mnist/t10k-images-idx3-ubyte.gz --labels" \
    "$SNNCC_DATA/mnist/t10k-labels-idx1-ubyte.gz --calib $SNNCC_DATA/mnist/train-images-idx3-ubyte.gz" ;;
  *) echo "--data $SNNCC_DATA/cifar10/test_batch_5.bin --skip 2000 --calib $SNNCC_DATA/cifar10/calib_2000.bin" ;;
  esac
}
# run FILE MODEL NETWORK OPTIONS...: the result of one eval in $store/FILE.json.
run() {
  file=$store/$1.json model=$2 network=$3
  shift 3
  line="$program $model $(samples "$network") $*"
  [ -f "$file" ] && [ "$(cat "$file.of" 2>/dev/null)" = "$line" ] && return
  # shellcheck disable=SC2046
  "$SNNCC" -q eval "$model" $(samples "$network") --calib-limit 2000 "$@" --json "$file" >"$tmp/out" 2>&1 || {
    cat "$tmp/out"
    exit 1
  }
  echo "$line" >"$file.of"
}
ini() {
  sed -n "s/^$2 = //p" "models/$1.ini"
}
# percent RIGHT OF; wilson RIGHT OF: the ends of the 95 % interval.
percent() {
  awk -v k="$1" -v n="$2" 'BEGIN { printf "%.2f", 100 * k / n }'
}
wilson() {
  awk -v k="$1" -v n="$2" 'BEGIN { z = 1.959964; p = k / n; d = 1 + z * z / n
    m = (p + z * z / (2 * n)) / d; h = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    printf "%.2f %.2f", 100 * (m - h), 100 * (m + h) }'
}

# ---- the paper's settings ----

# paper NETWORK RIGHT: what the paper's own log says of its images.
paper() {
  n=$(ini "$1" num_to_test) t=$(ini "$1" duration) model=$SNNCC_MODELS/$1.onnx
  run "$1-paper" "$model" "$1" --config "models/$1.ini"
  "$SNNCC" -q "$model" --maxpool average --normalize none --stop-after average-maxpool -o "$tmp/average.ir" || exit 1
  run "$1-average" "$tmp/average.ir" "$1" --steps 0 --limit "$n"
  json=$store/$1-paper.json
  right=$(json_at "$json" snn_correct "$t")
  set -- "$1" "$2" $(wilson "$2" "$n")
  awk -v name="$1" -v t="$t" -v n="$n" -v there="$(percent "$2" "$n")" -v low="$3" -v high="$4" \
    -v here="$(percent "$right" "$n")" -v ann="$(percent "$(json "$json" ann_correct)" "$n")" \
    -v average="$(percent "$(json "$store/$1-average.json" ann_correct)" "$n")" 'BEGIN {
      printf "| %s | %d | %d | %s | %s to %s | %s | %s | %s | %s |\n", name, t, n, there, low, high, ann,
             average, here, (here < low + 0 ? "below" : (here > high + 0) ? "above" : "inside") }'
}
paper_table() {
  echo "| network | T | images | SNN there, % | its 95 % interval | ANN here, % | ANN with averages, % | SNN here, % | |"
  echo "|---|---:|---:|---:|---|---:|---:|---:|---|"
  paper SmallCNN1 494
  paper MediumCNN1 297
  paper LargeCNN1 296
  paper DeepCNN1 286
  paper SmallCNN2 119
  paper MediumCNN2 99
  paper LargeCNN2 74
  paper DeepCNN2 103
}

# ---- one choice at a time ----

networks="SmallCNN1 DeepCNN1 SmallCNN2 DeepCNN2"
images() {
  case $1 in *1) echo 500 ;; *) echo 100 ;; esac
}
# choice NAME OPTIONS...: points lost against the ANN, image by image, in 16 and in 64 steps.
choice() {
  name=$1
  shift
  row="| $name | \`$*\` |"
  [ $# -gt 0 ] || row="| $name | |"
  for network in $networks; do
    key=$(echo "$*" | tr -cd 'a-z0-9')
    run "$network-with-$key" "$SNNCC_MODELS/$network.onnx" "$network" --config "models/$network.ini" \
      --steps 64 --limit "$(images "$network")" "$@"
    json=$store/$network-with-$key.json n=$(json "$json" images)
    for t in 16 64; do
      row="$row $(percent $(($(json "$json" ann_correct) - $(json_at "$json" snn_correct "$t"))) "$n") |"
    done
  done
  echo "$row"
}
choices_table() {
  head="| choice | option |" line="|---|---|"
  for network in $networks; do
    head="$head $network, T=16 | T=64 |" line="$line---:|---:|"
  done
  echo "$head"
  echo "$line"
  choice "the paper's settings"
  choice "membranes start at half a threshold" --v-init 0.5
  choice "a threshold for each channel" --scope channel
  choice "thresholds of least squared error" --normalize mse
  choice "average-pools have a threshold of their own" --pool-threshold own
  choice "exact max-pool" --maxpool gate
  choice "answer from the membranes" --readout membrane
  choice "thresholds stay as they are" --neuron if
  choice "all: the defaults here" --neuron if_signed --normalize mse --scope channel --maxpool gate \
    --readout membrane --v-init 0.5 --pool-threshold own
}

begin="<!-- tests/bench/snntoolbox.sh: begin -->" end="<!-- tests/bench/snntoolbox.sh: end -->"
{
  sed "\,^$begin,q" docs/RESULTS.md
  printf '\n'
  paper_table
  printf '\n'
  choices_table
  printf '\n'
  sed -n "\,^$end,,\$p" docs/RESULTS.md
} >"$tmp/doc"
publish "$tmp/doc" docs/RESULTS.md "${1:-}"
