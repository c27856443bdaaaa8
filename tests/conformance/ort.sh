#!/bin/sh
# Analog outputs of every model that imports, this repository's and those of $SNNCC_ONNX, against
# onnxruntime-web under node: max|a-b| <= 1e-4 max|b| on random inputs from $SEED (default 1). The
# module is looked for in $ORT_MODULES/node_modules; ORT=1 fetches it with npm for this run.
. "$(dirname "$0")/../lib.sh"
need SNNCC_ONNX "a folder of ONNX files"
command -v node >/dev/null || {
  echo "node is not installed"
  exit 77
}
mkdir "$tmp/js"
if [ -d "${ORT_MODULES:-none}/node_modules/onnxruntime-web" ]; then
  ln -s "$(cd "$ORT_MODULES" && pwd)/node_modules" "$tmp/js/node_modules"
elif [ -n "${ORT:-}" ]; then
  (cd "$tmp/js" && npm i --ignore-scripts --no-audit --no-fund onnxruntime-web >log 2>&1) || {
    tail -5 "$tmp/js/log"
    echo "npm cannot install onnxruntime-web"
    exit 1
  }
else
  echo "onnxruntime-web is not at hand: ORT=1 fetches it, ORT_MODULES names a folder with it"
  exit 77
fi
cp tests/conformance/ort.mjs "$tmp/js"
${MAKE:-make} -s build/conformance/analog || exit 1
echo "seed ${SEED:=1}"
refused=0
set --
for m in models/*.onnx "$SNNCC_ONNX"/*.onnx; do
  dir=$tmp/$(basename "$m" .onnx)
  mkdir -p "$dir"
  if build/conformance/analog "$m" "$SEED" "$dir" >"$dir/lines" 2>/dev/null; then
    cp "$m" "$dir/model.onnx"
    for data in "${m%/*}"/*.onnx.data; do
      [ ! -f "$data" ] || ! grep -qF "${data##*/}" "$m" || cp "$data" "$dir"
    done
    set -- "$@" "$dir"
  else
    refused=$((refused + 1))
  fi
done
echo "$# models import, $refused are refused"
(cd "$tmp/js" && node ort.mjs "$@" >results 2>errors) || {
  head -5 "$tmp/js/errors"
  exit 1
}
# What onnxruntime does not run, and what no two orders of summation agree on.
excuse() {
  case $1 in
  jets_3layer_bn_keras) echo "onnxruntime wants the channels of a BatchNormalization second" ;;
  light_squeezenet) echo "all weights are 0.02: softmax of 1000 logits of 4.9e9 that differ in the last bit" ;;
  mnist_cnn_pt03) echo "onnxruntime has no Gemm of opset 6" ;;
  esac
}
same=0 excused=0 bad=0
while read -r name verdict rest; do
  if [ "$verdict" = same ]; then
    same=$((same + 1))
    echo "$name $rest"
  elif [ -n "$(excuse "$name")" ]; then
    excused=$((excused + 1))
    echo "$name left out: $(excuse "$name")"
  else
    bad=$((bad + 1))
    echo "$name $verdict $rest"
  fi
done <"$tmp/js/results"
echo "$same agree within 1e-4, $excused left out, $bad differ"
[ $bad = 0 ] && [ $same -gt 0 ]
