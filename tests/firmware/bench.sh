#!/bin/sh
# What an inference costs on a microcontroller: tests/firmware/bench.sh [--functions]
# LeNet-5 and SmallCNN1 ($SNNCC_MODELS, calibrated on the training images of $SNNCC_DATA; without them
# models/lenet5.onnx), in 32 steps and in the few that lose 0.1 point, int8, for the first test image:
# instructions under QEMU, RAM, constants, stack and code as a table; with --functions also the code
# of each function.
set -u
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
B=${B:-$repo/build}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. "$here/boards.sh"
${MAKE:-make} -s -C "$repo" B="$B" all || exit 1
data=${SNNCC_DATA:-/nowhere}/mnist
if [ -d "$data" ] && [ -d "${SNNCC_MODELS:-/nowhere}" ]; then
  calib=$data/train-images-idx3-ubyte.gz images=$data/t10k-images-idx3-ubyte.gz
  rows="$SNNCC_MODELS/lenet5.onnx:32 $SNNCC_MODELS/lenet5.onnx:10
    $SNNCC_MODELS/SmallCNN1.onnx:32 $SNNCC_MODELS/SmallCNN1.onnx:6"
else
  calib=$repo/models/digits-images-idx3-ubyte.gz images=$calib
  rows="$repo/models/lenet5.onnx:32 $repo/models/lenet5.onnx:10"
fi
gzip -dc "$images" | tail -c +17 | head -c 784 >"$tmp/image"
{
  printf 'static const net_input sample[NET_INPUT_SIZE] = {'
  od -An -v -tu1 "$tmp/image" | tr -s ' \n' ',,' | sed 's/^,//; s/,$//'
  echo '};'
} >"$tmp/input.h"

# The first image as a file of one, with a label that nobody looks at.
{ printf '\0\0\010\003\0\0\0\001\0\0\0\034\0\0\0\034'; cat "$tmp/image"; } >"$tmp/image-idx3"
printf '\0\0\010\001\0\0\0\001\0' >"$tmp/label-idx1"

# counts MODEL STEPS: synaptic operations of the image, and neuron updates.
counts() {
  "$B/snncc" eval -q "$1" --calib "$calib" --data "$tmp/image-idx3" --labels "$tmp/label-idx1" \
    --target cortex-m4 --steps "$2" --json "$tmp/json" >/dev/null &&
    python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
print(round(r["synops_per_image"][-1]), r["steps"] * sum(l["neurons"] for l in r["layers"]))' "$tmp/json"
}

# row BOARD FLAG MODEL STEPS
row() {
  board=$1 flag=$2 model=$3 steps=$4
  rm -rf "$tmp/b" && mkdir "$tmp/b" && cd "$tmp/b" || exit 1
  "$B/snncc" -q "$model" --calib "$calib" --target "$(board_target "$board")" --steps "$steps" -o net.c ||
    exit 1
  cp "$here/bench.c" "$tmp/input.h" .
  board_build "$board" elf "$flag" -fstack-usage bench.c net.c &&
    $(board_cc "$board") "$flag" -c net.c -o net.o || exit 1
  set -- $(board_run "$board" elf -icount shift=0) $(counts "$model" "$steps")
  stack=$(board_stack "$board" elf net_run)
  "$(board_tool "$board" nm)" -S -t d --size-sort net.o >symbols
  awk -v name="$(basename "$model" .onnx)" -v steps="$steps" -v target="$(board_target "$board") $flag" \
    -v set="$1" -v run="$2" -v synops="$3" -v updates="$4" -v stack="${stack%% *}" '
    /^#define NET_RAM_BYTES/ { ram = $3 }
    /^#define NET_CONST_BYTES/ { const = $3 }
    $3 ~ /^[tT]$/ { code += $2 }
    END {
      printf "| %s | %d | %s | %.2f M | %.2f M | %.2f M | %.2f | %d | %d | %d | %d |\n", name, steps,
        target, (set + run) / 1e6, synops / 1e6, updates / 1e6, (set + run) / (synops + updates),
        ram, const, code, stack
    }' net.h symbols
  [ "$board $flag ${functions:-}" != "m4 -O2 --functions" ] ||
    awk '$3 ~ /^[tT]$/ { printf "    %6d %s\n", $2, $4 }' symbols
}

functions=${1:-}
cat <<'HEAD'
| network | steps | target | instructions | synops | neuron updates | instructions per synop and update | RAM | constants | code | stack |
|---|---|---|---|---|---|---|---|---|---|---|
HEAD
for b in m4 m3 m0_wide rv32; do
  lacks=$(board_missing "$b")
  [ -z "$lacks" ] || { echo "skipped $b: $lacks is not installed"; continue; }
  for flag in -O2 -Os; do
    for r in $rows; do
      row "$b" $flag "${r%:*}" "${r##*:}"
    done
  done
done
