#!/bin/sh
# The same network over every route gives the same bits: tests/diff/run.sh MODEL DATA N [OPTION...]
# The in-process executor against generated C under both compilers and several flags, on N samples:
# spikes per layer and step, and the output of every step. Then what generated C promises: warnings,
# symbols, stack, an installed runtime, two networks in one program.
set -u
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
B=${B:-$repo/build}
SNNCC=$B/snncc
model=$1 data=$2 n=$3
shift 3
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
bad=0
fail() {
  echo "FAILED $*"
  bad=1
}
STRICT="-std=c99 -Wall -Wextra -Wconversion -Werror -ffp-contract=off"

"$SNNCC" -q "$model" --calib "$data" "$@" --stop-after early-exit -o "$tmp/net.ir" &&
  "$SNNCC" -q "$tmp/net.ir" -o "$tmp/net.c" || exit 1
mkdir "$tmp/direct" && "$SNNCC" -q "$model" --calib "$data" "$@" -o "$tmp/direct/net.c" || exit 1
for f in net.c net.h; do
  cmp "$tmp/$f" "$tmp/direct/$f" || fail "the way through net.ir gives another $f"
done
${MAKE:-make} -s -C "$repo" B="$B" "$B/diff/host" || exit 1
"$B/diff/host" "$tmp/net.ir" "$data" "$n" "$tmp/images" >"$tmp/want" || exit 1
[ "$(wc -l <"$tmp/want")" -eq "$n" ] || fail "$(wc -l <"$tmp/want") samples instead of $n"
cp "$here"/*.[ch] "$tmp" && cd "$tmp" || exit 1
if grep -q quantized net.ir; then
  "$SNNCC" -q net.ir -o net.img || fail net.img
fi
grep -q net_seed net.h && STRICT="$STRICT -DHAS_SEED"
grep -q "typedef float net_output" net.h || STRICT="$STRICT -DHAS_INTEGERS"
grep -q net_push_event net.h && STRICT="$STRICT -DHAS_EVENTS"

# route COMPILER FLAGS...: same hashes, and the stack within its bound.
route() {
  if ! echo 'int main(void) { return 0; }' | "$@" -xc - -o probe 2>/dev/null; then
    echo "skipped $*: cannot link"
    return
  fi
  "$@" $STRICT main.c net.c -o net && ./net images >got && cmp -s got want || fail "$*: other bits"
  "$@" $STRICT -D_GNU_SOURCE -pthread stack.c net.c -o stack &&
    LD_BIND_NOW=1 ./stack images >stack.txt || fail "$*: $(cat stack.txt)"
  echo "$*: $(cat stack.txt)"
}
# image COMPILER FLAGS...: the same of the image on its interpreter.
image() {
  [ -f net.img ] || return 0
  if ! echo 'int main(void) { return 0; }' | "$@" -xc - -o probe 2>/dev/null; then
    echo "skipped $*: cannot link"
    return
  fi
  "$@" $STRICT -I"$repo/runtime/include" image.c "$repo"/runtime/image/*.c -o image &&
    ./image net.img images >got && cmp -s got want || fail "image, $*: other bits"
}
for cc in gcc clang; do
  command -v $cc >/dev/null || { echo "skipped $cc: not installed"; continue; }
  route $cc -O0
  route $cc -O2
  route $cc -O3 -march=native
  route $cc -m32 -msse2 -mfpmath=sse
  route $cc -O2 -m32 -msse2 -mfpmath=sse
  image $cc -O2
  image $cc -Os -m32
  image $cc -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
done

# Only the interface is visible; nothing is wanted but memory functions.
cc -O2 -c $STRICT net.c -o net.o
nm net.o | awk '$1 == "U" && $2 !~ /^(memset|memcpy|_GLOBAL_OFFSET_TABLE_)$/ ||
                $2 ~ /^[A-TV-Z]$/ && $3 !~ /^net_/ { print; bad = 1 } END { exit bad }' ||
  fail "symbols of net.o"
nm net.o | grep -qE ' [bBdDC] ' && fail "net.o has data that is not constant"

# Two networks in one program, one of them on an installed runtime; the headers are C++ too.
${MAKE:-make} -s -C "$repo" B="$B" DESTDIR="$tmp/inst" PREFIX=/usr install >/dev/null || fail install
if [ -f net.img ]; then
  cc -O2 $STRICT -Iinst/usr/include image.c inst/usr/include/snn/image/*.c -o image &&
    ./image net.img images | cmp -s - want || fail "image, installed"
fi
"$SNNCC" -q net.ir --name one -o one.c &&
  "$SNNCC" -q net.ir --runtime external --name two -o ext.c && mv ext.h two.h &&
  sed 's/"ext\.h"/"two.h"/' ext.c >ext2.c &&
  cc -O2 $STRICT -Iinst/usr/include two.c one.c ext2.c -o both && ./both images ||
  fail "two networks in one program"
sed 's/SNN_ABI_VERSION [0-9]*/SNN_ABI_VERSION 999/' inst/usr/include/snn/abi.h >abi.h &&
  cp abi.h inst/usr/include/snn/abi.h
cc -c -Iinst/usr/include ext2.c -o ext.o 2>/dev/null && fail "another runtime version is accepted"
if command -v clang-format >/dev/null; then
  clang-format --style=file:"$repo/.clang-format" --dry-run -Werror net.c net.h || fail "format"
fi
exit $bad
