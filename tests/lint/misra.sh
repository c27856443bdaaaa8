#!/bin/sh
# docs/MISRA.md names every required rule of MISRA C:2012 that the runtime, with its portable kernels,
# or generated C violates, and says why; misra.sh --write makes its tables anew. No mandatory one is.
. "$(dirname "$0")/../lib.sh"
command -v cppcheck >/dev/null || {
  echo "cppcheck is not installed"
  exit 77
}
# check FILE...: what cppcheck's addon says of the portable form.
check() {
  cppcheck -q --std=c99 --addon=misra --enable=style --template='{file}:{line}: {id}' \
    -Iruntime/include -U__GNUC__ -U__SSE2__ -U__ARM_NEON -U__MEMX "$@" 2>&1
}
# The networks have each kernel of integers; tables of a large one would take cppcheck minutes.
for network in signed:host plain:cortex-m0 events:cortex-m0 front:host wide:host; do
  "$SNNCC" -q "tests/image/${network%:*}.ir" --quantize int8 --target "${network#*:}" \
    -o "$tmp/${network%:*}.c" || exit 1
done
{
  check runtime/image/*.c &
  check "$tmp"/*.c
  wait
} >"$tmp/found"
grep -q misra-c2012 "$tmp/found" || {
  cat "$tmp/found"
  exit 1
}
python3 tests/lint/misra.py docs/MISRA.md <"$tmp/found" >"$tmp/doc"
rc=$?
publish "$tmp/doc" docs/MISRA.md "$@" && exit $rc
