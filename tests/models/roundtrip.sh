#!/bin/sh
# Every intermediate form of every model prints and parses to the same text, and two compilations in
# different folders and locales give the same bytes. Models: this repository's, and those of
# $SNNCC_MODELS and $SNNCC_ONNX where set. ALL=1 takes also files of more than 2 MB.
. "$(dirname "$0")/../lib.sh"
bad=0 forms=0 models=0
for m in models/*.onnx "${SNNCC_MODELS:-none}"/*.onnx "${SNNCC_ONNX:-none}"/*.onnx; do
  [ -f "$m" ] || continue
  [ -n "${ALL:-}" ] || [ "$(wc -c <"$m")" -le 2000000 ] || continue
  rm -rf "$tmp/a" "$tmp/b" "$tmp/again"
  mkdir "$tmp/a" "$tmp/b" "$tmp/again"
  cp "$m" "$tmp/b/"
  cp "${m%/*}"/*.onnx.data "$tmp/b/" 2>/dev/null # weights of some lie beside them
  model=$(realpath "$m") name=$(basename "$m")
  # The steps until a refusal count too: most foreign models have no calibration data here.
  (cd "$tmp/a" && "$SNNCC" "$model" -q --name net -o net.c --dump-ir all --dump-ir-dir . >log 2>&1)
  (cd "$tmp/b" && LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 TZ=Asia/Tokyo \
    "$SNNCC" "$name" -q --name net -o net.c --dump-ir all --dump-ir-dir . >log 2>&1)
  rm -f "$tmp/b/$name" "$tmp"/b/*.data "$tmp"/[ab]/log
  diff -r "$tmp/a" "$tmp/b" >/dev/null || {
    echo "$m: two compilations differ"
    bad=$((bad + 1))
  }
  for f in "$tmp"/a/*.ir; do
    [ -f "$f" ] || continue
    forms=$((forms + 1))
    "$SNNCC" "$f" -q -o "$tmp/again/$(basename "$f")" >"$tmp/out" 2>&1 &&
      cmp -s "$f" "$tmp/again/$(basename "$f")" &&
      { [ ! -f "${f%.ir}.bin" ] || cmp -s "${f%.ir}.bin" "$tmp/again/$(basename "$f" .ir).bin"; } || {
      echo "$m: $(basename "$f") does not read back to the same text"
      head -3 "$tmp/out"
      bad=$((bad + 1))
    }
  done
  models=$((models + 1))
done
echo "$models models, $forms forms, $bad differ"
[ $bad = 0 ] && [ $forms -gt 0 ]
