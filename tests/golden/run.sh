#!/bin/sh
# Runs the golden cases: tests/golden/<case>/cmd in a fresh folder that holds a copy of the case;
# stdout and stderr together, then "exit N", must equal tests/golden/<case>/want.
#   tests/golden/run.sh [--accept] [case ...]      SNNCC: the compiler (default build/snncc)
set -u
here=$(cd "$(dirname "$0")" && pwd)
SNNCC=${SNNCC:-$here/../../build/snncc}
SNNCC=$(cd "$(dirname "$SNNCC")" && pwd)/$(basename "$SNNCC")
REPO=$(cd "$here/../.." && pwd)
export SNNCC REPO
accept=no
[ "${1:-}" = --accept ] && accept=yes && shift
[ $# -gt 0 ] || set -- $(cd "$here" && ls -d */ | tr -d /)
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
for case in "$@"; do
  [ -f "$here/$case/cmd" ] || continue
  mkdir "$tmp/$case" && cp -R "$here/$case/." "$tmp/$case" && rm -f "$tmp/$case/want" "$tmp/$case/cmd"
  (cd "$tmp/$case" && timeout 60 sh "$here/$case/cmd" >"$tmp/got" 2>&1; echo "exit $?" >>"$tmp/got")
  if [ $accept = yes ]; then
    cp "$tmp/got" "$here/$case/want"
  elif cmp -s "$tmp/got" "$here/$case/want"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED golden/$case"
    diff -u "$here/$case/want" "$tmp/got" | head -40
  fi
  rm -rf "${tmp:?}/$case"
done
echo "golden: $passed passed, $failed failed"
[ $failed = 0 ]
