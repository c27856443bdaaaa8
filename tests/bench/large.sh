#!/bin/sh
# The section "Large files" of docs/RESULTS.md: time and memory for models of 104 MB, best of five runs.
# --write rewrites it; without it the bounds are checked: 2.2 times the file's size, 0.3 s to import.
. "$(dirname "$0")/../lib.sh"
command -v /usr/bin/time >/dev/null || {
  echo "/usr/bin/time is not installed (Debian package time)"
  exit 77
}
# measure COMMAND...: the least seconds and KiB of five runs, as /usr/bin/time -v tells them.
measure() {
  for i in 1 2 3 4 5; do
    /usr/bin/time -v "$@" 2>&1 >"$tmp/out" | awk -F': ' '
      /Elapsed/ { n = split($2, t, ":"); s = t[n] + 60 * t[n - 1] }
      /Maximum resident/ { print s, $2 }'
  done | sort -n | awk 'NR == 1 { s = $1 } NR == 1 || $2 < m { m = $2 } END { print s, m }'
}
# row MODEL SHOWN OUT: a line of the table; imports are held to the bounds.
row() {
  set -- "$@" $(measure "$SNNCC" "$1" -q -o "$tmp/$3") "$(wc -c <"$1")"
  awk -v shown="$2" -v out="$3" -v s="$4" -v kib="$5" -v size="$6" 'BEGIN {
    printf "| %s | -o %s | %.2f | %.0f | %.2f |\n", shown, out, s, kib * 1024 / 1e6, kib * 1024 / size
    exit out == "net.dot" && (s > 0.3 || kib * 1024 > 2.2 * size) }' || echo "over the bound: $2" >>"$tmp/bad"
}
{
  cat <<'END'
## Large files

Made by tests/bench/large.sh, which runs each command five times under `/usr/bin/time -v` and shows the
least. The models are those of `tests/bench/large_onnx.py KIND ALIGNMENT`, 104 MB each, 26 million weights:
as raw_data or as packed float_data, the large tensor at an address that suits float (0) or not (1), in
which case it is copied. `-o net.dot` reads and verifies the model and writes a page of text; memory is
the peak of the resident set, mapped file included.

    python3 tests/bench/large_onnx.py raw 0 >large.onnx
    /usr/bin/time -v snncc large.onnx -q -o net.dot

| model | command | s | MB | of the file's size |
|---|---|---:|---:|---:|
END
  for kind in raw float; do
    for align in 0 1; do
      python3 tests/bench/large_onnx.py $kind $align >"$tmp/large.onnx"
      row "$tmp/large.onnx" "$kind $align" net.dot
    done
  done
  python3 tests/bench/large_onnx.py raw 0 >"$tmp/large.onnx"
  row "$tmp/large.onnx" "raw 0" net.ir
  row "$tmp/large.onnx" "raw 0" net.c
} >"$tmp/section"
if [ "${1:-}" = --write ]; then
  awk '/^## / { on = /^## Large files/ } !on' docs/RESULTS.md >"$tmp/doc"
  { cat "$tmp/doc"; [ -z "$(tail -1 "$tmp/doc")" ] || echo; cat "$tmp/section"; } >docs/RESULTS.md
else
  sed -n '/^|/p' "$tmp/section"
  [ ! -s "$tmp/bad" ] || { cat "$tmp/bad"; exit 1; }
fi
