#!/bin/sh
# Every model printed as a .snn and compiled from it gives the C that it gives itself, but for
# comments and names of layers, and the .snn printed again is the same text: all of models/,
# SNNCC_MODELS and SNNCC_ONNX.
. "$(dirname "$0")/../lib.sh"
compiled=0 printed=0 bad=0
# What is left of C without comments and line ends, names of layers replaced by numbers.
bare() {
  sed 's, /\* .* \*/,,; /^ *\*/d; /^ *\/\*/d' "$1" | tr -s ' \n' '  ' | tr ';' '\n' |
    awk '{ out = ""
           while (match($0, /(net_|s->)[A-Za-z0-9_]+/)) {
             w = substr($0, RSTART, RLENGTH)
             if (!(w in n)) n[w] = ++k
             out = out substr($0, 1, RSTART - 1) "net" n[w]
             $0 = substr($0, RSTART + RLENGTH)
           }
           print out $0 }'
}
tell() {
  echo "$m: $1"
  head -3 "$tmp/out"
  bad=$((bad + 1))
}
for m in models/*.onnx models/*.snn ${SNNCC_MODELS:+"$SNNCC_MODELS"/*.onnx} ${SNNCC_ONNX:+"$SNNCC_ONNX"/*.onnx}; do
  rm -rf "$tmp/a" "$tmp/b"
  mkdir -p "$tmp/a" "$tmp/b"
  "$SNNCC" "$m" -q --normalize none -o "$tmp/a/net.snn" >"$tmp/out" 2>&1 || continue
  "$SNNCC" "$tmp/a/net.snn" -q -o "$tmp/b/net.snn" >"$tmp/out" 2>&1 || { tell "does not read back"; continue; }
  cmp "$tmp/a/net.snn" "$tmp/b/net.snn" >"$tmp/out" 2>&1 || tell "is another text when printed again"
  printed=$((printed + 1))
  "$SNNCC" "$m" -q --normalize none -o "$tmp/a/net.c" >"$tmp/out" 2>&1 || continue
  "$SNNCC" "$tmp/a/net.snn" -q -o "$tmp/b/net.c" >"$tmp/out" 2>&1 || { tell "is refused from its .snn"; continue; }
  bare "$tmp/a/net.c" >"$tmp/a/bare"
  bare "$tmp/b/net.c" >"$tmp/b/bare"
  diff "$tmp/a/bare" "$tmp/b/bare" >"$tmp/out" 2>&1 || tell "is other C from its .snn"
  compiled=$((compiled + 1))
done
echo "$printed models printed, $compiled compiled, $bad differ"
[ $bad = 0 ] && [ $compiled -gt 0 ]
