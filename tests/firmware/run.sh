#!/bin/sh
# Networks of integers on boards under emulation: tests/firmware/run.sh [N [FIRST]]
# N random networks that fit (3) from number FIRST (0) on each board, and LeNet-5 where it fits: spikes and
# memory after every step must be those of the in-process executor, and the stack within the bound that
# the header says.
set -u
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
B=${B:-$repo/build}
n=${1:-3} first=${2:-0}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. "$here/boards.sh"
passed=0 failed=0 skipped=0
${MAKE:-make} -s -C "$repo" B="$B" all "$B/diff/cases" || exit 1
STRICT="-Wall -Wextra -Wconversion -Werror -I$repo/tests/diff"

# cases BOARD ARGUMENT...: the program of tests/diff/cases.c and what it should print.
cases() {
  rm -rf "$tmp/c" && mkdir "$tmp/c" || exit 1
  target=$(board_target "$1")
  shift
  "$B/diff/cases" "$tmp/c" "$@" --target "$target" >"$tmp/want"
}

# same BOARD FLAG...: 0 the same bits, 1 other bits, 2 does not fit.
same() {
  board=$1 std=c99
  shift
  [ -s "$tmp/want" ] || return 2 # the number of no network
  [ "$(board_target "$board")" = avr ] && std=gnu99
  cd "$tmp/c" || exit 1
  board_build "$board" elf "$@" -fstack-usage -std=$std $STRICT *.c >"$tmp/log" 2>&1 || {
    grep -qE 'overflow|will not fit|not within region' "$tmp/log" && return 2
    cat "$tmp/log"
    return 1
  }
  board_run "$board" elf >"$tmp/got"
  name=$(basename n*.h .h)
  bound=$(sed -n 's/^#define N[0-9]*_STACK_BYTES *\([0-9]*\) .*/\1/p' "$name.h")
  stack=$(board_stack "$board" elf "${name}_run") || return 1
  [ "${stack%% *}" -le "$bound" ] || { echo "stack: $stack; the bound is $bound"; return 1; }
  cmp "$tmp/got" "$tmp/want"
}

random() {
  seed=$first done=0 flags=-O2
  tries=$((20 * n + 20))
  while [ $done -lt "$n" ] && [ $tries -gt 0 ]; do
    cases "$1" random $seed 1 || { failed=$((failed + 1)); break; }
    same "$1" $flags -ffunction-sections -Wl,--gc-sections
    case $? in
    0) done=$((done + 1)) passed=$((passed + 1)) ;;
    1)
      echo "FAILED $1: random network $seed with $flags"
      done=$((done + 1)) failed=$((failed + 1))
      ;;
    esac
    seed=$((seed + 65)) tries=$((tries - 1)) # 64 in a row have the same widths
    case $flags in
    -O2) flags=-Os ;;
    -Os) flags=-O0 ;;
    *) flags=-O2 ;;
    esac
  done
  [ $done -eq "$n" ] || { echo "FAILED $1: only $done of $n networks fit"; failed=$((failed + 1)); }
}

lenet() {
  data=$repo/models/digits-images-idx3-ubyte.gz
  "$B/snncc" -q "$repo/models/lenet5.onnx" --calib "$data" --target "$(board_target "$1")" \
    --stop-after early-exit -o "$tmp/net.ir" || failed=$((failed + 1))
  fits=2 # not, says the compiler
  if cases "$1" "$tmp/net.ir" "$data" 2 2>"$tmp/log"; then
    same "$1" -O2
    fits=$?
  elif ! grep -q 'takes at most' "$tmp/log"; then
    cat "$tmp/log"
    fits=1
  fi
  case $fits in
  0) passed=$((passed + 1)) ;;
  1) echo "FAILED $1: LeNet-5"; failed=$((failed + 1)) ;;
  2) echo "$1: LeNet-5 does not fit" ;;
  esac
}

for b in $boards; do
  lacks=$(board_missing "$b")
  if [ -n "$lacks" ]; then
    echo "skipped firmware on $b: $lacks is not installed"
    skipped=$((skipped + 1))
    continue
  fi
  random "$b"
  lenet "$b"
done
echo "firmware: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
