#!/bin/sh
# The networks of others: right answers among the first 1,000 test samples as onnxruntime gives them
# ($SNNCC_ONNX/ACCURACY.tsv), 2 either way for the order of summation. Files that use an operator
# which is not in docs/OPS.md are left out.
. "$(dirname "$0")/../lib.sh"
need SNNCC_ONNX "a folder of ONNX files with ACCURACY.tsv and INDEX.tsv"
need SNNCC_DATA "a folder with mnist/ and cifar10/"
known=" $("$SNNCC" --list-ops | sed -n 's/^\([A-Z][A-Za-z]*\)  .*/\1/p' | tr '\n' ' ') "
tail -n +2 "$SNNCC_ONNX/ACCURACY.tsv" >"$tmp/rows"
ran=0 bad=0
while IFS='	' read -r model data options want; do
  missing=
  for op in $(awk -F'\t' -v m="$model" '$1 == m { print $8 }' "$SNNCC_ONNX/INDEX.tsv"); do
    op=${op%x[0-9]} # "Gemmx3": three of them
    op=${op%x[0-9][0-9]}
    case $known in *" $op "*) ;; *) missing="$missing $op" ;; esac
  done
  [ -z "$missing" ] || {
    echo "$model: left out, uses$missing"
    continue
  }
  case $data in
  mnist/*) labels="--labels $SNNCC_DATA/mnist/t10k-labels-idx1-ubyte.gz" ;;
  *) labels= ;;
  esac
  ran=$((ran + 1))
  if ! "$SNNCC" eval "$SNNCC_ONNX/$model.onnx" --steps 0 --limit 1000 --data "$SNNCC_DATA/$data" \
    $labels $options --json "$tmp/r.json" >"$tmp/out" 2>&1; then
    echo "$model: eval failed: $(tail -1 "$tmp/out")"
    bad=$((bad + 1))
    continue
  fi
  got=$(json "$tmp/r.json" ann_correct)
  diff=$((got - want))
  if [ ${diff#-} -gt 2 ]; then
    echo "$model: $got right, onnxruntime $want"
    bad=$((bad + 1))
  fi
done <"$tmp/rows"
echo "$ran networks, $bad wrong"
[ $bad = 0 ] && [ $ran -gt 0 ]
