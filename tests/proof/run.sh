#!/bin/sh
# Frama-C's Eva on every integer kernel, with what the loader checks as precondition (kernels.c):
# tests/proof/run.sh [KERNEL...]. Fails for an alarm, an assertion that is not proved, and a kernel of
# runtime/image/kernels.def that has no proof. Needs frama-c-base.
. "$(dirname "$0")/../lib.sh"
command -v frama-c >/dev/null || {
  echo "frama-c is not installed"
  exit 77
}
kernels=$(sed -n 's/^SNN_IMAGE_[A-Z]*([0-9]*, [A-Z_]*, snn_\([a-z_]*\),.*/\1/p' runtime/image/kernels.def)
[ $# -gt 0 ] || set -- $kernels
# prove KERNEL: the portable form. Pointers stay inside or one behind
# their arrays even where nothing is read. Loops are followed turn by turn, states joined behind each branch.
prove() {
  frama-c -machdep x86_64 -cpp-extra-args="-I. -Iruntime/include -U__GNUC__ -U__SSE2__" -eva \
    -warn-invalid-pointer -eva-min-loop-unroll 10000 -eva-slevel 0 -main "prove_$1" \
    tests/proof/kernels.c \
    runtime/image/order.c runtime/image/plain.c runtime/image/scatter_int8.c \
    runtime/image/current_int8_bytes.c >"$tmp/$1.log" 2>&1
}
# verdict KERNEL: one line, and 0 where all is proved.
verdict() {
  shapes=$(sed -n "/Values at end of function prove_$1:/,/^\[eva/s/.*n_shapes ∈ {\([0-9]*\)}.*/\1/p" "$tmp/$1.log")
  grep -A1 '^\[eva:alarm\]' "$tmp/$1.log"
  grep -q '^ *0 alarms generated' "$tmp/$1.log" &&
    grep -q ' Assertions *[1-9][0-9]* valid *0 unknown *0 invalid' "$tmp/$1.log" &&
    [ "${shapes:-0}" -gt 0 ] || {
    echo "FAILED $1"
    tail -3 "$tmp/$1.log"
    return 1
  }
  echo "$1: $shapes shapes, 0 alarms"
  n_shapes=$((n_shapes + shapes))
}
echo "$@" | tr ' ' '\n' >"$tmp/list"
half=$((($# + 1) / 2)) bad=0 n_shapes=0
head -$half "$tmp/list" | while read -r k; do prove "$k"; done &
tail -n +$((half + 1)) "$tmp/list" | while read -r k; do prove "$k"; done
wait
for k; do
  verdict "$k" || bad=1
done
echo "$# kernels, $n_shapes shapes, $([ $bad = 0 ] && echo no alarm || echo not proved)"
exit $bad
