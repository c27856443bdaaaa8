#!/bin/sh
# docs/RESULTS.md: accuracy and operations on all MNIST test images. `--write` rewrites it; without
# it the measured numbers must be those that stand there, but for the times.
. "$(dirname "$0")/../lib.sh"
need SNNCC_DATA "a folder with mnist/"
need SNNCC_MODELS "a folder with the trained networks"
M=$SNNCC_DATA/mnist
steps="1 2 4 8 16 32 64"

# percent RIGHT: accuracy and its 95 % Wilson interval over 10,000 images, as two table cells.
percent() {
  awk -v k="$1" 'BEGIN {
    n = 10000; z = 1.959964; p = k / n; d = 1 + z * z / n
    m = (p + z * z / (2 * n)) / d; h = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    printf "%.2f | %.2f to %.2f", 100 * p, 100 * (m - h), 100 * (m + h) }'
}
# rows JSON: a line per shown step: T, right answers, synops, pool, bias, cost of the SNN, factor.
rows() {
  cost_ann=$(awk -v m="$(json "$1" ann_macs)" -v o="$(json "$1" ann_ops)" 'BEGIN { print 14 * m + o }')
  input=$(json "$1" input_ops_per_image)
  for t in $steps; do
    awk -v t="$t" -v right="$(json_at "$1" snn_correct "$t")" -v ann="$cost_ann" -v input="$input" \
      -v syn="$(json_at "$1" synops_per_image "$t")" -v pool="$(json_at "$1" pool_ops_per_image "$t")" \
      -v bias="$(json_at "$1" bias_ops_per_image "$t")" 'BEGIN {
        cost = syn + pool + bias + 14 * input
        printf "%d %d %.0f %.0f %.0f %.0f %.2f\n", t, right, syn, pool, bias, cost, ann / cost }'
  done
}
# section PATH SHOWN: runs one network and appends to the parts of the document.
section() {
  name=$2
  "$SNNCC" eval "$1" --calib "$M/train-images-idx3-ubyte.gz" --data "$M/t10k-images-idx3-ubyte.gz" \
    --labels "$M/t10k-labels-idx1-ubyte.gz" --steps 64 --normalize percentile --neuron if --json "$tmp/r.json" \
    >"$tmp/out" || {
    echo "$name: eval failed"
    exit 1
  }
  ann=$(json "$tmp/r.json" ann_correct)
  rows "$tmp/r.json" >"$tmp/rows"
  summary="| $name | $(percent "$ann" | cut -d' ' -f1) |"
  while read -r t right rest; do
    summary="$summary $(percent "$right" | cut -d' ' -f1) |"
  done <"$tmp/rows"
  echo "$summary" >>"$tmp/summary"
  {
    printf '\n### %s\n\n' "$name"
    printf '    snncc eval %s %s\n\n' "$name" "\$SAMPLES --steps 64 --normalize percentile --neuron if"
    awk -v m="$(json "$tmp/r.json" ann_macs)" -v o="$(json "$tmp/r.json" ann_ops)" \
      -v i="$(json "$tmp/r.json" input_ops_per_image)" -v p="$(percent "$ann")" 'BEGIN {
        sub(/ \| /, " % right, 95 % interval ", p)
        printf "ANN: %s. %d MACs and %d bias additions, cost %d; the first layer has %d MACs.\n\n", p, m, o,
               14 * m + o, i }'
    echo "| T | SNN right, % | 95 % interval | lost, points | synops | pool ops | bias ops | cost | factor |"
    echo "|---:|---:|---|---:|---:|---:|---:|---:|---:|"
    while read -r t right syn pool bias cost factor; do
      lost=$(awk -v a="$ann" -v s="$right" 'BEGIN { printf "%.2f", (a - s) / 100 }')
      echo "| $t | $(percent "$right") | $lost | $syn | $pool | $bias | $cost | $factor |"
    done <"$tmp/rows"
  } >>"$tmp/sections"
  awk -v n="$name" -v s="$(json "$tmp/r.json" seconds_per_image)" \
    'BEGIN { printf "| %s | %.2f |\n", n, 1000 * s }' >>"$tmp/times"
}
section models/lenet5.onnx models/lenet5.onnx
for name in lenet5 SmallCNN1 MediumCNN1 LargeCNN1 DeepCNN1; do
  section "$SNNCC_MODELS/$name.onnx" "\$SNNCC_MODELS/$name.onnx"
done
{
  cat <<'END'
# Results

Made by tests/bench/results.sh. All numbers are from the 10,000 test images of MNIST; calibration used
the first 1,000 training images, and no option was chosen on test images. `SAMPLES` stands for

    M=$SNNCC_DATA/mnist
    SAMPLES="--calib $M/train-images-idx3-ubyte.gz --data $M/t10k-images-idx3-ubyte.gz
             --labels $M/t10k-labels-idx1-ubyte.gz"

with `--normalize percentile --neuron if` (threshold of a channel = 99.9th percentile of its
activations, spikes of +1 only; the defaults, least squared error and spikes of both signs, lose less),
reset by subtraction, first membrane half a threshold, constant input current, exact spiking max-pool,
answer = the largest accumulated input of the last layer. models/lenet5.onnx is in this repository;
`SNNCC_MODELS` is a folder with the trained networks that models/train.py names.

## How operations are counted

| count | is |
|---|---|
| synop | one weight added to one membrane because of one spike. Only synapses that exist: a spike at the border of a map reaches fewer targets. Spikes are those after the pool |
| pool op | one input spike that reaches a max-pool |
| bias op | one neuron that has a bias, in one step; a neuron of the first layer adds its constant current instead, once a step as well |
| input MACs | multiply-accumulates of the first layer. Its input is a constant current, so they are done once per image, however many steps follow; padding counts as in the ANN |
| ANN MACs | multiply-accumulates of convolutions and dense layers, padding counted |
| ANN bias additions | one per output of a layer with a bias |

A multiply-accumulate costs as much as 14 additions (Niederlechner 2019). Of one image:

    cost of the ANN         = 14 x ANN MACs + bias additions
    cost of the SNN after t = synops(1..t) + pool ops(1..t) + bias ops(1..t) + 14 x input MACs
    factor                  = cost of the ANN / cost of the SNN

A factor above 1 says that the SNN does less arithmetic than the ANN. Memory traffic, and what it
takes to find the spikes, is in none of the counts. `snncc eval --json FILE` writes all of them for
every step.

## Accuracy

Right answers in percent; the intervals stand below.

| network | ANN | T=1 | 2 | 4 | 8 | 16 | 32 | 64 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
END
  cat "$tmp/summary"
  printf '\n## Each network\n\n%s\n%s\n' \
    "Operations are per image and cumulated over the steps 1..T. Intervals are Wilson's, at 95 %. One run" \
    "with --steps 64 gives the accuracy of every smaller T too."
  cat "$tmp/sections"
} >"$tmp/doc"
if [ "${1:-}" = --write ]; then
  cat >>"$tmp/doc" <<'END'

## Time

Simulation of one image for 64 steps by `snncc eval`, one core, on 2 cores of an x86-64 with AVX-512.

| network | ms per image |
|---|---:|
END
  cat "$tmp/times" >>"$tmp/doc"
  # Other scripts made what follows.
  awk '/^## / { on = seen } on { if (!any++) print ""; print } /^## Time/ { seen = 1 }' \
    docs/RESULTS.md >>"$tmp/doc"
  publish "$tmp/doc" docs/RESULTS.md --write
else
  sed '/^## Time/,$d' docs/RESULTS.md | sed '$d' >"$tmp/known"
  publish "$tmp/doc" "$tmp/known"
fi
