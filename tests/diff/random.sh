#!/bin/sh
# Random networks of integers give the same bits in the in-process executor, in images and in generated C,
# the latter under gcc -O0, -O2, -Os, -m32 and clang -O2: tests/diff/random.sh N [FIRST]
# At least N networks, from number FIRST (0, a multiple of 64) on, as one program for each compiler and
# 64 numbers.
set -u
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
B=${B:-$repo/build}
n=$1 seed=${2:-0}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
${MAKE:-make} -s -C "$repo" B="$B" "$B/diff/cases" || exit 1
${MAKE:-make} -s -C "$repo" B="$B" DESTDIR="$tmp/inst" PREFIX=/usr install >/dev/null || exit 1
STRICT="-std=c99 -Wall -Wextra -Wconversion -Werror -I$here"
bad=0 done=0 skipped=
# compile COMPILER FLAG...: skipped where it cannot link (no 32-bit libraries).
compile() {
  echo 'int main(void) { return 0; }' | "$@" -xc - -o "$tmp/probe" 2>/dev/null || {
    skipped="$skipped, skipped $*"
    return
  }
  "$@" $STRICT -DONE_UNIT -I"$tmp/inst/usr/include" "$tmp/c/cases.c" -o "$tmp/program" && "$tmp/program" >"$tmp/got" &&
    cmp "$tmp/got" "$tmp/want" && return
  diff "$tmp/got" "$tmp/want" | sed -n "s/^> /FAILED $*: /p" | head -20
  bad=1
}
while [ $done -lt "$n" ]; do
  left=$((n - done))
  rm -rf "$tmp/c" && mkdir "$tmp/c" || exit 1
  "$B/diff/cases" "$tmp/c" random $seed $((left < 64 ? left : 64)) --runtime external >"$tmp/want" || exit 1
  skipped=
  for compiler in "gcc -O0" "gcc -O2" "gcc -Os" "gcc -O2 -m32" "clang -O2"; do
    compile $compiler
  done
  seed=$((seed + 64))
  done=$((done + $(grep -c "case.h" "$tmp/c/cases.c")))
done
echo "$done random networks$skipped"
exit $bad
