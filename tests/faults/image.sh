#!/bin/sh
# Damages an image of LeNet-5: every truncation, and every byte becomes each other value, which is
# every single-bit flip too; the loader refuses them all.
#   tests/faults/image.sh PROGRAM [N]
# PROGRAM is image_damage of the Makefile. With N: N of each by chance, and of the header and its
# table of sections all. The last line says how many, and how many were taken.
set -u
program=$1 n=${2:-}
. "$(dirname "$0")/../lib.sh"
image=$tmp/lenet5.img
"$SNNCC" -q models/lenet5.onnx --calib models/digits-calib-images-idx3-ubyte.gz -o "$image" &&
  "$SNNCC" inspect "$image" >"$tmp/inspect" || exit 1
parts=$(nproc)
# damage OPTION...: by as many processes as there are cores.
damage() {
  k=0
  while [ $k -lt "$parts" ]; do
    "$program" -p "$k/$parts" "$@" "$image" >"$tmp/part-$k" 2>&1 &
    k=$((k + 1))
  done
  wait
  cat "$tmp"/part-* >>"$tmp/log"
}
if [ -n "$n" ]; then
  head=$(od -A n -t u4 -j 8 -N 4 "$image") # its header_bytes
  damage -f $head bytes
  damage -n "$n" bytes
  damage -n "$n" prefixes
  n_bytes=$((n + 255 * head)) n_prefixes=$n
else
  n_prefixes=$(wc -c <"$image")
  n_bytes=$((255 * n_prefixes))
  damage bytes
  damage prefixes
fi
grep -v ': [0-9]* [a-z ]*, 0 wrong$' "$tmp/log"
awk -v n_bytes="$n_bytes" -v n_prefixes="$n_prefixes" -v size="$(wc -c <"$image")" '
  / wrong$/ { bad += $(NF - 1); n[$(NF - 2)] += $2 }
  END { printf "image of %d bytes: %d truncations, %d changed bytes, %d taken\n", size,
          n["prefixes,"], n["bytes,"], bad
        exit bad > 0 || n["prefixes,"] != n_prefixes || n["bytes,"] != n_bytes }' "$tmp/log"
